/**
 * Judges the claims that a scan left in a token's record, in the order exp, nbf, iat, iss, aud, sub, jti, nonce,
 * required (RFC 7519 §4.1). Times are seconds as doubles. The claim at fault is left in the record.
 */
import {
  ACCEPTED,
  AUDIENCE_MISMATCH,
  CLAIM_AUD,
  CLAIM_EXP,
  CLAIM_IAT,
  CLAIM_INVALID,
  CLAIM_ISS,
  CLAIM_JTI,
  CLAIM_MISSING,
  CLAIM_NBF,
  CLAIM_NONCE,
  CLAIM_OTHER,
  CONTEXT_EXPECTED,
  CONTEXT_MAX_AGE,
  CONTEXT_MAX_LIFETIME,
  CONTEXT_OPTIONS,
  CONTEXT_REQUIRED,
  CONTEXT_TOLERANCE,
  EXPIRED,
  FLAG_AUD_ARRAY,
  FLAG_RAW,
  FLAG_TYPED,
  FLAGS_NEEDS_NUMBER,
  ISSUED_IN_FUTURE,
  ISSUER_MISMATCH,
  LIFETIME_TOO_LONG,
  LIST_BYTES,
  NEEDS_NUMBER,
  NOT_YET_VALID,
  OPTION_IGNORE_EXP,
  OPTION_IGNORE_NBF,
  OPTION_MAX_AGE,
  OPTION_MAX_LIFETIME,
  OPTION_TEXT_ID,
  RECORD_ABSENT,
  RECORD_CLAIM,
  RECORD_FLAGS,
  RECORD_TEXTS,
  RECORD_TIMES,
  TOO_OLD,
} from "../src/abi";
import { resetEscape, sawEscape, skipSpace, skipString } from "./json";
import { findEntry, unescape } from "./text";

const QUOTE: u8 = 0x22;

/** The verdict on a scanned claims set at `now`. `scratch` is free memory behind the payload. */
export function judgeClaims(record: usize, context: usize, now: f64, scratch: usize): u32 {
  if (load<u32>(record, RECORD_FLAGS) & FLAGS_NEEDS_NUMBER) return NEEDS_NUMBER;
  const untimely = checkTimes(record, context, now);
  return untimely ? untimely : compareExpected(record, context, scratch);
}

/** All but the times: expected values and required claims. */
export function compareExpected(record: usize, context: usize, scratch: usize): u32 {
  return compareExpectedFrom(CLAIM_ISS, record, context, scratch);
}

/** The same for a token whose one and only `iss` has selected the context. */
export function compareExpectedAfterIssuer(record: usize, context: usize, scratch: usize): u32 {
  return compareExpectedFrom(CLAIM_AUD, record, context, scratch);
}

function compareExpectedFrom(first: u32, record: usize, context: usize, scratch: usize): u32 {
  for (let claim = first; claim <= <u32>CLAIM_NONCE; claim++) {
    const list = CONTEXT_EXPECTED + LIST_BYTES * <usize>(claim - CLAIM_ISS);
    const count = load<u32>(context + list, 4);
    if (count) {
      const denied = compareText(record, claim, load<u32>(context + list), count, scratch);
      if (denied) return deny(record, claim, denied);
    }
  }
  if (load<u32>(context, CONTEXT_OPTIONS) & OPTION_TEXT_ID && has(record, CLAIM_JTI) && !isTyped(record, CLAIM_JTI))
    return deny(record, CLAIM_JTI, CLAIM_INVALID);
  return requireClaims(record, context);
}

/** The times alone: exp, nbf, iat. */
export function checkTimes(record: usize, context: usize, now: f64): u32 {
  const options = load<u32>(context, CONTEXT_OPTIONS);
  const tolerance = load<f64>(context, CONTEXT_TOLERANCE);

  if (has(record, CLAIM_EXP)) {
    const exp = seconds(record, CLAIM_EXP);
    if (!usable(record, CLAIM_EXP, exp)) return deny(record, CLAIM_EXP, CLAIM_INVALID);
    // exp == now is expired (RFC 7519 §4.1.4).
    if (!(options & OPTION_IGNORE_EXP) && !(now < exp + tolerance)) return deny(record, CLAIM_EXP, EXPIRED);
  } else if (options & OPTION_MAX_LIFETIME) {
    return deny(record, CLAIM_EXP, CLAIM_MISSING);
  }

  if (has(record, CLAIM_NBF)) {
    const nbf = seconds(record, CLAIM_NBF);
    if (!usable(record, CLAIM_NBF, nbf)) return deny(record, CLAIM_NBF, CLAIM_INVALID);
    if (!(options & OPTION_IGNORE_NBF) && !(now >= nbf - tolerance)) return deny(record, CLAIM_NBF, NOT_YET_VALID);
  }

  if (has(record, CLAIM_IAT)) {
    const iat = seconds(record, CLAIM_IAT);
    if (!usable(record, CLAIM_IAT, iat)) return deny(record, CLAIM_IAT, CLAIM_INVALID);
    if (options & OPTION_MAX_AGE) {
      if (!(iat <= now + tolerance)) return deny(record, CLAIM_IAT, ISSUED_IN_FUTURE);
      if (!(now - iat <= load<f64>(context, CONTEXT_MAX_AGE) + tolerance)) return deny(record, CLAIM_IAT, TOO_OLD);
    }
    if (options & OPTION_MAX_LIFETIME && !(seconds(record, CLAIM_EXP) - iat <= load<f64>(context, CONTEXT_MAX_LIFETIME))) {
      return deny(record, CLAIM_EXP, LIFETIME_TOO_LONG);
    }
  } else if (options & (OPTION_MAX_AGE | OPTION_MAX_LIFETIME)) {
    return deny(record, CLAIM_IAT, CLAIM_MISSING);
  }
  return ACCEPTED;
}

function has(record: usize, claim: u32): bool {
  return (load<u32>(record, RECORD_FLAGS) & (1 << claim)) !== 0;
}

function isTyped(record: usize, claim: u32): bool {
  return (load<u32>(record, RECORD_FLAGS) & (1 << (FLAG_TYPED + claim))) !== 0;
}

function seconds(record: usize, claim: usize): f64 {
  return load<f64>(record + RECORD_TIMES + 8 * claim);
}

/** A number, and finite as a double: 1e400 is not. */
function usable(record: usize, claim: u32, value: f64): bool {
  return isTyped(record, claim) && value - value === 0;
}

/** One of iss, aud, sub, jti, nonce against the values expected of it. */
function compareText(record: usize, claim: u32, list: usize, count: u32, scratch: usize): u32 {
  if (!has(record, claim)) return CLAIM_MISSING;
  if (!isTyped(record, claim)) return CLAIM_INVALID;
  const flags = load<u32>(record, RECORD_FLAGS);
  const slot = record + RECORD_TEXTS + 8 * (claim - CLAIM_ISS);
  const start: usize = load<u32>(slot);
  const length = load<u32>(slot, 4);
  if (claim === CLAIM_AUD && flags & FLAG_AUD_ARRAY) return compareAudiences(start, length, list, count, scratch);
  const raw = (flags & (1 << (FLAG_RAW + claim))) !== 0;
  if (isExpected(start, length, raw, list, count, scratch)) return ACCEPTED;
  return ISSUER_MISMATCH + (claim - CLAIM_ISS);
}

function isExpected(start: usize, length: u32, raw: bool, list: usize, count: u32, scratch: usize): bool {
  if (raw) {
    length = unescape(start, start + length, scratch);
    start = scratch;
  }
  return findEntry(list, count, start, length) !== 0;
}

/** An array of audiences, known to be valid JSON: all must be strings, one must be expected (RFC 7519 §4.1.3). */
function compareAudiences(start: usize, length: u32, list: usize, count: u32, scratch: usize): u32 {
  const end = start + length;
  let verdict: u32 = AUDIENCE_MISMATCH;
  let cursor = skipSpace(start + 1, end);
  while (cursor < end - 1) {
    if (load<u8>(cursor) !== QUOTE) return CLAIM_INVALID;
    resetEscape();
    const next = skipString(cursor + 1, end);
    const audience = <u32>(next - cursor) - 2;
    if (isExpected(cursor + 1, audience, sawEscape(), list, count, scratch)) verdict = ACCEPTED;
    cursor = skipSpace(next, end);
    if (load<u8>(cursor) === 0x2c) cursor = skipSpace(cursor + 1, end);
  }
  return verdict;
}

/** The scan has told which required claim is absent. */
function requireClaims(record: usize, context: usize): u32 {
  if (!load<u32>(context, CONTEXT_REQUIRED + 4)) return ACCEPTED;
  const absent = load<i32>(record, RECORD_ABSENT);
  return absent < 0 ? ACCEPTED : deny(record, CLAIM_OTHER + absent, CLAIM_MISSING);
}

function deny(record: usize, claim: u32, code: u32): u32 {
  store<u32>(record, claim, RECORD_CLAIM);
  return code;
}
