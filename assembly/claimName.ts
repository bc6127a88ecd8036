/**
 * The claim that a key or an issuer is selected by, read before the token is known to be authentic. It selects and does nothing else: the
 * payload is scanned and judged as any other once the signature has proved right.
 */
import { DEEPEST_NESTING, ENTRY_TEXT, LARGEST_KID, PAYLOADS } from "../src/abi";
import { decodeBase64url } from "./base64url";
import { resetEscape, sawEscape, skipColon, skipSpace, skipString, skipValue } from "./json";
import { span } from "./span";
import { equalBytes, unescape } from "./text";

const QUOTE: u8 = 0x22;
/** Characters of a payload in which a claim that stands at its front is looked for first. */
const FRONT: usize = 96;

/**
 * The claim of an entry in the encoded payload `[start, end)`, unescaped: a string of at most 256 bytes, or 0. The first of that name will do where
 * `isRegistered`, a second one being refused with the claims; of others there must be one only. Otherwise the text has to be valid JSON
 * only as far as it is read.
 */
export function readClaim(start: usize, end: usize, entry: usize, isRegistered: bool): u64 {
  if (isRegistered && end - start > FRONT) {
    const front = decodeBase64url(start, start + FRONT, PAYLOADS);
    if (front > 0) {
      const first = firstClaim(PAYLOADS, PAYLOADS + front, entry);
      if (first) return first;
      const found = findClaim(PAYLOADS, PAYLOADS + front, entry, true);
      if (found) return found;
    }
  }
  const length = decodeBase64url(start, end, PAYLOADS);
  return length > 0 ? findClaim(PAYLOADS, PAYLOADS + length, entry, isRegistered) : 0;
}

/** The claim where it is the first member, in compact JSON, as that of most issuers is, and a string without escapes; else 0. */
function firstClaim(start: usize, end: usize, entry: usize): u64 {
  const length: usize = load<u32>(entry);
  const value = start + length + 5;
  if (value >= end || load<u16>(start) !== 0x227b || load<u16>(value - 3) !== 0x3a22 || load<u8>(value - 1) !== QUOTE) return 0;
  if (!equalBytes(entry + ENTRY_TEXT, start + 2, length)) return 0;
  resetEscape();
  const close = skipString(value, end);
  return close !== 0 && !sawEscape() ? readText(value, close - 1, end) : 0;
}

function findClaim(start: usize, end: usize, entry: usize, isRegistered: bool): u64 {
  let cursor = skipSpace(start, end);
  if (cursor >= end || load<u8>(cursor++) !== 0x7b) return 0;
  const scratch = (end + 64) & ~15;
  let found: u64 = 0;
  while (true) {
    cursor = skipSpace(cursor, end);
    if (cursor >= end || load<u8>(cursor) !== QUOTE) return 0;
    resetEscape();
    const name = cursor + 1;
    const nameEnd = skipString(name, end);
    if (!nameEnd) return 0;
    const isWanted = isEntry(entry, name, nameEnd - 1, scratch);
    const value = skipColon(nameEnd, end);
    if (!value) return 0;
    resetEscape();
    cursor = skipValue(value, end, DEEPEST_NESTING - 1);
    if (!cursor) return 0;
    if (isWanted) {
      if (found || load<u8>(value) !== QUOTE) return 0;
      found = readText(value + 1, cursor - 1, end);
      if (!found || isRegistered) return found;
    }
    cursor = skipSpace(cursor, end);
    if (cursor >= end) return 0;
    const byte = load<u8>(cursor++);
    if (byte === 0x7d) return found;
    if (byte !== 0x2c) return 0;
  }
}

/** Is the member's name `[name, nameEnd)` that of the entry? */
function isEntry(entry: usize, name: usize, nameEnd: usize, scratch: usize): bool {
  let length = <u32>(nameEnd - name);
  if (sawEscape()) {
    length = unescape(name, nameEnd, scratch);
    name = scratch;
  }
  return load<u32>(entry) === length && equalBytes(entry + ENTRY_TEXT, name, length);
}

/** A string's text, or 0 where it is too long. It is unescaped after names: one that is unescaped later must not be written over it. */
function readText(start: usize, end: usize, behind: usize): u64 {
  let length = <u32>(end - start);
  if (sawEscape()) {
    if (length > <u32>(6 * LARGEST_KID)) return 0;
    const text = ((behind + 64) & ~15) + (behind - start);
    length = unescape(start, end, text);
    start = text;
  }
  return length <= <u32>LARGEST_KID ? span(start, length) : 0;
}
