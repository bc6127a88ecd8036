/** Messages, states and digests of SHA-512 on their way into the two lanes of vectors and out of them. */
import { SCHEDULE_512, STATE, WORDS } from "../src/abi";
import { swapBytes512 } from "./rounds512";

/**
 * Brings the next 128 bytes of three messages into native order: those of the first to SCHEDULE_512, those of the others
 * lane-wise to WORDS.
 */
export function loadBlocks512(single: usize, m0: usize, m1: usize): void {
  for (let column: usize = 0; column < 128; column += 16) {
    v128.store(SCHEDULE_512 + column, swapBytes512(v128.load(single + column)));
    storeTransposed(WORDS + 2 * column, swapBytes512(v128.load(m0 + column)), swapBytes512(v128.load(m1 + column)));
  }
}

/** Transposes two states of 64 bytes into eight lane-wise words in STATE. */
export function loadStates512(s0: usize, s1: usize): void {
  for (let column: usize = 0; column < 64; column += 16) {
    storeTransposed(STATE + 2 * column, v128.load(s0 + column), v128.load(s1 + column));
  }
}

/** Writes the two digests of STATE to `target`, 64 bytes each, in byte order. */
export function storeDigests512(target: usize): void {
  for (let column: usize = 0; column < 64; column += 16) {
    const w0 = v128.load(STATE + 2 * column);
    const w1 = v128.load(STATE + 2 * column, 16);
    v128.store(target + column, swapBytes512(v128.shuffle<i64>(w0, w1, 0, 2)));
    v128.store(target + column, swapBytes512(v128.shuffle<i64>(w0, w1, 1, 3)), 64);
  }
}

/** Stores two rows of two words as two columns. */
function storeTransposed(target: usize, r0: v128, r1: v128): void {
  v128.store(target, v128.shuffle<i64>(r0, r1, 0, 2));
  v128.store(target, v128.shuffle<i64>(r0, r1, 1, 3), 16);
}
