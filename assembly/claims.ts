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
import { skipTenDigits, tenDigits, toDouble } from "./numericDate";
import { clearMarks, findEntry, firstUnmarked, unescape } from "./text";

const QUOTE: u8 = 0x22;
const COLON: u8 = 0x3a;

/**
 * Scans `[start, end)`. A text that is no JSON object is MALFORMED; one that has a registered claim twice is
 * CLAIM_INVALID, the claim being left in the record.
 */
export function scanClaims(record: usize, context: usize, start: usize, end: usize): u32 {
  const required: usize = load<u32>(context, CONTEXT_REQUIRED);
  const requiredCount = load<u32>(context, CONTEXT_REQUIRED + 4);
  if (requiredCount) clearMarks(required, requiredCount);
  resetNonAscii();
  store<u32>(record, 0, RECORD_FLAGS);
  store<u32>(record, CLAIM_OTHER, RECORD_CLAIM);

  const close = scanMembers(record, required, requiredCount, start, end);
  if (!close || skipSpace(close, end) !== end) return MALFORMED;

  if (requiredCount) store<i32>(record, firstUnmarked(required, requiredCount), RECORD_ABSENT);
  if (sawNonAscii()) setFlags(record, FLAG_NON_ASCII);
  return load<u32>(record, RECORD_CLAIM) === CLAIM_OTHER ? ACCEPTED : CLAIM_INVALID;
}

/** The object at the start of `[start, end)`; returns the position behind its brace, or 0. */
function scanMembers(record: usize, required: usize, requiredCount: u32, start: usize, end: usize): usize {
  let cursor = skipSpace(start, end);
  if (cursor >= end || load<u8>(cursor) !== 0x7b) return 0;
  cursor = skipSpace(cursor + 1, end);
  if (cursor < end && load<u8>(cursor) === 0x7d) return cursor + 1;
  while (true) {
    if (cursor >= end || load<u8>(cursor) !== QUOTE) return 0;
    cursor = scanMember(record, required, requiredCount, cursor + 1, end);
    if (!cursor) return 0;
    cursor = skipSpace(cursor, end);
    if (cursor >= end) return 0;
    const byte = load<u8>(cursor++);
    if (byte === 0x7d) return cursor;
    if (byte !== 0x2c) return 0;
    cursor = skipSpace(cursor, end);
  }
}

/** One member, from behind the opening quote of its name to behind its value. */
function scanMember(record: usize, required: usize, requiredCount: u32, name: usize, end: usize): usize {
  resetEscape();
  let claim = shortName(name);
  let next = name + 4;
  if (claim === CLAIM_OTHER) {
    next = skipString(name, end);
    if (!next) return 0;
    if (sawEscape() || next - name === 6) claim = longName(name, next - 1, end);
  }
  if (requiredCount) markRequired(required, requiredCount, name, next - 1, end);

  // Compact JSON, as nearly all is, takes the short way.
  const value = load<u8>(next) === COLON && load<u8>(next, 1) > 0x20 ? next + 1 : skipColon(next, end);
  if (!value || value >= end) return 0;
  if (claim === CLAIM_OTHER) return load<u8>(value) === QUOTE ? skipString(value + 1, end) : skipValue(value, end, DEEPEST_NESTING - 1);

  if (load<u32>(record, RECORD_FLAGS) & (1 << claim)) noteRepeated(record, claim);
  setFlags(record, 1 << claim);
  return claim <= <u32>CLAIM_IAT ? scanTime(record, claim, value, end) : scanText(record, claim, value, end);
}

/** exp, nbf or iat. What is no number is left without the mark of the right type. */
function scanTime(record: usize, claim: u32, value: usize, end: usize): usize {
  const slot = record + RECORD_TIMES + 8 * claim;
  const first = load<u8>(value);
  if (first !== 0x2d && <u32>first - 0x30 > 9) return skipValue(value, end, DEEPEST_NESTING - 1);

  const behind = skipTenDigits(value, end);
  if (behind) {
    store<f64>(slot, tenDigits(value));
    setFlags(record, 1 << (FLAG_TYPED + claim));
    return behind;
  }
  const cursor = skipNumber(value, end);
  if (cursor) setFlags(record, noteNumber(slot, claim, value, cursor));
  return cursor;
}

/** iss, aud, sub, jti or nonce. */
function scanText(record: usize, claim: u32, value: usize, end: usize): usize {
  resetEscape();
  const cursor = load<u8>(value) === QUOTE ? skipString(value + 1, end) : skipValue(value, end, DEEPEST_NESTING - 1);
  if (cursor) setFlags(record, noteText(record, claim, value, cursor));
  return cursor;
}

function setFlags(record: usize, flags: u32): void {
  store<u32>(record, load<u32>(record, RECORD_FLAGS) | flags, RECORD_FLAGS);
}

/** The first claim that stands twice is the one at fault. */
function noteRepeated(record: usize, claim: u32): void {
  if (load<u32>(record, RECORD_CLAIM) === CLAIM_OTHER) store<u32>(record, claim, RECORD_CLAIM);
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
  if (!sawEscape()) return isNonce(name) ? CLAIM_NONCE : CLAIM_OTHER;
  const text = (scratch + 64) & ~15;
  const length = unescape(name, nameEnd, text);
  store<u8>(text + length, QUOTE);
  if (length === 3) return shortName(text);
  return length === 5 && isNonce(text) ? CLAIM_NONCE : CLAIM_OTHER;
}

/** The registered claim whose name, without escapes, begins at `name` and ends with a quote. */
export function claimNamed(name: usize): u32 {
  return isNonce(name) && load<u8>(name, 5) === QUOTE ? CLAIM_NONCE : shortName(name);
}

function isNonce(name: usize): bool {
  return load<u32>(name) === 0x636e6f6e && load<u8>(name, 4) === 0x65;
}

function markRequired(required: usize, count: u32, name: usize, nameEnd: usize, scratch: usize): void {
  let length = <u32>(nameEnd - name);
  let text = name;
  if (sawEscape()) {
    text = (scratch + 64) & ~15;
    length = unescape(name, nameEnd, text);
  }
  const entry = findEntry(required, count, text, length);
  if (entry) store<u32>(entry, 1, ENTRY_MARK);
}

/** Keeps exp, nbf or iat as a double, or as a place for the host to read. */
function noteNumber(slot: usize, claim: u32, start: usize, end: usize): u32 {
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
  const raw: u32 = sawEscape() ? 1 << (FLAG_RAW + claim) : 0;
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
