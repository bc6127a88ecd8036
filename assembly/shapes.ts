/**
 * Memory of shapes. The claims sets of one issuer mostly differ inside a few strings and times and nowhere else; such a claims
 * set is held against an earlier one instead of being scanned.
 *
 * A shape is the text of an authentic claims set and a mask: bytes that must be the same, and bytes that may be any that a JSON
 * string holds unescaped. Times are ten digits. Names, structure and claims that the verifier expects values of are among
 * the bytes that must be the same, so what fits a shape is valid JSON with the same members and passes the same checks,
 * times aside. Only authentic claims sets are compared, and only those learnt from that pass all but the checks of their times.
 */
import {
  ACCEPTED,
  CLAIM_IAT,
  CLAIM_ISS,
  CLAIM_NONCE,
  CLAIM_OTHER,
  CONTEXT_EXPECTED,
  CONTEXT_OPTIONS,
  CONTEXT_SHAPE_CLASS,
  DEEPEST_NESTING,
  LATEST_STAMP,
  LIST_BYTES,
  OPTION_SHARED_SHAPES,
  RECORD_ABSENT,
  RECORD_CLAIM,
  RECORD_FLAGS,
  RECORD_SHAPE,
  RECORD_STAMP,
  RECORD_TEXTS,
  RECORD_TIMES,
  SHAPE_BYTES,
  SHAPE_CLASS,
  SHAPE_ENTRIES,
  SHAPE_FLAGS,
  SHAPE_LENGTH,
  SHAPE_MASK,
  SHAPE_ROOM,
  SHAPE_STAMP,
  SHAPE_TEXT,
  SHAPE_TEXTS,
  SHAPE_TIMES,
  SHAPE_USES,
  SHAPE_WAIT,
  SHAPES,
} from "../src/abi";
import { claimNamed } from "./claims";
import { notOrdinary, resetEscape, sawEscape, skipColon, skipSpace, skipString, skipValue } from "./json";
import { skipTenDigits, tenDigits } from "./numericDate";
import { compareExpected } from "./policy";

const MOST_USES: u32 = 16;
/** So many claims sets must be scanned before another shape is learnt in the place of one that did not prove useful. */
const PATIENCE: u32 = 32;

const QUOTE: u8 = 0x22;

/** Does the claims set fit a known shape? Then its record is filled as a scan would fill it, and only times are left to judge. */
export function recallShape(record: usize, context: usize, payload: usize, length: u32): bool {
  const shapeClass = load<u32>(context, CONTEXT_SHAPE_CLASS);
  const entry = entryOf(shapeClass, length);
  store<u32>(record, 0, RECORD_SHAPE);
  const uses = load<u32>(entry, SHAPE_USES);
  if (!uses || load<u32>(entry, SHAPE_LENGTH) !== length || load<u32>(entry, SHAPE_CLASS) !== shapeClass) return false;
  if (!fits(entry, payload, length) || !readTimes(entry, record, payload, payload + length)) {
    store<u32>(entry, uses - 1, SHAPE_USES);
    return false;
  }
  if (uses < MOST_USES) store<u32>(entry, uses + 1, SHAPE_USES);
  const offset = i32x4(<i32>payload, 0, <i32>payload, 0);
  v128.store(record, i32x4.add(v128.load(entry, SHAPE_TEXTS), offset), RECORD_TEXTS);
  v128.store(record, i32x4.add(v128.load(entry, SHAPE_TEXTS + 16), offset), RECORD_TEXTS + 16);
  store<u32>(record, load<u32>(entry, SHAPE_TEXTS + 32) + <u32>payload, RECORD_TEXTS + 32);
  store<u32>(record, load<u32>(entry, SHAPE_TEXTS + 36), RECORD_TEXTS + 36);
  store<u32>(record, load<u32>(entry, SHAPE_FLAGS), RECORD_FLAGS);
  store<u32>(record, CLAIM_OTHER, RECORD_CLAIM);
  // All that are required have been there, and names are the same.
  store<i32>(record, -1, RECORD_ABSENT);
  store<u32>(record, <u32>entry, RECORD_SHAPE);
  store<u32>(record, load<u32>(entry, SHAPE_STAMP), RECORD_STAMP);
  return true;
}

/** The same bytes where the mask is set, characters that stand for themselves elsewhere. */
function fits(entry: usize, payload: usize, length: u32): bool {
  let wrong = i64x2.splat(0);
  const last: usize = length - 16;
  for (let offset: usize = 0; offset < last; offset += 16) wrong = v128.or(wrong, misfits(entry + offset, payload + offset));
  return !v128.any_true(v128.or(wrong, misfits(entry + last, payload + last)));
}

function misfits(entry: usize, payload: usize): v128 {
  const text = v128.load(payload);
  return v128.bitselect(v128.xor(text, v128.load(entry, SHAPE_TEXT)), notOrdinary(text), v128.load(entry, SHAPE_MASK));
}

function readTimes(entry: usize, record: usize, payload: usize, end: usize): bool {
  for (let claim: usize = 0; claim < 3; claim++) {
    const place: usize = load<u32>(entry + SHAPE_TIMES + 4 * claim);
    if (!place) continue;
    if (!skipTenDigits(payload + place, end)) return false;
    store<f64>(record + RECORD_TIMES + 8 * claim, tenDigits(payload + place));
  }
  return true;
}

/**
 * Learns from a claims set that has been scanned, if its place is free: an accepted one, or one that only its times are
 * against, so that a flood of expired tokens costs no more than of good ones. `scratch` is free memory behind the payload.
 */
export function learnShape(record: usize, context: usize, payload: usize, length: u32, code: u32, scratch: usize): void {
  if (length < 16 || length > <u32>SHAPE_ROOM) return;
  const shapeClass = load<u32>(context, CONTEXT_SHAPE_CLASS);
  const entry = entryOf(shapeClass, length);
  const uses = load<u32>(entry, SHAPE_USES);
  if (uses) {
    // A shape in use gives way only to what is met more often than it is itself.
    if (load<u32>(entry, SHAPE_LENGTH) !== length || load<u32>(entry, SHAPE_CLASS) !== shapeClass) store<u32>(entry, uses - 1, SHAPE_USES);
    return;
  }
  const wait = load<u32>(entry, SHAPE_WAIT);
  store<u32>(entry, wait ? wait - 1 : PATIENCE, SHAPE_WAIT);
  if (wait || (code !== ACCEPTED && compareExpected(record, context, scratch) !== ACCEPTED)) return;

  // Records of the batch may point at what stood here. Their stamp must be gone before a byte of another token is in its place.
  store<u32>(entry, 0, SHAPE_STAMP);
  memory.copy(entry + SHAPE_TEXT, payload, length);
  memory.fill(entry + SHAPE_MASK, 0xff, length);
  memory.fill(entry + SHAPE_TIMES, 0, 12);
  if (!outline(entry, context, payload, payload + length)) {
    memory.fill(entry + SHAPE_TEXT, 0, length);
    return;
  }
  for (let slot: usize = 0; slot < 40; slot += 8) {
    store<u32>(entry + slot, load<u32>(record + slot, RECORD_TEXTS) - <u32>payload, SHAPE_TEXTS);
    store<u32>(entry + slot, load<u32>(record + slot, RECORD_TEXTS + 4), SHAPE_TEXTS + 4);
  }
  store<u32>(entry, load<u32>(record, RECORD_FLAGS), SHAPE_FLAGS);
  store<u32>(entry, shapeClass, SHAPE_CLASS);
  store<u32>(entry, length, SHAPE_LENGTH);
  store<u32>(LATEST_STAMP, load<u32>(LATEST_STAMP) + 1);
  store<u32>(entry, load<u32>(LATEST_STAMP), SHAPE_STAMP);
  store<u32>(entry, 1, SHAPE_USES);
}

/** Unmasks what may differ. False where a name has escapes or a time is no ten digits. */
function outline(entry: usize, context: usize, payload: usize, end: usize): bool {
  let cursor = skipSpace(skipSpace(payload, end) + 1, end);
  while (load<u8>(cursor) === QUOTE) {
    resetEscape();
    const name = cursor + 1;
    const value = skipColon(skipString(name, end), end);
    if (sawEscape()) return false;
    const claim = claimNamed(name);
    const isText = load<u8>(value) === QUOTE;
    cursor = isText ? skipString(value + 1, end) : skipValue(value, end, DEEPEST_NESTING - 1);
    if (claim <= <u32>CLAIM_IAT) {
      if (!skipTenDigits(value, end)) return false;
      store<u32>(entry + SHAPE_TIMES + 4 * claim, <u32>(value - payload));
      unmask(entry, value - payload, 10);
    } else if (isText && !sawEscape() && !isExpected(context, claim)) {
      unmask(entry, value + 1 - payload, cursor - value - 2);
    }
    cursor = skipSpace(cursor, end);
    if (load<u8>(cursor) === 0x2c) cursor = skipSpace(cursor + 1, end);
  }
  return true;
}

/** Are values of a claim expected that the shape stands for? Where issuers share it, each has its own. */
function isExpected(context: usize, claim: u32): bool {
  if (load<u32>(context, CONTEXT_OPTIONS) & OPTION_SHARED_SHAPES) return false;
  return claim <= <u32>CLAIM_NONCE && load<u32>(context + CONTEXT_EXPECTED + LIST_BYTES * (claim - CLAIM_ISS), 4) !== 0;
}

/** Ones stand for what may differ: they are valid in a string and in a number, and tell of no token. */
function unmask(entry: usize, offset: usize, length: usize): void {
  memory.fill(entry + SHAPE_MASK + offset, 0, length);
  memory.fill(entry + SHAPE_TEXT + offset, 0x31, length);
}

/** Forgets the shapes of classes in `[start, end)`. */
export function forgetShapes(start: usize, end: usize): void {
  const last: usize = SHAPES + SHAPE_ENTRIES * SHAPE_BYTES;
  for (let entry: usize = SHAPES; entry < last; entry += SHAPE_BYTES) {
    const shapeClass: usize = load<u32>(entry, SHAPE_CLASS);
    if (shapeClass >= start && shapeClass < end) memory.fill(entry, 0, SHAPE_BYTES);
  }
}

function entryOf(shapeClass: u32, length: u32): usize {
  const hash = (shapeClass + length) * 0x9e3779b1;
  return SHAPES + SHAPE_BYTES * <usize>(hash >> 27);
}
