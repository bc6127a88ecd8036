/**
 * Memory of first blocks. The tokens of one issuer often share their first 64 bytes (header, dot, start of the
 * payload); the HMAC state after them is kept, and 64 bytes are compared rather than hashed.
 *
 * Only public text and what follows from it is compared, and only authentic tokens are learnt from. A block is
 * kept when it is met twice running. Where nearly all tokens begin differently, as those of a million keys do, looking is not worth its
 * time: after a few chunks of that, it rests for some more.
 */
import {
  BLOCK_FINDS,
  BLOCK_LOOKS,
  CHUNKS_IN_VAIN,
  FIRST_BLOCK_BYTES,
  FIRST_BLOCK_ENTRIES,
  FIRST_BLOCK_KEY,
  FIRST_BLOCK_LAST_MISS,
  FIRST_BLOCK_STATE,
  FIRST_BLOCK_USES,
  FIRST_BLOCKS,
  HAS_LEARNT_BLOCKS,
  KEY_INNER,
  KEY_TAUGHT,
  RECORD_KEY,
  RECORD_START,
} from "../src/abi";
import { advance } from "./hmac";

const MOST_USES: u32 = 16;
/** So many chunks are tried, and so many rest, by turns, while fewer than one look in eight finds something. */
const TRIALS: u32 = 4;
const RESTS: u32 = 28;

/** Begins a chunk: decides whether first blocks are worth a look in it. */
export function beginFirstBlocks(): void {
  const inVain = load<u32>(CHUNKS_IN_VAIN);
  if (inVain >= TRIALS) {
    store<u32>(CHUNKS_IN_VAIN, (inVain + 1) % (TRIALS + RESTS));
    return;
  }
  const looks = load<u32>(BLOCK_LOOKS);
  if (looks) store<u32>(CHUNKS_IN_VAIN, load<u32>(BLOCK_FINDS) < looks >>> 3 ? inVain + 1 : 0);
  store<u32>(BLOCK_LOOKS, 0);
  store<u32>(BLOCK_FINDS, 0);
}

export function areFirstBlocksLookedFor(): bool {
  return load<u32>(CHUNKS_IN_VAIN) < TRIALS;
}

/** The state after the first block of a signing input under `key`, or 0. */
export function recallFirstBlock(key: usize, start: usize): usize {
  store<u32>(BLOCK_LOOKS, load<u32>(BLOCK_LOOKS) + 1);
  const entry = entryOf(hashFirstBlock(key, start));
  if (load<u32>(entry, FIRST_BLOCK_KEY) !== <u32>key) return 0;
  const different = v128.or(
    v128.or(v128.xor(v128.load(entry), v128.load(start)), v128.xor(v128.load(entry, 16), v128.load(start, 16))),
    v128.or(v128.xor(v128.load(entry, 32), v128.load(start, 32)), v128.xor(v128.load(entry, 48), v128.load(start, 48))),
  );
  if (v128.any_true(different)) return 0;
  const uses = load<u32>(entry, FIRST_BLOCK_USES);
  if (uses < MOST_USES) store<u32>(entry, uses + 1, FIRST_BLOCK_USES);
  store<u32>(BLOCK_FINDS, load<u32>(BLOCK_FINDS) + 1);
  return entry + FIRST_BLOCK_STATE;
}

/** Loads a word of each line of the entry where a first block would be, so that it is near when it is looked for. */
export function touchFirstBlock(key: usize, start: usize): u32 {
  const entry = entryOf(hashFirstBlock(key, start));
  return load<u32>(entry) ^ load<u32>(entry, FIRST_BLOCK_STATE) ^ load<u32>(entry, FIRST_BLOCK_USES);
}

/** Learns from an authentic token whose first block was not known. */
export function learnFirstBlock(record: usize): void {
  const key: usize = load<u32>(record, RECORD_KEY);
  const start: usize = load<u32>(record, RECORD_START);
  const hash = hashFirstBlock(key, start);
  const entry = entryOf(hash);
  if (load<u32>(entry, FIRST_BLOCK_LAST_MISS) !== <u32>hash) {
    store<u32>(entry, <u32>hash, FIRST_BLOCK_LAST_MISS);
    return;
  }
  // A block that is in use gives way only to one that is met more often than it is itself.
  const uses = load<u32>(entry, FIRST_BLOCK_USES);
  if (uses) {
    store<u32>(entry, uses - 1, FIRST_BLOCK_USES);
    return;
  }
  store<u32>(HAS_LEARNT_BLOCKS, 1);
  memory.copy(entry, start, 64);
  store<u32>(entry, <u32>key, FIRST_BLOCK_KEY);
  store<u8>(key, 1, KEY_TAUGHT);
  advance(key + KEY_INNER, start, entry + FIRST_BLOCK_STATE);
}

/** Forgets what was learnt under keys whose records are in `[start, end)`. */
export function forgetFirstBlocks(start: usize, end: usize): void {
  if (!load<u32>(HAS_LEARNT_BLOCKS)) return;
  const last: usize = FIRST_BLOCKS + FIRST_BLOCK_ENTRIES * FIRST_BLOCK_BYTES;
  for (let entry: usize = FIRST_BLOCKS; entry < last; entry += FIRST_BLOCK_BYTES) {
    const key: usize = load<u32>(entry, FIRST_BLOCK_KEY);
    if (key >= start && key < end) memory.fill(entry, 0, FIRST_BLOCK_BYTES);
  }
}

/** Forgets what was learnt under one key, its record going to be another's. Most keys that go have taught nothing. */
export function forgetFirstBlocksOf(key: usize): void {
  if (load<u8>(key, KEY_TAUGHT)) forgetFirstBlocks(key, key + 1);
}

/** The last 24 bytes, where first blocks differ, and the key, each stirred into all 64 bits. */
function hashFirstBlock(key: usize, start: usize): u64 {
  let hash = (load<u64>(start, 40) ^ key) * 0x9e3779b97f4a7c15;
  hash = (rotl<u64>(hash, 32) ^ load<u64>(start, 48)) * 0xbf58476d1ce4e5b9;
  hash = (rotl<u64>(hash, 32) ^ load<u64>(start, 56)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 29);
}

function entryOf(hash: u64): usize {
  return FIRST_BLOCKS + FIRST_BLOCK_BYTES * <usize>((hash >> 32) & (FIRST_BLOCK_ENTRIES - 1));
}
