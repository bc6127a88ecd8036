/** Numbers that the engine's own arithmetic does not convert exactly: the host's `Number()` does, and the engine judges on. */
import * as abi from "../abi.js";
import { type Memory, recordOf } from "./memory.js";

/** Judges the tokens of a chunk that are NEEDS_NUMBER; returns how many of these are accepted. */
export function resumeWithNumbers(memory: Memory, count: number, now: number): number {
  let accepted = 0;
  for (let index = 0; index < count; index++) {
    if (memory.byte(abi.CODES, index) !== abi.NEEDS_NUMBER) continue;
    convertTimes(memory, recordOf(index));
    const code = memory.exports.resumeWithNumbers(index, now);
    memory.setByte(abi.CODES, index, code);
    if (code === abi.ACCEPTED) accepted++;
  }
  return accepted;
}

/** Where the number is wanted there is the place of its text. */
function convertTimes(memory: Memory, record: number): void {
  let flags = memory.word(record, abi.RECORD_FLAGS);
  for (let claim = abi.CLAIM_EXP; claim <= abi.CLAIM_IAT; claim++) {
    const raw = 1 << (abi.FLAG_RAW + claim);
    if (!(flags & raw)) continue;
    const time = record + abi.RECORD_TIMES + 8 * claim;
    const start = memory.word(time);
    const length = memory.word(time, 4);
    memory.setDouble(time, 0, Number(memory.text.latin1Slice(start, start + length)));
    flags = (flags & ~raw) | (1 << (abi.FLAG_TYPED + claim));
  }
  memory.setWord(record, abi.RECORD_FLAGS, flags);
}
