/**
 * The claim that a key or an issuer is selected by, read before the token is known to be authentic. It selects and does nothing else: the
 * payload is scanned and judged as any other once the signature has proved right.
 */
import { DEEPEST_NESTING, ENTRY_TEXT, LARGEST_KID, PAYLOADS } from "../src/abi";
import { decodeBase64url } from "./base64url";
import { resetEscape, sawEscape, skipColon, skipSpace, skipString, skipValue } from "./json";
import { equalBytes, unescape } from "./text";

const QUOTE: u8 = 0x22;
/** Characters of a payload in which a claim that stands at its front is looked for first. */
const FRONT: usize = 96;

/** The text of the claim read last, unescaped. */
export let claimStart: usize = 0;
export let claimLength: u32 = 0;

/**
 * Reads the claim of an entry from the encoded payload `[start, end)`: a string of at most 256 bytes. The first of that name will do where
 * `isRegistered`, a second one being refused with the claims; of others there must be one only. Otherwise the text has to be valid JSON
 * only as far as it is read.
 */
export function readClaim(start: usize, end: usize, entry: usize, isRegistered: bool): bool {
  if (isRegistered && end - start > FRONT) {
    const front = decodeBase64url(start, start + FRONT, PAYLOADS);
    if (front > 0 && (isFirst(PAYLOADS, PAYLOADS + front, entry) || findClaim(PAYLOADS, PAYLOADS + front, entry, true))) return true;
  }
  const length = decodeBase64url(start, end, PAYLOADS);
  return length > 0 && findClaim(PAYLOADS, PAYLOADS + length, entry, isRegistered);
}

/** Is it the first member, in compact JSON, as that of most issuers is, and a string without escapes? Then it is taken. */
function isFirst(start: usize, end: usize, entry: usize): bool {
  const length: usize = load<u32>(entry);
  const value = start + length + 5;
  if (value >= end || load<u16>(start) !== 0x227b || load<u16>(value - 3) !== 0x3a22 || load<u8>(value - 1) !== QUOTE) return false;
  if (!equalBytes(entry + ENTRY_TEXT, start + 2, length)) return false;
  resetEscape();
  const close = skipString(value, end);
  return close !== 0 && !sawEscape && takeText(value, close - 1, end);
}

function findClaim(start: usize, end: usize, entry: usize, isRegistered: bool): bool {
  let cursor = skipSpace(start, end);
  if (cursor >= end || load<u8>(cursor++) !== 0x7b) return false;
  const scratch = (end + 64) & ~15;
  let isFound = false;
  while (true) {
    cursor = skipSpace(cursor, end);
    if (cursor >= end || load<u8>(cursor) !== QUOTE) return false;
    resetEscape();
    const name = cursor + 1;
    const nameEnd = skipString(name, end);
    if (!nameEnd) return false;
    const isWanted = isEntry(entry, name, nameEnd - 1, scratch);
    const value = skipColon(nameEnd, end);
    if (!value) return false;
    resetEscape();
    cursor = skipValue(value, end, DEEPEST_NESTING - 1);
    if (!cursor) return false;
    if (isWanted) {
      if (isFound || load<u8>(value) !== QUOTE) return false;
      isFound = true;
      if (!takeText(value + 1, cursor - 1, end)) return false;
      if (isRegistered) return true;
    }
    cursor = skipSpace(cursor, end);
    if (cursor >= end) return false;
    const byte = load<u8>(cursor++);
    if (byte === 0x7d) return isFound;
    if (byte !== 0x2c) return false;
  }
}

/** Is the member's name `[name, nameEnd)` that of the entry? */
function isEntry(entry: usize, name: usize, nameEnd: usize, scratch: usize): bool {
  let length = <u32>(nameEnd - name);
  if (sawEscape) {
    length = unescape(name, nameEnd, scratch);
    name = scratch;
  }
  return load<u32>(entry) === length && equalBytes(entry + ENTRY_TEXT, name, length);
}

/** The text is unescaped behind names: one that is unescaped later must not be written over it. */
function takeText(start: usize, end: usize, behind: usize): bool {
  claimStart = start;
  claimLength = <u32>(end - start);
  if (sawEscape) {
    if (claimLength > <u32>(6 * LARGEST_KID)) return false;
    claimStart = ((behind + 64) & ~15) + (behind - start);
    claimLength = unescape(start, end, claimStart);
  }
  return claimLength <= <u32>LARGEST_KID;
}
