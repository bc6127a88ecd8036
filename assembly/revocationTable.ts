/**
 * Lists of what is revoked. Entries are small records, found by open addressing with linear probing; a slot has the entry's hash beside
 * its address, and beside all slots there is a tag of each, some bits of its hash, of which sixteen are compared at once.
 *
 * An entry is of one issuer, by a number that the list gives it, or of any (0).
 */
import {
  RECORD_BYTES,
  RECORD_KEY,
  RECORDS,
  REVOCATIONS_COUNT,
  REVOCATIONS_MASK,
  REVOCATIONS_OF_ANY,
  REVOCATIONS_OF_ONE,
  REVOCATIONS_SLOTS,
  REVOCATIONS_TAGS,
  REVOKED_BEFORE,
  REVOKED_TOKEN,
  REVOKED_UNTIL,
  REVOKED_WHAT,
  SLOT_BYTES,
  TAG_GROUP,
} from "../src/abi";
import { hashText } from "./sipHash";
import { equalBytes } from "./text";

/** An entry's kind and the length of its name, in the upper half of the word that its issuer is the lower half of. */
export function whatOf(kind: u32, issuer: u32, length: u32): u32 {
  return (((kind << 14) | length) << 16) | issuer;
}

export function kindOf(entry: usize): u32 {
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

export function fullHash(what: u32, hashOfName: u32): u32 {
  const mixed = (<u64>hashOfName ^ ((<u64>what) << 32)) * 0x9e3779b97f4a7c15;
  return <u32>(mixed >> 32) ^ hashOfName;
}

export function find(list: usize, kind: u32, issuer: u32, name: usize, length: u32, hashOfName: u32): usize {
  const what = whatOf(kind, issuer, length);
  return <usize>findPlace(list, what, fullHash(what, hashOfName), name);
}

/**
 * Is one of the tags a hash leads to its own, before a free one, or is none of them free? Up to sixteen, of one line of memory: what comes
 * in the next is for the search itself.
 */
export function isTagged(list: usize, hash: u32): bool {
  const place: usize = load<u32>(list, REVOCATIONS_TAGS) + (hash & load<u32>(list, REVOCATIONS_MASK));
  const start = (place & ~63) | min<usize>(place & 63, 48);
  const group = v128.load(start);
  const free = <u32>i8x16.bitmask(i8x16.eq(group, i8x16.splat(0))) >>> <u32>(place - start);
  const alike = <u32>i8x16.bitmask(i8x16.eq(group, i8x16.splat(<i8>tagOf(hash)))) >>> <u32>(place - start);
  return !free || (alike & ((free & -free) - 1)) !== 0;
}

/**
 * The entry that is stored under a hash; or, where there is none, the place of the free slot that it would go to, in the upper half. Sixteen
 * slots are looked at at once, by their tags.
 */
function findPlace(list: usize, what: u32, hash: u32, name: usize): u64 {
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
    if (free) return (<u64>((place + ctz(free)) & mask)) << 32;
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
  return <usize>findPlace(list, what, fullHash(what, hashText(name, length)), name);
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
    const found = findPlace(list, what, hash, nameOf(entry));
    if (<usize>found) {
      extend(<usize>found, entry);
      continue;
    }
    const freePlace = <u32>(found >> 32);
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
