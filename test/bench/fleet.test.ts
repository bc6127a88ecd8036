import { describe, expect, it } from "vitest";
import { makeFleet } from "../../bench/fleet.mjs";
import { createVerifier, type VerifierOptions } from "../../src/index.js";

const badOf = (good: Uint8Array) => good.length - good.reduce((sum, each) => sum + each, 0);

function verdicts({ tokens, context: { keys, checks, now } }: ReturnType<typeof makeFleet>, alg = "HS256"): string[] {
  const given = keys.length === 1 ? { ...keys[0], alg } : keys.map((key) => ({ ...key, alg }));
  const verifier = createVerifier({ keys: given, ...checks, currentDate: now } as VerifierOptions);
  return tokens.map((token) => {
    const verdict = verifier.verify(token);
    return verdict.ok ? "ACCEPTED" : verdict.code;
  });
}

describe("a fleet", () => {
  it.each(["small", "mid", "big", "512 bytes"])("of %s tokens is accepted and has no token twice", (set) => {
    const fleet = makeFleet({ set, count: 100 });
    expect(new Set(verdicts(fleet))).toEqual(new Set(["ACCEPTED"]));
    expect(new Set(fleet.tokens).size).toBe(100);
  });

  it("is the same each time", () => {
    expect(makeFleet({ set: "mid", count: 20, bad: 0.5 })).toMatchObject({ tokens: makeFleet({ set: "mid", count: 20, bad: 0.5 }).tokens });
  });

  it.each([256, 1000, 8000])("is of tokens as long as asked: %d bytes", (bytes) => {
    for (const token of makeFleet({ set: `${bytes} bytes`, count: 5 }).tokens)
      expect(Math.abs(token.length - bytes)).toBeLessThanOrEqual(2);
  });

  it.each([
    [0, 0],
    [0.01, 10],
    [0.5, 500],
    [1, 1000],
  ])("with a share of %d bad has %d in 1000, spread evenly", (bad, expected) => {
    const { good } = makeFleet({ set: "small", count: 1000, bad });
    expect(badOf(good)).toBe(expected);
    expect(badOf(good.subarray(0, 500))).toBe(expected / 2);
  });

  it.each([
    ["signature", "BAD_SIGNATURE"],
    ["expired", "EXPIRED"],
    ["malformed", "MALFORMED"],
  ])("that is bad by %s is rejected as %s", (defect, code) => {
    expect(new Set(verdicts(makeFleet({ set: "mid", count: 50, bad: 1, defect })))).toEqual(new Set([code]));
  });

  it("that is bad in mixed ways has all of them, where it says so", () => {
    const fleet = makeFleet({ set: "mid", count: 60, bad: 0.5 });
    const found = verdicts(fleet);
    expect(found.map((code) => (code === "ACCEPTED" ? 1 : 0))).toEqual([...fleet.good]);
    expect(new Set(found)).toEqual(new Set(["ACCEPTED", "BAD_SIGNATURE", "EXPIRED", "MALFORMED"]));
  });

  it("uses all of many keys", () => {
    const fleet = makeFleet({ set: "mid", count: 64, keys: 16 });
    expect(new Set(verdicts(fleet))).toEqual(new Set(["ACCEPTED"]));
    expect(new Set(fleet.tokens.map((token) => token.split(".")[0])).size).toBe(16);
  });

  it.each([
    ["HS384", 64],
    ["HS512", 86],
    ["RS256", 342],
    ["ES256", 86],
    ["EdDSA", 86],
  ])("of %s is accepted, has no token twice and signatures of %i characters; the bad are rejected", (algorithm, characters) => {
    const fleet = makeFleet({ set: "mid", algorithm, count: 60, bad: 0.5 });
    const found = verdicts(fleet, algorithm);
    expect(found.map((code) => (code === "ACCEPTED" ? 1 : 0))).toEqual([...fleet.good]);
    expect(new Set(found)).toEqual(new Set(["ACCEPTED", "BAD_SIGNATURE", "EXPIRED", "MALFORMED"]));
    expect(new Set(fleet.tokens).size).toBe(60);
    expect(new Set(fleet.tokens.map((token) => token.length - token.lastIndexOf(".") - 1))).toEqual(new Set([characters]));
  });

  it("of key pairs keeps the private ones to itself, and has as many as asked", () => {
    const fleet = makeFleet({ set: "mid", algorithm: "ES256", keys: 3, count: 30 });
    expect(new Set(verdicts(fleet, "ES256"))).toEqual(new Set(["ACCEPTED"]));
    expect(fleet.context.keys.map((key) => Object.keys(key))).toEqual(Array(3).fill(["kid", "publicKey"]));
  });

  it("refuses a set and an algorithm it does not know", () => {
    expect(() => makeFleet({ set: "huge" })).toThrow('Expected a set to be small, mid, big or a size as "512 bytes", got "huge"');
    expect(() => makeFleet({ set: "mid", algorithm: "XS1" })).toThrow("got XS1");
  });
});
