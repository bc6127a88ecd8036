/**
 * Lists of what is revoked, and whether a token is: by its `jti`, its subject, the name of its key, or because all of its issuer, or all
 * there are, issued before a time are. Entries are small records, found by open addressing with linear probing; a slot has the entry's
 * hash beside its address, so that a token which is not revoked, as most are not, costs one line of memory.
 *
 * An entry is of one issuer, by a number that the list gives it, or of any (0).
 */
import {
  ACCEPTED,
  CLAIM_IAT,
  CLAIM_INVALID,
  CLAIM_ISS,
  CLAIM_JTI,
  CLAIM_SUB,
  CODES,
  FLAG_RAW,
  FLAG_TYPED,
  KEY_NAME,
  KEY_NAME_LENGTH,
  LARGEST_KID,
  LONGEST_REVOKED,
  LOOKUP_BYTES,
  LOOKUPS,
  PINNED,
  RECORD_BYTES,
  RECORD_CLAIM,
  RECORD_FLAGS,
  RECORD_KEY,
  RECORD_REVOKED_ISSUER,
  RECORD_TEXTS,
  RECORD_TIMES,
  RECORDS,
  REVOCATION_STALE,
  REVOCATIONS,
  REVOCATIONS_COUNT,
  REVOCATIONS_ISSUERS,
  REVOCATIONS_MASK,
  REVOCATIONS_OF_ANY,
  REVOCATIONS_OF_ONE,
  REVOCATIONS_SLOTS,
  REVOCATIONS_TAGS,
  REVOKED,
  REVOKED_BEFORE,
  REVOKED_ISSUE,
  REVOKED_KEY,
  REVOKED_SUBJECT,
  REVOKED_TOKEN,
  REVOKED_UNTIL,
  REVOKED_WHAT,
  SLOT_BYTES,
  TAG_GROUP,
} from "../src/abi";
import { findNamed, hashText } from "./names";
import { equalBytes, unescape } from "./text";

/** The claims that must be strings, by their flags. */
const NAMING_CLAIMS: u32 = (1 << CLAIM_ISS) | (1 << CLAIM_SUB) | (1 << CLAIM_JTI);

/** The list of the chunk at hand, or 0, and what it has entries of. */
let list: usize = 0;
let hasTokens: bool = false;
let hasSubjects: bool = false;
let hasKeys: bool = false;
let hasIssues: bool = false;

/** How many tokens of the chunk are to be looked up by their `jti`. */
let lookups: u32 = 0;

/** The claim that was read last, unescaped. */
let textStart: usize = 0;

/** `iss` of the token before, within a chunk, and its number: tokens of one issuer often come one behind the other. */
let latestName: usize = 0;
let latestLength: u32 = 0;
let latestNumber: u32 = 0;

/** Begins a chunk; says whether there is a list. */
export function beginRevocations(): bool {
  list = load<u32>(REVOCATIONS);
  if (!list) return false;
  lookups = 0;
  latestName = 0;
  hasTokens = has(REVOKED_TOKEN);
  hasSubjects = has(REVOKED_SUBJECT);
  hasKeys = has(REVOKED_KEY);
  hasIssues = has(REVOKED_ISSUE);
  return true;
}

function has(kind: usize): bool {
  return (load<u32>(list + 4 * kind, REVOCATIONS_OF_ONE) | load<u32>(list + 4 * kind, REVOCATIONS_OF_ANY)) !== 0;
}

/**
 * Notes what an accepted token is to be looked up by, while it is at hand: ACCEPTED, or CLAIM_INVALID where `iss`, `sub` or `jti` is no
 * string, so that it could not be told whether it is revoked. `scratch` is free memory behind the payloads.
 */
export function noteRevocable(record: usize, scratch: usize): u32 {
  const flags = load<u32>(record, RECORD_FLAGS);
  const notText = flags & NAMING_CLAIMS & ~(flags >>> FLAG_TYPED);
  if (notText) return deny(record, ctz(notText));
  if (!(hasTokens || hasSubjects || hasKeys || hasIssues)) return ACCEPTED;
  const issuer = numberOfIssuer(record, scratch);
  store<u32>(record, issuer, RECORD_REVOKED_ISSUER);
  if (!hasTokens) return ACCEPTED;
  const length = readText(record, CLAIM_JTI, scratch);
  if (length > <u32>LONGEST_REVOKED) return deny(record, CLAIM_JTI);
  if (!length) return ACCEPTED;
  const hash = hashText(textStart, length);
  const lookup = LOOKUPS + LOOKUP_BYTES * <usize>lookups;
  lookups++;
  store<u32>(lookup, hash);
  store<u32>(lookup, (((record - RECORDS) / RECORD_BYTES) << 16) | issuer, 4);
  store<u32>(lookup, length, 8);
  return ACCEPTED;
}

/** Rejects those of `count` accepted tokens that are revoked, or, where the list `isStale`, all; returns how many. */
export function judgeRevocable(count: u32, isStale: bool, scratch: usize): u32 {
  let rejected: u32 = 0;
  if (lookups > 1) touchTags();
  for (let index: u32 = 0; index < lookups; index++) {
    const lookup = LOOKUPS + LOOKUP_BYTES * <usize>index;
    const hash = load<u32>(lookup);
    const place = load<u32>(lookup, 4);
    if (!mayBeRevoked(hash, place & 0xffff, load<u32>(lookup, 8))) continue;
    const record = RECORDS + RECORD_BYTES * <usize>(place >>> 16);
    const length = readText(record, CLAIM_JTI, scratch);
    if (isRevoked(record, REVOKED_TOKEN, place & 0xffff, textStart, length, hash)) rejected += reject(place >>> 16, REVOKED);
  }
  if (!isStale && !(hasSubjects || hasKeys || hasIssues)) return rejected;
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(CODES + index) !== ACCEPTED) continue;
    if (isRevokedOtherwise(RECORDS + RECORD_BYTES * <usize>index, scratch)) rejected += reject(index, REVOKED);
    else if (isStale) rejected += reject(index, REVOCATION_STALE);
  }
  return rejected;
}

/**
 * Loads the tags where the look-ups of a chunk begin. In a large list nearly each of them waits for memory: a loop that does little else
 * waits for many at once.
 */
function touchTags(): void {
  const tags: usize = load<u32>(list, REVOCATIONS_TAGS);
  const mask = load<u32>(list, REVOCATIONS_MASK);
  const isOfAny = load<u32>(list, REVOCATIONS_OF_ANY) !== 0;
  const end: usize = LOOKUPS + LOOKUP_BYTES * <usize>lookups;
  let all: u32 = 0;
  for (let lookup: usize = LOOKUPS; lookup < end; lookup += LOOKUP_BYTES) {
    const issuer = isOfAny ? 0 : load<u32>(lookup, 4) & 0xffff;
    all |= load<u8>(tags + (fullHash(whatOf(REVOKED_TOKEN, issuer, load<u32>(lookup, 8)), load<u32>(lookup)) & mask));
  }
  // Kept, or the loads would not be made: where nothing is read, for payloads may be anywhere in their area.
  store<u32>(PINNED, all);
}

function reject(index: u32, code: u32): u32 {
  store<u8>(CODES + index, code);
  return 1;
}

/** By the tags alone: an entry of one token that has not this one's hash is none of its. */
function mayBeRevoked(hashOfName: u32, issuer: u32, length: u32): bool {
  if (issuer && load<u32>(list, REVOCATIONS_OF_ONE) && isTagged(fullHash(whatOf(REVOKED_TOKEN, issuer, length), hashOfName))) return true;
  return load<u32>(list, REVOCATIONS_OF_ANY) !== 0 && isTagged(fullHash(whatOf(REVOKED_TOKEN, 0, length), hashOfName));
}

/** By its subject, its key, or the time it was issued at. */
function isRevokedOtherwise(record: usize, scratch: usize): bool {
  const issuer = load<u32>(record, RECORD_REVOKED_ISSUER);
  if (hasSubjects) {
    const length = readText(record, CLAIM_SUB, scratch);
    // What is longer than any entry may be is in none, and cannot be told from one that should be.
    if (length > <u32>LONGEST_REVOKED) return true;
    if (length && isRevoked(record, REVOKED_SUBJECT, issuer, textStart, length, hashText(textStart, length))) return true;
  }
  if (hasKeys) {
    const key: usize = load<u32>(record, RECORD_KEY);
    const name: usize = load<u32>(key, KEY_NAME);
    const length = load<u32>(key, KEY_NAME_LENGTH);
    if (length && isRevoked(record, REVOKED_KEY, issuer, name, length, hashText(name, length))) return true;
  }
  return hasIssues && isRevoked(record, REVOKED_ISSUE, issuer, 0, 0, hashText(0, 0));
}

/** Leaves the text of a claim, a string, at `textStart`; returns its length, 0 where it is absent. */
function readText(record: usize, claim: u32, scratch: usize): u32 {
  const flags = load<u32>(record, RECORD_FLAGS);
  if (!(flags & (1 << claim))) return 0;
  const slot = record + RECORD_TEXTS + 8 * <usize>(claim - CLAIM_ISS);
  textStart = load<u32>(slot);
  if (!(flags & (1 << (FLAG_RAW + claim)))) return load<u32>(slot, 4);
  const length = unescape(textStart, textStart + load<u32>(slot, 4), scratch);
  textStart = scratch;
  return length;
}

function deny(record: usize, claim: u32): u32 {
  store<u32>(record, claim, RECORD_CLAIM);
  return CLAIM_INVALID;
}

/** The number of a token's issuer; 0 where nothing of it alone is revoked. */
function numberOfIssuer(record: usize, scratch: usize): u32 {
  const length = readText(record, CLAIM_ISS, scratch);
  if (!length || length > <u32>LARGEST_KID) return 0;
  if (latestName && latestLength === length && equalBytes(latestName, textStart, length)) return latestNumber;
  const issuer = findNamed(load<u32>(list, REVOCATIONS_ISSUERS), hashText(textStart, length), textStart, length);
  // What was unescaped does not stay where it is.
  latestName = textStart === scratch ? 0 : textStart;
  latestLength = length;
  latestNumber = issuer ? load<u32>(issuer) : 0;
  return latestNumber;
}

function isRevoked(record: usize, kind: u32, issuer: u32, name: usize, length: u32, hash: u32): bool {
  const field = 4 * <usize>kind;
  if (issuer && load<u32>(list + field, REVOCATIONS_OF_ONE) && covers(find(kind, issuer, name, length, hash), record)) return true;
  return load<u32>(list + field, REVOCATIONS_OF_ANY) !== 0 && covers(find(kind, 0, name, length, hash), record);
}

/** Does an entry that names the token revoke it, by when it was issued? */
function covers(entry: usize, record: usize): bool {
  if (!entry) return false;
  if (kindOf(entry) === REVOKED_TOKEN) return true;
  if (!(load<u32>(record, RECORD_FLAGS) & (1 << CLAIM_IAT))) return true;
  return !(load<f64>(record + RECORD_TIMES + 8 * <usize>CLAIM_IAT) >= load<f64>(entry, REVOKED_BEFORE));
}

// ---- the table -------------------------------------------------------------------------------------------------------------

/** An entry's kind and the length of its name, in the upper half of the word that its issuer is the lower half of. */
function whatOf(kind: u32, issuer: u32, length: u32): u32 {
  return (((kind << 14) | length) << 16) | issuer;
}

function kindOf(entry: usize): u32 {
  return load<u32>(entry, REVOKED_WHAT) >>> 30;
}

function lengthOf(entry: usize): u32 {
  return (load<u32>(entry, REVOKED_WHAT) >>> 16) & 0x3fff;
}

function issuerOf(entry: usize): u32 {
  return load<u32>(entry, REVOKED_WHAT) & 0xffff;
}

function nameOf(entry: usize): usize {
  return entry + (kindOf(entry) === REVOKED_TOKEN ? REVOKED_BEFORE : REVOKED_BEFORE + 8);
}

function fullHash(what: u32, hashOfName: u32): u32 {
  const mixed = (<u64>hashOfName ^ ((<u64>what) << 32)) * 0x9e3779b97f4a7c15;
  return <u32>(mixed >> 32) ^ hashOfName;
}

function find(kind: u32, issuer: u32, name: usize, length: u32, hashOfName: u32): usize {
  const what = whatOf(kind, issuer, length);
  return findEntry(list, what, fullHash(what, hashOfName), name);
}

/** Is one of the sixteen tags a hash leads to its own, before a free one, or is none of them free? */
function isTagged(hash: u32): bool {
  const group = v128.load(load<u32>(list, REVOCATIONS_TAGS) + (hash & load<u32>(list, REVOCATIONS_MASK)));
  const free = <u32>i8x16.bitmask(i8x16.eq(group, i8x16.splat(0)));
  const alike = <u32>i8x16.bitmask(i8x16.eq(group, i8x16.splat(<i8>tagOf(hash))));
  return !free || (alike & ((free & -free) - 1)) !== 0;
}

/** Where the search before has ended: the place of the free slot that an entry would go to. */
let freePlace: u32 = 0;

/** The entry that is stored under a hash, or 0: sixteen slots are looked at at once, by their tags. */
function findEntry(list: usize, what: u32, hash: u32, name: usize): usize {
  const tags: usize = load<u32>(list, REVOCATIONS_TAGS);
  const slots: usize = load<u32>(list, REVOCATIONS_SLOTS);
  const mask = load<u32>(list, REVOCATIONS_MASK);
  const wanted = i8x16.splat(<i8>tagOf(hash));
  let place = hash & mask;
  while (true) {
    const group = v128.load(tags + place);
    const free = <u32>i8x16.bitmask(i8x16.eq(group, i8x16.splat(0)));
    let alike = <u32>i8x16.bitmask(i8x16.eq(group, wanted));
    // No entry is behind a free slot that it would have taken.
    if (free) alike &= (free & -free) - 1;
    for (; alike; alike &= alike - 1) {
      const slot = slots + SLOT_BYTES * <usize>((place + ctz(alike)) & mask);
      const entry: usize = load<u32>(slot, 4);
      if (load<u32>(slot) !== hash || load<u32>(entry, REVOKED_WHAT) !== what) continue;
      if (equalBytes(nameOf(entry), name, (what >>> 16) & 0x3fff)) return entry;
    }
    if (free) {
      freePlace = (place + ctz(free)) & mask;
      return 0;
    }
    place = (place + TAG_GROUP) & mask;
  }
}

/** What is looked at of a hash before its slot is; never 0, which a free slot has. */
function tagOf(hash: u32): u32 {
  return max<u32>(hash >>> 24, 1);
}

/** The first tags stand behind the last once more, so that sixteen can be loaded from anywhere. */
function putTag(list: usize, place: u32, tag: u32): void {
  const tags: usize = load<u32>(list, REVOCATIONS_TAGS);
  store<u8>(tags + place, tag);
  if (place < <u32>TAG_GROUP) store<u8>(tags + load<u32>(list, REVOCATIONS_MASK) + 1 + place, tag);
}

/** The entry of a kind and issuer with a name, or 0: for the host. */
export function findRevocation(list: usize, kind: u32, issuer: u32, name: usize, length: u32): usize {
  const what = whatOf(kind, issuer, length);
  return findEntry(list, what, fullHash(what, hashText(name, length)), name);
}

/**
 * Enters `count` entries, whose addresses are in the tokens' records. One that is there already lasts as long and reaches as far as
 * both: then the new one is not needed, and its address is left there; else 0. There must be room.
 */
export function enterRevocations(list: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const place = RECORDS + RECORD_BYTES * <usize>index;
    const entry: usize = load<u32>(place, RECORD_KEY);
    const what = load<u32>(entry, REVOKED_WHAT);
    const hash = fullHash(what, hashText(nameOf(entry), lengthOf(entry)));
    const known = findEntry(list, what, hash, nameOf(entry));
    if (known) {
      extend(known, entry);
      continue;
    }
    const slot = load<u32>(list, REVOCATIONS_SLOTS) + SLOT_BYTES * <usize>freePlace;
    store<u32>(slot, hash);
    store<u32>(slot, <u32>entry, 4);
    putTag(list, freePlace, tagOf(hash));
    store<u32>(place, 0, RECORD_KEY);
    tally(list, entry, 1);
  }
}

function extend(known: usize, entry: usize): void {
  store<u32>(known, max<u32>(load<u32>(known, REVOKED_UNTIL), load<u32>(entry, REVOKED_UNTIL)), REVOKED_UNTIL);
  if (kindOf(known) !== REVOKED_TOKEN)
    store<f64>(known, max<f64>(load<f64>(known, REVOKED_BEFORE), load<f64>(entry, REVOKED_BEFORE)), REVOKED_BEFORE);
}

function tally(list: usize, entry: usize, change: u32): void {
  const counter = list + (issuerOf(entry) ? REVOCATIONS_OF_ONE : REVOCATIONS_OF_ANY) + 4 * <usize>kindOf(entry);
  store<u32>(counter, load<u32>(counter) + change);
  store<u32>(list, load<u32>(list, REVOCATIONS_COUNT) + change, REVOCATIONS_COUNT);
}

/**
 * Takes out the entries of `count` slots from number `from` on whose time ends before `now`, in whole seconds; their addresses are left
 * in the tokens' records. Returns how many; there are at most CHUNK_TOKENS slots.
 */
export function sweepRevocations(list: usize, from: u32, count: u32, now: u32): u32 {
  const slots: usize = load<u32>(list, REVOCATIONS_SLOTS);
  const mask = load<u32>(list, REVOCATIONS_MASK);
  let gone: u32 = 0;
  for (let step: u32 = 0; step < count; step++) {
    const place = (from + step) & mask;
    const slot = slots + SLOT_BYTES * <usize>place;
    // What moves up into the gap is looked at too.
    while (gone < count) {
      const entry: usize = load<u32>(slot, 4);
      if (!entry || load<u32>(entry, REVOKED_UNTIL) >= now) break;
      store<u32>(RECORDS + RECORD_BYTES * <usize>gone, <u32>entry, RECORD_KEY);
      gone++;
      tally(list, entry, -1);
      closeGap(list, place);
    }
  }
  return gone;
}

/** Empties a slot; those behind it that would not be found any more move up (Knuth, TAOCP 6.4, algorithm R). */
function closeGap(list: usize, gap: u32): void {
  const slots: usize = load<u32>(list, REVOCATIONS_SLOTS);
  const mask = load<u32>(list, REVOCATIONS_MASK);
  let place = gap;
  while (true) {
    store<u64>(slots + SLOT_BYTES * <usize>gap, 0);
    putTag(list, gap, 0);
    while (true) {
      place = (place + 1) & mask;
      const slot = slots + SLOT_BYTES * <usize>place;
      if (!load<u32>(slot, 4)) return;
      // Its home is not between the gap and itself: it is passed over from the gap on.
      if (((place - load<u32>(slot)) & mask) >= ((place - gap) & mask)) break;
    }
    store<u64>(slots + SLOT_BYTES * <usize>gap, load<u64>(slots + SLOT_BYTES * <usize>place));
    putTag(list, gap, tagOf(load<u32>(slots + SLOT_BYTES * <usize>gap)));
    gap = place;
  }
}

/** Moves a list to other slots and tags, all zero, of `mask` + 1 slots. */
export function moveRevocations(list: usize, slots: usize, tags: usize, mask: u32): void {
  const old: usize = load<u32>(list, REVOCATIONS_SLOTS);
  const end = old + SLOT_BYTES * (<usize>load<u32>(list, REVOCATIONS_MASK) + 1);
  store<u32>(list, <u32>slots, REVOCATIONS_SLOTS);
  store<u32>(list, <u32>tags, REVOCATIONS_TAGS);
  store<u32>(list, mask, REVOCATIONS_MASK);
  for (let slot = old; slot < end; slot += SLOT_BYTES) {
    if (!load<u32>(slot, 4)) continue;
    const hash = load<u32>(slot);
    let place = hash & mask;
    while (load<u8>(tags + place)) place = (place + 1) & mask;
    store<u64>(slots + SLOT_BYTES * <usize>place, load<u64>(slot));
    putTag(list, place, tagOf(hash));
  }
}
