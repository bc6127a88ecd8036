/**
 * HMAC-SHA-256 (RFC 2104) from midstates, four messages at a time.
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
  STATE,
  TAGS,
  WORDS,
} from "../src/abi";
import { compressOne } from "./sha256";
import { compress, loadBlocks, loadStates, storeDigests } from "./sha256x4";

/**
 * Computes the MACs of `lanes` records into TAGS, 32 bytes each. Records come in order of their number of blocks; the
 * last stands in for those that are not there.
 */
export function authenticate(r0: usize, r1: usize, r2: usize, r3: usize, lanes: u32): void {
  if (isFasterOneByOne(r0, r1, r2, r3, lanes)) {
    authenticateOne(r0, TAGS);
    if (lanes > 1) authenticateOne(r1, TAGS + 32);
    if (lanes > 2) authenticateOne(r2, TAGS + 64);
    if (lanes > 3) authenticateOne(r3, TAGS + 96);
  } else {
    authenticateFour(r0, r1, r2, r3);
  }
}

/**
 * Four lanes take the time of their longest, one by one that of all together; a block takes 2.3 times as long in four
 * lanes as alone (352 to 149 ns on Node 20, 301 to 141 on Node 24). The outer hash counts as one block.
 */
function isFasterOneByOne(r0: usize, r1: usize, r2: usize, r3: usize, lanes: u32): bool {
  let blocks = load<u32>(r0, RECORD_BLOCKS) + lanes;
  if (lanes > 1) blocks += load<u32>(r1, RECORD_BLOCKS);
  if (lanes > 2) blocks += load<u32>(r2, RECORD_BLOCKS);
  const longest = load<u32>(r3, RECORD_BLOCKS) + 1;
  if (lanes > 3) blocks += longest - 1;
  return 10 * blocks < 23 * longest;
}

/**
 * Four messages at once. While a lane that is done waits for longer ones its digest is set aside, and what it goes on
 * hashing is never looked at.
 */
function authenticateFour(r0: usize, r1: usize, r2: usize, r3: usize): void {
  loadStates(STATE, load<u32>(r0, RECORD_INNER), load<u32>(r1, RECORD_INNER), load<u32>(r2, RECORD_INNER), load<u32>(r3, RECORD_INNER));
  hashSigningInputs(r0, r1, r2, r3);
  hashOuter(
    load<u32>(r0, RECORD_KEY) + KEY_OUTER,
    load<u32>(r1, RECORD_KEY) + KEY_OUTER,
    load<u32>(r2, RECORD_KEY) + KEY_OUTER,
    load<u32>(r3, RECORD_KEY) + KEY_OUTER,
  );
  storeDigests(TAGS);
}

function hashSigningInputs(r0: usize, r1: usize, r2: usize, r3: usize): void {
  const longest = load<u32>(r3, RECORD_BLOCKS);
  let m0 = lastBlocks(r0);
  let m1 = lastBlocks(r1);
  let m2 = lastBlocks(r2);
  let m3 = lastBlocks(r3);
  const uneven = load<u32>(r0, RECORD_BLOCKS) !== longest;
  for (let block: u32 = 1; block <= longest; block++) {
    loadBlocks(m0, m1, m2, m3);
    compress();
    m0 += 64;
    m1 += 64;
    m2 += 64;
    m3 += 64;
    if (uneven) {
      if (load<u32>(r0, RECORD_BLOCKS) === block) setAside(0);
      if (load<u32>(r1, RECORD_BLOCKS) === block) setAside(4);
      if (load<u32>(r2, RECORD_BLOCKS) === block) setAside(8);
      if (load<u32>(r3, RECORD_BLOCKS) === block) setAside(12);
    }
  }
  const digests: usize = uneven ? DIGEST : STATE;
  for (let word: usize = 0; word < 128; word += 16) v128.store(WORDS + word, v128.load(digests + word));
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

/** The outer hash of the digests in WORDS 0–7, from the states at the four addresses. */
function hashOuter(o0: usize, o1: usize, o2: usize, o3: usize): void {
  v128.store(WORDS, i32x4.splat(0x80000000), 128);
  const zero = i32x4.splat(0);
  for (let word: usize = 144; word < 240; word += 16) v128.store(WORDS + word, zero);
  v128.store(WORDS, i32x4.splat(8 * (64 + 32)), 240);
  loadStates(STATE, o0, o1, o2, o3);
  compress();
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
  copyState(load<u32>(record, RECORD_INNER), STATE);
  compressOne(STATE, lastBlocks(record), load<u32>(record, RECORD_BLOCKS));
  hashOuterOne(load<u32>(record, RECORD_KEY), tag);
}

/** Hashes one message where it lies, padding in place; its 32-byte digest is left at TAGS. */
export function sha256(start: usize, length: u32): void {
  copyState(INITIAL_STATE, STATE);
  compressOne(STATE, start, padInPlace(start, length, 0));
  storeDigest(TAGS);
}

/** The MAC of one message where it lies, padding in place; its 32 bytes are left at TAGS. */
export function hmac(key: usize, start: usize, length: u32): void {
  copyState(key + KEY_INNER, STATE);
  compressOne(STATE, start, padInPlace(start, length, 64));
  hashOuterOne(key, TAGS);
}

/** The outer hash of the inner one that is in STATE, 32 bytes at `tag`. */
function hashOuterOne(key: usize, tag: usize): void {
  storeDigest(WORDS);
  padInPlace(WORDS, 32, 64);
  copyState(key + KEY_OUTER, STATE);
  compressOne(STATE, WORDS, 1);
  storeDigest(tag);
}

function copyState(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}

/** The one state in STATE as 32 bytes in byte order. */
function storeDigest(target: usize): void {
  for (let word: usize = 0; word < 32; word += 4) store<u32>(target + word, bswap(load<u32>(STATE + word)));
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
  memory.fill(BLOCK, 0, 128);
  memory.fill(WORDS, 0, 256);
  memory.fill(STATE, 0, 128);
  memory.fill(TAGS, 0, 128);
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
