/** Keys derived from a master secret when a token names a device. */
import { hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier, deriveKeys, deriveSecret, type SecretAlgorithm } from "../../../src/index.js";
import { LONG_TEST_SECRET, NOW, signClaims, signWith, TEST_SECRET } from "../../support/tokens.js";

const derivation = { master: TEST_SECRET, salt: "a salt", info: "test devices: " };
const secretOf = (name: string) => deriveSecret(derivation, name);
const tokenOf = (name: string, claims: object = {}, secret = secretOf(name)) => signClaims(claims, { alg: "HS256", kid: name }, secret);
const verifierOf = (options: object = {}) => {
  const keys = deriveKeys({ ...derivation, ...options });
  return { keys, verifier: createVerifier({ keys, currentDate: NOW }) };
};

describe("a derived secret", () => {
  it.each([
    ["HS256", 32],
    ["HS384", 48],
    ["HS512", 64],
  ] as const)("for %s is HKDF's output of %i bytes for the device's name behind info", (alg, length) => {
    const expected = hkdfSync("sha256", TEST_SECRET, "a salt", "test devices: девайс", length);
    expect(Buffer.from(deriveSecret({ ...derivation, alg }, "девайс"))).toEqual(Buffer.from(expected));
  });

  it("has neither salt nor info unless given", () => {
    const expected = hkdfSync("sha256", TEST_SECRET, new Uint8Array(0), "device", 32);
    expect(Buffer.from(deriveSecret({ master: TEST_SECRET }, "device"))).toEqual(Buffer.from(expected));
  });

  it.each([
    [{}, "Expected `master` to be"],
    [{ master: "short" }, "Expected `master` to be at least 32 bytes"],
    [{ master: TEST_SECRET, alg: "RS256" }, "Expected `alg` to be one of HS256"],
    [{ master: TEST_SECRET, salt: 1 }, "Expected `salt` to be bytes"],
    [{ master: TEST_SECRET, info: "\ud800" }, "Expected `info` to be bytes"],
    [{ master: TEST_SECRET, inf: "x" }, "Unknown option `inf`: did you mean `info`?"],
  ])("is refused for %o", (options, message) => {
    expect(() => deriveSecret(options as never, "device")).toThrow(message);
    expect(() => deriveKeys(options as never)).toThrow(message);
  });
});

describe("a verifier of derived keys", () => {
  it("accepts each device by its own secret and no other, one by one and in batches", async () => {
    const { verifier } = verifierOf();
    const names = Array.from({ length: 40 }, (_, index) => `device ${index}`);
    const right = names.map((name) => tokenOf(name, { sub: name }));
    const wrong = names.map((name, index) => tokenOf(name, {}, secretOf(`device ${index + 1}`)));
    const mixed = names.flatMap((_, index) => [right[index] as string, wrong[index] as string]);
    const expected = mixed.map((_, index) => (index % 2 ? 7 : 0));
    for (const batch of [verifier.verifyBatch(mixed), await verifier.verifyBatchAsync(mixed), verifier.verifyBatch(mixed)]) {
      expect([...batch.codes]).toEqual(expected);
      expect(batch.accepted).toBe(40);
      expect(batch.claims(2)).toMatchObject({ sub: "device 1" });
    }
    const fresh = verifierOf().verifier;
    for (const [index, token] of mixed.entries()) expect(fresh.verify(token).ok).toBe(index % 2 === 0);
    const asynchronous = verifierOf().verifier;
    for (const [index, token] of mixed.entries()) expect((await asynchronous.verifyAsync(token)).ok).toBe(index % 2 === 0);
  });

  it.each(["HS384", "HS512"] as const)("does so for %s", (alg: SecretAlgorithm) => {
    const keys = deriveKeys({ master: LONG_TEST_SECRET, alg });
    const verifier = createVerifier({ keys, currentDate: NOW });
    const token = signWith(alg, "{}", deriveSecret({ master: LONG_TEST_SECRET, alg }, "d"), "d");
    expect(verifier.verify(token).ok).toBe(true);
    expect(verifier.verify(tokenOf("d"))).toEqual({ ok: false, code: "ALGORITHM_NOT_ALLOWED" });
  });

  it("names the claim at fault of a token whose key has just been derived", () => {
    const { verifier } = verifierOf();
    const batch = verifier.verifyBatch([tokenOf("a"), tokenOf("b", { exp: "soon" }), tokenOf("c", { exp: NOW - 1 })]);
    expect([...batch].map((verdict) => (verdict.ok ? "ok" : `${verdict.code} ${verdict.claim}`))).toEqual([
      "ok",
      "CLAIM_INVALID exp",
      "EXPIRED exp",
    ]);
  });

  it("keeps keys that a token proved, an expired one too, and none of made-up names", () => {
    const { keys, verifier } = verifierOf();
    verifier.verifyBatch([tokenOf("a"), tokenOf("b", { exp: NOW - 1 }), tokenOf("c", {}, secretOf("x")), tokenOf("d").slice(0, -3)]);
    expect([keys.size, keys.at(NOW).size]).toEqual([2, 2]);
    verifier.verifyBatch(Array.from({ length: 3000 }, (_, index) => tokenOf(`made up ${index}`, {}, TEST_SECRET)));
    expect([keys.size, keys.at(NOW).size]).toEqual([2, 2]);
  });

  it("keeps at most so many as it is told, those that were used last", () => {
    const { keys, verifier } = verifierOf({ maxKeys: 10 });
    const often = tokenOf("often");
    expect(verifier.verify(often).ok).toBe(true);
    for (let index = 0; index < 100; index++) {
      expect(verifier.verify(tokenOf(`device ${index}`)).ok).toBe(true);
      expect(verifier.verify(often).ok).toBe(true);
      expect(keys.at(NOW).has("often")).toBe(true);
      expect(keys.size).toBeLessThanOrEqual(10);
      expect(keys.at(NOW).size).toBe(keys.size);
    }
  });

  it("finds a device by a claim, and gives a token that names none no key", () => {
    const verifier = createVerifier({ keys: deriveKeys(derivation), keyFrom: { claim: "sub" }, currentDate: NOW });
    expect(verifier.verify(signClaims({ sub: "a" }, { alg: "HS256" }, secretOf("a"))).ok).toBe(true);
    expect(verifier.verify(signClaims({ sub: "a" }, { alg: "HS256", kid: "b" }, secretOf("b")))).toEqual({
      ok: false,
      code: "BAD_SIGNATURE",
    });
    expect(verifier.verify(signClaims({ sub: 1 }, { alg: "HS256" }, secretOf("1")))).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
    expect(verifier.verify(signClaims({}, { alg: "HS256" }, secretOf("a")))).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
  });

  it("with fewer keys than a batch has names rejects none of its tokens", async () => {
    const { keys, verifier } = verifierOf({ maxKeys: 3 });
    const tokens = Array.from({ length: 3000 }, (_, index) => tokenOf(`device ${index}`));
    expect(verifier.verifyBatch(tokens).accepted).toBe(3000);
    expect((await verifier.verifyBatchAsync(tokens)).accepted).toBe(3000);
    expect([keys.size, keys.at(NOW).size]).toEqual([3, 3]);
  });
});

describe("a flood of made-up names", () => {
  const junkOf = (round: number, count: number) =>
    Array.from({ length: count }, (_, index) => tokenOf(`made up ${round} ${index}`, {}, TEST_SECRET));

  it("has so many keys derived a second, and leaves it open what a name beyond that has", () => {
    const { verifier } = verifierOf({ maxFailures: 50 });
    const { codes } = verifier.verifyBatch(junkOf(0, 4000));
    const refused = codes.filter((code) => code === 26).length;
    expect(codes.filter((code) => code === 7).length).toBe(4000 - refused);
    expect(refused).toBeGreaterThan(3500);
  });

  it("leaves devices alone that have proved their names, if their keys are kept or not", async () => {
    const { keys, verifier } = verifierOf({ maxFailures: 5, maxKeys: 10 });
    const devices = Array.from({ length: 40 }, (_, index) => tokenOf(`device ${index}`));
    for (const device of devices) expect(verifier.verify(device).ok).toBe(true);
    for (let round = 0; round < 5; round++) {
      const mixed = [...junkOf(round, 60), ...devices];
      const batch = round % 2 ? verifier.verifyBatch(mixed) : await verifier.verifyBatchAsync(mixed);
      expect(batch.accepted).toBe(40);
      for (const device of devices) expect(verifier.verify(device).ok).toBe(true);
      expect(keys.size).toBe(10);
    }
  });

  it("does not count new devices among it", () => {
    const { verifier } = verifierOf({ maxFailures: 1024 });
    const devices = Array.from({ length: 5000 }, (_, index) => tokenOf(`device ${index}`));
    expect(verifier.verifyBatch(devices).accepted).toBe(5000);
  });

  it("is over when a second has passed", async () => {
    const { verifier } = verifierOf({ maxFailures: 20 });
    verifier.verifyBatch(junkOf(0, 1000));
    expect(verifier.verify(tokenOf("a new device"))).toEqual({ ok: false, code: "KEY_UNAVAILABLE" });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(verifier.verify(tokenOf("a new device")).ok).toBe(true);
  });

  it("is bounded by a whole number", () => {
    expect(() => verifierOf({ maxFailures: 0 })).toThrow("Expected `maxFailures` to be a whole number of derivations a second");
  });
});
