/** Keys of one context, found by the bytes of their `kid` (RFC 7515 §4.1.4). */
import { CONTEXT_KEY_TABLE, CONTEXT_KEY_TABLE_MASK, KEY_KID, KEY_KID_HASH, KEY_KID_LENGTH } from "../src/abi";
import { equalBytes } from "./text";

/** Another one in each process, so that no header is unlucky everywhere. */
let seed: u32 = 0;

export function seedHashes(value: u32): void {
  seed = value;
}

/** A seeded 32-bit hash of `length` bytes. */
export function hashText(text: usize, length: u32): u32 {
  let hash: u64 = seed ^ (<u64>length * 0x9e3779b97f4a7c15);
  const end = text + length;
  for (; text + 8 <= end; text += 8) hash = mix(hash ^ load<u64>(text));
  let rest: u64 = 0;
  for (; text < end; text++) rest = (rest << 8) | load<u8>(text);
  hash = mix(hash ^ rest);
  return <u32>(hash ^ (hash >> 32));
}

function mix(value: u64): u64 {
  const product = (value ^ (value >> 29) ^ seed) * 0xbf58476d1ce4e5b9;
  return rotl<u64>(product, 27) * 0x94d049bb133111eb;
}

/** The record of the key named by `length` bytes at `kid`, or 0. */
export function findKey(context: usize, kid: usize, length: u32): usize {
  const table: usize = load<u32>(context, CONTEXT_KEY_TABLE);
  if (!table) return 0;
  const mask = load<u32>(context, CONTEXT_KEY_TABLE_MASK);
  const hash = hashText(kid, length);
  let place = hash & mask;
  let record: usize = load<u32>(table + 4 * <usize>place);
  while (record && !isNamed(record, hash, kid, length)) {
    place = (place + 1) & mask;
    record = load<u32>(table + 4 * <usize>place);
  }
  return record;
}

function isNamed(record: usize, hash: u32, kid: usize, length: u32): bool {
  return (
    load<u32>(record, KEY_KID_HASH) === hash &&
    load<u32>(record, KEY_KID_LENGTH) === length &&
    equalBytes(load<u32>(record, KEY_KID), kid, length)
  );
}

/** Enters a record whose `kid` is in place; the table must have a free place. */
export function enterKey(context: usize, record: usize): void {
  const table: usize = load<u32>(context, CONTEXT_KEY_TABLE);
  const mask = load<u32>(context, CONTEXT_KEY_TABLE_MASK);
  const hash = hashText(load<u32>(record, KEY_KID), load<u32>(record, KEY_KID_LENGTH));
  store<u32>(record, hash, KEY_KID_HASH);
  let place = hash & mask;
  while (load<u32>(table + 4 * <usize>place)) place = (place + 1) & mask;
  store<u32>(table + 4 * <usize>place, <u32>record);
}
