/**
 * Tables of names: what keys are found by, by the bytes of their `kid` (RFC 7515 §4.1.4) or of a claim, and issuers by those of `iss`.
 * Open addressing with linear probing, at most half full or a little more; a name that leaves lets those behind it move up.
 */
import {
  KEY_ALGORITHM,
  KEY_FRESH,
  KEY_NAME,
  KEY_NAME_LENGTH,
  KEY_NEXT,
  KEY_USED,
  RECORD_BYTES,
  RECORD_KEY,
  RECORDS,
  SLOT_BYTES,
  TABLE_COUNT,
  TABLE_MASK,
  TABLE_SLOTS,
  TABLE_VERSION,
} from "../src/abi";
import { hashText } from "./sipHash";
import { equalBytes } from "./text";

/** The first record in a table that is stored under a hash, or 0: mostly the one that is looked for. */
export function candidate(table: usize, hash: u32): usize {
  const slot = load<u32>(table, TABLE_SLOTS) + SLOT_BYTES * <usize>(hash & load<u32>(table, TABLE_MASK));
  return load<u32>(slot) === hash ? load<u32>(slot, 4) : 0;
}

/** The record that is in a hash's own slot, or in the one behind it where that is another hash's; 0 or any other one if it is in neither. */
export function likelyRecord(table: usize, hash: u32): usize {
  const slots: usize = load<u32>(table, TABLE_SLOTS);
  const mask = load<u32>(table, TABLE_MASK);
  const slot = slots + SLOT_BYTES * <usize>(hash & mask);
  const next = slots + SLOT_BYTES * <usize>((hash + 1) & mask);
  return load<u32>(select<usize>(slot, next, load<u32>(slot) === hash), 4);
}

/** The first record named by `length` bytes at `name`, whose hash is `hash`, or 0. */
export function findNamed(table: usize, hash: u32, name: usize, length: u32): usize {
  const slot = slotOf(table, hash, name, length);
  const record: usize = load<u32>(slot, 4);
  if (record && !load<u8>(record, KEY_USED)) store<u8>(record, 1, KEY_USED);
  return record;
}

/** The same for a host, which has no hash, and whose asking is no use. */
export function findName(table: usize, name: usize, length: u32): usize {
  return load<u32>(slotOf(table, hashText(name, length), name, length), 4);
}

/** The slot of a name: where its record is, or would go. */
function slotOf(table: usize, hash: u32, name: usize, length: u32): usize {
  const slots: usize = load<u32>(table, TABLE_SLOTS);
  const mask = load<u32>(table, TABLE_MASK);
  let place = hash & mask;
  let slot = slots + SLOT_BYTES * <usize>place;
  while (load<u32>(slot, 4) && !(load<u32>(slot) === hash && isNamed(load<u32>(slot, 4), name, length))) {
    place = (place + 1) & mask;
    slot = slots + SLOT_BYTES * <usize>place;
  }
  return slot;
}

/** Is this the name in a record? */
export function isNamed(record: usize, name: usize, length: u32): bool {
  return <u32>load<u16>(record, KEY_NAME_LENGTH) === length && equalBytes(load<u32>(record, KEY_NAME), name, length);
}

/**
 * Enters `count` records, whose addresses are in the tokens' records. Each of these is left what is thereby no longer in the table, or 0: the
 * records that had the name before; or, of those that are being entered as well, the one of the same algorithm. The table must have room.
 */
export function enterNames(table: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const place = RECORDS + RECORD_BYTES * <usize>index;
    const record: usize = load<u32>(place, RECORD_KEY);
    const name: usize = load<u32>(record, KEY_NAME);
    const length = load<u16>(record, KEY_NAME_LENGTH);
    const hash = hashText(name, length);
    const slot = slotOf(table, hash, name, length);
    const before: usize = load<u32>(slot, 4);
    if (!before) store<u32>(table, load<u32>(table, TABLE_COUNT) + 1, TABLE_COUNT);
    store<u32>(slot, hash);
    store<u32>(slot, <u32>record, 4);
    store<u32>(place, <u32>(before && load<u8>(before, KEY_FRESH) ? join(record, before) : before), RECORD_KEY);
  }
  changeVersion(table);
}

/** Puts a record ahead of others of its name; returns the one of the same algorithm, which is taken out, or 0. */
function join(record: usize, first: usize): usize {
  const algorithm = load<u8>(record, KEY_ALGORITHM);
  store<u32>(record, <u32>first, KEY_NEXT);
  let before = record;
  for (let key = first; key; key = load<u32>(key, KEY_NEXT)) {
    if (load<u8>(key, KEY_ALGORITHM) === algorithm) {
      store<u32>(before, load<u32>(key, KEY_NEXT), KEY_NEXT);
      store<u32>(key, 0, KEY_NEXT);
      return key;
    }
    before = key;
  }
  return 0;
}

/** Takes a name out of a table; returns its first record, or 0. */
export function removeName(table: usize, name: usize, length: u32): usize {
  const slot = slotOf(table, hashText(name, length), name, length);
  const record: usize = load<u32>(slot, 4);
  if (!record) return 0;
  const slots: usize = load<u32>(table, TABLE_SLOTS);
  closeGap(slots, load<u32>(table, TABLE_MASK), <u32>((slot - slots) / SLOT_BYTES));
  store<u32>(table, load<u32>(table, TABLE_COUNT) - 1, TABLE_COUNT);
  changeVersion(table);
  return record;
}

/** Empties a slot; those behind it that would not be found any more move up (Knuth, TAOCP 6.4, algorithm R). */
function closeGap(slots: usize, mask: u32, gap: u32): void {
  let place = gap;
  while (true) {
    store<u64>(slots + SLOT_BYTES * <usize>gap, 0);
    while (true) {
      place = (place + 1) & mask;
      const slot = slots + SLOT_BYTES * <usize>place;
      if (!load<u32>(slot, 4)) return;
      // Its home is not between the gap and itself: it is passed over from the gap on.
      if (((place - load<u32>(slot)) & mask) >= ((place - gap) & mask)) break;
    }
    store<u64>(slots + SLOT_BYTES * <usize>gap, load<u64>(slots + SLOT_BYTES * <usize>place));
    gap = place;
  }
}

/** Moves a table to other slots, all zero, `mask` + 1 of them. */
export function moveNames(table: usize, slots: usize, mask: u32): void {
  const old: usize = load<u32>(table, TABLE_SLOTS);
  const end = old + SLOT_BYTES * (<usize>load<u32>(table, TABLE_MASK) + 1);
  for (let slot = old; slot < end; slot += SLOT_BYTES) {
    if (!load<u32>(slot, 4)) continue;
    let place = load<u32>(slot) & mask;
    while (load<u32>(slots + SLOT_BYTES * <usize>place, 4)) place = (place + 1) & mask;
    store<u64>(slots + SLOT_BYTES * <usize>place, load<u64>(slot));
  }
  store<u32>(table, <u32>slots, TABLE_SLOTS);
  store<u32>(table, mask, TABLE_MASK);
}

/** 0 stands for no version. */
function changeVersion(table: usize): void {
  store<u32>(table, max<u32>(load<u32>(table, TABLE_VERSION) + 1, 1), TABLE_VERSION);
}
