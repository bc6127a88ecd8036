/**
 * Scans an authentic claims set (RFC 7519 §4): proves that it is a JSON object, and notes in the token's record
 * which registered claims stand at its top level, of what type, and where.
 */
import {
  ACCEPTED,
  CLAIM_AUD,
  CLAIM_EXP,
  CLAIM_IAT,
  CLAIM_INVALID,
  CLAIM_ISS,
  CLAIM_JTI,
  CLAIM_NBF,
  CLAIM_NONCE,
  CLAIM_OTHER,
  CLAIM_SUB,
  CONTEXT_REQUIRED,
  DEEPEST_NESTING,
  ENTRY_MARK,
  FLAG_AUD_ARRAY,
  FLAG_NON_ASCII,
  FLAG_RAW,
  FLAG_TYPED,
  MALFORMED,
  RECORD_ABSENT,
  RECORD_CLAIM,
  RECORD_FLAGS,
  RECORD_TEXTS,
  RECORD_TIMES,
} from "../src/abi";
import { resetEscape, resetNonAscii, sawEscape, sawNonAscii, skipColon, skipNumber, skipSpace, skipString, skipValue } from "./json";
import { toDouble } from "./numericDate";
import { clearMarks, findEntry, firstUnmarked, unescape } from "./text";

const QUOTE: u8 = 0x22;

/**
 * Scans `[start, end)`. A text that is no JSON object is MALFORMED; one that has a registered claim twice is
 * CLAIM_INVALID, the claim being left in the record.
 */
export function scanClaims(record: usize, context: usize, start: usize, end: usize): u32 {
  resetNonAscii();
  let flags: u32 = 0;
  let repeated: u32 = CLAIM_OTHER;
  const requiredCount = load<u32>(context, CONTEXT_REQUIRED + 4);
  if (requiredCount) clearMarks(load<u32>(context, CONTEXT_REQUIRED), requiredCount);

  let cursor = skipSpace(start, end);
  if (cursor >= end || load<u8>(cursor) !== 0x7b) return MALFORMED;
  cursor = skipSpace(cursor + 1, end);
  if (cursor < end && load<u8>(cursor) === 0x7d) {
    cursor++;
  } else {
    while (true) {
      if (cursor >= end || load<u8>(cursor) !== QUOTE) return MALFORMED;
      const name = cursor + 1;
      let claim = shortName(name);
      let next: usize = name + 4;
      if (claim === CLAIM_OTHER) {
        resetEscape();
        next = skipString(name, end);
        if (!next) return MALFORMED;
        if (sawEscape || next - name === 6) claim = longName(name, next - 1, end);
      }
      if (requiredCount) markRequired(context, requiredCount, name, next - 1, end);

      const value = skipColon(next, end);
      if (!value) return MALFORMED;
      if (claim === CLAIM_OTHER) {
        cursor = skipValue(value, end, DEEPEST_NESTING - 1);
      } else {
        if (flags & (1 << claim) && repeated === CLAIM_OTHER) repeated = claim;
        flags |= 1 << claim;
        if (claim <= <u32>CLAIM_IAT) {
          const first = value < end ? load<u8>(value) : 0;
          if (first === 0x2d || <u32>first - 0x30 < 10) {
            cursor = skipNumber(value, end);
            if (cursor) flags |= noteNumber(record, claim, value, cursor);
          } else {
            cursor = skipValue(value, end, DEEPEST_NESTING - 1);
          }
        } else {
          resetEscape();
          cursor = skipValue(value, end, DEEPEST_NESTING - 1);
          if (cursor) flags |= noteText(record, claim, value, cursor);
        }
      }
      if (!cursor) return MALFORMED;
      cursor = skipSpace(cursor, end);
      if (cursor >= end) return MALFORMED;
      const byte = load<u8>(cursor++);
      if (byte === 0x7d) break;
      if (byte !== 0x2c) return MALFORMED;
      cursor = skipSpace(cursor, end);
    }
  }
  if (skipSpace(cursor, end) !== end) return MALFORMED;

  if (requiredCount) store<i32>(record, firstUnmarked(load<u32>(context, CONTEXT_REQUIRED), requiredCount), RECORD_ABSENT);
  store<u32>(record, sawNonAscii ? flags | FLAG_NON_ASCII : flags, RECORD_FLAGS);
  if (repeated === CLAIM_OTHER) return ACCEPTED;
  store<u32>(record, repeated, RECORD_CLAIM);
  return CLAIM_INVALID;
}

/** The claim whose name of three letters, with its closing quote, is at `name`. */
function shortName(name: usize): u32 {
  const word = load<u32>(name);
  if (word >>> 24 !== QUOTE) return CLAIM_OTHER;
  if (word === 0x22707865) return CLAIM_EXP;
  if (word === 0x22746169) return CLAIM_IAT;
  if (word === 0x22737369) return CLAIM_ISS;
  if (word === 0x22627573) return CLAIM_SUB;
  if (word === 0x22647561) return CLAIM_AUD;
  if (word === 0x2269746a) return CLAIM_JTI;
  if (word === 0x2266626e) return CLAIM_NBF;
  return CLAIM_OTHER;
}

/** The claim that `[name, nameEnd)` names: `nonce`, or any with escapes. */
function longName(name: usize, nameEnd: usize, scratch: usize): u32 {
  if (!sawEscape) return isNonce(name) ? CLAIM_NONCE : CLAIM_OTHER;
  const text = (scratch + 64) & ~15;
  const length = unescape(name, nameEnd, text);
  store<u8>(text + length, QUOTE);
  if (length === 3) return shortName(text);
  return length === 5 && isNonce(text) ? CLAIM_NONCE : CLAIM_OTHER;
}

function isNonce(name: usize): bool {
  return load<u32>(name) === 0x636e6f6e && load<u8>(name, 4) === 0x65;
}

function markRequired(context: usize, count: u32, name: usize, nameEnd: usize, scratch: usize): void {
  let length = <u32>(nameEnd - name);
  let text = name;
  // A backslash anywhere, since names known by their first bytes did not pass through the scanner.
  if (sawEscape) {
    text = (scratch + 64) & ~15;
    length = unescape(name, nameEnd, text);
  }
  const entry = findEntry(load<u32>(context, CONTEXT_REQUIRED), count, text, length);
  if (entry) store<u32>(entry, 1, ENTRY_MARK);
}

/** Keeps exp, nbf or iat as a double, or as a place for the host to read. */
function noteNumber(record: usize, claim: u32, start: usize, end: usize): u32 {
  const slot = record + RECORD_TIMES + 8 * claim;
  const seconds = toDouble(start, end);
  if (seconds === seconds) {
    store<f64>(slot, seconds);
    return 1 << (FLAG_TYPED + claim);
  }
  store<u32>(slot, <u32>start);
  store<u32>(slot, <u32>(end - start), 4);
  return 1 << (FLAG_RAW + claim);
}

/** Keeps where a text claim is: without its quotes, or as an array. */
function noteText(record: usize, claim: u32, start: usize, end: usize): u32 {
  const slot = record + RECORD_TEXTS + 8 * (claim - CLAIM_ISS);
  const raw: u32 = sawEscape ? 1 << (FLAG_RAW + claim) : 0;
  if (load<u8>(start) === QUOTE) {
    store<u32>(slot, <u32>start + 1);
    store<u32>(slot, <u32>(end - start) - 2, 4);
    return (1 << (FLAG_TYPED + claim)) | raw;
  }
  if (claim !== CLAIM_AUD || load<u8>(start) !== 0x5b) return 0;
  store<u32>(slot, <u32>start);
  store<u32>(slot, <u32>(end - start), 4);
  return (1 << (FLAG_TYPED + claim)) | FLAG_AUD_ARRAY | raw;
}
