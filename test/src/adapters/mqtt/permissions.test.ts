// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of access rules
import { describe, expect, it } from "vitest";
import { type Acl, type AclRule, Permissions, parseAcl } from "../../../../src/adapters/mqtt/permissions.js";

const NAMES = { clientid: "d1", username: "ann" };

function permissions(acl: Acl, isOpen = false, names: { clientid: string | undefined; username: string | undefined } = NAMES): Permissions {
  return new Permissions(parseAcl(acl, names) ?? fail(), isOpen);
}

function fail(): never {
  throw new Error("Expected the claim to be taken");
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
    expect(parseAcl([allow("up/${clientid}")], { clientid, username: undefined })).toBeUndefined();
    expect(parseAcl([allow("up/x")], { clientid, username: undefined })).toHaveLength(1);
  });

  it("that is missing is not put into a topic", () => {
    expect(parseAcl({ all: ["${username}/x"] }, { clientid: "d1", username: undefined })).toBeUndefined();
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
  it.each([
    ["text", "a/#"],
    ["null", null],
    ["a number", 5],
    ["a list of texts", ["a/#"]],
    ["a list of lists", [[]]],
    ["no permission", [{ action: "all", topic: "a" }]],
    ["an unknown permission", [{ permission: "ALLOW", action: "all", topic: "a" }]],
    ["no action", [{ permission: "allow", topic: "a" }]],
    ["an unknown action", [{ permission: "allow", action: "constructor", topic: "a" }]],
    ["no topic", [{ permission: "allow", action: "all" }]],
    ["a topic that is none", [{ permission: "allow", action: "all", topic: "a#" }]],
    ["an empty topic", [{ permission: "allow", action: "all", topic: "" }]],
    ["a condition", [{ permission: "allow", action: "all", topic: "a", qos: [1] }]],
    ["an unknown list", { publish: ["a"] }],
    ["a list that is none", { pub: "a" }],
    ["something denied that is no list", { pub: ["a"], deny: ["b"] }],
    ["an unknown name", { pub: ["${user}"] }],
    ["a name without an end", { pub: ["${clientid"] }],
    ["one bad rule among good ones", [allow("a"), 5]],
  ])("is none: %s", (_, claim) => {
    expect(parseAcl(claim, NAMES)).toBeUndefined();
  });
});
