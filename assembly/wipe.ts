/** What must not outlive a call in linear memory. */
import { BLOCK, INITIAL_STATE, INPUT, INPUT_BYTES, SCHEDULE, TOKEN_SLACK, WORDS } from "../src/abi";

/**
 * Clears the input area up to `end`, where its last text ends, and the slack behind it: padding and vectors write no
 * further. A full area ends with its slack, so nothing behind it, the first payload above all, is ever touched.
 */
export function wipeInput(end: usize): void {
  memory.fill(INPUT, 0, min<usize>(end - INPUT + TOKEN_SLACK, INPUT_BYTES));
}

/** Clears what hashing leaves: message words, states, digests, MACs. The right MAC of a forged token is among them. */
export function wipeKernel(): void {
  memory.fill(WORDS, 0, INITIAL_STATE - WORDS);
  memory.fill(BLOCK, 0, SCHEDULE + 512 - BLOCK);
}
