/** What must not outlive a call in linear memory. */
import {
  BLOCK,
  INITIAL_STATE,
  INPUT,
  INPUT_BYTES,
  SCALAR_STATE_512,
  SCHEDULE,
  SCHEDULE_512_END,
  SCHEDULE_BYTES,
  TOKEN_SLACK,
  WORDS,
} from "../src/abi";

/**
 * Clears the input area up to `end`, where its last text ends, and to where the next one would begin: padding and vectors
 * write no further. A full area ends with its slack, so nothing behind it, the first payload above all, is ever touched.
 */
export function wipeInput(end: usize): void {
  memory.fill(INPUT, 0, min<usize>(((end + TOKEN_SLACK + 63) & ~63) - INPUT, INPUT_BYTES));
}

/** Clears what hashing leaves: message words, states, digests, MACs. The right MAC of a forged token is among them. */
export function wipeKernel(): void {
  memory.fill(WORDS, 0, INITIAL_STATE - WORDS);
  memory.fill(BLOCK, 0, SCHEDULE + SCHEDULE_BYTES - BLOCK);
}

/** Clears what SHA-512 leaves besides: the rest is in areas that `wipeKernel` clears. */
export function wipeKernel512(): void {
  memory.fill(SCALAR_STATE_512, 0, SCHEDULE_512_END - SCALAR_STATE_512);
}
