/** Codes, their numbers and names. */
import { describe, expect, it } from "vitest";
import { CODE_COUNT } from "../../../src/abi.js";
import { rejection, VERDICT_NAMES } from "../../../src/base/codes.js";
import { createVerifier, describeRejection, type RejectionCode, verdictName, verdictNumber } from "../../../src/index.js";
import { HEADER, NOW, OTHER_TEST_SECRET, signText, TEST_SECRET } from "../../support/tokens.js";

/** As they are documented: the order of judgement. To change one breaks those who count them. */
const PUBLISHED = [
  "ACCEPTED",
  "TOKEN_TOO_LONG",
  "MALFORMED",
  "CRITICAL_HEADER_UNSUPPORTED",
  "TYPE_MISMATCH",
  "ALGORITHM_NOT_ALLOWED",
  "KEY_NOT_FOUND",
  "BAD_SIGNATURE",
  "CLAIM_INVALID",
  "EXPIRED",
  "NOT_YET_VALID",
  "ISSUED_IN_FUTURE",
  "TOO_OLD",
  "LIFETIME_TOO_LONG",
  "ISSUER_MISMATCH",
  "AUDIENCE_MISMATCH",
  "SUBJECT_MISMATCH",
  "JWT_ID_MISMATCH",
  "NONCE_MISMATCH",
  "CLAIM_MISSING",
  "VALIDATION_FAILED",
  "ISSUER_NOT_FOUND",
  "REVOKED",
  "REVOCATION_STALE",
  "REPLAYED",
  "REPLAY_GUARD_FULL",
  "KEY_UNAVAILABLE",
] as const;

describe("verdict codes", () => {
  it("are these, with these numbers", () => {
    expect(VERDICT_NAMES).toEqual(PUBLISHED);
    expect(CODE_COUNT).toBe(PUBLISHED.length);
  });

  it.each(PUBLISHED)("%s goes from name to number and back", (name) => {
    expect(verdictName(verdictNumber(name))).toBe(name);
  });

  it.each([-1, CODE_COUNT, 254, 255, 0.5, NaN])("%d is none", (code) => {
    expect(() => verdictName(code)).toThrow(RangeError);
  });

  it.each(PUBLISHED.slice(1))("%s has a sentence of its own", (name) => {
    const sentence = describeRejection(name as RejectionCode);
    expect(sentence.length).toBeGreaterThan(20);
    expect(PUBLISHED.slice(1).filter((other) => describeRejection(other as RejectionCode) === sentence)).toEqual([name]);
  });
});

describe("a rejection", () => {
  it("is one frozen object for each code, shared by all tokens that it has nothing to tell of", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const [first, second] = verifier.verifyBatch(["a", "b"].map((sub) => signText(`{"sub":"${sub}"}`, HEADER, OTHER_TEST_SECRET)));
    expect(first).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    expect(first).toBe(second);
    expect(Object.isFrozen(first)).toBe(true);
    expect(Object.isFrozen(rejection(verdictNumber("CLAIM_MISSING"), "role"))).toBe(true);
    expect(rejection(verdictNumber("CLAIM_MISSING"), "role")).toBe(rejection(verdictNumber("CLAIM_MISSING"), "role"));
  });

  it("names the claim at fault, also where several tokens of a batch fail by different ones", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW, requiredClaims: ["role", "site"] });
    const batch = verifier.verifyBatch(
      ['{"role":1}', '{"site":1}', '{"exp":"1"}', '{"nbf":[]}', '{"role":1,"site":1}', "x"].map((payload) => signText(payload)),
    );
    expect([...batch].map((verdict) => (verdict.ok ? "" : verdict.claim))).toEqual(["site", "role", "exp", "nbf", "", undefined]);
  });
});
