/**
 * Messages, states and digests of SHA-256 on their way into the lanes of vectors and out of them. Lane-wise, a word of four messages is one
 * vector.
 */
import { ROUND_CONSTANTS, STATE, WORDS } from "../src/abi";
import { CONSTANTS } from "./constants";
import { swapBytes } from "./rounds";

/** Transposes the next 64 bytes of four messages into WORDS, big-endian words in native order. */
export function loadBlocks(m0: usize, m1: usize, m2: usize, m3: usize): void {
  for (let column: usize = 0; column < 64; column += 16) {
    const r0 = swapBytes(v128.load(m0 + column));
    const r1 = swapBytes(v128.load(m1 + column));
    const r2 = swapBytes(v128.load(m2 + column));
    const r3 = swapBytes(v128.load(m3 + column));
    storeTransposed(WORDS + 4 * column, r0, r1, r2, r3);
  }
}

/** Transposes four states of 32 bytes into eight lane-wise words at `target`. */
export function loadStates(target: usize, s0: usize, s1: usize, s2: usize, s3: usize): void {
  storeTransposed(target, v128.load(s0), v128.load(s1), v128.load(s2), v128.load(s3));
  storeTransposed(target + 64, v128.load(s0, 16), v128.load(s1, 16), v128.load(s2, 16), v128.load(s3, 16));
}

/** Writes the four digests of STATE to `target`, 32 bytes each, in byte order. */
export function storeDigests(target: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const w0 = v128.load(STATE + 64 * half);
    const w1 = v128.load(STATE + 64 * half, 16);
    const w2 = v128.load(STATE + 64 * half, 32);
    const w3 = v128.load(STATE + 64 * half, 48);
    const a = v128.shuffle<i32>(w0, w1, 0, 4, 1, 5);
    const b = v128.shuffle<i32>(w2, w3, 0, 4, 1, 5);
    const c = v128.shuffle<i32>(w0, w1, 2, 6, 3, 7);
    const d = v128.shuffle<i32>(w2, w3, 2, 6, 3, 7);
    const digest = target + 16 * half;
    v128.store(digest, swapBytes(v128.shuffle<i64>(a, b, 0, 2)));
    v128.store(digest, swapBytes(v128.shuffle<i64>(a, b, 1, 3)), 32);
    v128.store(digest, swapBytes(v128.shuffle<i64>(c, d, 0, 2)), 64);
    v128.store(digest, swapBytes(v128.shuffle<i64>(c, d, 1, 3)), 96);
  }
}

/** Stores a 4 × 4 matrix of words with rows and columns exchanged. */
function storeTransposed(target: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(a, b, 0, 2));
  v128.store(target, v128.shuffle<i64>(a, b, 1, 3), 16);
  v128.store(target, v128.shuffle<i64>(c, d, 0, 2), 32);
  v128.store(target, v128.shuffle<i64>(c, d, 1, 3), 48);
}

/** Spreads the round constants (FIPS 180-4 §4.2.2) over four lanes, once. */
export function spreadRoundConstants(): void {
  for (let round: usize = 0; round < 64; round++) {
    v128.store(ROUND_CONSTANTS + 16 * round, i32x4.splat(load<i32>(CONSTANTS + 4 * round)));
  }
}
