/**
 * HMAC-SHA-256 (RFC 2104) from midstates, five messages at a time.
 *
 * A key is kept as the SHA-256 state after its ipad block and after its opad block. A message then costs one
 * compression for each of its blocks and one for the outer hash.
 */
import {
  BLOCK,
  DIGEST,
  INITIAL_STATE,
  KEY_INNER,
  KEY_OUTER,
  RECORD_BLOCKS,
  RECORD_INNER,
  RECORD_KEY,
  RECORD_SIGNING_LENGTH,
  RECORD_START,
  SCALAR_STATE,
  STATE,
  TAGS,
  WORDS,
} from "../src/abi";
import { loadBlocks, loadStates, storeDigests } from "./lanes";
import { inOrder } from "./order";
import { swapBytes } from "./rounds";
import { compressOne } from "./sha256";
import { compressFive } from "./sha256x5";
import { wipeKernel } from "./wipe";

/** Messages that are hashed side by side. */
const LANES: u32 = 5;

/**
 * Computes MACs of the next records in order into TAGS, 32 bytes each, and returns how many. Records come in the order
 * of their number of blocks, so that the lanes of a group end together or nearly so.
 */
export function authenticateNext(place: u32, total: u32): u32 {
  const count = min<u32>(total - place, LANES);
  if (isFasterOneByOne(place, count)) {
    for (let index: u32 = 0; index < count; index++) authenticateOne(inOrder(place + index), TAGS + 32 * <usize>index);
  } else {
    // Where records are fewer than lanes, the last one stands in for those that are not there.
    const last = place + count - 1;
    authenticateFive(
      inOrder(place),
      inOrder(min(place + 1, last)),
      inOrder(min(place + 2, last)),
      inOrder(min(place + 3, last)),
      inOrder(last),
    );
  }
  return count;
}

/**
 * Five side by side take the time of the longest, one by one that of all together; a block takes 2.4 times as long in the
 * five as alone on Node 24, 3 times on Node 20. The outer hash counts as one block.
 */
function isFasterOneByOne(place: u32, count: u32): bool {
  let blocks = count;
  for (let index: u32 = 0; index < count; index++) blocks += load<u32>(inOrder(place + index), RECORD_BLOCKS);
  return 10 * blocks < 26 * (load<u32>(inOrder(place + count - 1), RECORD_BLOCKS) + 1);
}

/** The `single` record in scalar registers and four in the lanes of vectors; MACs in that order. */
function authenticateFive(single: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  copyState(load<u32>(single, RECORD_INNER), SCALAR_STATE);
  loadStates(STATE, load<u32>(r0, RECORD_INNER), load<u32>(r1, RECORD_INNER), load<u32>(r2, RECORD_INNER), load<u32>(r3, RECORD_INNER));
  hashSigningInputs(single, r0, r1, r2, r3);
  copyState(outerState(single), SCALAR_STATE);
  loadStates(STATE, outerState(r0), outerState(r1), outerState(r2), outerState(r3));
  compressFive(SCALAR_STATE, BLOCK);
  storeDigest(SCALAR_STATE, TAGS);
  storeDigests(TAGS + 32);
}

function outerState(record: usize): usize {
  return load<u32>(record, RECORD_KEY) + KEY_OUTER;
}

/**
 * Hashes the signing inputs and leaves the blocks of the outer hash: the single one's in BLOCK, the others' lane-wise in
 * WORDS. While a lane that is done waits for longer ones its digest is set aside, and what it goes on hashing is never
 * looked at.
 */
function hashSigningInputs(single: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  const longest = load<u32>(r3, RECORD_BLOCKS);
  const shortest = load<u32>(single, RECORD_BLOCKS);
  const uneven = load<u32>(r0, RECORD_BLOCKS) !== longest;
  let m = lastBlocks(single);
  let m0 = lastBlocks(r0);
  let m1 = lastBlocks(r1);
  let m2 = lastBlocks(r2);
  let m3 = lastBlocks(r3);
  for (let block: u32 = 1; block <= longest; block++) {
    loadBlocks(m0, m1, m2, m3);
    compressFive(SCALAR_STATE, m);
    m += 64;
    m0 += 64;
    m1 += 64;
    m2 += 64;
    m3 += 64;
    if (block === shortest) beginOuterBlock();
    if (uneven) {
      if (load<u32>(r0, RECORD_BLOCKS) === block) setAside(0);
      if (load<u32>(r1, RECORD_BLOCKS) === block) setAside(4);
      if (load<u32>(r2, RECORD_BLOCKS) === block) setAside(8);
      if (load<u32>(r3, RECORD_BLOCKS) === block) setAside(12);
    }
  }
  beginOuterWords(uneven ? DIGEST : STATE);
}

/** Where the blocks still to be hashed begin: after the first one when its midstate was remembered. */
function lastBlocks(record: usize): usize {
  const padded = (load<u32>(record, RECORD_SIGNING_LENGTH) + 72) & ~63;
  return load<u32>(record, RECORD_START) + padded - 64 * load<u32>(record, RECORD_BLOCKS);
}

function setAside(lane: usize): void {
  for (let word: usize = 0; word < 128; word += 16) {
    store<u32>(DIGEST + word + lane, load<u32>(STATE + word + lane));
  }
}

/** The outer hash's block for four inner digests, lane-wise: 32 bytes, and the padding of 96. */
function beginOuterWords(digests: usize): void {
  for (let word: usize = 0; word < 128; word += 16) v128.store(WORDS + word, v128.load(digests + word));
  v128.store(WORDS, i32x4.splat(0x80000000), 128);
  const zero = i32x4.splat(0);
  for (let word: usize = 144; word < 240; word += 16) v128.store(WORDS + word, zero);
  v128.store(WORDS, i32x4.splat(8 * (64 + 32)), 240);
}

/** The same for the inner digest in SCALAR_STATE. */
function beginOuterBlock(): void {
  storeDigest(SCALAR_STATE, BLOCK);
  v128.store(BLOCK, i32x4(0x80, 0, 0, 0), 32);
  v128.store(BLOCK, i32x4(0, 0, 0, 0x00030000), 48);
}

/** Pads a signing input in place (FIPS 180-4 §5.1.1), `prefix` bytes having been hashed before it. */
export function padInPlace(start: usize, length: u32, prefix: u32): u32 {
  const blocks = (length + 72) >> 6;
  const end = start + ((<usize>blocks) << 6);
  const zero = i64x2.splat(0);
  for (let cursor = start + length; cursor < end; cursor += 16) v128.store(cursor, zero);
  store<u8>(start + length, 0x80);
  store<u32>(end - 4, bswap((length + prefix) << 3));
  return blocks;
}

/** Computes the MAC of one record, 32 bytes at `tag`. */
function authenticateOne(record: usize, tag: usize): void {
  copyState(load<u32>(record, RECORD_INNER), SCALAR_STATE);
  compressOne(SCALAR_STATE, lastBlocks(record), load<u32>(record, RECORD_BLOCKS));
  hashOuter(load<u32>(record, RECORD_KEY), tag);
}

/** Hashes one message where it lies, padding in place; its 32-byte digest is left at TAGS. */
export function sha256(start: usize, length: u32): void {
  copyState(INITIAL_STATE, SCALAR_STATE);
  compressOne(SCALAR_STATE, start, padInPlace(start, length, 0));
  storeDigest(SCALAR_STATE, TAGS);
}

/** The MAC of one message where it lies, padding in place; its 32 bytes are left at TAGS. */
export function hmac(key: usize, start: usize, length: u32): void {
  copyState(key + KEY_INNER, SCALAR_STATE);
  compressOne(SCALAR_STATE, start, padInPlace(start, length, 64));
  hashOuter(key, TAGS);
}

/** The outer hash of the inner one that is in SCALAR_STATE, 32 bytes at `tag`. */
function hashOuter(key: usize, tag: usize): void {
  beginOuterBlock();
  copyState(key + KEY_OUTER, SCALAR_STATE);
  compressOne(SCALAR_STATE, BLOCK, 1);
  storeDigest(SCALAR_STATE, tag);
}

function copyState(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}

/** A state as 32 bytes in byte order. */
function storeDigest(state: usize, target: usize): void {
  v128.store(target, swapBytes(v128.load(state)));
  v128.store(target, swapBytes(v128.load(state, 16)), 16);
}

/** The state after one more 64-byte block, 32 bytes at `target`. */
export function advance(state: usize, block: usize, target: usize): void {
  copyState(state, target);
  compressOne(target, block, 1);
}

/**
 * Writes both midstates of an HMAC key into its record. The `length` bytes at `secret` and every copy of them are
 * wiped before this returns.
 */
export function keyMidstates(record: usize, secret: usize, length: u32): void {
  memory.fill(BLOCK, 0, 128);
  if (length > 64) {
    sha256(secret, length);
    memory.copy(BLOCK, TAGS, 32);
  } else {
    memory.copy(BLOCK, secret, length);
  }
  maskBlock(0x36);
  advance(INITIAL_STATE, BLOCK, record + KEY_INNER);
  maskBlock(0x36 ^ 0x5c);
  advance(INITIAL_STATE, BLOCK, record + KEY_OUTER);
  memory.fill(secret, 0, length + 128);
  wipeKernel();
}

function maskBlock(byte: u8): void {
  const mask = i8x16.splat(byte);
  for (let offset: usize = 0; offset < 64; offset += 16) {
    v128.store(BLOCK + offset, v128.xor(v128.load(BLOCK + offset), mask));
  }
}

/** Writes the initial hash value (FIPS 180-4 §5.3.3), once. */
export function placeInitialState(): void {
  v128.store(INITIAL_STATE, i32x4(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a));
  v128.store(INITIAL_STATE, i32x4(0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19), 16);
}
