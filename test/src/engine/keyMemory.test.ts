/** Keys in linear memory: all of a call or none, wiped when they go. */
import { describe, expect, it } from "vitest";
import type { Key } from "../../../src/engine/key.js";
import { KeyMemory } from "../../../src/engine/keyMemory.js";
import { openEngine } from "../../../src/engine/openEngine.js";
import { parseKeys } from "../../../src/keys/key.js";
import { deviceKeys, deviceSecret } from "../../support/devices.js";
import { PAIRS, withoutNodeCrypto } from "../../support/pairs.js";

const engine = openEngine(["HS256", "HS384", "HS512"]);
const pem = PAIRS.EdDSA.publicKey.export({ type: "spki", format: "pem" }) as string;

const parse = (input: object) =>
  (parseKeys(input as never, "key", { allowWeak: false, algorithms: undefined }) as readonly Key[])[0] as Key;
const named = (...kids: string[]) => deviceKeys(kids).map(parse);

function memory(): Buffer {
  return Buffer.from(engine.memory.exports.memory.buffer as ArrayBuffer);
}

describe("placed keys", () => {
  it("take no memory and have no table before there are any", () => {
    const keys = new KeyMemory(engine);
    expect([keys.table, keys.defaultKey, keys.size, keys.bytes, keys.isSynchronous]).toEqual([0, 0, 0, 0, true]);
    keys.put([[]]);
    keys.put([]);
    expect([keys.table, keys.bytes, keys.has("a"), keys.remove("a")]).toEqual([0, 0, false, false]);
    keys.clear();
    keys.release();
  });

  it("need no table where the only one has no name", () => {
    const keys = new KeyMemory(engine);
    keys.put([[{ ...parse({ secret: deviceSecret("a") }), isDefault: true }]]);
    expect([keys.table, keys.size]).toEqual([0, 0]);
    expect(keys.defaultKey).toBeGreaterThan(0);
    keys.release();
    expect([keys.defaultKey, keys.bytes]).toEqual([0, 0]);
  });

  it("come in batches, of which a default may be one of any", () => {
    const keys = new KeyMemory(engine);
    const [a, b, c] = named("a", "b", "c") as [ReturnType<typeof parse>, ReturnType<typeof parse>, ReturnType<typeof parse>];
    keys.put([[a, { ...b, isDefault: true }], [c]]);
    expect([keys.size, keys.has("a"), keys.has("b"), keys.has("c"), keys.defaultKey > 0]).toEqual([3, true, true, true, true]);
    keys.release();
  });

  it.each<[string, object]>([
    ["short", { kid: "a", secret: deviceSecret("a") }],
    ["longer than a block", { kid: "a", secret: Buffer.alloc(100, "a test key ") }],
    ["for SHA-512", { kid: "a", secret: Buffer.alloc(64, "a test key "), alg: "HS512" }],
  ])("have the copy of their secret wiped: %s", (_, input) => {
    const keys = new KeyMemory(engine);
    const key = parse(input) as { secret: Uint8Array } & ReturnType<typeof parse>;
    expect(key.secret.some((byte) => byte !== 0)).toBe(true);
    keys.put([[key]]);
    expect(key.secret.every((byte) => byte === 0)).toBe(true);
    keys.release();
  });

  it("leave nothing in linear memory when they go, neither names nor midstates", () => {
    const kid = "a name that is found nowhere else: 5e1f8b";
    for (const go of [(keys: KeyMemory) => keys.remove(kid), (keys: KeyMemory) => keys.clear(), (keys: KeyMemory) => keys.release()]) {
      const keys = new KeyMemory(engine);
      keys.put([named("a", kid, "b")]);
      const place = memory().indexOf(kid);
      expect(place).toBeGreaterThan(0);
      const midstates = memory().subarray(place - 64, place);
      const copy = Buffer.from(midstates);
      expect(copy.every((byte) => byte === 0)).toBe(false);
      go(keys);
      // The name by which it was removed has been written elsewhere, and is no secret.
      keys.has("x".repeat(256));
      expect([memory().indexOf(copy.subarray(0, 32)), memory().indexOf(copy.subarray(32)), memory().indexOf(kid)]).toEqual([-1, -1, -1]);
      keys.release();
    }
  });

  it.each<[string, (keys: KeyMemory) => unknown]>([
    ["removal", (keys) => keys.remove("p")],
    ["clearing", (keys) => keys.clear()],
    ["release", (keys) => keys.release()],
    ["a secret of that name", (keys) => keys.put([named("p")])],
  ])("that only a promise verifies with count until they are gone, by %s", (_, go) => {
    const before = engine.publicKeys.size;
    const keys = new KeyMemory(engine);
    const key = withoutNodeCrypto(() => parse({ kid: "p", publicKey: pem, alg: "EdDSA" }));
    keys.put([[key, ...named("a")]]);
    expect([keys.isSynchronous, engine.publicKeys.size]).toEqual([false, before + 1]);
    keys.put([[key]]);
    expect([keys.isSynchronous, engine.publicKeys.size]).toEqual([false, before + 1]);
    go(keys);
    expect([keys.isSynchronous, engine.publicKeys.size]).toEqual([true, before]);
    keys.release();
  });

  it("of which one fails are none, the public ones among them", () => {
    const before = engine.publicKeys.size;
    const keys = new KeyMemory(engine);
    keys.put([named("a")]);
    const batches = function* () {
      yield [parse({ kid: "b", publicKey: pem, alg: "EdDSA" })];
      throw new Error("boom");
    };
    expect(() => keys.put(batches())).toThrow("boom");
    const { bytes } = keys;
    for (let round = 0; round < 3; round++) expect(() => keys.put(batches())).toThrow("boom");
    expect([keys.size, keys.has("a"), keys.has("b"), keys.bytes, engine.publicKeys.size]).toEqual([1, true, false, bytes, before]);
    keys.put([named("c")]);
    expect(keys.size).toBe(2);
    keys.release();
  });
});
