/**
 * JOSE headers (RFC 7515 §4). A header met before is known by its bytes; a new one is decoded and parsed once, and
 * remembered when a token that bears it has proved authentic.
 */
import {
  ALGORITHM_EDDSA,
  ALGORITHM_ES256,
  ALGORITHM_HS256,
  ALGORITHM_NONE,
  ALGORITHM_NOT_ALLOWED,
  ALGORITHM_PS256,
  ALGORITHM_RS256,
  CONTEXT_ALGORITHMS,
  CONTEXT_CRIT,
  CONTEXT_HEADER_MASK,
  CONTEXT_HEADERS,
  CONTEXT_OPTIONS,
  CONTEXT_TYP,
  CRITICAL_HEADER_UNSUPPORTED,
  DEEPEST_NESTING,
  ENTRY_MARK,
  HEADER_BYTES,
  HEADER_LENGTH,
  HEADER_MEANING,
  HEADER_NAMES,
  HEADER_TEXT,
  HEADER_TEXT_ROOM,
  LARGEST_KID,
  MALFORMED,
  MOST_HEADER_MEMBERS,
  OPTION_BYTES,
  PARSED_ALGORITHM,
  PARSED_CRIT,
  PARSED_KID,
  PARSED_SCRATCH,
  PARSED_TYP,
  PARSED_UNENCODED,
  PENDING,
  TYPE_MISMATCH,
} from "../src/abi";
import { learnForm } from "./forms";
import { resetEscape, sawEscape, skipColon, skipSpace, skipString, skipValue } from "./json";
import { hashText } from "./sipHash";
import { lengthOf, span, startOf } from "./span";
import { clearMarks, equalBytes, findEntry, unescape } from "./text";

const QUOTE: u8 = 0x22;
const SLASH: u8 = 0x2f;
const PLUS: u8 = 0x2b;
const SEMICOLON: u8 = 0x3b;
const SPACE: u8 = 0x20;

// ---- memory ----------------------------------------------------------------------------------------------------------

/** What a header met before (its text with the dot, `[start, end)`) was remembered with, or 0. */
export function recallHeader(context: usize, start: usize, end: usize): usize {
  const length = <u32>(end - start);
  const entry = headerEntry(context, end, length);
  if (!entry || load<u32>(entry, HEADER_LENGTH) !== length || !equalBytes(entry + HEADER_TEXT, start, length)) return 0;
  return load<u32>(entry, HEADER_MEANING);
}

/** Remembers a header with what it says: the key it selects, or its algorithm alone. */
export function rememberHeader(context: usize, start: usize, end: usize, meaning: usize): void {
  const length = <u32>(end - start);
  if (length > <u32>HEADER_TEXT_ROOM || length < 8) return;
  const entry = headerEntry(context, end, length);
  if (!entry) return;
  store<u32>(entry, length, HEADER_LENGTH);
  store<u32>(entry, <u32>meaning, HEADER_MEANING);
  memory.copy(entry + HEADER_TEXT, start, length);
}

/** Is the place free where a header would be remembered? */
export function hasRoomFor(context: usize, start: usize, end: usize): bool {
  const entry = headerEntry(context, end, <u32>(end - start));
  return entry !== 0 && !load<u32>(entry, HEADER_LENGTH);
}

/** The headers remembered so far are of keys that may be others by now. */
export function forgetHeaders(context: usize): void {
  const headers: usize = load<u32>(context, CONTEXT_HEADERS);
  if (headers) memory.fill(headers, 0, HEADER_BYTES * (<usize>load<u32>(context, CONTEXT_HEADER_MASK) + 1));
}

/** Learns the form of the decoded header `[start, end)` of an authentic token, unless its `kid` has escapes. */
export function learnHeaderForm(context: usize, start: usize, end: usize): void {
  if (!parseHeader(context, start, end)) return;
  const kid = load<u64>(PARSED_KID);
  const name = startOf(kid);
  if (name >= start && name < end) learnForm(context, load<u32>(PARSED_ALGORITHM), start, name, name + lengthOf(kid), end);
}

/** Where a header is remembered: by its length and its last bytes, which tell `kid`s apart. 0 where none is. */
export function headerEntry(context: usize, end: usize, length: u32): usize {
  const headers: usize = load<u32>(context, CONTEXT_HEADERS);
  if (!headers) return 0;
  const tail = (load<u64>(end - 8) ^ length) * 0x9e3779b97f4a7c15;
  return headers + HEADER_BYTES * <usize>((tail >> 40) & load<u32>(context, CONTEXT_HEADER_MASK));
}

// ---- judgement -----------------------------------------------------------------------------------------------------------

/** Judges the decoded header `[start, end)`: PENDING, and what it says is in PARSED_ALGORITHM and PARSED_KID; or a code. */
export function judgeHeader(context: usize, start: usize, end: usize): u32 {
  if (!parseHeader(context, start, end)) return MALFORMED;
  if (load<u32>(PARSED_UNENCODED) || (load<u64>(PARSED_CRIT) && !critIsUnderstood(context))) return CRITICAL_HEADER_UNSUPPORTED;
  if (load<u32>(context, CONTEXT_TYP + 4) ? !typIsExpected(context) : load<u32>(context, CONTEXT_OPTIONS) & OPTION_BYTES && typIsOfJwt())
    return TYPE_MISMATCH;
  return load<u32>(context, CONTEXT_ALGORITHMS) & (1 << load<u32>(PARSED_ALGORITHM)) ? PENDING : ALGORITHM_NOT_ALLOWED;
}

// ---- parsing ---------------------------------------------------------------------------------------------------------------

/** Until `alg` has been met. */
const NO_ALGORITHM: u32 = 0xffffffff;

/** Reads the JSON `[start, end)`: an object of few members, no name twice, `alg` a string, `kid` a short string. */
function parseHeader(context: usize, start: usize, end: usize): bool {
  beginParsing(context, end);
  let cursor = skipSpace(start, end);
  if (cursor >= end || load<u8>(cursor) !== 0x7b) return false;
  cursor = skipSpace(cursor + 1, end);
  for (let members: u32 = 0; ; members++) {
    if (cursor >= end || load<u8>(cursor) !== QUOTE) return false;
    cursor = parseMember(context, members, cursor, end);
    if (!cursor) return false;
    cursor = skipSpace(cursor, end);
    if (cursor >= end) return false;
    const byte = load<u8>(cursor++);
    if (byte === 0x7d) break;
    if (byte !== 0x2c) return false;
    cursor = skipSpace(cursor, end);
  }
  return load<u32>(PARSED_ALGORITHM) !== NO_ALGORITHM && skipSpace(cursor, end) === end;
}

function beginParsing(context: usize, end: usize): void {
  store<u32>(PARSED_ALGORITHM, NO_ALGORITHM);
  store<u32>(PARSED_UNENCODED, 0);
  store<u64>(PARSED_KID, 0);
  store<u64>(PARSED_TYP, 0);
  store<u64>(PARSED_CRIT, 0);
  store<u32>(PARSED_SCRATCH, <u32>((end + 64) & ~15));
  clearMarks(load<u32>(context, CONTEXT_CRIT), load<u32>(context, CONTEXT_CRIT + 4));
}

/** The member whose name begins at `start`, with its quote, after `members` others; returns the position after its value, or 0. */
function parseMember(context: usize, members: u32, start: usize, end: usize): usize {
  resetEscape();
  const nameEnd = skipString(start + 1, end);
  if (!nameEnd) return 0;
  const name = readText(start, nameEnd);
  if (!isNewName(members, startOf(name), lengthOf(name))) return 0;
  const value = skipColon(nameEnd, end);
  if (!value) return 0;
  resetEscape();
  const valueEnd = skipValue(value, end, DEEPEST_NESTING - 1);
  return valueEnd && takeMember(context, startOf(name), lengthOf(name), value, valueEnd) ? valueEnd : 0;
}

/** Keeps what a member says; false where it must not say so. */
function takeMember(context: usize, name: usize, length: u32, start: usize, end: usize): bool {
  if (length === 3) {
    if (isName3(name, 0x676c61)) return takeAlgorithm(start, end);
    if (isName3(name, 0x64696b)) return takeKid(start, end);
    if (isName3(name, 0x707974)) return takeType(start, end);
    if (isName3(name, 0x343662)) return takeEncoding(start);
  }
  if (length === 4 && load<u32>(name) === 0x74697263) {
    store<u64>(PARSED_CRIT, span(start, <u32>(end - start)));
    return true;
  }
  const critCount = load<u32>(context, CONTEXT_CRIT + 4);
  if (critCount) markUnderstood(load<u32>(context, CONTEXT_CRIT), critCount, name, length);
  return true;
}

/** Notes that an extension which is understood is in the header. */
function markUnderstood(crit: usize, critCount: u32, name: usize, length: u32): void {
  const entry = findEntry(crit, critCount, name, length);
  if (entry) store<u32>(entry, 1, ENTRY_MARK);
}

function isName3(name: usize, letters: u32): bool {
  return (load<u32>(name) & 0xffffff) === letters;
}

function takeAlgorithm(start: usize, end: usize): bool {
  if (load<u8>(start) !== QUOTE) return false;
  const name = readText(start, end);
  store<u32>(PARSED_ALGORITHM, algorithmNamed(startOf(name), lengthOf(name)));
  return true;
}

function takeKid(start: usize, end: usize): bool {
  if (load<u8>(start) !== QUOTE) return false;
  const kid = readText(start, end);
  store<u64>(PARSED_KID, kid);
  return lengthOf(kid) <= <u32>LARGEST_KID;
}

/** One that is no string is none that could be expected. */
function takeType(start: usize, end: usize): bool {
  if (load<u8>(start) === QUOTE) store<u64>(PARSED_TYP, readText(start, end));
  return true;
}

/** A JWT's payload is always encoded (RFC 7797 §7): anything but `true` says it is not. */
function takeEncoding(start: usize): bool {
  if (load<u8>(start) !== 0x74) store<u32>(PARSED_UNENCODED, 1);
  return true;
}

/** The string from its opening to after its closing quote, unescaped where it must be. */
function readText(start: usize, end: usize): u64 {
  if (!sawEscape()) return span(start + 1, <u32>(end - start) - 2);
  const text: usize = load<u32>(PARSED_SCRATCH);
  const length = unescape(start + 1, end - 1, text);
  store<u32>(PARSED_SCRATCH, <u32>text + ((length + 31) & ~15));
  return span(text, length);
}

/** Its number (RFC 7518 §3.1), whether a context allows it or not. */
function algorithmNamed(text: usize, length: u32): u32 {
  if (length !== 5) return ALGORITHM_NONE;
  if (load<u32>(text) === 0x53446445 && load<u8>(text, 4) === 0x41) return ALGORITHM_EDDSA;
  const first = firstOfFamily(load<u16>(text));
  const bits = load<u32>(text, 1) >>> 8;
  if (!first) return ALGORITHM_NONE;
  if (bits === 0x363532) return first;
  if (bits === 0x343833) return first + 1;
  return bits === 0x323135 ? first + 2 : ALGORITHM_NONE;
}

function firstOfFamily(letters: u32): u32 {
  if (letters === 0x5348) return ALGORITHM_HS256;
  if (letters === 0x5352) return ALGORITHM_RS256;
  if (letters === 0x5350) return ALGORITHM_PS256;
  return letters === 0x5345 ? ALGORITHM_ES256 : 0;
}

/**
 * Enters the hash of one more member name, four to a vector. A hash met before is taken for the same name: that an
 * honest header of a few names collides is less likely than one in a hundred million, and to reject is safe.
 */
function isNewName(members: u32, name: usize, length: u32): bool {
  if (members === MOST_HEADER_MEMBERS) return false;
  const hash = hashText(name, length);
  const all = i32x4.splat(hash);
  let cursor: usize = HEADER_NAMES;
  const end: usize = HEADER_NAMES + 4 * <usize>members;
  for (; cursor + 16 <= end; cursor += 16) {
    if (v128.any_true(i32x4.eq(v128.load(cursor), all))) return false;
  }
  for (; cursor < end; cursor += 4) {
    if (load<u32>(cursor) === hash) return false;
  }
  store<u32>(end, hash);
  return true;
}

// ---- crit and typ ----------------------------------------------------------------------------------------------------------

/**
 * `crit` (RFC 7515 §4.1.11): a non-empty array of distinct names, each understood and present in this header.
 * Understood names that are present bear a mark; one that is listed trades it for another, so that a second finds none.
 */
function critIsUnderstood(context: usize): bool {
  const crit: usize = load<u32>(context, CONTEXT_CRIT);
  const critCount = load<u32>(context, CONTEXT_CRIT + 4);
  const start = startOf(load<u64>(PARSED_CRIT));
  const end = start + lengthOf(load<u64>(PARSED_CRIT));
  if (!critCount || load<u8>(start) !== 0x5b) return false;
  let cursor = skipSpace(start + 1, end);
  if (cursor === end - 1) return false;
  while (cursor < end - 1) {
    if (load<u8>(cursor) !== QUOTE) return false;
    resetEscape();
    const next = skipString(cursor + 1, end);
    const name = readText(cursor, next);
    const entry = findEntry(crit, critCount, startOf(name), lengthOf(name));
    if (!entry || load<u32>(entry, ENTRY_MARK) !== 1) return false;
    store<u32>(entry, 2, ENTRY_MARK);
    cursor = skipSpace(next, end);
    if (load<u8>(cursor) === 0x2c) cursor = skipSpace(cursor + 1, end);
  }
  return true;
}

/** `typ`: expected values are in the form of `readType` already. */
function typIsExpected(context: usize): bool {
  const type = readType();
  return type !== 0 && findEntry(load<u32>(context, CONTEXT_TYP), load<u32>(context, CONTEXT_TYP + 4), startOf(type), lengthOf(type)) !== 0;
}

/**
 * Does `typ` say that the payload is a claims set: `jwt`, or what ends in `+jwt` or `/jwt` (RFC 7519 §5.1, RFC 8725 §3.11)? Parameters may
 * follow (RFC 2045 §5.1).
 */
function typIsOfJwt(): bool {
  const type = readType();
  const start = startOf(type);
  let length: u32 = 0;
  while (length < lengthOf(type) && !endsType(load<u8>(start + length))) length++;
  if (length < 3) return false;
  const tail = start + length - 3;
  const before = length === 3 ? PLUS : load<u8>(tail - 1);
  return isName3(tail, 0x74776a) && (before === PLUS || before === SLASH);
}

function endsType(byte: u8): bool {
  return byte === SEMICOLON || byte <= SPACE;
}

/** `typ` (RFC 7515 §4.1.9), or 0 where it is no text: in lower case, "application/" dropped where no other slash follows. */
function readType(): u64 {
  const typ = load<u64>(PARSED_TYP);
  if (!typ) return 0;
  const length = lengthOf(typ);
  const text: usize = load<u32>(PARSED_SCRATCH);
  let slashes: u32 = 0;
  for (let index: usize = 0; index < length; index++) {
    const byte = load<u8>(startOf(typ) + index);
    store<u8>(text + index, byte - 0x41 < 26 ? byte | 0x20 : byte);
    if (byte === SLASH) slashes++;
  }
  const isLong = slashes === 1 && length >= 12 && load<u64>(text) === 0x746163696c707061 && load<u32>(text, 8) === 0x2f6e6f69;
  return isLong ? span(text + 12, length - 12) : span(text, length);
}
