// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of access rules
/** MQTT connections over loopback: aedes on one side, mqtt.js on the other. */
import "../../support/followFakes.js";
import { once } from "node:events";
import { Aedes, type AedesOptions } from "aedes";
import type { IClientOptions } from "mqtt";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type BrokerOptions, type ConnectToken, protect } from "../../../src/adapters/aedes.js";
import { createKeyTable, createVerifier, type VerifierOptions } from "../../../src/index.js";
import { createRevocationList } from "../../../src/revocation/index.js";
import { createSessionRegistry } from "../../../src/sessions/index.js";
import { OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";
import { seconds, startBroker, subscribe, token, verifier } from "./mqtt/broker.js";

const BIND = { sub: "${clientid}" };
const BOTH = { sub: "device-${clientid}", user: "${username}" };

function fail(): never {
  throw new Error("by the application");
}

/** Timers that go as they are told, until the test is over. */
function fakeTime() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  return { advance: (seconds: number) => vi.advanceTimersByTimeAsync(1000 * seconds) };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 100));

describe("a connection", () => {
  it("with a good token is let in, and known by it", async () => {
    const { broker, protection, connect } = await startBroker({ bind: BIND });
    const ready = new Promise<unknown>((resolve) => broker.on("clientReady", (client) => resolve(protection.authOf(client)?.claims.sub)));
    await connect({ password: token() });
    expect(await ready).toBe("d1");
  });

  it.each<[what: string, options: () => IClientOptions, code: number, refusal: object]>([
    ["no password", () => ({}), 4, { reason: "missing" }],
    ["a user's name alone", () => ({ username: token() }), 4, { reason: "missing" }],
    ["an empty password", () => ({ username: "ann", password: "" }), 4, { reason: "missing" }],
    ["what is no token", () => ({ password: "secret" }), 4, { reason: "rejected", rejection: { code: "MALFORMED" } }],
    ["a scheme before the token", () => ({ password: `Bearer ${token()}` }), 4, { reason: "rejected", rejection: { code: "MALFORMED" } }],
    ["a byte order mark before it", () => ({ password: `\ufeff${token()}` }), 4, { reason: "rejected", rejection: { code: "MALFORMED" } }],
    ["two tokens", () => ({ password: `${token()} ${token()}` }), 4, { reason: "rejected", rejection: { code: "MALFORMED" } }],
    ["a huge password", () => ({ password: "x".repeat(65_000) }), 4, { reason: "rejected", rejection: { code: "TOKEN_TOO_LONG" } }],
    ["a forged token", () => ({ password: token({}, OTHER_TEST_SECRET) }), 5, { reason: "rejected", rejection: { code: "BAD_SIGNATURE" } }],
    ["an expired token", () => ({ password: token({ exp: 5 }) }), 5, { reason: "rejected", rejection: { code: "EXPIRED" } }],
    ["another client's token", () => ({ password: token({ sub: "d2" }) }), 5, { reason: "bind" }],
    ["a token of nobody", () => ({ password: token({ sub: undefined }) }), 5, { reason: "bind" }],
    ["rules that are none", () => ({ password: token({ acl: "d/#" }) }), 5, { reason: "acl", acl: { part: "form" } }],
    [
      "a rule that another broker would understand",
      () => ({ password: token({ acl: { all: ["d/#"], deny: { sub: ["a", "d/{clientid}"] } } }) }),
      5,
      { reason: "acl", acl: { list: "deny.sub", index: 1, part: "topic" } },
    ],
    [
      "a rule for another broker's listeners",
      () => ({ password: token({ acl: [{ permission: "deny", action: "all", topic: "d/d1/x", listener: "tcp:default" }] }) }),
      5,
      { reason: "acl", acl: { index: 0, part: "member" } },
    ],
    [
      "a token of no key",
      () => ({ password: signClaims({ sub: "d1" }, { alg: "HS512" }) }),
      5,
      { rejection: { code: "ALGORITHM_NOT_ALLOWED" } },
    ],
    [
      "a user's name that no rule can have",
      () => ({ username: "a/b", password: token({ acl: { all: ["${username}"] } }) }),
      5,
      { reason: "acl" },
    ],
    ["an id that is a wildcard", () => ({ clientId: "+", password: token({ sub: "+" }) }), 5, { reason: "acl" }],
    ["an id of two levels", () => ({ clientId: "d1/x", password: token({ sub: "d1/x" }) }), 5, { reason: "acl" }],
    ["no id", () => ({ clientId: "", password: token({ sub: "" }) }), 5, { reason: "bind" }],
    [
      "a will for a topic that is not its own",
      () => ({ password: token(), will: { topic: "d/d2/gone", payload: Buffer.from("x"), qos: 0, retain: false } }),
      5,
      { reason: "will" },
    ],
  ])("with %s is refused", async (_, options, code, refusal) => {
    const { broker, refusals, connect } = await startBroker({ bind: BIND });
    await expect(connect(options())).rejects.toMatchObject({ code });
    expect(refusals).toMatchObject([{ returnCode: code, ...refusal }]);
    expect(broker.connectedClients).toBe(0);
  });

  it.each<[what: string, token: ConnectToken, given: (token: string) => IClientOptions, isIn: boolean]>([
    ["as user name", { from: "username" }, (username) => ({ username }), true],
    ["as user name, with a password", { from: "username" }, (username) => ({ username, password: "any" }), true],
    ["as password alone, where the user name is looked at", { from: "username" }, (password) => ({ password }), false],
    ["as user name alone, where the password is looked at", {}, (username) => ({ username }), false],
    ["with `Bearer ` before it", { bearer: true }, (token) => ({ password: `Bearer ${token}` }), true],
    ["with `bearer  ` before it, as user name", { bearer: true, from: "username" }, (token) => ({ username: `bearer  ${token}` }), true],
    ["without it, where it may be", { bearer: true }, (password) => ({ password }), true],
    ["with `Bearer ` twice", { bearer: true }, (token) => ({ password: `Bearer Bearer ${token}` }), false],
    ["with `Bearer` and no blank", { bearer: true }, (token) => ({ password: `Bearer${token}` }), false],
    ["with `Basic ` before it", { bearer: true }, (token) => ({ password: `Basic ${token}` }), false],
    ["with `Bearer ` before it, where it may not be", { from: "username" }, (token) => ({ username: `Bearer ${token}` }), false],
  ])("may have its token %s: %j", async (_, options, given, isIn) => {
    const { broker, connect } = await startBroker({ bind: BIND, token: options });
    if (isIn) await connect(given(token()));
    else await expect(connect(given(token()))).rejects.toMatchObject({ code: expect.any(Number) });
    expect(broker.connectedClients).toBe(isIn ? 1 : 0);
  });

  it.each([
    [{ from: "password" } as const, { username: "any", password: "Bearer " }],
    [{ from: "username" } as const, { username: "Bearer " }],
  ])("with a scheme alone has no token: %j", async (from, given) => {
    const { refusals, connect } = await startBroker({ token: { ...from, bearer: true } });
    await expect(connect(given)).rejects.toMatchObject({ code: 4 });
    expect(refusals).toMatchObject([{ reason: "missing" }]);
  });

  it("whose user name is its token has no user name in its topics", async () => {
    const { refusals, connect } = await startBroker({ token: { from: "username" } });
    await expect(connect({ username: token({ acl: { all: ["d/${username}"] } }) })).rejects.toMatchObject({ code: 5 });
    expect(refusals).toMatchObject([{ reason: "acl", acl: { part: "name" } }]);
  });

  it.each([
    ["an object", BOTH],
    ["a Map", new Map(Object.entries(BOTH))],
  ])("is bound by each of several claims, and parts of them, given as %s", async (_, bind) => {
    const { connect } = await startBroker({ bind });
    await connect({ username: "ann", password: token({ sub: "device-d1", user: "ann" }) });
    for (const claims of [{ sub: "device-d1", user: "bob" }, { sub: "d1", user: "ann" }, { sub: "device-d1" }])
      await expect(connect({ username: "ann", password: token(claims) })).rejects.toMatchObject({ code: 5 });
    await expect(connect({ password: token({ sub: "device-d1", user: "" }) })).rejects.toMatchObject({ code: 5 });
  });

  it("is told by no code what issuers there are", async () => {
    const issuers = [
      { issuer: "A", keys: TEST_SECRET, typ: "at+jwt" },
      { issuer: "B", keys: TEST_SECRET },
    ];
    const { refusals, connect } = await startBroker({ verifier: createVerifier({ issuers }) });
    const heads = [{ alg: "HS256" }, { alg: "HS384" }, {}, { alg: "HS256", crit: ["x"], x: 1 }];
    for (const head of heads)
      for (const iss of ["A", "B", "C"]) {
        const password = signClaims({ sub: "d1", iss }, head, OTHER_TEST_SECRET);
        await expect(connect({ password })).rejects.toMatchObject({ code: 5 });
      }
    expect(new Set(refusals.map(({ rejection }) => rejection?.code)).size).toBeGreaterThan(4);
  });

  it.each(["KEY_UNAVAILABLE", "REVOCATION_STALE", "REPLAY_GUARD_FULL"] as const)(
    "may try again where nothing is known of its token: %s",
    async (code) => {
      const { refusals, connect } = await startBroker({ verifier: { verifyAsync: async () => ({ ok: false, code }) } });
      await expect(connect({ password: token() })).rejects.toMatchObject({ code: 3 });
      expect(refusals).toEqual([{ returnCode: 3, reason: "rejected", rejection: { ok: false, code } }]);
    },
  );

  it("may try again where the verifier never answers", async () => {
    let isAsked = false;
    const verifyAsync = () => {
      isAsked = true;
      return new Promise<never>(() => {});
    };
    const { connect, refusals } = await startBroker({ verifier: { verifyAsync } });
    const { advance } = fakeTime();
    const refused = expect(connect({ password: token(), connectTimeout: 60_000 })).rejects.toMatchObject({ code: 3 });
    while (!isAsked) await new Promise(setImmediate);
    await advance(30);
    await refused;
    expect(refusals).toMatchObject([{ reason: "error", cause: { name: "AuthFailure", status: 503 } }]);
  });

  it.each<[string, AedesOptions["authenticate"]]>([
    [
      "throws",
      () => {
        throw new Error("of the host");
      },
    ],
    ["rejects", (() => Promise.reject(new Error("of the host"))) as never],
    ["never answers", () => {}],
  ])("is refused where a handler that the broker had %s", async (how, authenticate) => {
    const asked = vi.fn(authenticate as NonNullable<typeof authenticate>);
    const { connect, refusals, broker } = await startBroker({}, { authenticate: asked });
    const { advance } = fakeTime();
    const refused = expect(connect({ password: token(), connectTimeout: 60_000 })).rejects.toMatchObject({ code: 3 });
    while (asked.mock.calls.length === 0) await new Promise(setImmediate);
    if (how === "never answers") await advance(30);
    await refused;
    expect(refusals).toMatchObject([{ returnCode: 3, reason: "error", cause: expect.any(Error) }]);
    expect(broker.connectedClients).toBe(0);
  });

  it("is refused by a handler that the broker had with the code of that", async () => {
    const authenticate: AedesOptions["authenticate"] = (_client, _username, _password, done) =>
      done(Object.assign(new Error("no"), { returnCode: 2 as never }), false);
    const { connect, refusals } = await startBroker({}, { authenticate });
    await expect(connect({ password: token() })).rejects.toMatchObject({ code: 2 });
    expect(refusals).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["throws", fail],
    ["gives a promise", async () => ({ exp: 5 })],
    ["gives nothing", () => undefined],
  ])("is closed where `session` %s: it would not end with its token", async (_, session) => {
    const { connect, refusals, broker } = await startBroker({ session: session as never });
    await expect(connect({ password: token() })).rejects.toThrow();
    expect(refusals).toMatchObject([{ returnCode: 3, reason: "error", cause: expect.any(Error) }]);
    await expect.poll(() => broker.connectedClients).toBe(0);
  });

  it("is refused, whatever `onRejected` does", async () => {
    for (const onRejected of [fail, () => Promise.reject(new Error("later"))]) {
      const { connect } = await startBroker({ onRejected: onRejected as never });
      await expect(connect({})).rejects.toMatchObject({ code: 4 });
    }
  });

  it.each([
    ["that throws", () => Promise.reject(new Error("keys are gone"))],
    ["that says nothing", () => Promise.resolve(undefined as never)],
  ])("is refused where there is a verifier %s", async (_, verifyAsync) => {
    const { refusals, connect } = await startBroker({ verifier: { verifyAsync } });
    await expect(connect({ password: token() })).rejects.toMatchObject({ code: 3 });
    expect(refusals).toMatchObject([{ returnCode: 3, reason: "error", cause: expect.any(Error) }]);
  });

  it("that is not bound may not take a name that its rules cannot have", async () => {
    const { connect } = await startBroker();
    await expect(connect({ clientId: "#", password: token() })).rejects.toMatchObject({ code: 5 });
    await connect({ clientId: "#", password: token({ acl: { all: ["d/x"] } }) });
  });
});

describe("what is published", () => {
  it("to a topic that is allowed comes", async () => {
    const { connect } = await startBroker({ bind: BIND });
    const device = await connect({ password: token() });
    expect(await subscribe(device, "d/d1/#")).toEqual([1]);
    await device.client.publishAsync("d/d1/x", "1", { qos: 1 });
    await expect.poll(() => device.messages).toEqual(["d/d1/x 1"]);
  });

  it.each([0, 1, 2] as const)("to a topic that is forbidden ends the connection with QoS %i, and reaches nobody", async (qos) => {
    const { connect } = await startBroker({ bind: BIND });
    const other = await connect({ clientId: "d2", password: token({ sub: "d2" }) });
    await subscribe(other, "d/d2/#");
    const device = await connect({ password: token() });
    device.client.publish("d/d2/x", "1", { qos });
    await device.closed;
    await soon();
    expect(other.messages).toEqual([]);
    expect(other.client.connected).toBe(true);
  });

  it("to the server's own topics is refused, whatever is allowed", async () => {
    const { connect } = await startBroker({ aclDefault: "allow" });
    const device = await connect({ password: token({ acl: { all: ["#", "$SYS/#"] } }) });
    device.client.publish("$SYS/x", "1");
    await device.closed;
  });

  it("by those whose tokens say nothing is refused unless that is allowed", async () => {
    const strict = await startBroker();
    const device = await strict.connect({ password: token({ acl: undefined }) });
    expect(await subscribe(device, "x")).toEqual([128]);
    device.client.publish("x", "1");
    await device.closed;
    const open = await startBroker({ aclDefault: "allow", aclClaim: "https://example.com/acl" });
    const other = await open.connect({ password: token({ "https://example.com/acl": { deny: { pub: ["secret"] } } }) });
    expect(await subscribe(other, "x")).toEqual([1]);
    await other.client.publishAsync("x", "1", { qos: 1 });
    await expect.poll(() => other.messages).toEqual(["x 1"]);
    other.client.publish("secret", "1");
    await other.closed;
  });

  it("as a will is published when the connection breaks", async () => {
    const { broker, connect } = await startBroker({ bind: BIND });
    const other = await connect({ clientId: "d2", password: token({ sub: "d2", acl: { sub: ["d/+/gone"] } }) });
    await subscribe(other, "d/+/gone");
    const device = await connect({
      password: token(),
      will: { topic: "d/d1/gone", payload: Buffer.from("1"), qos: 1, retain: false },
    });
    device.client.stream.destroy();
    await expect.poll(() => other.messages).toEqual(["d/d1/gone 1"]);
    expect(broker.connectedClients).toBe(1);
  });

  it("as a will that another broker has left is published, be its client here with a token that would not allow it", async () => {
    const { broker, connect } = await startBroker({ bind: BIND }, { heartbeatInterval: 20 });
    const errors: Error[] = [];
    (broker as NodeJS.EventEmitter).on("error", (error: Error) => errors.push(error));
    const other = await connect({ clientId: "d2", password: token({ sub: "d2", acl: { sub: ["old/gone"] } }) });
    await subscribe(other, "old/gone");
    const device = await connect({ password: token() });
    const will = { topic: "old/gone", payload: Buffer.from("1"), qos: 1, retain: false };
    const { persistence } = broker as unknown as { persistence: { putWill(client: object, will: object): Promise<void> } };
    await persistence.putWill({ id: "d1" }, will);
    Object.assign(will, { brokerId: "another" });
    await expect.poll(() => other.messages).toEqual(["old/gone 1"]);
    device.client.publish("old/gone", "2");
    await device.closed;
    expect(other.messages).toEqual(["old/gone 1"]);
    expect(errors).toEqual([]);
  });
});

describe("a rule as EMQX has it", () => {
  it("holds for messages by their QoS and whether they are retained, also for a will", async () => {
    const acl = [
      { permission: "deny", action: "publish", topic: "d/%c/x", retain: true },
      { permission: "allow", action: "publish", topic: "d/%c/#", qos: [0, 1] },
    ];
    const { connect } = await startBroker({ bind: BIND });
    const device = await connect({ password: token({ acl }) });
    await device.client.publishAsync("d/d1/x", "1", { qos: 1 });
    device.client.publish("d/d1/x", "1", { qos: 1, retain: true });
    await device.closed;
    const other = await connect({ password: token({ acl }) });
    other.client.publish("d/d1/x", "1", { qos: 2 });
    await other.closed;
    const will = (qos: 0 | 2, retain: boolean) => ({ topic: "d/d1/x", payload: Buffer.from("1"), qos, retain });
    await connect({ password: token({ acl }), will: will(0, false) });
    await expect(connect({ password: token({ acl }), will: will(2, false) })).rejects.toMatchObject({ code: 5 });
    await expect(connect({ password: token({ acl }), will: will(0, true) })).rejects.toMatchObject({ code: 5 });
  });

  it("holds for subscriptions by their QoS, and for filters by themselves", async () => {
    const acl = [
      { permission: "deny", action: "subscribe", topic: "eq d/#" },
      { permission: "deny", action: "subscribe", topic: "d/x", qos: [1, 2] },
      { permission: "allow", action: "all", topic: "d/#" },
    ];
    const { connect } = await startBroker({ bind: BIND });
    const device = await connect({ password: token({ acl }) });
    expect(await subscribe(device, "d/#", "#", "d/x", "d/y", "d/y/#")).toEqual([128, 128, 128, 1, 1]);
    expect((await device.client.subscribeAsync("d/x", { qos: 0 })).map(({ qos }) => qos)).toEqual([0]);
    await device.client.publishAsync("d/x", "1", { qos: 1 });
    await expect.poll(() => device.messages).toEqual(["d/x 1"]);
  });

  it("holds for clients at an address", async () => {
    const { connect } = await startBroker({ bind: BIND });
    const at = (ipaddr: string) => token({ acl: [{ permission: "allow", action: "all", topic: "d/#", ipaddr }] });
    const here = await connect({ password: at("127.0.0.0/8") });
    expect(await subscribe(here, "d/x")).toEqual([1]);
    const elsewhere = await connect({
      clientId: "d2",
      password: token({ sub: "d2", acl: [{ permission: "allow", action: "all", topic: "d/#", ipaddr: "10.0.0.0/8" }] }),
    });
    expect(await subscribe(elsewhere, "d/x")).toEqual([128]);
  });
});

describe("a subscription", () => {
  it("gets what it asks for, or 0x80, each by itself", async () => {
    const { connect } = await startBroker({ bind: BIND });
    const device = await connect({
      password: token({
        acl: [
          { permission: "deny", action: "all", topic: "d/${clientid}/secret/#" },
          { permission: "allow", action: "all", topic: "d/${clientid}/#" },
        ],
      }),
    });
    const filters = ["d/d1/a", "d/d1/#", "#", "+/d1/a", "d/d1/+", "d/d2/a", "$share/g/d/d1/a/#", "$share/g/#"];
    expect(await subscribe(device, ...filters)).toEqual([1, 128, 128, 128, 128, 128, 1, 128]);
    expect(device.client.connected).toBe(true);
  });

  it("of an earlier connection is judged again, and so is what was queued for it", async () => {
    const { connect } = await startBroker({ bind: BIND });
    const server = await connect({ clientId: "server", password: token({ sub: "server", acl: { pub: ["#"] } }) });
    const wide = await connect({ clean: false, password: token({ acl: { sub: ["old/#", "d/#"] } }) });
    expect(await subscribe(wide, "old/x", "d/x")).toEqual([1, 1]);
    await wide.client.endAsync();
    for (const topic of ["old/x", "d/x"]) await server.client.publishAsync(topic, "queued", { qos: 1 });
    const narrow = await connect({ clean: false, password: token({ acl: { sub: ["d/#"] } }) });
    for (const topic of ["old/x", "d/x"]) await server.client.publishAsync(topic, "live", { qos: 1 });
    await expect.poll(() => [...narrow.messages].sort()).toEqual(["d/x live", "d/x queued"]);
    await soon();
    expect(narrow.messages).toHaveLength(2);
  });

  it("that was refused beside one that was not brings nothing later", async () => {
    const { connect } = await startBroker({ bind: BIND });
    const server = await connect({ clientId: "server", password: token({ sub: "server", acl: { pub: ["#"] } }) });
    const device = await connect({ clean: false, password: token() });
    expect(await subscribe(device, "d/d1/x", "secret")).toEqual([1, 128]);
    await device.client.endAsync();
    for (const topic of ["secret", "d/d1/x"]) await server.client.publishAsync(topic, "queued", { qos: 1 });
    const again = await connect({ clean: false, password: token() });
    await expect.poll(() => again.messages).toEqual(["d/d1/x queued"]);
    await soon();
    expect(again.messages).toHaveLength(1);
  });

  it("gets retained messages that it may, and no others", async () => {
    const { connect } = await startBroker({ bind: BIND });
    const server = await connect({ clientId: "server", password: token({ sub: "server", acl: { pub: ["#"] } }) });
    for (const topic of ["d/d1/x", "d/d2/x"]) await server.client.publishAsync(topic, "kept", { qos: 1, retain: true });
    const device = await connect({ password: token() });
    await subscribe(device, "d/+/x", "d/d1/+");
    await expect.poll(() => device.messages).toEqual(["d/d1/x kept"]);
  });
});

describe("a session", () => {
  // A busy machine may be late.
  it("ends with its token, its will being published", { retry: 2 }, async () => {
    const { connect } = await startBroker({ bind: BIND });
    const other = await connect({ clientId: "d2", password: token({ sub: "d2", acl: { sub: ["d/+/gone"] } }) });
    await subscribe(other, "d/+/gone");
    const exp = Math.floor(seconds()) + 2;
    const device = await connect({
      password: token({ exp }),
      will: { topic: "d/d1/gone", payload: Buffer.from("1"), qos: 0, retain: false },
    });
    const closed = await device.closed;
    expect(closed).toBeGreaterThanOrEqual(exp);
    expect(closed).toBeLessThan(exp + 1);
    await expect.poll(() => other.messages).toEqual(["d/d1/gone 1"]);
    await expect(connect({ password: token({ exp }) })).rejects.toMatchObject({ code: 5 });
  });

  it.each([
    ["its token", { jti: "the-one" }],
    ["its subject", { sub: "d1", before: 1e10 }],
    ["its key", { kid: "k", before: 1e10 }],
  ])("ends at once when %s is revoked, and its will with it", async (_, entry) => {
    const revocations = createRevocationList();
    const sessions = createSessionRegistry({ revocations });
    const session = ({ claims }: { claims: { jti?: string; sub?: string } }) => ({ ...claims, kid: claims.sub === "d1" ? "k" : "other" });
    const { connect } = await startBroker({
      verifier: createVerifier({ keys: TEST_SECRET, revocation: revocations }),
      sessions,
      session,
    });
    const other = await connect({ clientId: "d2", password: token({ sub: "d2", acl: { sub: ["d/+/gone"] } }) });
    await subscribe(other, "d/+/gone");
    const password = token({ jti: "the-one" });
    const device = await connect({ password, will: { topic: "d/d1/gone", payload: Buffer.from("1"), qos: 0, retain: false } });
    const start = seconds();
    await revocations.revoke(entry);
    expect((await device.closed) - start).toBeLessThan(5);
    await soon();
    expect(other.messages).toEqual([]);
    expect(other.client.connected).toBe(true);
    expect(sessions.size).toBe(1);
    if (!("kid" in entry)) await expect(connect({ password })).rejects.toMatchObject({ code: 5 });
  });

  it.each<[string, Pick<VerifierOptions, "keys" | "keyFrom">, string]>([
    ["the only one, which its token does not name", { keys: { kid: "k", secret: TEST_SECRET } }, "k"],
    [
      "found by a claim of its token",
      { keys: createKeyTable({ keys: [{ kid: "d1", secret: TEST_SECRET }] }), keyFrom: { claim: "sub" } },
      "d1",
    ],
  ])("ends at once when its key is revoked, %s", async (_, keys, kid) => {
    const revocations = createRevocationList();
    const sessions = createSessionRegistry({ revocations });
    const { connect } = await startBroker({ verifier: createVerifier({ ...keys, revocation: revocations }), sessions });
    const device = await connect({ password: token() });
    await revocations.revoke({ kid: "another" });
    await soon();
    expect(device.client.connected).toBe(true);
    await revocations.revoke({ kid });
    await device.closed;
    await expect(connect({ password: token() })).rejects.toMatchObject({ code: 5 });
  });

  it("does not begin where its token is revoked while it is let in", async () => {
    const revocations = createRevocationList();
    const sessions = createSessionRegistry({ revocations });
    const { broker, connect } = await startBroker({
      sessions,
      verifier: {
        verifyAsync: async (text) => {
          const verdict = await verifier.verifyAsync(text);
          revocations.apply([{ jti: "late" }]);
          return verdict;
        },
      },
    });
    await expect(connect({ password: token({ jti: "late" }) })).rejects.toThrow("got the connection closed");
    await expect.poll(() => broker.connectedClients).toBe(0);
    expect(sessions.size).toBe(0);
  });

  it("is forgotten when the client goes, or another takes its id", async () => {
    const sessions = createSessionRegistry();
    const { connect } = await startBroker({ bind: BIND, sessions });
    const first = await connect({ password: token() });
    expect(sessions.size).toBe(1);
    const second = await connect({ password: token() });
    await first.closed;
    expect(sessions.size).toBe(1);
    await second.client.endAsync();
    await expect.poll(() => sessions.size).toBe(0);
  });

  it("is forgotten also where its id was taken while another with it was closing", async () => {
    const sessions = createSessionRegistry();
    const { broker, connect } = await startBroker({ bind: BIND, sessions });
    const events = (broker as unknown as { mq: { removeListener(topic: string, listener: object, done?: () => void): void } }).mq;
    const remove = events.removeListener.bind(events);
    let isSlow = true;
    events.removeListener = (topic, listener, done) => void setTimeout(() => remove(topic, listener, done), isSlow ? 200 : 0);
    const first = await connect({ password: token() });
    await subscribe(first, "d/d1/a");
    const gone = once(broker, "clientDisconnect");
    first.client.stream.destroy();
    await first.closed;
    const second = await connect({ password: token() });
    isSlow = false;
    await gone;
    expect(sessions.size).toBe(1);
    await second.client.endAsync();
    await expect.poll(() => sessions.size).toBe(0);
  });
});

describe("protect", () => {
  it("holds to what the broker's handlers say first, and takes an error where they fail or never answer", async () => {
    const handlers: AedesOptions = {
      authorizePublish: (_, { topic }, done) => {
        if (topic === "d/d1/throws") throw new Error("of the host");
        if (topic === "d/d1/answers") done(null);
        if (topic === "d/d1/answers") done(new Error("twice"));
      },
      authorizeSubscribe: (() => Promise.reject(new Error("of the host"))) as never,
    };
    const broker = await Aedes.createBroker(handlers);
    protect(broker, { verifier, bind: BIND });
    const device = { id: "d1", closed: false };
    await new Promise<unknown>((resolve) => broker.authenticate(device as never, "", Buffer.from(token()), resolve));
    const { advance } = fakeTime();
    const publish = (topic: string) => {
      const answers: (string | undefined)[] = [];
      broker.authorizePublish(device as never, { topic } as never, (error) => answers.push(error?.message));
      return answers;
    };
    expect(publish("d/d1/throws")).toEqual(["of the host"]);
    const [answered, silent] = [publish("d/d1/answers"), publish("d/d1/silent")];
    expect([answered, silent, vi.getTimerCount()]).toEqual([[undefined], [], 1]);
    await advance(30);
    expect([answered, silent]).toEqual([[undefined], ["Expected a handler of the broker to answer within 30 seconds"]]);
    const subscribed = new Promise((resolve) => broker.authorizeSubscribe(device as never, { topic: "d/d1/x", qos: 0 }, resolve));
    expect(await subscribed).toMatchObject({ message: "of the host" });
    broker.close();
  });

  it("takes an error of the broker, as it goes on, for none of a handler", async () => {
    const broker = await Aedes.createBroker();
    protect(broker, { verifier, bind: BIND });
    const device = { id: "d1", closed: false, close: vi.fn() };
    broker.authenticate(device as never, "", Buffer.from(token()), fail);
    await expect.poll(() => device.close.mock.calls.length).toBe(1);
    expect(() => broker.authorizePublish(device as never, { topic: "d/d1/x" } as never, fail)).toThrow("by the application");
    broker.close();
  });

  it("asks the handlers that the broker has as well, when its own have nothing against it", async () => {
    const asked: string[] = [];
    const broker = await Aedes.createBroker({
      authenticate: (client, _username, _password, done) => {
        asked.push(`authenticate ${client.id}`);
        done(null, client.id === "d1");
      },
      authorizePublish: (_, { topic }, done) => {
        asked.push(`publish ${topic}`);
        done(null);
      },
      authorizeSubscribe: (_, subscription, done) => {
        asked.push(`subscribe ${subscription.topic}`);
        done(null, null);
      },
    });
    protect(broker, { verifier, bind: BIND });
    const call = (client: object, password: string) =>
      new Promise((resolve) =>
        broker.authenticate(client as never, "", Buffer.from(password), (error, ok) => resolve(error?.returnCode ?? ok)),
      );
    const device = { id: "d1", closed: false };
    expect(await call(device, "none")).toBe(4);
    expect(await call({ id: "d2", closed: false }, token({ sub: "d2" }))).toBe(false);
    expect(await call(device, token())).toBe(true);
    broker.authorizePublish(device as never, { topic: "d/d1/x" } as never, () => {});
    broker.authorizePublish(device as never, { topic: "d/d2/x" } as never, () => {});
    broker.authorizeSubscribe(device as never, { topic: "d/d1/x", qos: 0 }, () => {});
    expect(asked).toEqual(["authenticate d2", "authenticate d1", "publish d/d1/x", "subscribe d/d1/x"]);
    broker.close();
  });

  it.each<[options: object, message: string]>([
    [{ verifier: {} }, "Expected `verifier` to be a verifier"],
    [{ bind: { sub: "${client}" } }, "Expected `${clientid}` or `${username}`, got `${client}`"],
    [{ bind: new Map([["sub", ""]]) }, "Expected `bind.sub` to be a non-empty string"],
    [{ bind: new (class Bound {})() }, "Expected `bind` to be an object, a Map or an array of pairs, got an object (Bound)"],
    [{ bind: {} }, "Expected `bind` to be at least one claim with a text, got an object"],
    [{ bind: [] }, "Expected `bind` to be at least one claim with a text, got an empty array"],
    [{ bind: { sub: "" } }, "Expected `bind.sub` to be a non-empty string"],
    [{ bind: { sub: "${clientid" } }, "Expected each placeholder to end with `}`"],
    [{ token: { from: "user" } }, 'Expected `token.from` to be "password" or "username", got a string'],
    [{ token: { bearer: "Bearer" } }, "Expected `token.bearer` to be a boolean, got a string"],
    [{ token: { form: "username" } }, "Unknown option `form`"],
    [
      { token: { from: "username" }, bind: { sub: "a-${username}" } },
      "In `bind.sub`: Expected no `${username}`: the user name is the token",
    ],
    [{ token: { from: "username" }, bind: { sub: "username", user: "${username}" } }, "In `bind.user`: Expected no `${username}`"],
    [{ binds: {} }, "Unknown option `binds`: did you mean `bind`?"],
    [{ aclDefault: "no" }, 'Expected `aclDefault` to be "deny" or "allow"'],
    [{ aclClaim: "" }, "Expected `aclClaim` to be the name of a claim"],
    [{ sessions: {} }, "Expected `sessions` to be a registry of sessions"],
    [{ session: 5 }, "Expected `session` to be a function"],
    [{ onRejected: 5 }, "Expected `onRejected` to be a function"],
  ])("refuses %o", async (options, message) => {
    const broker = await Aedes.createBroker();
    expect(() => protect(broker, { verifier, ...options } as BrokerOptions<object, never>)).toThrow(message);
    broker.close();
  });

  it("has no handler set in its place later, and is given a broker once, before that has clients", async () => {
    const { broker, connect } = await startBroker({ bind: BIND });
    for (const name of ["preConnect", "authenticate", "authorizePublish", "authorizeSubscribe", "authorizeForward"] as const)
      expect(() => Object.assign(broker, { [name]: () => {} })).toThrow(`Expected \`${name}\` to be set before \`protect\``);
    expect(() => Object.defineProperty(broker, "authenticate", { value: () => {} })).toThrow(TypeError);
    await expect(connect({})).rejects.toMatchObject({ code: 4 });
    expect(() => protect(broker, { verifier })).toThrow("Expected `broker` to be given to `protect` once, got it a second time");
    const busy = await Aedes.createBroker();
    busy.connectedClients = 1;
    expect(() => protect(busy, { verifier })).toThrow("Expected `broker` to be given to `protect` before it has connections");
    busy.close();
  });

  it.each([
    [undefined, "undefined"],
    [{}, "an object (Object)"],
    [Promise.resolve(), "an object (Promise)"],
  ])("refuses %o in the place of a broker", (broker, got) => {
    expect(() => protect(broker as never, { verifier })).toThrow(new TypeError(`Expected \`broker\` to be a broker of aedes, got ${got}`));
  });
});
