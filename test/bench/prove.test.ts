import crypto from "node:crypto";
import { describe, expect, it } from "vitest";
import { walk } from "../../bench/block.mjs";
import { cryptoVerify } from "../../bench/contenders/nodeCrypto.mjs";
import { makeFleet } from "../../bench/fleet.mjs";
import { prove } from "../../bench/prove.mjs";
import { createVerifier, type VerifierOptions } from "../../src/index.js";

const PROOFS = 32;
const fleet = makeFleet({ set: "mid", count: 64 });
const { keys, checks, now } = fleet.context;
const verifier = createVerifier({ keys: keys.map(({ secret }) => secret), ...checks, currentDate: now } as unknown as VerifierOptions);

/** A contender like ours, but for `accepts`. */
function contender(accepts: (token: string) => boolean) {
  return { accepts, run: (tokens: readonly string[]) => tokens.filter((token) => accepts(token)).length };
}

const isGood = (token: string) => verifier.verify(token).ok;
const codeOf = (token: string) => {
  const verdict = verifier.verify(token);
  return verdict.ok ? "ACCEPTED" : verdict.code;
};
const alsoAccepting = (code: string) => contender((token) => isGood(token) || codeOf(token) === code);

describe("prove", () => {
  it("passes those who accept what is good and reject what is bad", async () => {
    await expect(prove(contender(isGood), fleet, true, PROOFS)).resolves.toBeUndefined();
  });

  it("passes those who throw at bad tokens, and those who promise", async () => {
    const accepts = (token: string) => {
      if (!isGood(token)) throw new Error("bad");
      return true;
    };
    await expect(prove({ ...contender(isGood), accepts }, fleet, true, PROOFS)).resolves.toBeUndefined();
    const later = {
      accepts: async (token: string) => isGood(token),
      run: async (tokens: readonly string[]) => tokens.filter(isGood).length,
    };
    await expect(prove(later, fleet, true, PROOFS)).resolves.toBeUndefined();
  });

  it.each([
    ["a tampered token", contender(() => true), "accepts a tampered token"],
    ["a tampered signature", alsoAccepting("BAD_SIGNATURE"), "accepts a tampered token"],
    ["an expired token", alsoAccepting("EXPIRED"), "accepts a bad token (expired)"],
  ])("catches who accepts %s", async (_, instance, reason) => {
    await expect(prove(instance, fleet, true, PROOFS)).rejects.toThrow(reason);
  });

  it("catches who rejects good tokens, be it one of them", async () => {
    await expect(
      prove(
        contender(() => false),
        fleet,
        true,
        PROOFS,
      ),
    ).rejects.toThrow("rejects a good token");
    const disliked = fleet.goodToken(17);
    const choosy = contender((token) => token !== disliked && isGood(token));
    await expect(prove(choosy, fleet, true, PROOFS)).rejects.toThrow("rejects a good token");
  });

  it("catches who accepts all in the form that is timed", async () => {
    const careless = { accepts: isGood, run: (tokens: readonly string[]) => tokens.length };
    await expect(prove(careless, fleet, true, PROOFS)).rejects.toThrow("counts 64 good tokens among 64, expected 32");
  });

  it("takes an answer that is not true for a rejection", async () => {
    const vague = { ...contender(isGood), accepts: () => "yes" as unknown as boolean };
    await expect(prove(vague, fleet, true, PROOFS)).rejects.toThrow("rejects a good token");
  });
});

describe("a bare crypto.verify", () => {
  it.each(["RS256", "ES256", "EdDSA"])("passes for %s, and no longer where the platform is wrong", async (algorithm) => {
    const own = makeFleet({ set: "mid", algorithm, count: 1 });
    const { judges, make } = cryptoVerify;
    await expect(prove(make(crypto, own.context), own, judges, PROOFS)).resolves.toBeUndefined();
    const credulous = make({ verify: () => true }, own.context);
    await expect(prove(credulous, own, judges, PROOFS)).rejects.toThrow("accepts a tampered token");
    const choosy = make({ verify: () => false }, own.context);
    await expect(prove(choosy, own, judges, PROOFS)).rejects.toThrow("rejects a good token");
  });
});

describe("what is timed", () => {
  const mixed = makeFleet({ set: "mid", count: 512, bad: 0.5 });
  const settings = { fleet: mixed, batch: 64, isAsync: false, judges: true };

  it("is every batch of the pool in turn, at least 256 tokens a call", () => {
    const seen: string[] = [];
    const run = (tokens: readonly string[]) => {
      seen.push(...tokens);
      return tokens.filter(isGood).length;
    };
    const { call, perCall } = walk({ run }, settings);
    expect(perCall).toBe(256);
    for (let times = 0; times < 3; times++) call();
    expect(seen).toEqual([...mixed.tokens, ...mixed.tokens.slice(0, 256)]);
  });

  it("goes round the pool when a batch is larger", () => {
    const { call, perCall } = walk({ run: (tokens) => tokens.filter(isGood).length }, { ...settings, batch: 1000 });
    expect(perCall).toBe(1000);
    expect(() => call()).not.toThrow();
  });

  it("stops who miscounts", async () => {
    expect(() => walk({ run: (tokens) => tokens.length }, settings).call()).toThrow("accepts 64 tokens of a batch with 32 good ones");
    const later = walk({ run: async (tokens) => tokens.length }, { ...settings, isAsync: true });
    await expect(later.call()).rejects.toThrow("accepts 64 tokens of a batch with 32 good ones");
  });
});
