/** The claims of a token that was refused: only when its signature is right, its own, and where nobody looks for them by accident. */
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { VERDICT_NAMES } from "../../../src/base/codes.js";
import {
  createBatcher,
  createSigner,
  createVerifier,
  type JwtClaims,
  JwtError,
  type RefusedClaims,
  type Verdict,
  type VerdictCode,
  type VerifierOptions,
  verdictNumber,
} from "../../../src/index.js";
import { createReplayGuard, createRevocationList } from "../../../src/revocation/index.js";
import { rejectionOf } from "../../../src/verify/refused.js";
import { PAIRS } from "../../support/pairs.js";
import { NOW, OTHER_TEST_SECRET, signClaims, signText, TEST_SECRET } from "../../support/tokens.js";

const claims = { iss: "a", sub: "marker", jti: "1", exp: NOW + 60, iat: NOW };
const token = signClaims(claims);
const stale = createRevocationList({
  store: { name: "silent", open: () => new Promise(() => {}), append: async () => {}, close: async () => {} } as never,
});

/** Each code with a token that gets it, by these options. */
const REFUSED: readonly (readonly [VerdictCode, string, Partial<VerifierOptions>])[] = [
  ["CLAIM_INVALID", signClaims({ ...claims, exp: "1" }), {}],
  ["EXPIRED", signClaims({ ...claims, exp: NOW }), {}],
  ["NOT_YET_VALID", signClaims({ ...claims, nbf: NOW + 1 }), {}],
  ["ISSUED_IN_FUTURE", signClaims({ ...claims, iat: NOW + 1 }), { maxTokenAge: 60 }],
  ["TOO_OLD", signClaims({ ...claims, iat: NOW - 61 }), { maxTokenAge: 60 }],
  ["LIFETIME_TOO_LONG", token, { maxLifetime: 59 }],
  ["ISSUER_MISMATCH", token, { issuer: "b" }],
  ["AUDIENCE_MISMATCH", signClaims({ ...claims, aud: "a" }), { audience: "b" }],
  ["SUBJECT_MISMATCH", token, { subject: "b" }],
  ["JWT_ID_MISMATCH", token, { jwtId: "b" }],
  ["NONCE_MISMATCH", signClaims({ ...claims, nonce: "a" }), { nonce: "b" }],
  ["CLAIM_MISSING", token, { requiredClaims: ["scope"] }],
  ["VALIDATION_FAILED", token, { validate: () => false }],
  ["REVOCATION_STALE", token, { revocation: stale }],
];

const SECRET: readonly (readonly [VerdictCode, string, Partial<VerifierOptions>])[] = [
  ["TOKEN_TOO_LONG", token, { maxTokenLength: 50 }],
  ["MALFORMED", `${token}\n`, {}],
  ["MALFORMED", signText("[]"), {}],
  ["CRITICAL_HEADER_UNSUPPORTED", signClaims(claims, { alg: "HS256", crit: ["x"], x: 1 }), {}],
  ["TYPE_MISMATCH", token, { typ: "at+jwt" }],
  ["ALGORITHM_NOT_ALLOWED", signClaims(claims, { alg: "none" }), {}],
  ["KEY_NOT_FOUND", signClaims(claims, { alg: "HS256", kid: "b" }), { keys: { kid: "a", secret: TEST_SECRET } }],
  ["BAD_SIGNATURE", signClaims({ ...claims, exp: 1 }, { alg: "HS256" }, OTHER_TEST_SECRET), {}],
];

const make = (options: Partial<VerifierOptions>) => createVerifier({ keys: TEST_SECRET, currentDate: NOW, ...options } as VerifierOptions);
const payloadOf = (text: string) => JSON.parse(Buffer.from(text.split(".")[1] as string, "base64url").toString());
const codeOf = (verdict: Verdict) => (verdict.ok ? "ACCEPTED" : verdict.code);
const refusedOf = (verdict: Verdict) => (verdict.ok ? expect.fail("accepted") : verdict.refusedClaims);

describe("refusedClaims", () => {
  it.each(REFUSED)("are those of the token for %s, however it is asked", async (code, given, options) => {
    const verifier = make(options);
    const batch = verifier.verifyBatch([signClaims({ sub: "before" }), given, signClaims({ sub: "after" })]);
    const verdicts = [
      verifier.verify(given),
      batch.at(1),
      await verifier.verifyAsync(given),
      (await verifier.verifyBatchAsync([given])).at(0),
      await createBatcher(verifier).verifyAsync(given),
    ];
    // What they are read from must not be memory that others use meanwhile.
    verifier.verifyBatch(Array<string>(2000).fill(signClaims({ sub: "another" })));
    expect(verdicts.map(codeOf)).toEqual(Array(5).fill(code));
    expect(verdicts.map(refusedOf)).toEqual(Array(5).fill(payloadOf(given)));
    expect(batch.refusedClaims(1)).toEqual(payloadOf(given));
    expect(thrownBy(() => verifier.verifyOrThrow(given)).refusedClaims).toEqual(payloadOf(given));
  });

  it("are those of a token that was revoked, and of one that was used before", async () => {
    const revocation = createRevocationList();
    await revocation.revoke({ iss: "a", jti: "1" });
    expect(refusedOf(make({ revocation }).verify(token))).toEqual(claims);
    const verifier = make({ replay: createReplayGuard({ currentDate: () => NOW }) });
    expect(verifier.verify(token).ok).toBe(true);
    const again = verifier.verify(token);
    expect([codeOf(again), refusedOf(again)]).toEqual(["REPLAYED", claims]);
    const full = make({ replay: createReplayGuard({ maxEntries: 1, currentDate: () => NOW }) });
    const [, second] = full.verifyBatch([token, signClaims({ ...claims, jti: "2" })]);
    expect([codeOf(second as Verdict), refusedOf(second as Verdict)]).toEqual(["REPLAY_GUARD_FULL", { ...claims, jti: "2" }]);
  });

  it("are those of a token of a public key whose signature the platform has verified, and of no other", async () => {
    const { publicKey, privateKey } = PAIRS.ES256;
    const signed = createSigner({ key: { alg: "ES256", privateKey }, issuedAt: false }).sign({ ...claims, exp: NOW });
    const verifier = createVerifier({ keys: { alg: "ES256", publicKey }, currentDate: NOW });
    const forged = `${signed.slice(0, -6)}AAAAAA`;
    for (const verdict of [verifier.verify(signed), await verifier.verifyAsync(signed), verifier.verifyBatch([signed]).at(0)]) {
      expect([codeOf(verdict), refusedOf(verdict)]).toEqual(["EXPIRED", { ...claims, exp: NOW }]);
    }
    for (const verdict of [verifier.verify(forged), await verifier.verifyAsync(forged), verifier.verifyBatch([forged]).at(0)]) {
      expect([codeOf(verdict), refusedOf(verdict)]).toEqual(["BAD_SIGNATURE", undefined]);
    }
  });

  it.each(SECRET)("are not there for %s", async (code, given, options) => {
    const verifier = make(options);
    const batch = verifier.verifyBatch([given]);
    for (const verdict of [verifier.verify(given), batch.at(0), await verifier.verifyAsync(given)]) {
      expect([codeOf(verdict), refusedOf(verdict)]).toEqual([code, undefined]);
    }
    expect([batch.refusedClaims(0), batch.refusedClaims(1)]).toEqual([undefined, undefined]);
    expect(thrownBy(() => verifier.verifyOrThrow(given)).refusedClaims).toBeUndefined();
  });

  it("are there for these codes alone, of all that there are", () => {
    const shown = VERDICT_NAMES.filter((name, code) => name !== "ACCEPTED" && rejectionOf(code, undefined, token).refusedClaims);
    const expected = [...REFUSED.map(([code]) => code), "REVOKED", "REPLAYED", "REPLAY_GUARD_FULL"];
    expect(shown.sort()).toEqual(expected.sort());
    // They are all that come after BAD_SIGNATURE but for those about what is looked for before it.
    const before = ["ISSUER_NOT_FOUND", "KEY_UNAVAILABLE"].map((name) => verdictNumber(name as VerdictCode));
    const after = VERDICT_NAMES.filter((_, code) => code > verdictNumber("BAD_SIGNATURE") && !before.includes(code));
    expect(shown).toEqual([...after].sort());
  });

  it("are not in JSON, copies, or on the console", () => {
    const verdict = make({}).verify(signClaims({ ...claims, exp: 1 }));
    const plain = { ok: false, code: "EXPIRED", claim: "exp" };
    expect({ ...verdict }).toStrictEqual(plain);
    expect(structuredClone(verdict)).toStrictEqual(plain);
    expect(JSON.stringify(verdict)).toBe(JSON.stringify(plain));
    expect(inspect(verdict, { showHidden: true, depth: 9 })).toBe(inspect(plain, { showHidden: true }));
    const error = thrownBy(() => make({}).verifyOrThrow(signClaims({ ...claims, exp: 1 })));
    for (const text of [inspect(error, { showHidden: true }), JSON.stringify(error), JSON.stringify({ ...error })]) {
      expect(text).not.toContain("marker");
    }
  });

  it("have a type that fits nothing that wants claims", () => {
    expectTypeOf<RefusedClaims>().not.toMatchTypeOf<JwtClaims>();
    expectTypeOf<RefusedClaims>().not.toMatchTypeOf<{ sub: string }>();
    expectTypeOf<RefusedClaims["scope"]>().toEqualTypeOf<unknown>();
    // @ts-expect-error: what they say is to be checked.
    const granted: { scope?: string } = {} as RefusedClaims;
    expect(granted).toEqual({});
  });
});

function thrownBy(action: () => unknown): JwtError {
  try {
    action();
  } catch (error) {
    if (error instanceof JwtError) return error;
  }
  return expect.fail("Expected a JwtError");
}
