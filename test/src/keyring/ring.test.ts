/** Rings: adding, removing, retiring, loading; what is bad changes nothing. */
import "../../support/followFakes.js";
import { createSecretKey } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callback } from "../../../src/keyring/callback.js";
import type { RingKeysInput } from "../../../src/keyring/input.js";
import { parseJwks } from "../../../src/keyring/jwks.js";
import type { KeyRingOptions } from "../../../src/keyring/keyRing.js";
import type { RingSource } from "../../../src/keyring/loading.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { jwkThumbprint } from "../../../src/keyring/thumbprint.js";
import { kidsOf, testJwk, testSecret, testSet } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

/** A source whose answers a test sets. */
class TestSource {
  answer: () => RingKeysInput | Promise<RingKeysInput> = () => testSet("a");
  calls = 0;
  readonly source = callback(() => {
    this.calls++;
    return this.answer();
  });
}

describe("a ring of given keys", () => {
  it.each<[string, RingKeysInput, string[]]>([
    ["bytes", testSecret("a"), [jwkThumbprint(testJwk("a"))]],
    ["text", "a test secret, public as this file is", [expect.any(String) as never]],
    ["a KeyObject", createSecretKey(testSecret("a")), [jwkThumbprint(testJwk("a"))]],
    ["a JWK", testJwk("a"), ["a"]],
    ["a JWK set", testSet("a", "b"), ["a", "b"]],
    ["options", { secret: testSecret("a"), kid: "a", alg: "HS256" }, ["a"]],
    [
      "an array",
      [testJwk("a"), { secret: testSecret("b"), kid: "b", exp: NOW + 1 }, testSecret("c")],
      ["a", "b", jwkThumbprint(testJwk("c"))],
    ],
  ])("has %s", (_, keys, expected) => {
    expect(kidsOf(createKeyRing({ keys }))).toEqual(expected);
  });

  it("may be empty", () => {
    expect(kidsOf(createKeyRing())).toEqual([]);
    expect(createKeyRing().status()).toEqual({ keys: 0, lastSuccess: undefined, lastError: undefined, problems: [] });
  });

  it("respects when they are valid", () => {
    const ring = createKeyRing({ keys: [testJwk("a", { exp: NOW }), { secret: testSecret("b"), kid: "b", nbf: NOW }] });
    expect(kidsOf(ring, NOW - 1)).toEqual(["a"]);
    expect(kidsOf(ring, NOW)).toEqual(["b"]);
  });

  it("tells of the bad ones in a set", () => {
    const ring = createKeyRing({ keys: { keys: [testJwk("a"), testJwk("b", { use: "enc" })] } });
    expect(kidsOf(ring)).toEqual(["a"]);
    expect(ring.status().problems).toEqual(['Expected `keys[1].use` to be "sig", got a string']);
  });

  it.each<[string, unknown, string]>([
    ["options that are none", [], "Expected `options` to be an object, got an empty array"],
    ["an unknown option", { key: "" }, "Unknown option `key`: did you mean `keys`?"],
    ["no keys", { keys: [] }, "Expected `keys` to have at least one key, got none"],
    ["keys that are null", { keys: null }, "Expected `keys` to be a secret"],
    ["a set of none", { keys: { keys: [] } }, "Expected `keys` to have at least one key, got none"],
    ["a set of bad ones", { keys: { keys: [{ kty: "AKP" }] } }, "Expected `keys[0].kty` to be oct, RSA, EC, OKP, got another kind"],
    ["a bad key in an array", { keys: [testJwk("a"), { secret: "short" }] }, "Expected `keys[1]` to be at least 32 bytes"],
    ["a misspelt key option", { keys: [{ secret: testSecret("a"), kit: "a" }] }, "Unknown option `keys[0].kit`"],
    [
      "two keys of one name",
      { keys: [testJwk("a"), testJwk("b", { kid: "a" }), testJwk("c")] },
      "Expected `keys[0].kid` to be the name of one key of its algorithm",
    ],
    [
      "two defaults",
      { keys: [testSecret("a"), testSecret("b")].map((secret) => ({ secret, default: true })) },
      "Expected `keys` to have at most one `default` for each algorithm, got several",
    ],
    ["a source that is none", { source: "https://example.com" }, "Expected `source` to be `remote()`, `callback()`"],
    ["a clock that is none", { currentDate: 5 }, "Expected `currentDate` to be a function, got 5"],
    ["a listener that is none", { onError: "log" }, "Expected `onError` to be a function, got a string"],
    ["a boolean that is none", { allowWeakSecrets: 1 }, "Expected `allowWeakSecrets` to be a boolean, got 1"],
  ])("refuses %s", (_, options, message) => {
    expect(() => createKeyRing(options as KeyRingOptions)).toThrow(TypeError);
    expect(() => createKeyRing(options as KeyRingOptions)).toThrow(message);
  });

  it("takes short secrets where that is allowed", () => {
    expect(kidsOf(createKeyRing({ keys: { secret: "short", kid: "a" }, allowWeakSecrets: true }))).toEqual(["a"]);
  });
});

describe("keys by hand", () => {
  it("are added, retired and removed", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    ring.add(testJwk("b"));
    expect(kidsOf(ring)).toEqual(["a", "b"]);
    expect(ring.retire("a", NOW + 10)).toBe(true);
    expect(kidsOf(ring, NOW + 9)).toEqual(["a", "b"]);
    expect(kidsOf(ring, NOW + 10)).toEqual(["b"]);
    expect(ring.remove("b")).toBe(true);
    expect(kidsOf(ring, NOW)).toEqual(["a"]);
    expect([ring.remove("b"), ring.remove("c"), ring.retire("c")]).toEqual([false, false, false]);
  });

  it("retire at once unless told otherwise", () => {
    const ring = createKeyRing({ keys: testJwk("a"), currentDate: () => NOW });
    ring.retire("a");
    expect([kidsOf(ring, NOW - 1), kidsOf(ring, NOW)]).toEqual([["a"], []]);
  });

  it("retire at a Date", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    ring.retire("a", new Date(1000 * NOW));
    expect([kidsOf(ring, NOW - 1), kidsOf(ring, NOW)]).toEqual([["a"], []]);
  });

  it("never end later than they did", () => {
    const ring = createKeyRing({ keys: testJwk("a", { exp: NOW + 5 }) });
    ring.retire("a", NOW + 10);
    expect(kidsOf(ring, NOW + 5)).toEqual([]);
    ring.retire("a", NOW + 2);
    ring.retire("a", NOW + 4);
    expect(kidsOf(ring, NOW + 2)).toEqual([]);
  });

  it("are refused under a name or as a default that there is", () => {
    const ring = createKeyRing({ keys: { secret: testSecret("a"), kid: "a", default: true } });
    expect(() => ring.add(testJwk("b", { kid: "a" }))).toThrow("Expected `key.kid` to be that of no other key of the ring");
    expect(() => ring.add({ secret: testSecret("b"), default: true })).toThrow(
      "Expected `key.default` to be that of no other key of the ring",
    );
    expect(() => ring.add(undefined as never)).toThrow("Expected `key` to be a key, got undefined");
    expect(() => ring.add({ kty: "oct", k: "AA" })).toThrow("Expected `key` to be at least 32 bytes");
    expect(kidsOf(ring)).toEqual(["a"]);
  });

  it("may be added again once they are removed, with another secret", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    ring.remove("a");
    ring.add(testJwk("b", { kid: "a" }));
    expect(ring.at(NOW).load()).toMatchObject([{ kid: "a", secret: testSecret("b") }]);
  });

  it("are refused where no name or time is given", () => {
    const ring = createKeyRing({ keys: testJwk("a") });
    expect(() => ring.retire("a", Number.NaN)).toThrow("Expected `at` to be a valid Date or a number of seconds, got NaN");
    expect(() => ring.retire("a", new Date(Number.NaN))).toThrow("Expected `at` to be a valid Date");
    expect(() => ring.remove(5 as never)).toThrow("Expected `kid` to be a string, got 5");
  });

  it("are wiped when they leave", () => {
    const ring = createKeyRing({ keys: testSet("a", "b") });
    const before = ring.at(NOW);
    ring.remove("a");
    expect(before.load().map(({ kid }) => kid)).toEqual(["b"]);
    expect(ring.at(NOW)).not.toBe(before);
  });
});

describe("a ring with a source", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1000 * NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is empty until it is ready", async () => {
    const ring = createKeyRing({ source: new TestSource().source });
    expect(kidsOf(ring)).toEqual([]);
    await ring.ready();
    expect(kidsOf(ring)).toEqual(["a"]);
    expect(ring.status()).toEqual({ keys: 1, lastSuccess: NOW, lastError: undefined, problems: [] });
    await ring.ready();
    ring.close();
  });

  it("says why it is not ready", async () => {
    const test = new TestSource();
    test.answer = () => Promise.reject(new RangeError("with a secret"));
    const ring = createKeyRing({ source: test.source });
    await expect(ring.ready()).rejects.toThrow("Expected the callback to give keys, got an exception (RangeError)");
    expect(JSON.stringify(ring.status())).not.toContain("secret");
    ring.close();
  });

  it("takes what it has been given since, in one step", async () => {
    const test = new TestSource();
    const reloads: unknown[] = [];
    const ring = createKeyRing({ source: test.source, onReload: (reload) => reloads.push(reload) });
    await ring.ready();
    test.answer = () => ({ keys: [testJwk("b"), { kty: "AKP" }] });
    expect(await ring.reload()).toBe(true);
    expect(kidsOf(ring)).toEqual(["b"]);
    expect(reloads).toEqual([
      { changed: true, keys: 1, problems: [] },
      { changed: true, keys: 1, problems: ["callback: Expected `keys[1].kty` to be oct, RSA, EC, OKP, got another kind"] },
    ]);
    ring.close();
  });

  it("hands out the same snapshot when it is given the same keys", async () => {
    const ring = createKeyRing({ source: new TestSource().source });
    await ring.ready();
    const before = ring.at(NOW);
    expect(await ring.reload()).toBe(true);
    expect(ring.at(NOW)).toBe(before);
    expect(before.load()).toMatchObject([{ kid: "a", secret: testSecret("a") }]);
    ring.close();
  });

  it.each<[string, () => unknown, string]>([
    ["an exception", () => Promise.reject(new Error("secret")), "Expected the callback to give keys, got an exception (Error)"],
    ["nothing", () => undefined, "Expected the callback to give keys, got undefined"],
    [
      "keys that cannot be read",
      () => ({ keys: [{ kty: "oct" }, { kty: "AKP" }] }),
      "Expected callback to hold keys for this ring, got no usable one: Expected `keys[0].k`",
    ],
    ["a bad key", () => [testJwk("c"), "short"], "Expected `keys[1]` to be at least 32 bytes"],
    ["times within a JWK", () => [{ kid: "c", secret: testJwk("c", { exp: NOW }) }], "Expected `exp` of `keys[0]` to stand beside the key"],
    ["two defaults", () => ["c", "d"].map((kid) => ({ kid, secret: testSecret(kid), default: true })), "got a second `default`"],
  ])("keeps what it has when it is given %s, and reports", async (_, answer, message) => {
    const test = new TestSource();
    const errors: string[] = [];
    const ring = createKeyRing({ source: test.source, onError: (error) => errors.push(error.message) });
    await ring.ready();
    const before = ring.at(NOW);
    test.answer = answer as () => RingKeysInput;
    expect(await ring.reload()).toBe(false);
    expect(errors).toEqual([expect.stringContaining(message)]);
    expect(ring.at(NOW)).toBe(before);
    expect(kidsOf(ring)).toEqual(["a"]);
    expect(ring.status()).toMatchObject({ keys: 1, lastSuccess: NOW, lastError: errors[0] });
    test.answer = () => testSet("b");
    expect(await ring.reload()).toBe(true);
    expect([kidsOf(ring), ring.status().lastError]).toEqual([["b"], undefined]);
    ring.close();
  });

  it("does not bring back what was removed, nor prolong what was retired", async () => {
    const test = new TestSource();
    test.answer = () => testSet("a", "b", "c");
    const ring = createKeyRing({ source: test.source });
    ring.remove("never met");
    await ring.ready();
    ring.remove("a");
    ring.retire("b", NOW + 5);
    test.answer = () => testSet("a", "b", "c", "never met");
    await ring.reload();
    expect([kidsOf(ring, NOW), kidsOf(ring, NOW + 5)]).toEqual([["b", "c"], ["c"]]);
    ring.close();
  });

  it("holds given keys beside those of the source, whose names they keep", async () => {
    const test = new TestSource();
    test.answer = () => ({ keys: [testJwk("b", { kid: "own" }), testJwk("c")] });
    const ring = createKeyRing({ keys: testJwk("own"), source: test.source });
    await ring.ready();
    expect(ring.at(NOW).load()).toMatchObject([
      { kid: "own", secret: testSecret("own") },
      { kid: "c", secret: testSecret("c") },
    ]);
    expect(ring.status().problems).toEqual([
      "callback: Expected `keys[0].kid` to be the name of one key of its algorithm, got that of several",
    ]);
    ring.close();
  });

  it("loads once for all who ask at the same time", async () => {
    const test = new TestSource();
    const ring = createKeyRing({ source: test.source });
    await Promise.all([ring.ready(), ring.reload(), ...Array.from({ length: 100 }, () => ring.refresh())]);
    expect(test.calls).toBe(1);
    ring.close();
  });

  it("is refreshed for an unknown key outside the cool-down only", async () => {
    const test = new TestSource();
    let now = NOW;
    const ring = createKeyRing({ source: test.source, currentDate: () => now });
    await ring.ready();
    for (now = NOW; now < NOW + 30; now += 0.5) {
      ring.missed();
      expect(await ring.refresh()).toBe(false);
    }
    expect(test.calls).toBe(1);
    test.answer = () => testSet("b");
    expect(await ring.refresh()).toBe(true);
    expect(await ring.refresh()).toBe(false);
    expect(test.calls).toBe(2);
    // Set back, the clock makes the cool-down neither longer nor shorter.
    now = NOW - 1000;
    expect(await ring.refresh()).toBe(false);
    expect(test.calls).toBe(2);
    now += 30;
    ring.missed();
    ring.missed();
    await ring.refresh();
    expect(test.calls).toBe(3);
    ring.close();
  });

  it("loads on demand in spite of the cool-down", async () => {
    const test = new TestSource();
    const ring = createKeyRing({ source: test.source });
    await ring.ready();
    await ring.reload();
    expect(test.calls).toBe(2);
    ring.close();
  });

  it("loads again when what it has is old, and after the cool-down when that failed", async () => {
    const test = new TestSource();
    const ring = createKeyRing({ source: test.source });
    await ring.ready();
    await vi.advanceTimersByTimeAsync(599_000);
    expect(test.calls).toBe(1);
    test.answer = () => Promise.reject(new Error());
    await vi.advanceTimersByTimeAsync(1000);
    expect(test.calls).toBe(2);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(test.calls).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(test.calls).toBe(3);
    expect(kidsOf(ring)).toEqual(["a"]);
    ring.close();
    await vi.advanceTimersByTimeAsync(10_000_000);
    expect(test.calls).toBe(3);
  });

  it("once closed, keeps its keys and loads no more", async () => {
    const test = new TestSource();
    const ring = createKeyRing({ source: test.source });
    await ring.ready();
    let give = (_: RingKeysInput): void => undefined;
    test.answer = () => new Promise((resolve) => (give = resolve));
    const underWay = ring.reload();
    ring.close();
    give(testSet("b"));
    expect(await underWay).toBe(false);
    expect([await ring.reload(), await ring.refresh(), kidsOf(ring)]).toEqual([false, false, ["a"]]);
    expect(vi.getTimerCount()).toBe(0);
    expect(test.calls).toBe(2);
  });

  it("does not suffer from listeners that throw", async () => {
    const fail = () => {
      throw new Error("the listener's");
    };
    const test = new TestSource();
    const ring = createKeyRing({ source: test.source, onReload: fail, onError: fail });
    await ring.ready();
    test.answer = () => undefined as never;
    expect([await ring.reload(), kidsOf(ring)]).toEqual([false, ["a"]]);
    ring.close();
  });

  it("that can be read at once has its keys at once, or is not made", () => {
    const rules = { allowWeak: false, allowSecrets: true, algorithms: undefined };
    const source: RingSource = { name: "test", load: () => parseJwks(testSet("a"), "test", rules) };
    expect(kidsOf(createKeyRing({ source }))).toEqual(["a"]);
    const bad: RingSource = { name: "test", load: () => parseJwks({}, "test", rules) };
    expect(() => createKeyRing({ source: bad })).toThrow("Expected test to hold a JWK set");
  });
});

describe("the options of a callback", () => {
  it.each<[string, () => unknown, string]>([
    ["no function", () => callback("f" as never), "Expected `give` to be a function that gives keys, got a string"],
    [
      "a cool-down of none",
      () => callback(() => [], { coolDown: 0 }),
      "Expected `coolDown` to be a number of seconds from 1 to 86400, got 0",
    ],
    [
      "an age of NaN",
      () => callback(() => [], { maxAge: Number.NaN }),
      "Expected `maxAge` to be a number of seconds from 1 to 86400, got NaN",
    ],
    ["a misspelt one", () => callback(() => [], { cooldown: 5 } as never), "Unknown option `cooldown`: did you mean `coolDown`?"],
  ])("are refused: %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});
