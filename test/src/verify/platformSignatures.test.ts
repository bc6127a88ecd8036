/** Batches of secrets and public keys together: over the borders of chunks, at once and as a promise, with others in between. */
import crypto from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CHUNK_TOKENS } from "../../../src/abi.js";
import { createVerifier, type JwtClaims, type Verdict, type Verifier } from "../../../src/index.js";
import type { ReferenceOptions } from "../../reference/verify.js";
import { expectAsReference } from "../../support/compare.js";
import { OTHER_PAIRS, PAIRS, signWith } from "../../support/pairs.js";
import { LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signClaims, signWith as signMac, signText, TEST_SECRET } from "../../support/tokens.js";

afterEach(() => vi.restoreAllMocks());

const chosen: ReferenceOptions = {
  keys: [
    { kid: "h", secret: TEST_SECRET, default: true },
    { kid: "h3", alg: "HS384", secret: LONG_TEST_SECRET },
    { kid: "h5", alg: "HS512", secret: LONG_TEST_SECRET },
    { kid: "r", alg: "RS256", publicKey: PAIRS.RS256.publicKey },
    { kid: "p", alg: "PS384", publicKey: OTHER_PAIRS.PS384.publicKey },
    { kid: "e", alg: "ES256", publicKey: PAIRS.ES256.publicKey },
    { kid: "o", alg: "EdDSA", publicKey: PAIRS.EdDSA.publicKey },
  ],
  currentDate: NOW,
  issuer: ["a", "b"],
};
const verifier = createVerifier(chosen);

/** RSA takes long to sign: a few signatures serve all tests, each with claims of its own. */
const rsaTokens = Array.from({ length: 8 }, (_, number) => [
  signWith("RS256", payload(number), '{"alg":"RS256","kid":"r"}'),
  signWith("PS384", payload(number), '{"alg":"PS384","kid":"p"}', OTHER_PAIRS.PS384.privateKey),
]).flat();

function payload(number: number): string {
  const exp = number % 11 === 7 ? `${NOW}.00000000000000000000${number}` : NOW + (number % 5) - 1;
  return `{"iss":"${"abc"[number % 3]}","sub":"${number}","jti":"${number}","exp":${exp}}`;
}

/** The n-th token of a series: its algorithm, key and fault all follow from its number. */
function tokenOf(number: number): string {
  const mixed = Math.imul(number + 1, 0x9e3779b1) >>> 8;
  const token = rightTokenOf(number, mixed % 15);
  if (mixed % 7 === 0) return `${token.slice(0, -5)}A${token.slice(-4)}`;
  return mixed % 17 === 0 ? token.slice(0, -3) : token;
}

function rightTokenOf(number: number, kind: number): string {
  const claims = payload(number);
  if (kind < 4) return signText(claims);
  if (kind < 6) return signWith("EdDSA", claims, '{"alg":"EdDSA","kid":"o"}');
  if (kind < 8) return signWith("ES256", claims, '{"kid":"e","alg":"ES256"}');
  if (kind === 8) return rsaTokens[number % rsaTokens.length] as string;
  // The key of another algorithm, no key, another's signature, a secret's name on a public key's token.
  if (kind === 9) return signWith("EdDSA", claims, '{"alg":"EdDSA","kid":"e"}');
  if (kind === 10) return signWith("ES256", claims, '{"alg":"ES256","kid":"none"}');
  if (kind === 11) return signWith("EdDSA", claims, '{"alg":"EdDSA","kid":"o"}', OTHER_PAIRS.EdDSA.privateKey);
  if (kind === 12) return signWith("EdDSA", claims, '{"alg":"EdDSA"}');
  return kind === 13 ? signMac("HS384", claims, LONG_TEST_SECRET, "h3") : signMac("HS512", claims, LONG_TEST_SECRET, "h5");
}

/** With its claims and header, which are read when they are asked for. */
const shown = (verdict: Verdict) => JSON.parse(JSON.stringify(verdict));

describe("a batch of secrets and public keys", () => {
  it.each([0, 1, 2, 5, 40, CHUNK_TOKENS - 1, CHUNK_TOKENS, CHUNK_TOKENS + 1, 2 * CHUNK_TOKENS + 3])(
    "of %i tokens is judged like the reference's, at once and as a promise",
    async (count) => {
      const tokens = Array.from({ length: count }, (_, number) => tokenOf(count + number));
      expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
      const batch = await verifier.verifyBatchAsync(tokens);
      expectAsReference(batch, tokens, chosen);
    },
  );

  it("has the verdicts that its tokens have alone", async () => {
    const tokens = Array.from({ length: 60 }, (_, number) => tokenOf(number));
    const batch = verifier.verifyBatch(tokens);
    for (const [number, token] of tokens.entries()) {
      expect(shown(verifier.verify(token))).toEqual(shown(batch.at(number)));
      expect(shown(await verifier.verifyAsync(token))).toEqual(shown(batch.at(number)));
    }
  });

  it("is judged right though others are judged while its signatures are verified", async () => {
    const tokens = Array.from({ length: 300 }, (_, number) => tokenOf(number));
    const others = Array.from({ length: 300 }, (_, number) => tokenOf(5000 + number));
    const stranger = createVerifier({ keys: OTHER_TEST_SECRET, currentDate: NOW });
    const pending = verifier.verifyBatchAsync(tokens);
    const alsoPending = verifier.verifyBatchAsync(others);
    for (let round = 0; round < 5; round++) {
      expectAsReference(verifier.verifyBatch(others.slice(round, round + 40)), others.slice(round, round + 40), chosen);
      stranger.verifyBatch(tokens);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expectAsReference(await pending, tokens, chosen);
    expectAsReference(await alsoPending, others, chosen);
  });

  it("is read once: what the caller does to its array or its bytes afterwards changes nothing", async () => {
    const token = signWith("EdDSA", payload(0), '{"alg":"EdDSA","kid":"o"}');
    const bytes = Uint8Array.from(Buffer.from(token));
    const tokens: (string | Uint8Array)[] = [bytes, token];
    const pending = verifier.verifyBatchAsync(tokens);
    bytes.fill(65);
    tokens[1] = "x";
    tokens.length = 1;
    const batch = await pending;
    expect(batch.length).toBe(2);
    const at = createVerifier({ ...chosen, currentDate: NOW - 60 }).verifyBatchAsync([token]);
    expect((await at).accepted).toBe(1);
    expect([...batch.codes]).toEqual([...verifier.verifyBatch([token, token]).codes]);
  });

  it("has tokens of any length, one after the other", async () => {
    const roomy = createVerifier({ ...chosen, maxTokenLength: 100_000 });
    const lengths = [0, 6000, 6038, 6039, 6040, 6041, 6042, 6200, 20_000, 1, 60_000, 0];
    const tokens = lengths.flatMap((length) => {
      const payload = JSON.stringify({ iss: "a", filler: "x".repeat(length) });
      const token = signWith("EdDSA", payload, '{"alg":"EdDSA","kid":"o"}');
      return [
        token,
        `${token.slice(0, 60)}${token[60] === "A" ? "B" : "A"}${token.slice(61)}`,
        `${token}AAAA`,
        `${token}${"A".repeat(8000)}`,
      ];
    });
    for (const batch of [roomy.verifyBatch(tokens), await roomy.verifyBatchAsync(tokens)]) {
      expect([...batch.codes]).toEqual(lengths.flatMap(() => [0, 7, 7, 7]));
    }
  });

  it("keeps claims right, whatever is verified afterwards", async () => {
    const tokens = Array.from({ length: 120 }, (_, number) =>
      signWith("EdDSA", `{"iss":"a","sub":"device-${number}","n":${number % 10}}`, '{"alg":"EdDSA","kid":"o"}'),
    );
    const late = await verifier.verifyBatchAsync(tokens);
    const single = verifier.verify(tokens[7] as string);
    verifier.verifyBatch(tokens.toReversed());
    expect(late.accepted).toBe(120);
    for (const number of tokens.keys()) expect(late.claims(number)).toEqual({ iss: "a", sub: `device-${number}`, n: number % 10 });
    expect(single).toMatchObject({ ok: true, claims: { sub: "device-7" } });
  });

  it("rejects with a TypeError what is no array", async () => {
    await expect(verifier.verifyBatchAsync("x" as unknown as string[])).rejects.toThrow(TypeError);
    expect(await verifier.verifyAsync(7 as unknown as string)).toEqual({ ok: false, code: "MALFORMED" });
  });

  it("asks the platform about no token that has a fault already", () => {
    const spies = [vi.spyOn(crypto, "verify"), vi.spyOn(crypto, "createVerify")];
    const wrong = [
      signWith("EdDSA", "{}", '{"alg":"EdDSA","kid":"e"}'),
      signWith("EdDSA", "{}", '{"alg":"EdDSA","kid":"x"}'),
      signWith("ES384", "{}", '{"alg":"ES384","kid":"e"}'),
      `${signWith("EdDSA", "{}", '{"alg":"EdDSA","kid":"o"}')}=`,
      signText("{}"),
    ];
    expect([...verifier.verifyBatch(wrong)].map((verdict) => !verdict.ok && verdict.code)).toEqual([
      "ALGORITHM_NOT_ALLOWED",
      "KEY_NOT_FOUND",
      "ALGORITHM_NOT_ALLOWED",
      "MALFORMED",
      "CLAIM_MISSING",
    ]);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});

describe("a NumericDate that the host converts", () => {
  it.each([
    [`${NOW}.0000000000000000000000001`, "EXPIRED"],
    [`${NOW + 1}.0000000000000000000000001`, "ACCEPTED"],
    ["1700000000000000000000000", "ACCEPTED"],
    ["1e-300", "EXPIRED"],
    ["1e400", "CLAIM_INVALID"],
    [`${NOW}00000000000000000e-17`, "EXPIRED"],
  ])("%s is judged within a token of a public key: %s", async (exp, code) => {
    const options = { keys: PAIRS.EdDSA.publicKey, currentDate: NOW };
    const only = createVerifier(options);
    const tokens = Array.from({ length: 3 }, (_, number) => signWith("EdDSA", `{"n":${number},"exp":${exp}}`));
    const codes = [only.verifyBatch(tokens), await only.verifyBatchAsync(tokens)].flatMap((batch) =>
      [...batch].map((verdict) => (verdict.ok ? "ACCEPTED" : verdict.code)),
    );
    expect(codes).toEqual(Array(6).fill(code));
  });
});

describe("`validate`", () => {
  it("is asked last, of tokens of public keys as of others", async () => {
    const seen: unknown[] = [];
    const strict: Verifier = createVerifier({
      ...chosen,
      issuer: "a",
      validate: (claims: JwtClaims) => seen.push(claims.sub) > 0 && claims.sub !== "no",
    });
    const header = '{"alg":"EdDSA","kid":"o"}';
    const tokens = [
      signClaims({ iss: "a", sub: "yes" }),
      signWith("EdDSA", '{"iss":"a","sub":"yes"}', header),
      signWith("EdDSA", '{"iss":"a","sub":"no"}', header),
      signWith("EdDSA", '{"iss":"a","sub":"yes"}', header, OTHER_PAIRS.EdDSA.privateKey),
    ];
    expect([...strict.verifyBatch(tokens).codes]).toEqual([0, 0, 20, 7]);
    expect([...(await strict.verifyBatchAsync(tokens)).codes]).toEqual([0, 0, 20, 7]);
    expect(seen).toEqual(["yes", "yes", "no", "yes", "yes", "no"]);
    expect((await strict.verifyAsync(tokens[2] as string)).ok).toBe(false);
  });
});
