/** Verdict codes: their names, in the order of judgement, and the claim each is about. */
import * as abi from "../abi.js";
import type { MalformedReason } from "./malformedReason.js";
import { bare } from "./own.js";

const NAMES = {
  [abi.ACCEPTED]: "ACCEPTED",
  [abi.TOKEN_TOO_LONG]: "TOKEN_TOO_LONG",
  [abi.MALFORMED]: "MALFORMED",
  [abi.CRITICAL_HEADER_UNSUPPORTED]: "CRITICAL_HEADER_UNSUPPORTED",
  [abi.TYPE_MISMATCH]: "TYPE_MISMATCH",
  [abi.ALGORITHM_NOT_ALLOWED]: "ALGORITHM_NOT_ALLOWED",
  [abi.KEY_NOT_FOUND]: "KEY_NOT_FOUND",
  [abi.BAD_SIGNATURE]: "BAD_SIGNATURE",
  [abi.CLAIM_INVALID]: "CLAIM_INVALID",
  [abi.EXPIRED]: "EXPIRED",
  [abi.NOT_YET_VALID]: "NOT_YET_VALID",
  [abi.ISSUED_IN_FUTURE]: "ISSUED_IN_FUTURE",
  [abi.TOO_OLD]: "TOO_OLD",
  [abi.LIFETIME_TOO_LONG]: "LIFETIME_TOO_LONG",
  [abi.ISSUER_MISMATCH]: "ISSUER_MISMATCH",
  [abi.AUDIENCE_MISMATCH]: "AUDIENCE_MISMATCH",
  [abi.SUBJECT_MISMATCH]: "SUBJECT_MISMATCH",
  [abi.JWT_ID_MISMATCH]: "JWT_ID_MISMATCH",
  [abi.NONCE_MISMATCH]: "NONCE_MISMATCH",
  [abi.CLAIM_MISSING]: "CLAIM_MISSING",
  [abi.VALIDATION_FAILED]: "VALIDATION_FAILED",
  [abi.ISSUER_NOT_FOUND]: "ISSUER_NOT_FOUND",
  [abi.REVOKED]: "REVOKED",
  [abi.REVOCATION_STALE]: "REVOCATION_STALE",
  [abi.REPLAYED]: "REPLAYED",
  [abi.REPLAY_GUARD_FULL]: "REPLAY_GUARD_FULL",
  [abi.KEY_UNAVAILABLE]: "KEY_UNAVAILABLE",
} as const;

/** The name of a verdict. */
export type VerdictCode = (typeof NAMES)[keyof typeof NAMES];
/** Why a token is rejected. */
export type RejectionCode = Exclude<VerdictCode, "ACCEPTED">;

/** The names by number: `VERDICT_NAMES[code]`. */
export const VERDICT_NAMES: readonly VerdictCode[] = Object.freeze(
  Array.from({ length: abi.CODE_COUNT }, (_, code) => NAMES[code as keyof typeof NAMES]),
);

const NUMBERS: ReadonlyMap<string, number> = new Map(VERDICT_NAMES.map((name, code) => [name, code]));

/**
 * The name of a number in `codes`.
 * @throws RangeError for a number that is no code.
 */
export function verdictName(code: number): VerdictCode {
  const name = VERDICT_NAMES[code];
  if (name === undefined) throw new RangeError(`Expected a verdict code from 0 to ${abi.CODE_COUNT - 1}, got ${code}`);
  return name;
}

/** The number of a verdict's name. */
export function verdictNumber(name: VerdictCode): number {
  return NUMBERS.get(name) as number;
}

/** Registered claims by their number in the engine. */
export const REGISTERED_CLAIMS = ["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "nonce"] as const;

/** The claim that a code alone tells of. */
const CLAIM_OF_CODE: Readonly<Partial<Record<number, string>>> = bare({
  [abi.EXPIRED]: "exp",
  [abi.NOT_YET_VALID]: "nbf",
  [abi.ISSUED_IN_FUTURE]: "iat",
  [abi.TOO_OLD]: "iat",
  [abi.LIFETIME_TOO_LONG]: "exp",
  [abi.ISSUER_NOT_FOUND]: "iss",
  [abi.ISSUER_MISMATCH]: "iss",
  [abi.AUDIENCE_MISMATCH]: "aud",
  [abi.SUBJECT_MISMATCH]: "sub",
  [abi.JWT_ID_MISMATCH]: "jti",
  [abi.NONCE_MISMATCH]: "nonce",
  [abi.REPLAYED]: "jti",
});

/** A token was not accepted, and why. `claim` names the registered or required claim at fault, never its value. */
export interface Rejection {
  readonly ok: false;
  readonly code: RejectionCode;
  readonly claim?: string;
  /** What is wrong with the form of a token that is MALFORMED; found out when it is read. Nothing of the token is in it. */
  readonly reason?: MalformedReason | undefined;
  /**
   * The claims of a token whose signature is right and that is rejected all the same: to tell a user that a session has ended, say. **They
   * give no right to anything.** Undefined for every code that a token without a right signature can get. Not shown by `console.log` or JSON.
   */
  readonly refusedClaims?: RefusedClaims | undefined;
}

/** The claims of a token that was rejected. Its type fits nothing that wants the claims of an accepted one: what they say is to be checked. */
export interface RefusedClaims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly aud?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly iat?: unknown;
  readonly jti?: unknown;
  readonly [claim: string]: unknown;
}

/** The codes of tokens whose signatures are right, a bit each. A code that is not among them shows nothing of its token. */
const AFTER_SIGNATURE =
  (1 << abi.CLAIM_INVALID) |
  (1 << abi.EXPIRED) |
  (1 << abi.NOT_YET_VALID) |
  (1 << abi.ISSUED_IN_FUTURE) |
  (1 << abi.TOO_OLD) |
  (1 << abi.LIFETIME_TOO_LONG) |
  (1 << abi.ISSUER_MISMATCH) |
  (1 << abi.AUDIENCE_MISMATCH) |
  (1 << abi.SUBJECT_MISMATCH) |
  (1 << abi.JWT_ID_MISMATCH) |
  (1 << abi.NONCE_MISMATCH) |
  (1 << abi.CLAIM_MISSING) |
  (1 << abi.VALIDATION_FAILED) |
  (1 << abi.REVOKED) |
  (1 << abi.REVOCATION_STALE) |
  (1 << abi.REPLAYED) |
  (1 << abi.REPLAY_GUARD_FULL);

/** Is a code, which is one, of a token whose signature is right? */
export function isAfterSignature(code: number): boolean {
  return (AFTER_SIGNATURE & (1 << code)) !== 0;
}

/** The claim that a rejection is about, where the code alone tells it. */
export function claimOf(code: number): string | undefined {
  return CLAIM_OF_CODE[code];
}

/** One frozen object for each code: most rejected tokens allocate nothing. */
const REJECTIONS: readonly Rejection[] = VERDICT_NAMES.map((name, code) => freezeRejection(name, CLAIM_OF_CODE[code]));
const claimRejections = new Map<string, Rejection>();

/** The rejection for a code; `claim` where the code alone does not tell it. */
export function rejection(code: number, claim?: string): Rejection {
  if (claim === undefined) return REJECTIONS[code] as Rejection;
  const key = `${code} ${claim}`;
  let known = claimRejections.get(key);
  if (!known) {
    known = freezeRejection(verdictName(code), claim);
    claimRejections.set(key, known);
  }
  return known;
}

function freezeRejection(name: VerdictCode, claim: string | undefined): Rejection {
  const code = name as RejectionCode;
  return Object.freeze(claim === undefined ? { ok: false, code } : { ok: false, code, claim });
}
