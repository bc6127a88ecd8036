/**
 * HMAC-SHA-512 and HMAC-SHA-384 (RFC 2104) from midstates, three messages at a time. They differ in the initial values, which
 * matter no more once a key has its midstates, and in how much of a digest is kept: 64 bytes, or 48.
 */
import {
  ALGORITHM_HS384,
  BLOCK,
  DIGEST,
  KEY_ALGORITHM,
  KEY_INNER,
  KEY_OUTER_512,
  RECORD_BLOCKS,
  RECORD_KEY,
  RECORD_START,
  SCALAR_STATE_512,
  SCHEDULE,
  TAGS,
} from "../src/abi";
import { INITIAL_STATES_512 } from "./constants512";
import { loadBlocks512, loadStates512, storeDigests512 } from "./lanes512";
import { inOrder } from "./order";
import { swapBytes512 } from "./rounds512";
import { compressOne512 } from "./sha512";
import { compressThree } from "./sha512x3";
import { wipeKernel, wipeKernel512 } from "./wipe";

/** Messages that are hashed side by side. */
const LANES: u32 = 3;

/** The blocks of the outer hash, 128 bytes for each lane: SHA-256's schedule is not needed meanwhile. */
const OUTER_BLOCKS: usize = SCHEDULE;

/** Lengths of what the outer hash takes, a block and a digest, in bits and in byte order. */
const OUTER_LENGTH_384: u64 = 0x8005000000000000;
const OUTER_LENGTH_512: u64 = 0x0006000000000000;

/** As `authenticateNext` of `hmac.ts`: MACs of the next records in order into TAGS, 64 bytes each; returns how many. */
export function authenticateNext512(place: u32, total: u32): u32 {
  const count = min<u32>(total - place, LANES);
  if (isFasterOneByOne(place, count)) {
    for (let index: u32 = 0; index < count; index++) authenticateOne(inOrder(place + index), TAGS + 64 * <usize>index);
  } else {
    // Where records are fewer than lanes, the last one stands in for those that are not there.
    const last = place + count - 1;
    authenticateThree(inOrder(place), inOrder(min(place + 1, last)), inOrder(last));
  }
  return count;
}

/** A block takes 1.8 times as long in the three as alone. The outer hash counts as one block. */
function isFasterOneByOne(place: u32, count: u32): bool {
  let blocks = count;
  for (let index: u32 = 0; index < count; index++) blocks += load<u32>(inOrder(place + index), RECORD_BLOCKS);
  return 10 * blocks < 18 * (load<u32>(inOrder(place + count - 1), RECORD_BLOCKS) + 1);
}

/** The `single` record in scalar registers and two in the lanes of vectors, the longest last; MACs in that order. */
function authenticateThree(single: usize, r0: usize, r1: usize): void {
  const key = keyOf(single);
  const k0 = keyOf(r0);
  const k1 = keyOf(r1);
  copyState(key + KEY_INNER, SCALAR_STATE_512);
  loadStates512(k0 + KEY_INNER, k1 + KEY_INNER);
  hashSigningInputs(single, r0, r1);
  copyState(key + KEY_OUTER_512, SCALAR_STATE_512);
  loadStates512(k0 + KEY_OUTER_512, k1 + KEY_OUTER_512);
  loadBlocks512(OUTER_BLOCKS, OUTER_BLOCKS + 128, OUTER_BLOCKS + 256);
  compressThree();
  storeDigest(SCALAR_STATE_512, TAGS);
  storeDigests512(TAGS + 64);
}

function keyOf(record: usize): usize {
  return load<u32>(record, RECORD_KEY);
}

/**
 * Hashes the signing inputs and leaves the blocks of the outer hash in OUTER_BLOCKS. What a lane that is done goes on hashing
 * while it waits for longer ones is never looked at.
 */
function hashSigningInputs(single: usize, r0: usize, r1: usize): void {
  const shortest = load<u32>(single, RECORD_BLOCKS);
  const middle = load<u32>(r0, RECORD_BLOCKS);
  const longest = load<u32>(r1, RECORD_BLOCKS);
  let m: usize = load<u32>(single, RECORD_START);
  let m0: usize = load<u32>(r0, RECORD_START);
  let m1: usize = load<u32>(r1, RECORD_START);
  for (let block: u32 = 1; block <= longest; block++) {
    loadBlocks512(m, m0, m1);
    compressThree();
    m += 128;
    m0 += 128;
    m1 += 128;
    if (block === shortest) {
      storeDigest(SCALAR_STATE_512, OUTER_BLOCKS);
      beginOuterBlock(keyOf(single), OUTER_BLOCKS, OUTER_BLOCKS);
    }
    if (block === middle) {
      storeDigests512(DIGEST);
      beginOuterBlock(keyOf(r0), DIGEST, OUTER_BLOCKS + 128);
    }
  }
  storeDigests512(DIGEST);
  beginOuterBlock(keyOf(r1), DIGEST + 64, OUTER_BLOCKS + 256);
}

/** The outer hash's block: as much of the inner digest as the key's algorithm keeps, and padding. */
function beginOuterBlock(key: usize, digest: usize, block: usize): void {
  const isShort = load<u8>(key, KEY_ALGORITHM) === <u8>ALGORITHM_HS384;
  const zero = i64x2.splat(0);
  const bit = i64x2(0x80, 0);
  v128.store(block, v128.load(digest));
  v128.store(block, v128.load(digest, 16), 16);
  v128.store(block, v128.load(digest, 32), 32);
  v128.store(block, isShort ? bit : v128.load(digest, 48), 48);
  v128.store(block, isShort ? zero : bit, 64);
  v128.store(block, zero, 80);
  v128.store(block, zero, 96);
  store<u64>(block, 0, 112);
  store<u64>(block, isShort ? OUTER_LENGTH_384 : OUTER_LENGTH_512, 120);
}

/** Pads a message in place (FIPS 180-4 §5.1.2), `prefix` bytes having been hashed before it; not a byte is written beyond. */
export function padInPlace512(start: usize, length: u32, prefix: u32): u32 {
  const blocks = (length + 144) >> 7;
  const end = start + ((<usize>blocks) << 7);
  const zero = i64x2.splat(0);
  for (let cursor = end - 16; cursor > start + length; cursor -= 16) v128.store(cursor, zero);
  v128.store(start + length, i64x2(0x80, 0));
  store<u32>(end - 4, bswap((length + prefix) << 3));
  return blocks;
}

/** Computes the MAC of one record, 64 bytes at `tag`. */
function authenticateOne(record: usize, tag: usize): void {
  hashWith(keyOf(record), load<u32>(record, RECORD_START), load<u32>(record, RECORD_BLOCKS), tag);
}

function hashWith(key: usize, start: usize, blocks: u32, tag: usize): void {
  copyState(key + KEY_INNER, SCALAR_STATE_512);
  compressOne512(SCALAR_STATE_512, start, blocks);
  storeDigest(SCALAR_STATE_512, OUTER_BLOCKS);
  beginOuterBlock(key, OUTER_BLOCKS, OUTER_BLOCKS);
  copyState(key + KEY_OUTER_512, SCALAR_STATE_512);
  compressOne512(SCALAR_STATE_512, OUTER_BLOCKS, 1);
  storeDigest(SCALAR_STATE_512, tag);
}

/** Hashes one message where it lies, padding in place; its 64-byte digest, of which SHA-384 keeps 48, is left at TAGS. */
export function sha512(algorithm: u32, start: usize, length: u32): void {
  copyState(initialState(algorithm), SCALAR_STATE_512);
  compressOne512(SCALAR_STATE_512, start, padInPlace512(start, length, 0));
  storeDigest(SCALAR_STATE_512, TAGS);
}

/** The MAC of one message where it lies, padding in place; left at TAGS as by `sha512`. */
export function hmac512(key: usize, start: usize, length: u32): void {
  hashWith(key, start, padInPlace512(start, length, 128), TAGS);
}

/** HS384 or HS512, by the hash that it is made of. */
function initialState(algorithm: u32): usize {
  return algorithm === ALGORITHM_HS384 ? INITIAL_STATES_512 + 64 : INITIAL_STATES_512;
}

function copyState(from: usize, to: usize): void {
  for (let offset: usize = 0; offset < 64; offset += 16) v128.store(to + offset, v128.load(from + offset));
}

/** A state as 64 bytes in byte order. */
function storeDigest(state: usize, target: usize): void {
  for (let offset: usize = 0; offset < 64; offset += 16) v128.store(target + offset, swapBytes512(v128.load(state + offset)));
}

/**
 * Writes both midstates of an HMAC key into its record, which names its algorithm. The `length` bytes at `secret` and every
 * copy of them are wiped before this returns.
 */
export function keyMidstates512(record: usize, secret: usize, length: u32): void {
  const algorithm = load<u8>(record, KEY_ALGORITHM);
  memory.fill(BLOCK, 0, 128);
  if (length > 128) {
    sha512(algorithm, secret, length);
    memory.copy(BLOCK, TAGS, algorithm === ALGORITHM_HS384 ? 48 : 64);
  } else {
    memory.copy(BLOCK, secret, length);
  }
  maskBlock(0x36);
  placeMidstate(algorithm, record + KEY_INNER);
  maskBlock(0x36 ^ 0x5c);
  placeMidstate(algorithm, record + KEY_OUTER_512);
  memory.fill(secret, 0, length + 256);
  wipeKernel();
  wipeKernel512();
}

function placeMidstate(algorithm: u32, target: usize): void {
  copyState(initialState(algorithm), target);
  compressOne512(target, BLOCK, 1);
}

function maskBlock(byte: u8): void {
  const mask = i8x16.splat(byte);
  for (let offset: usize = 0; offset < 128; offset += 16) v128.store(BLOCK + offset, v128.xor(v128.load(BLOCK + offset), mask));
}
