/** An algorithm belongs to a key; what a token says only selects. */
import { describe, expect, it } from "vitest";
import type { SecretAlgorithm } from "../../../src/base/algorithms.js";
import { createSigner, createVerifier, decode } from "../../../src/index.js";
import { base64url, LONG_TEST_SECRET, NOW, signatureOf, signWith } from "../../support/tokens.js";

const ALGORITHMS = ["HS256", "HS384", "HS512"] as const;
const secret = LONG_TEST_SECRET;
const pairs = ALGORITHMS.flatMap((named) => ALGORITHMS.map((own) => [named, own] as const));

function codeOf(token: string, alg: SecretAlgorithm): string {
  const verdict = createVerifier({ keys: { secret, alg }, currentDate: NOW }).verify(token);
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

describe("a token", () => {
  it.each(pairs)("of %s against a key of %s is taken only if they are the same", (named, own) => {
    expect(codeOf(signWith(named, "{}"), own)).toBe(named === own ? "ACCEPTED" : "ALGORITHM_NOT_ALLOWED");
  });

  it.each(pairs)("of %s against a key of %s that it names is taken only if they are the same, all being allowed", (named, own) => {
    const keys = ALGORITHMS.map((alg) => ({ kid: alg, alg, secret }));
    const verdict = createVerifier({ keys, currentDate: NOW }).verify(signWith(named, "{}", secret, own));
    expect(verdict.ok ? "ACCEPTED" : verdict.code).toBe(named === own ? "ACCEPTED" : "ALGORITHM_NOT_ALLOWED");
  });

  it.each(pairs.filter(([named, own]) => named !== own))("that says %s and has a MAC of %s is not authentic", (named, own) => {
    const input = `${base64url(JSON.stringify({ alg: named }))}.${base64url("{}")}`;
    expect(codeOf(`${input}.${signatureOf(input, secret, own)}`, named)).toBe("BAD_SIGNATURE");
    const exchanged = signWith(own, "{}");
    expect(codeOf(exchanged.replace(/^[^.]+/, base64url(JSON.stringify({ alg: named }))), named)).toBe("BAD_SIGNATURE");
  });

  it.each(ALGORITHMS)("of %s is not taken when the options do not allow it", (alg) => {
    const algorithms = ALGORITHMS.filter((name) => name !== alg);
    const keys = ALGORITHMS.map((name) => ({ kid: name, alg: name, secret, default: name === alg }));
    const verifier = createVerifier({ keys, algorithms, currentDate: NOW });
    expect(verifier.verify(signWith(alg, "{}"))).toEqual({ ok: false, code: "ALGORITHM_NOT_ALLOWED" });
  });

  it("is not taken for another algorithm's because its header was met before", () => {
    const keys = ALGORITHMS.map((alg) => ({ kid: alg, alg, secret }));
    const verifier = createVerifier({ keys, currentDate: NOW });
    for (const named of ALGORITHMS) expect(verifier.verify(signWith(named, "{}", secret, named)).ok).toBe(true);
    for (const [named, own] of pairs) {
      const [header, payload] = signWith(named, "{}", secret, named).split(".") as [string, string];
      const token = `${header}.${payload}.${signatureOf(`${header}.${payload}`, secret, own)}`;
      expect(verifier.verify(token).ok, `${named} ${own}`).toBe(named === own);
    }
  });
});

describe("a secret", () => {
  it.each([
    ["HS256", 32],
    ["HS384", 48],
    ["HS512", 64],
  ] as const)("of %s has at least %i bytes (RFC 7518 §3.2)", (alg, bytes) => {
    const keys = (length: number) => ({ secret: new Uint8Array(length).fill(7), alg });
    expect(() => createVerifier({ keys: keys(bytes) })).not.toThrow();
    expect(() => createVerifier({ keys: keys(bytes - 1) })).toThrow(
      `Expected \`keys\` to be at least ${bytes} bytes for ${alg} (RFC 7518 §3.2), got ${bytes - 1}`,
    );
    expect(() => createVerifier({ keys: keys(bytes - 1), allowWeakSecrets: true })).not.toThrow();
  });

  it.each(ALGORITHMS)("in a JWK for %s needs no other word", (alg) => {
    const jwk = { kty: "oct", k: base64url(secret), alg } as const;
    expect(createVerifier({ keys: jwk, currentDate: NOW }).verify(signWith(alg, "{}")).ok).toBe(true);
  });
});

describe("a signer", () => {
  it.each(ALGORITHMS)("signs with %s and says so", (alg) => {
    const token = createSigner({ key: { secret, alg }, issuedAt: false }).sign({ sub: "device" });
    expect(decode(token)?.unverifiedHeader).toEqual({ alg, typ: "JWT" });
    expect(codeOf(token, alg)).toBe("ACCEPTED");
  });
});
