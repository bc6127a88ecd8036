// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of access rules
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Acl, type AclFault, type AclRule, isFault, parseAcl } from "../../../../src/adapters/mqtt/acl.js";
import { Permissions, type QoS, type Rule } from "../../../../src/adapters/mqtt/permissions.js";
import type { Names } from "../../../../src/adapters/mqtt/template.js";
import { runs } from "../../../support/runs.js";

const NAMES = { clientid: "d1", username: "ann" };

function parsed(claim: unknown, names: Names = NAMES, address: string | undefined = "192.0.2.7"): readonly Rule[] | AclFault {
  return parseAcl(claim, { names, address });
}

function permissions(acl: Acl, isOpen = false, names: Names = NAMES, address?: string): Permissions {
  const rules = parsed(acl, names, address);
  if (isFault(rules)) throw new Error(`Expected the claim to be taken, got a fault in ${rules.part}`);
  return new Permissions(rules, isOpen);
}

const allow = (topic: string, action: AclRule["action"] = "all"): AclRule => ({ permission: "allow", action, topic });
const deny = (topic: string, action: AclRule["action"] = "all"): AclRule => ({ permission: "deny", action, topic });

describe("rules", () => {
  it("allow what they say, and nothing else", () => {
    const may = permissions([allow("up/${clientid}/+", "publish"), allow("down/${clientid}/#", "subscribe")]);
    expect(may.mayPublish("up/d1/t")).toBe(true);
    for (const topic of ["up/d1", "up/d1/t/x", "up/d2/t", "down/d1/x", "up/d1/+", "up/d1/#", "", undefined])
      expect(may.mayPublish(topic)).toBe(false);
    for (const filter of ["down/d1/#", "down/d1", "down/d1/+/x", "$share/g/down/d1/x"]) expect(may.maySubscribe(filter)).toBe(true);
    for (const filter of ["down/#", "#", "+/d1/#", "down/+/x", "up/d1/t", "$share/g/#", "down/d1/a#"])
      expect(may.maySubscribe(filter)).toBe(false);
    expect(may.mayReceive("down/d1/x")).toBe(true);
    expect(may.mayReceive("down/d2/x")).toBe(false);
  });

  it("decide in their order", () => {
    const may = permissions([allow("a/public"), deny("a/+"), allow("a/#")]);
    expect(may.mayPublish("a/public")).toBe(true);
    expect(may.mayPublish("a/secret")).toBe(false);
    expect(may.mayPublish("a/b/c")).toBe(true);
  });

  it("that deny hold for filters that match what they deny besides other things", () => {
    const may = permissions([deny("a/secret", "subscribe"), allow("a/#")]);
    for (const filter of ["a/#", "a/+", "a/secret", "#", "+/secret", "$share/g/a/#"]) expect(may.maySubscribe(filter)).toBe(false);
    for (const filter of ["a/b", "a/b/#", "a/+/c"]) expect(may.maySubscribe(filter)).toBe(true);
    expect(may.mayPublish("a/secret")).toBe(true);
    expect(may.mayReceive("a/secret")).toBe(false);
  });

  it("are not about topics of the server where they begin with a wildcard", () => {
    const may = permissions([allow("#"), allow("$SYS/uptime", "subscribe")]);
    expect(may.maySubscribe("#")).toBe(true);
    expect(may.maySubscribe("$SYS/#")).toBe(false);
    expect(may.maySubscribe("$SYS/uptime")).toBe(true);
    expect(may.mayReceive("$SYS/other")).toBe(false);
    expect(may.mayPublish("$SYS/other")).toBe(false);
  });

  it("leave the rest to what holds for it, but for topics of the server, as `#` does", () => {
    const open = permissions([], true);
    expect(open.maySubscribe("#")).toBe(true);
    for (const filter of ["$SYS/#", "$SYS/+/new/clients", "$share/g/$SYS/#"]) expect(open.maySubscribe(filter)).toBe(false);
    expect([open.mayReceive("$SYS/x"), open.mayPublish("$x")]).toEqual([false, false]);
    // Who denies all denies all.
    expect(permissions([deny("#")], true).maySubscribe("$SYS/#")).toBe(false);
    expect(permissions([allow("$SYS/#")], true).maySubscribe("$SYS/#")).toBe(true);
  });

  it("leave the rest to what holds for it", () => {
    const may = permissions([deny("a/#")], true);
    expect(may.mayPublish("b")).toBe(true);
    expect(may.mayPublish("a")).toBe(false);
    expect(may.maySubscribe("#")).toBe(false);
    expect(may.maySubscribe("a#")).toBe(false);
    expect(permissions([], false).mayPublish("b")).toBe(false);
  });
});

describe("lists", () => {
  it("allow, but for what is denied", () => {
    const may = permissions({ pub: ["p/#"], sub: ["s/#"], all: ["both/${username}"], deny: { pub: ["p/no"], all: ["s/no/#"] } });
    for (const topic of ["p/x", "both/ann"]) expect(may.mayPublish(topic)).toBe(true);
    for (const topic of ["p/no", "s/x", "both/bob"]) expect(may.mayPublish(topic)).toBe(false);
    for (const filter of ["s/x/#", "both/ann"]) expect(may.maySubscribe(filter)).toBe(true);
    for (const filter of ["s/#", "s/+/#", "p/x"]) expect(may.maySubscribe(filter)).toBe(false);
  });
});

describe("a name", () => {
  it.each(["+", "#", "a/b", "a+", "$SYS", "\0", ""])("that is %j is not put into a topic", (clientid) => {
    expect(parsed([allow("up/${clientid}")], { clientid, username: undefined })).toEqual({ index: 0, part: "name" });
    expect(parsed([allow("up/%c")], { clientid, username: undefined })).toEqual({ index: 0, part: "name" });
    expect(parsed([allow("up/x")], { clientid, username: undefined })).toHaveLength(1);
  });

  it("that is missing is not put into a topic", () => {
    expect(parsed({ all: ["${username}/x"] }, { clientid: "d1", username: undefined })).toEqual({ list: "all", index: 0, part: "name" });
  });

  it("is put in as it is", () => {
    for (const clientid of ["d.*", "a$&${username}", "a}"]) {
      const may = permissions([allow("a/x-${clientid}-${clientid}")], false, { clientid, username: "ann" });
      expect(may.mayPublish(`a/x-${clientid}-${clientid}`)).toBe(true);
      expect(may.mayPublish("a/x-d11-d11")).toBe(false);
    }
  });
});

describe("a claim that is not understood as a whole", () => {
  it.each<[what: string, claim: unknown, fault: AclFault]>([
    ["text", "a/#", { part: "form" }],
    ["null", null, { part: "form" }],
    ["a number", 5, { part: "form" }],
    ["a list of texts", ["a/#"], { index: 0, part: "form" }],
    ["a list of lists", [[]], { index: 0, part: "form" }],
    ["no permission", [{ action: "all", topic: "a" }], { index: 0, part: "permission" }],
    ["an unknown permission", [{ permission: "ALLOW", action: "all", topic: "a" }], { index: 0, part: "permission" }],
    ["no action", [{ permission: "allow", topic: "a" }], { index: 0, part: "action" }],
    ["an unknown action", [{ permission: "allow", action: "constructor", topic: "a" }], { index: 0, part: "action" }],
    ["another name of an action", [{ permission: "deny", action: "pubsub", topic: "a" }], { index: 0, part: "action" }],
    ["no topic", [{ permission: "allow", action: "all" }], { index: 0, part: "topic" }],
    ["several topics", [{ permission: "deny", action: "all", topic: ["a", "b"] }], { index: 0, part: "topic" }],
    ["several topics by another name", [{ permission: "deny", action: "all", topics: ["a"] }], { index: 0, part: "member" }],
    ["a topic that is none", [allow("a#")], { index: 0, part: "topic" }],
    ["an empty topic", [allow("")], { index: 0, part: "topic" }],
    ["an unknown list", { publish: ["a"] }, { part: "member" }],
    ["an unknown list of what is denied", { pub: ["a"], deny: { publish: ["a"] } }, { list: "deny", part: "member" }],
    ["a list that is none", { pub: "a" }, { list: "pub", part: "form" }],
    ["something denied that is no list", { pub: ["a"], deny: ["b"] }, { list: "deny", part: "form" }],
    ["a bad topic among those denied", { pub: ["a"], deny: { sub: ["b", "c#"] } }, { list: "deny.sub", index: 1, part: "topic" }],
    ["an unknown name", { pub: ["${user}"] }, { list: "pub", index: 0, part: "topic" }],
    ["a name without an end", { pub: ["${clientid"] }, { list: "pub", index: 0, part: "topic" }],
    ["one bad rule among good ones", [allow("a"), 5], { index: 1, part: "form" }],
    ["a member that EMQX has and this has not", [{ ...deny("a"), clientid_re: "^d" }], { index: 0, part: "member" }],
    ["a QoS that is no list", [{ ...deny("a"), qos: 1 }], { index: 0, part: "qos" }],
    ["a QoS that is text", [{ ...deny("a"), qos: ["1"] }], { index: 0, part: "qos" }],
    ["no QoS at all", [{ ...deny("a"), qos: [] }], { index: 0, part: "qos" }],
    ["a QoS that there is not", [{ ...deny("a"), qos: [0, 3] }], { index: 0, part: "qos" }],
    ["a QoS that is null", [{ ...deny("a"), qos: null }], { index: 0, part: "qos" }],
    ["a text that says whether messages are retained", [{ ...deny("a"), retain: "true" }], { index: 0, part: "retain" }],
    ["a subscription that is retained", [{ ...deny("a", "subscribe"), retain: true }], { index: 0, part: "retain" }],
    ["a network that is none", [{ ...deny("a"), ipaddr: "10.0.0.0/33" }], { index: 0, part: "ipaddr" }],
    ["a list of networks", [{ ...deny("a"), ipaddr: ["10.0.0.0/8"] }], { index: 0, part: "ipaddr" }],
  ])("is none: %s", (_, claim, fault) => {
    expect(parsed(claim)).toEqual(fault);
  });

  it.each([
    "eq ",
    "EQ a/secret",
    "eq\ta/secret",
    "eq  a/secret",
    "eq a/secret ",
    "eq a/${clientid}",
    "eq %c/secret",
    " a/secret",
    "a/secret ",
    "a/ secret",
    "a /secret",
    "\ta",
    "a\n",
    "a/%m",
    "a/x%c",
    "a/%cx",
    "%C/a",
    "{clientid}/a",
    "a/{{clientid}}",
    "a/%{clientid}",
    "a/#{clientid}",
    "a/$clientid",
    "$clientid/a",
    "$client_id",
    ":username/a",
    "<clientid>/a",
    "@clientid",
    "a/$SYS",
    "a/$",
    "a}",
    "a/*",
    "a/.*",
    "a/>",
    "$share/g/a",
    "$share",
    "${clientid}${username}",
  ])("denies nothing with %j, and is refused", (topic) => {
    expect(parsed([deny(topic), allow("#")])).toEqual({ index: 0, part: "topic" });
    expect(parsed({ all: ["#"], deny: { all: [topic] } })).toEqual({ list: "deny.all", index: 0, part: "topic" });
    expect(parsed([allow(topic)])).toEqual({ index: 0, part: "topic" });
  });

  it.each(["a b/c", "eq", "100%", "50%25", "$SYS/#", "clientid", "a/username/b", "a>b", "<a>", "a-b_c.d:e,f", "\u00e4"])(
    "is not %j",
    (topic) => {
      expect(parsed([deny(topic)])).toHaveLength(1);
    },
  );

  it("says nothing of its own text", () => {
    const secret = "do-not-tell";
    const faults = [
      { [secret]: [] },
      [{ [secret]: 1 }],
      [{ ...deny(secret), qos: [secret] }],
      { deny: { [secret]: [] } },
      [deny(`{${secret}}`)],
    ];
    for (const claim of faults) expect(JSON.stringify(parsed(claim))).not.toContain(secret);
  });
});

describe("rules as EMQX has them", () => {
  /** EMQX's own way for messages: the first rule decides whose conditions all hold; literal topics are equal, others match word by word. */
  function decides(rules: readonly AclRule[], topic: string, message: { qos: QoS; retain: boolean }): boolean {
    const matches = (filter: string): boolean => {
      if (filter.startsWith("eq ")) return filter.slice(3) === topic;
      const words = filter.replace("${clientid}", "d1").replace("%c", "d1").split("/");
      const given = topic.split("/");
      if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
      const rest = words.indexOf("#");
      const count = rest < 0 ? words.length : rest;
      const isLong = rest < 0 ? given.length === count : given.length >= count;
      return isLong && words.slice(0, count).every((word, index) => word === "+" || word === given[index]);
    };
    const first = rules.find(
      ({ action, topic: filter, qos, retain, ipaddr }) =>
        action !== "subscribe" &&
        (qos?.includes(message.qos) ?? true) &&
        (retain ?? message.retain) === message.retain &&
        ipaddr !== "10.0.0.0/8" &&
        matches(filter),
    );
    return first?.permission === "allow";
  }

  it("decide on messages as EMQX does", () => {
    const rule = fc.record<AclRule, "permission" | "action" | "topic">(
      {
        permission: fc.constantFrom("allow", "deny"),
        action: fc.constantFrom("publish", "all"),
        topic: fc.constantFrom("#", "a/#", "a/+", "a/b", "eq a/b", "eq a", "+/x", "${clientid}/x", "%c/#", "$x/#", "+"),
        qos: fc.uniqueArray(fc.constantFrom<QoS>(0, 1, 2), { minLength: 1 }),
        retain: fc.boolean(),
        ipaddr: fc.constantFrom("10.0.0.0/8", "192.0.2.0/24"),
      },
      { requiredKeys: ["permission", "action", "topic"] },
    );
    const topic = fc.constantFrom("a", "a/b", "a/c", "a/b/c", "d1/x", "d1/y", "d2/x", "$x/y", "%c/x", "eq a");
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), topic, fc.constantFrom<QoS>(0, 1, 2), fc.boolean(), (rules, given, qos, retain) => {
        expect(permissions(rules).mayPublish(given, { qos, retain })).toBe(decides(rules, given, { qos, retain }));
      }),
      runs(3000),
    );
  });

  it("have names put in that have blanks at their ends", () => {
    const may = permissions([allow("up/${clientid}")], false, { clientid: "d1 ", username: undefined });
    expect([may.mayPublish("up/d1 "), may.mayPublish("up/d1")]).toEqual([true, false]);
  });

  it("put names in place of `%c` and `%u`, where they are whole levels", () => {
    const may = permissions([deny("up/%c/secret"), allow("up/%c/#"), allow("%u")]);
    expect(may.mayPublish("up/d1/secret")).toBe(false);
    expect(may.mayPublish("up/d1/x")).toBe(true);
    expect(may.maySubscribe("up/d1/#")).toBe(false);
    for (const topic of ["up/%c/x", "up/d2/x", "%u"]) expect(may.mayPublish(topic)).toBe(false);
    expect(may.mayPublish("ann")).toBe(true);
  });

  it("deny a topic after `eq`, also by way of a wider filter", () => {
    const may = permissions([deny("eq a/secret"), allow("a/#")]);
    expect(may.mayPublish("a/secret")).toBe(false);
    for (const filter of ["a/secret", "a/+", "a/#", "#", "$share/g/a/+"]) expect(may.maySubscribe(filter)).toBe(false);
    expect(may.mayReceive("a/secret")).toBe(false);
    expect(may.mayPublish("a/x")).toBe(true);
    expect(may.maySubscribe("a/x/#")).toBe(true);
  });

  it("deny a filter after `eq`, and those that match more, but not what it matches", () => {
    const may = permissions([deny("eq a/#", "subscribe"), allow("#")]);
    for (const filter of ["a/#", "#", "$share/g/a/#"]) expect(may.maySubscribe(filter)).toBe(false);
    for (const filter of ["a/+", "a/b/#", "a"]) expect(may.maySubscribe(filter)).toBe(true);
    expect(may.mayReceive("a/b")).toBe(true);
    // No message has such a topic.
    expect(parsed([deny("eq a/#", "publish")])).toEqual({ index: 0, part: "topic" });
  });

  it("allow a filter after `eq`, and what comes by it, but no other filter", () => {
    const may = permissions([allow("eq a/#"), allow("eq b/x")]);
    expect(may.maySubscribe("a/#")).toBe(true);
    for (const filter of ["a/b", "a/+", "a/b/#", "a", "b/+"]) expect(may.maySubscribe(filter)).toBe(false);
    expect(may.mayReceive("a/b")).toBe(true);
    expect(may.mayPublish("a/b")).toBe(false);
    expect(may.mayPublish("b/x")).toBe(true);
    expect(may.maySubscribe("b/x")).toBe(true);
  });

  it("are about messages and subscriptions with their QoS", () => {
    const may = permissions([
      { ...deny("a/#"), qos: [2] },
      { ...allow("a/#"), qos: [1, 2] },
    ]);
    expect([0, 1, 2].map((qos) => may.mayPublish("a/x", { qos }))).toEqual([false, true, false]);
    expect([0, 1, 2].map((qos) => may.maySubscribe("a/#", { qos }))).toEqual([false, true, false]);
    // One that nobody knows is not allowed, and is denied.
    expect(may.mayPublish("a/x")).toBe(false);
    expect(permissions([{ ...deny("a"), qos: [2] }, allow("a")]).mayPublish("a")).toBe(false);
    // What comes has come by a subscription, which was asked.
    expect(may.mayReceive("a/x")).toBe(true);
    expect(permissions([{ ...deny("a"), qos: [0, 1, 2] }, allow("a")]).mayReceive("a")).toBe(false);
  });

  it("are about messages that are retained, or not", () => {
    const may = permissions([{ ...deny("a/#"), retain: true }, allow("a/#")]);
    expect([true, false].map((retain) => may.mayPublish("a/x", { qos: 0, retain }))).toEqual([false, true]);
    // A subscription is neither.
    expect(may.maySubscribe("a/b", { qos: 0 })).toBe(false);
    const other = permissions([{ ...allow("a/#", "publish"), retain: false }]);
    expect([true, false, undefined].map((retain) => other.mayPublish("a/x", { retain }))).toEqual([false, true, false]);
  });

  it("are about clients at their addresses", () => {
    const acl: Acl = [
      { ...deny("a"), ipaddr: "10.0.0.0/8" },
      { ...allow("#"), ipaddr: "::ffff:10.1.2.3" },
      { ...allow("b"), ipaddr: "2001:db8::/32" },
    ];
    const at = (address: string) => ["a", "b", "c"].filter((topic) => permissions(acl, false, NAMES, address).mayPublish(topic));
    expect(at("10.1.2.3")).toEqual(["b", "c"]);
    expect(at("::ffff:10.1.2.3")).toEqual(["b", "c"]);
    expect(at("10.1.2.4")).toEqual([]);
    expect(at("2001:db8::1")).toEqual(["b"]);
    for (const address of [undefined, "unix", ""]) expect(parseAcl(acl, { names: NAMES, address })).toEqual({ index: 0, part: "address" });
  });
});
