/** Secrets become midstates in the records of their keys (RFC 2104); no copy of one stays in linear memory. */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../base/algorithms.js";
import type { SecretKey } from "./key.js";
import { type Memory, recordOf } from "./memory.js";

/** The longest secret whose midstates are made several at a time: one block of SHA-256. */
const ONE_BLOCK = 64;

/** Puts a key's algorithm and midstates into its record. */
export function loadKey(memory: Memory, record: number, { algorithm, secret }: Pick<SecretKey, "algorithm" | "secret">): void {
  memory.takeAreas();
  memory.setByte(record, abi.KEY_ALGORITHM, ALGORITHMS[algorithm].engine);
  memory.bytes.set(secret, abi.INPUT);
  const { keyMidstates, keyMidstates512 } = memory.exports;
  (algorithm === "HS256" ? keyMidstates : keyMidstates512)(record, abi.INPUT, secret.length);
}

/** Can `loadKeys` load it? */
export function isShort({ algorithm, secret }: SecretKey): boolean {
  return algorithm === "HS256" && secret.length <= ONE_BLOCK;
}

/** Loads up to 1024 keys that are short side by side; their algorithm is in their records. */
export function loadKeys(memory: Memory, records: readonly number[], keys: readonly SecretKey[]): void {
  if (!records.length) return;
  memory.takeAreas();
  for (let index = 0; index < records.length; index++) {
    memory.bytes.set((keys[index] as SecretKey).secret, abi.INPUT + ONE_BLOCK * index);
    memory.setWord(recordOf(index), abi.RECORD_KEY, records[index] as number);
  }
  memory.exports.keyMidstatesOf(records.length);
}
