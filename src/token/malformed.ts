/**
 * Why a token is MALFORMED. The engine only says that it is; this finds out what is wrong, in the order of judgement, when somebody asks.
 * It reads the token and nothing else, so it tells a sender no more than the sender knows.
 */
import { DEEPEST_NESTING, LARGEST_KID, MOST_HEADER_MEMBERS } from "../abi.js";
import type { HeaderReason, JsonReason, MalformedReason, ShapeReason } from "../base/malformedReason.js";
import { bare, ownMember } from "../base/own.js";
import { base64urlBytes, utf8Bytes } from "../runtime/text.js";

/**
 * `text` is undefined for what is no token by its type. Payloads that are bytes may be empty and need not be JSON. Of a token that is not
 * MALFORMED, the answer means nothing.
 */
export function malformedReason(text: string | undefined, isOfBytes = false): MalformedReason {
  if (text === undefined) return "NOT_A_STRING";
  const shape = shapeReason(text, isOfBytes);
  if (shape) return shape;
  const [header, payload] = text.split(".") as [string, string];
  // The engine takes two names of one hash for the same name: that alone it finds and this does not.
  return headerReason(header) ?? (isOfBytes ? undefined : jsonReason(payload, "PAYLOAD")) ?? "HEADER_DUPLICATE_MEMBER";
}

// ---- shape -----------------------------------------------------------------------------------------------------------

function shapeReason(text: string, isOfBytes: boolean): ShapeReason | undefined {
  if (text === "") return "EMPTY";
  if (/^\s*bearer\s/i.test(text)) return "BEARER_PREFIX";
  if (/^["']|["']$/.test(text)) return "QUOTES";
  // More than a few are all the same.
  const segments = text.split(".", 7);
  if (segments.length !== 3) return COUNTS[segments.length] ?? "SEGMENT_COUNT";
  const empty = segments.findIndex((segment, index) => segment === "" && !(isOfBytes && index === 1));
  if (empty >= 0) return EMPTY[empty];
  for (const segment of segments) {
    const reason = segmentReason(segment);
    if (reason) return reason;
  }
  return undefined;
}

const COUNTS: readonly (ShapeReason | undefined)[] = [undefined, "ONE_SEGMENT", "TWO_SEGMENTS", undefined, undefined, "FIVE_SEGMENTS"];
const EMPTY: readonly ShapeReason[] = ["EMPTY_HEADER", "EMPTY_PAYLOAD", "EMPTY_SIGNATURE"];
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function segmentReason(segment: string): ShapeReason | undefined {
  if (/\s/.test(segment)) return "WHITESPACE";
  if (/[^\w+/=-]/.test(segment)) return "CHARACTER";
  if (/[+/]/.test(segment)) return "STANDARD_ALPHABET";
  if (segment.includes("=")) return /^[^=]+=+$/.test(segment) ? "PADDING" : "CHARACTER";
  const rest = segment.length % 4;
  if (rest === 1) return "SEGMENT_LENGTH";
  const spareBits = rest === 2 ? 15 : rest === 3 ? 3 : 0;
  return ALPHABET.indexOf(segment.slice(-1)) & spareBits ? "TRAILING_BITS" : undefined;
}

// ---- header and payload ----------------------------------------------------------------------------------------------

function headerReason(segment: string): HeaderReason | undefined {
  const reason = jsonReason(segment, "HEADER");
  if (reason) return reason;
  const json = textOf(segment) as string;
  const { names } = outlineOf(json);
  if (names.length > MOST_HEADER_MEMBERS) return "HEADER_TOO_MANY_MEMBERS";
  if (new Set(names).size < names.length) return "HEADER_DUPLICATE_MEMBER";
  const header = JSON.parse(json) as object;
  const [alg, kid] = [ownMember(header, "alg"), ownMember(header, "kid")];
  if (alg === undefined) return "ALG_MISSING";
  if (typeof alg !== "string") return "ALG_NOT_A_STRING";
  if (kid === undefined) return undefined;
  if (typeof kid !== "string") return "KID_NOT_A_STRING";
  return utf8Bytes(kid).length > LARGEST_KID ? "KID_TOO_LONG" : undefined;
}

function jsonReason<Part extends "HEADER" | "PAYLOAD">(segment: string, part: Part): `${Part}_${JsonReason}` | undefined {
  const text = textOf(segment);
  if (text === undefined) return `${part}_NOT_UTF8`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${part}_NOT_JSON`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${part}_NOT_AN_OBJECT`;
  return outlineOf(text).depth > DEEPEST_NESTING ? `${part}_TOO_DEEP` : undefined;
}

function textOf(segment: string): string | undefined {
  try {
    return new TextDecoder("utf-8", bare({ fatal: true, ignoreBOM: true })).decode(base64urlBytes(segment));
  } catch {
    return undefined;
  }
}

/** Of a valid JSON text: the names of its outermost members, repetitions included, and how many levels it has. */
function outlineOf(json: string): { readonly names: readonly string[]; readonly depth: number } {
  const names: string[] = [];
  let level = 0;
  let depth = 0;
  let string = "";
  for (const [piece] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g)) {
    if (piece === "{" || piece === "[") depth = Math.max(depth, ++level);
    else if (piece === "}" || piece === "]") level--;
    else if (piece !== ":") string = piece;
    else if (level === 1) names.push(JSON.parse(string) as string);
  }
  return { names, depth };
}
