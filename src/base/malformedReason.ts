/** The words for what is wrong with the form of a token. */

/** What is wrong with the form of a token. */
export type MalformedReason = ShapeReason | HeaderReason | PayloadReason;

/** RFC 7515 §3.1. */
export type ShapeReason =
  /** Neither a string nor a `Uint8Array`: undefined, an object, a promise. */
  | "NOT_A_STRING"
  | "EMPTY"
  /** The scheme of an `Authorization` header is no part of the token. */
  | "BEARER_PREFIX"
  | "QUOTES"
  | "ONE_SEGMENT"
  | "TWO_SEGMENTS"
  /** An encrypted token (JWE). */
  | "FIVE_SEGMENTS"
  /** Four, or more than five. */
  | "SEGMENT_COUNT"
  | "EMPTY_HEADER"
  | "EMPTY_PAYLOAD"
  | "EMPTY_SIGNATURE"
  /** `=` at the end of a segment. */
  | "PADDING"
  /** A line break at the end, most often. */
  | "WHITESPACE"
  /** `+` or `/`: base64, not base64url. */
  | "STANDARD_ALPHABET"
  | "CHARACTER"
  /** A segment has a length that no base64url has: it is cut off, or has a character too many. */
  | "SEGMENT_LENGTH"
  /** Bits of a segment's last character that must be zero are not. */
  | "TRAILING_BITS";

export type JsonReason = "NOT_UTF8" | "NOT_JSON" | "NOT_AN_OBJECT" | "TOO_DEEP";

/** RFC 7515 §4. */
export type HeaderReason =
  | `HEADER_${JsonReason}`
  | "HEADER_TOO_MANY_MEMBERS"
  | "HEADER_DUPLICATE_MEMBER"
  | "ALG_MISSING"
  | "ALG_NOT_A_STRING"
  | "KID_NOT_A_STRING"
  | "KID_TOO_LONG";

/** RFC 7519 §7.2. Judged when the signature has proved right. */
export type PayloadReason = `PAYLOAD_${JsonReason}`;
