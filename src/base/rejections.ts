/** What rejections mean, in a sentence each, and the errors that stand for a verdict. */
import type { RejectionCode } from "./codes.js";

const SENTENCES: Readonly<Record<RejectionCode, string>> = {
  TOKEN_TOO_LONG: "The token is longer than `maxTokenLength`",
  MALFORMED: "The token is not a well-formed signed JWT",
  ISSUER_NOT_FOUND: "The token names none of the issuers",
  CRITICAL_HEADER_UNSUPPORTED: "The token demands a header extension that is not understood",
  TYPE_MISMATCH: "The token's `typ` is not the expected one",
  ALGORITHM_NOT_ALLOWED: "The token's algorithm is not allowed",
  KEY_NOT_FOUND: "No key is configured for this token",
  BAD_SIGNATURE: "The signature does not verify",
  CLAIM_INVALID: "A registered claim has the wrong type, is out of range, or stands twice",
  EXPIRED: "The token has expired",
  NOT_YET_VALID: "The token is not valid yet",
  ISSUED_IN_FUTURE: "The token was issued in the future",
  TOO_OLD: "The token is older than `maxTokenAge`",
  LIFETIME_TOO_LONG: "The token lives longer than `maxLifetime`",
  ISSUER_MISMATCH: "The issuer is not the expected one",
  AUDIENCE_MISMATCH: "The audience is not the expected one",
  SUBJECT_MISMATCH: "The subject is not the expected one",
  JWT_ID_MISMATCH: "The token's id is not the expected one",
  NONCE_MISMATCH: "The nonce is not the expected one",
  CLAIM_MISSING: "A required claim is missing",
  VALIDATION_FAILED: "`validate` did not return true for the token's claims",
  REVOKED: "The token has been revoked",
  REVOCATION_STALE: "Whether the token has been revoked is not known at the moment",
  REPLAYED: "The token has been used before",
  REPLAY_GUARD_FULL: "Whether the token has been used before cannot be remembered at the moment",
  KEY_UNAVAILABLE: "Whether there is a key for this token is not known at the moment",
};

/** What a rejection code means, in one sentence. */
export function describeRejection(code: RejectionCode): string {
  return SENTENCES[code];
}

/** A batcher has too many tokens that wait: this one was not judged. */
export class OverloadError extends Error {
  override readonly name = "OverloadError";
  readonly code = "OVERLOADED";

  constructor() {
    super("Expected fewer tokens to wait for a verdict: too many do already");
  }
}
