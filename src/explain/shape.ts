/** Says in words why a token is MALFORMED: the library finds the reason out, and this where it is. */
import { createVerifier, type MalformedReason } from "../index.js";
import { randomBytes } from "./random.js";

/** Of what a header or a payload is not, each with its own. */
type JsonReason = Extract<MalformedReason, `HEADER_${string}` | `PAYLOAD_${string}` | `ALG_${string}` | `KID_${string}`>;
type ShapeReason = Exclude<MalformedReason, JsonReason>;

const SHAPE_WORDS: Readonly<Record<ShapeReason, string>> = {
  NOT_A_STRING: "there is nothing",
  EMPTY: "there is nothing",
  BEARER_PREFIX: "begins with the scheme of a header, `Bearer`, which is no part of the token",
  QUOTES: "is in quotes, which are no part of the token",
  ONE_SEGMENT: "expected three segments with dots between them, got 1",
  TWO_SEGMENTS: "expected three segments with dots between them, got 2",
  FIVE_SEGMENTS: "five segments: this is an encrypted token (JWE), not a signed one",
  SEGMENT_COUNT: "expected three segments with dots between them, got another number of them",
  EMPTY_HEADER: "the header is empty",
  EMPTY_PAYLOAD: "the payload is empty",
  EMPTY_SIGNATURE: "the signature is empty",
  PADDING: "ends with padding (`=`), which a token has not",
  WHITESPACE: "has white space in it",
  STANDARD_ALPHABET: "is in the alphabet of base64 (`+`, `/`), not of base64url",
  CHARACTER: "has a character that base64url has not",
  SEGMENT_LENGTH: "is a character too long or too short: it is cut off, perhaps",
  TRAILING_BITS: "ends with bits that should be zero: its last character was altered, perhaps",
};

const JSON_WORDS: Readonly<Record<JsonReason, string>> = {
  HEADER_NOT_UTF8: "is not UTF-8",
  HEADER_NOT_JSON: "is not JSON",
  HEADER_NOT_AN_OBJECT: "is JSON, but no object",
  HEADER_TOO_DEEP: "has more than 128 levels",
  HEADER_TOO_MANY_MEMBERS: "has more than 64 members",
  HEADER_DUPLICATE_MEMBER: "has a member twice",
  ALG_MISSING: "has no `alg`",
  ALG_NOT_A_STRING: "has an `alg` that is no string",
  KID_NOT_A_STRING: "has a `kid` that is no string",
  KID_TOO_LONG: "has a `kid` of more than 256 bytes",
  PAYLOAD_NOT_UTF8: "is not UTF-8",
  PAYLOAD_NOT_JSON: "is not JSON",
  PAYLOAD_NOT_AN_OBJECT: "is JSON, but no object",
  PAYLOAD_TOO_DEEP: "has more than 128 levels",
};

const SEGMENTS = ["header", "payload", "signature"] as const;
/** Reasons that are of one segment, which they do not name. */
const OF_A_SEGMENT: readonly MalformedReason[] = [
  "PADDING",
  "WHITESPACE",
  "STANDARD_ALPHABET",
  "CHARACTER",
  "SEGMENT_LENGTH",
  "TRAILING_BITS",
];

/** What is wrong with the shape of a token (RFC 7515 §3.1), or undefined where it is right. */
export function shapeFault(token: string): string | undefined {
  const reason = reasonOf(token);
  if (reason === undefined || isOfJson(reason)) return undefined;
  if (!OF_A_SEGMENT.includes(reason)) return SHAPE_WORDS[reason];
  // A token of one segment three times has what is wrong with that segment.
  const index = token.split(".").findIndex((segment) => reasonOf(`${segment}.${segment}.${segment}`) === reason);
  return `the ${SEGMENTS[index] ?? "token"} ${SHAPE_WORDS[reason]}`;
}

/** The longest tokens that a verifier can be told to take. */
export const MOST_BYTES = 262_144;

/** What the library says of a token: a key is not needed for that. */
function reasonOf(token: string): MalformedReason | undefined {
  const verdict = createVerifier({ keys: randomBytes(32), maxTokenLength: MOST_BYTES }).verify(token);
  return verdict.ok ? undefined : verdict.reason;
}

/** What is wrong with the header or the payload of a token of the right shape. */
export function jsonFault(reason: MalformedReason | undefined): string {
  return reason !== undefined && isOfJson(reason) ? JSON_WORDS[reason] : "is no JSON object in UTF-8";
}

function isOfJson(reason: MalformedReason): reason is JsonReason {
  return Object.hasOwn(JSON_WORDS, reason);
}
