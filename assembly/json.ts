/**
 * A strict scanner of JSON (RFC 8259) in UTF-8 (RFC 3629): it says where a value ends, and builds nothing.
 *
 * Each `skip…` takes a position and the end of the text, and returns the position behind what it read, or 0 where the
 * text is wrong. It accepts what a fatal UTF-8 decoder followed by `JSON.parse` accepts, down to a limit of nesting.
 */
import { NESTING, NESTING_ROOM, SAW_ESCAPE, SAW_NON_ASCII } from "../src/abi";

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;
const OPEN_ARRAY: u8 = 0x5b;
const OPEN_OBJECT: u8 = 0x7b;

/** Did strings since the last reset hold an escape? */
export function sawEscape(): bool {
  return load<u32>(SAW_ESCAPE) !== 0;
}

export function resetEscape(): void {
  store<u32>(SAW_ESCAPE, 0);
}

/** Did they hold a character beyond ASCII? */
export function sawNonAscii(): bool {
  return load<u32>(SAW_NON_ASCII) !== 0;
}

export function resetNonAscii(): void {
  store<u32>(SAW_NON_ASCII, 0);
}

/** Is `[start, end)` one JSON text of at most `levels` levels of nesting? */
export function isJson(start: usize, end: usize, levels: u32): bool {
  const value = skipValue(skipSpace(start, end), end, levels);
  return value !== 0 && skipSpace(value, end) === end;
}

/** The next character that is not white space, or `end`. */
export function skipSpace(cursor: usize, end: usize): usize {
  while (cursor < end) {
    const byte = load<u8>(cursor);
    if (byte > 0x20) return cursor;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return cursor;
    cursor++;
  }
  return end;
}

/** The colon behind a member's name, and white space on both sides. */
export function skipColon(cursor: usize, end: usize): usize {
  cursor = skipSpace(cursor, end);
  if (cursor >= end || load<u8>(cursor) !== COLON) return 0;
  return skipSpace(cursor + 1, end);
}

/** Any value at `cursor`, which is not white space. */
export function skipValue(cursor: usize, end: usize, levels: u32): usize {
  if (cursor >= end) return 0;
  const byte = load<u8>(cursor);
  if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return skipNested(cursor, end, levels);
  return skipScalar(cursor, end);
}

function skipScalar(cursor: usize, end: usize): usize {
  const byte = load<u8>(cursor);
  if (byte === QUOTE) return skipString(cursor + 1, end);
  if (byte === 0x74) return skipWord(cursor, end, 0x65757274, 4); // true
  if (byte === 0x66) return skipWord(cursor + 1, end, 0x65736c61, 4); // alse
  if (byte === 0x6e) return skipWord(cursor, end, 0x6c6c756e, 4); // null
  return skipNumber(cursor, end);
}

function skipWord(cursor: usize, end: usize, word: u32, length: usize): usize {
  return cursor + length <= end && load<u32>(cursor) === word ? cursor + length : 0;
}

/** An array or object, its levels kept in memory, not on a call stack. */
function skipNested(cursor: usize, end: usize, levels: u32): usize {
  const most = min<u32>(levels, NESTING_ROOM);
  let depth: u32 = 0;
  while (true) {
    cursor = skipSpace(cursor, end);
    if (cursor >= end) return 0;
    const opening = load<u8>(cursor);
    if (opening === OPEN_OBJECT || opening === OPEN_ARRAY) {
      if (depth === most) return 0;
      store<u8>(NESTING + depth++, opening);
      cursor = skipSpace(cursor + 1, end);
      if (cursor >= end) return 0;
      if (!isClosing(load<u8>(cursor), opening)) {
        cursor = skipToValue(cursor, end, opening);
        if (!cursor) return 0;
        continue;
      }
    } else {
      cursor = skipScalar(cursor, end);
      if (!cursor) return 0;
    }
    // A value has ended, or an empty level is about to: close what ends with it, up to the next comma.
    while (true) {
      if (depth === 0) return cursor;
      cursor = skipSpace(cursor, end);
      if (cursor >= end) return 0;
      const byte = load<u8>(cursor++);
      const within = load<u8>(NESTING + depth - 1);
      if (byte === COMMA) {
        cursor = skipToValue(skipSpace(cursor, end), end, within);
        if (!cursor) return 0;
        break;
      }
      if (!isClosing(byte, within)) return 0;
      depth--;
    }
  }
}

/** "{" and "}", "[" and "]" are two apart. */
function isClosing(byte: u8, opening: u8): bool {
  return byte === opening + 2;
}

/** From the start of a member or an element to its value. */
function skipToValue(cursor: usize, end: usize, within: u8): usize {
  return within === OPEN_OBJECT ? skipName(cursor, end) : cursor;
}

/** A member's name, its colon, and the white space up to its value. */
function skipName(cursor: usize, end: usize): usize {
  if (cursor >= end || load<u8>(cursor) !== QUOTE) return 0;
  cursor = skipString(cursor + 1, end);
  return cursor ? skipColon(cursor, end) : 0;
}

/** The rest of a string, from behind its opening quote to behind its closing one. */
export function skipString(cursor: usize, end: usize): usize {
  while (true) {
    const hits = i8x16.bitmask(notOrdinary(v128.load(cursor)));
    if (!hits) {
      cursor += 16;
      if (cursor >= end) return 0;
      continue;
    }
    cursor += ctz(hits);
    if (cursor >= end) return 0;
    const byte = load<u8>(cursor);
    if (byte === QUOTE) return cursor + 1;
    if (byte < 0x20) return 0;
    cursor = byte === BACKSLASH ? skipEscape(cursor, end) : skipMultibyte(cursor, end);
    if (!cursor) return 0;
  }
}

/** Set where a byte of a string is not a character that stands for itself: a quote, a backslash, a control, beyond ASCII. */
export function notOrdinary(text: v128): v128 {
  // Signed, "less than 0x20" is a control character or a byte beyond ASCII.
  return v128.or(
    v128.or(i8x16.eq(text, v128.load(SPECIALS)), i8x16.eq(text, v128.load(SPECIALS, 16))),
    i8x16.lt_s(text, v128.load(SPECIALS, 32)),
  );
}

/** One escape (RFC 8259 §7); a lone surrogate is valid. */
function skipEscape(cursor: usize, end: usize): usize {
  store<u32>(SAW_ESCAPE, 1);
  if (cursor + 2 > end) return 0;
  const kind = load<u8>(cursor, 1);
  if (kind === 0x75) {
    if (cursor + 6 > end) return 0;
    return hexValue(cursor + 2) < 0 ? 0 : cursor + 6;
  }
  return simpleEscape(kind) ? cursor + 2 : 0;
}

/** What the letter of a two-character escape stands for, or 0. */
export function simpleEscape(kind: u8): u8 {
  if (kind === QUOTE || kind === BACKSLASH || kind === 0x2f) return kind;
  if (kind === 0x62) return 0x08;
  if (kind === 0x66) return 0x0c;
  if (kind === 0x6e) return 0x0a;
  if (kind === 0x72) return 0x0d;
  if (kind === 0x74) return 0x09;
  return 0;
}

/** Four hexadecimal digits, or a negative number. */
export function hexValue(cursor: usize): i32 {
  let value: i32 = 0;
  for (let digit: usize = 0; digit < 4; digit++) {
    const byte = <i32>load<u8>(cursor + digit);
    const lower = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = (value << 4) | (byte - 0x30);
    else if (lower >= 0x61 && lower <= 0x66) value = (value << 4) | (lower - 0x57);
    else return -1;
  }
  return value;
}

/** One well-formed sequence of two to four bytes (Unicode 15 table 3-7). */
function skipMultibyte(cursor: usize, end: usize): usize {
  store<u32>(SAW_NON_ASCII, 1);
  const lead = load<u8>(cursor);
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (cursor + length > end) return 0;
  const second = load<u8>(cursor, 1);
  const lowest: u8 = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest: u8 = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  if (length > 2 && (load<u8>(cursor, 2) & 0xc0) !== 0x80) return 0;
  if (length > 3 && (load<u8>(cursor, 3) & 0xc0) !== 0x80) return 0;
  return cursor + length;
}

/** A number (RFC 8259 §6). */
export function skipNumber(cursor: usize, end: usize): usize {
  if (cursor < end && load<u8>(cursor) === 0x2d) cursor++;
  if (cursor >= end) return 0;
  if (load<u8>(cursor) === 0x30) cursor++;
  else cursor = skipDigits(cursor, end);
  if (cursor && cursor < end && load<u8>(cursor) === 0x2e) cursor = skipDigits(cursor + 1, end);
  if (cursor && cursor < end && (load<u8>(cursor) | 0x20) === 0x65) {
    cursor++;
    if (cursor < end && (load<u8>(cursor) === 0x2b || load<u8>(cursor) === 0x2d)) cursor++;
    cursor = skipDigits(cursor, end);
  }
  return cursor;
}

/** One digit or more. */
function skipDigits(cursor: usize, end: usize): usize {
  const first = cursor;
  while (cursor < end && <u32>load<u8>(cursor) - 0x30 < 10) cursor++;
  return cursor === first ? 0 : cursor;
}

// The quote, the backslash and the first character that is no control, sixteen times each: loads beat immediates.
// biome-ignore format: one vector a line
const SPECIALS = memory.data<u8>([
  0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
  0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c,
  0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
], 16);
