/**
 * Which key a token selects: by its header, remembered, of a known form or parsed; or by a claim, where the verifier's keys are named so.
 *
 * In a large table nearly every look-up waits for memory. `reach` makes those of a chunk side by side, before the first of them is needed.
 */
import {
  ALGORITHM_NOT_ALLOWED,
  ARE_NAMES_REACHED,
  CONTEXT_DEFAULT_KEY,
  CONTEXT_ISSUERS,
  CONTEXT_KEY_CLAIM,
  CONTEXT_KEY_TABLE,
  CONTEXT_KEY_TABLE_VERSION,
  CONTEXT_OPTIONS,
  KEY_ALGORITHM,
  KEY_NAME,
  KEY_NEXT,
  KEY_NOT_FOUND,
  LARGE_TABLE,
  MALFORMED,
  MISSED_FORM,
  MISSED_HEADER,
  NAMES,
  OPTION_ANY_KID,
  OPTION_CHANGING_KEYS,
  OPTION_REGISTERED_CLAIM,
  PARSED_ALGORITHM,
  PARSED_KID,
  PAYLOADS,
  PENDING,
  RECORD_BYTES,
  RECORD_KEY,
  RECORD_LENGTH,
  RECORD_MISSES,
  RECORD_NAME,
  RECORD_NAME_ALGORITHM,
  RECORD_NAME_HASH,
  RECORD_NAME_LENGTH,
  RECORD_START,
  RECORDS,
  TABLE_MASK,
  TABLE_VERSION,
} from "../src/abi";
import { decodeBase64url } from "./base64url";
import { readClaim } from "./claimName";
import { findDot, findSecondDot } from "./compact";
import { algorithmOfForm, beforeName, behindName, recallForm } from "./forms";
import { forgetHeaders, hasRoomFor, judgeHeader, recallHeader } from "./header";
import { candidate, findNamed } from "./names";
import { hashText } from "./sipHash";
import { lengthOf, startOf } from "./span";

/** The codes come before all addresses. */
const CODE_LIMIT: usize = 256;

/** Begins a chunk: what is remembered of headers must be of the keys there are. */
export function beginSelection(context: usize, count: u32): void {
  store<u32>(ARE_NAMES_REACHED, 0);
  if (!count || load<u32>(context, CONTEXT_ISSUERS)) return;
  refreshHeaders(context);
  const table: usize = load<u32>(context, CONTEXT_KEY_TABLE);
  if (table && load<u32>(table, TABLE_MASK) >= <u32>LARGE_TABLE) reach(context, table, count);
}

/** Headers that were remembered for other keys than the table has by now are forgotten. */
export function refreshHeaders(context: usize): void {
  if (!(load<u32>(context, CONTEXT_OPTIONS) & OPTION_CHANGING_KEYS)) return;
  const table: usize = load<u32>(context, CONTEXT_KEY_TABLE);
  const version = load<u32>(table, TABLE_VERSION);
  if (load<u32>(context, CONTEXT_KEY_TABLE_VERSION) === version) return;
  forgetHeaders(context);
  store<u32>(context, version, CONTEXT_KEY_TABLE_VERSION);
}

/** Judges a token's header and selects its key: the key's address, or a code. What was not remembered of the header is noted in the record. */
export function selectKey(record: usize, context: usize, start: usize, first: usize, second: usize): usize {
  store<u32>(record, 0, RECORD_MISSES);
  const isClaim = load<u32>(context, CONTEXT_KEY_CLAIM) !== 0;
  if (load<u32>(ARE_NAMES_REACHED) && !isClaim && load<u32>(record, RECORD_NAME))
    return selectReached(record, context, load<u32>(record, RECORD_NAME_ALGORITHM));
  const known = first - start > 8 ? recallHeader(context, start, first + 1) : 0;
  if (isClaim) return selectByClaim(record, context, known, start, first, second);
  return known ? known : selectByHeader(record, context, start, first);
}

/** Is what `selectKey` has found a code, not a key? */
export function isCode(selected: usize): bool {
  return selected < CODE_LIMIT;
}

function selectByHeader(record: usize, context: usize, start: usize, end: usize): usize {
  const length = decodeBase64url(start, end, PAYLOADS);
  if (length < 0) return MALFORMED;
  const table: usize = load<u32>(context, CONTEXT_KEY_TABLE);
  const form = table ? recallForm(context, PAYLOADS, PAYLOADS + length) : 0;
  if (form) {
    if (hasRoomFor(context, start, end + 1)) store<u32>(record, MISSED_HEADER, RECORD_MISSES);
    const name = PAYLOADS + beforeName(form);
    return selectNamed(table, name, <u32>(PAYLOADS + length - behindName(form) - name), algorithmOfForm(form));
  }
  const denied = judgeHeader(context, PAYLOADS, PAYLOADS + length);
  if (denied !== PENDING) return denied;
  store<u32>(record, MISSED_HEADER | MISSED_FORM, RECORD_MISSES);
  const algorithm = load<u32>(PARSED_ALGORITHM);
  const kid = load<u64>(PARSED_KID);
  // With `kid` only that key is tried; without, the default one.
  if (kid && !(load<u32>(context, CONTEXT_OPTIONS) & OPTION_ANY_KID)) return selectNamed(table, startOf(kid), lengthOf(kid), algorithm);
  return select(load<u32>(context, CONTEXT_DEFAULT_KEY), algorithm);
}

/** The header says the algorithm only; a remembered one has been reduced to that. */
function selectByClaim(record: usize, context: usize, known: usize, start: usize, first: usize, second: usize): usize {
  let wanted = <u32>known;
  if (!known) {
    const length = decodeBase64url(start, first, PAYLOADS);
    if (length < 0) return MALFORMED;
    const denied = judgeHeader(context, PAYLOADS, PAYLOADS + length);
    if (denied !== PENDING) return denied;
    store<u32>(record, MISSED_HEADER, RECORD_MISSES);
    wanted = load<u32>(PARSED_ALGORITHM);
  }
  if (load<u32>(ARE_NAMES_REACHED)) return load<u32>(record, RECORD_NAME) ? selectReached(record, context, wanted) : KEY_NOT_FOUND;
  const claim = readKeyClaim(context, first, second);
  return claim ? selectNamed(load<u32>(context, CONTEXT_KEY_TABLE), startOf(claim), lengthOf(claim), wanted) : KEY_NOT_FOUND;
}

function readKeyClaim(context: usize, first: usize, second: usize): u64 {
  const isRegistered = (load<u32>(context, CONTEXT_OPTIONS) & OPTION_REGISTERED_CLAIM) !== 0;
  return readClaim(first + 1, second, load<u32>(context, CONTEXT_KEY_CLAIM), isRegistered);
}

function selectNamed(table: usize, name: usize, length: u32, wanted: u32): usize {
  return table ? select(findNamed(table, hashText(name, length), name, length), wanted) : KEY_NOT_FOUND;
}

function selectReached(record: usize, context: usize, wanted: u32): usize {
  const hash = load<u32>(record, RECORD_NAME_HASH);
  const name: usize = load<u32>(record, RECORD_NAME);
  return select(findNamed(load<u32>(context, CONTEXT_KEY_TABLE), hash, name, load<u32>(record, RECORD_NAME_LENGTH)), wanted);
}

/** Of the keys from `key` on, that of the algorithm which the header says: it is the key's own, and no other is allowed it. */
function select(key: usize, wanted: u32): usize {
  if (!key) return KEY_NOT_FOUND;
  const selected = ofAlgorithm(key, wanted);
  return selected ? selected : ALGORITHM_NOT_ALLOWED;
}

/** The key of an algorithm that is tried first for tokens that name none; there must be one. */
export function defaultKey(context: usize, wanted: u32): usize {
  return ofAlgorithm(load<u32>(context, CONTEXT_DEFAULT_KEY), wanted);
}

/** The key that is tried when a signature is not of this one: of its algorithm, for tokens that name none as well; or 0. */
export function nextKey(key: usize): usize {
  return ofAlgorithm(load<u32>(key, KEY_NEXT), load<u8>(key, KEY_ALGORITHM));
}

/** The first one from `key` on, or 0. */
function ofAlgorithm(key: usize, wanted: u32): usize {
  while (key && <u32>load<u8>(key, KEY_ALGORITHM) !== wanted) key = load<u32>(key, KEY_NEXT);
  return key;
}

// ---- large tables ----------------------------------------------------------------------------------------------------------

/**
 * Looks up the names of a chunk, one step of all of them before the next: names, slots, records. Loops that do little else than wait for
 * memory wait for many at once.
 */
function reach(context: usize, table: usize, count: u32): void {
  const isClaim = load<u32>(context, CONTEXT_KEY_CLAIM) !== 0;
  let names: usize = NAMES;
  for (let index: u32 = 0; index < count; index++) {
    const record = RECORDS + RECORD_BYTES * <usize>index;
    store<u32>(record, 0, RECORD_NAME);
    store<u32>(record, 0, RECORD_KEY);
    const start: usize = load<u32>(record, RECORD_START);
    const end = start + load<u32>(record, RECORD_LENGTH);
    if (start === end) continue;
    const first = findDot(start, end);
    if (first >= end || !(isClaim ? noteClaim(record, context, first, end, names) : noteKid(record, context, start, first, names)))
      continue;
    store<u32>(record, hashText(names, load<u32>(record, RECORD_NAME_LENGTH)), RECORD_NAME_HASH);
    store<u32>(record, <u32>names, RECORD_NAME);
    names += (load<u32>(record, RECORD_NAME_LENGTH) + 31) & ~15;
  }
  findCandidates(table, count);
  touch(count);
  store<u32>(ARE_NAMES_REACHED, 1);
}

/** The `kid` of a header of known form, at `name`. */
function noteKid(record: usize, context: usize, start: usize, first: usize, name: usize): bool {
  const length = decodeBase64url(start, first, PAYLOADS);
  if (length < 0) return false;
  const form = recallForm(context, PAYLOADS, PAYLOADS + length);
  if (!form) return false;
  const from = PAYLOADS + beforeName(form);
  noteName(record, name, from, <u32>(PAYLOADS + length - behindName(form) - from));
  store<u32>(record, algorithmOfForm(form), RECORD_NAME_ALGORITHM);
  return true;
}

function noteClaim(record: usize, context: usize, first: usize, end: usize, name: usize): bool {
  const second = findSecondDot(first, end);
  const claim = second < end ? readKeyClaim(context, first, second) : 0;
  if (!claim) return false;
  noteName(record, name, startOf(claim), lengthOf(claim));
  return true;
}

function noteName(record: usize, name: usize, from: usize, length: u32): void {
  for (let offset: usize = 0; offset < length; offset += 16) v128.store(name + offset, v128.load(from + offset));
  store<u32>(record, length, RECORD_NAME_LENGTH);
}

function findCandidates(table: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const record = RECORDS + RECORD_BYTES * <usize>index;
    if (load<u32>(record, RECORD_NAME)) store<u32>(record, <u32>candidate(table, load<u32>(record, RECORD_NAME_HASH)), RECORD_KEY);
  }
}

/** Loads a word of each line of the records found, so that they are near when they are needed. */
function touch(count: u32): void {
  let all: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const key: usize = load<u32>(RECORDS + RECORD_BYTES * <usize>index, RECORD_KEY);
    if (key) all |= load<u32>(key, KEY_NAME) ^ load<u32>(key + 64);
  }
  // Kept, or the loads would not be made.
  store<u32>(NAMES - 16, all);
}
