/** Errors for those who prefer exceptions, and for wrong options. None holds a token, a key or a claim's value. */
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

/** The TypeError for an option: its name, what was expected, and the kind of thing that came. */
export function optionError(name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected \`${name}\` to be ${expected}, got ${kindOf(got)}`);
}

/** A misspelt option must not silently check nothing. */
export function rejectUnknown(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = known.find((candidate) => isAlike(candidate.toLowerCase(), name.toLowerCase()));
    throw new TypeError(`Unknown option \`${name}\`${meant ? `: did you mean \`${meant}\`?` : `; known are ${known.join(", ")}`}`);
  }
}

/** Do they differ by one letter that is missing, added or replaced, or is one the beginning of the other? */
function isAlike(left: string, right: string): boolean {
  let prefix = 0;
  while (prefix < left.length && left[prefix] === right[prefix]) prefix++;
  if (prefix >= 3 && (prefix === left.length || prefix === right.length)) return true;
  const tail = (text: string, from: number) => text.slice(from);
  return (
    tail(left, prefix + 1) === tail(right, prefix + 1) ||
    tail(left, prefix + 1) === tail(right, prefix) ||
    tail(left, prefix) === tail(right, prefix + 1)
  );
}

/** Numbers and booleans are shown, all else only named: an option may hold a secret by mistake. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object") return `an object (${classOf(value)})`;
  return `a ${typeof value}`;
}

/** From its prototype: what an object itself says of its constructor may be text of a JWK set. */
function classOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "no prototype";
  const { constructor: made } = prototype as { constructor?: unknown };
  return typeof made === "function" && typeof made.name === "string" ? made.name : "of no class";
}
