/** Secrets become midstates in the records of their keys (RFC 2104); no copy of one stays in linear memory. */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../base/algorithms.js";
import type { Key, SecretKey } from "./key.js";
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

/** Loads those of `keys` that are secret, each into its record, which has its algorithm; short ones of HS256 side by side. */
export function loadKeys(memory: Memory, records: readonly number[], keys: readonly Key[]): void {
  let short = 0;
  const loadShort = () => {
    memory.exports.keyMidstatesOf(short);
    short = 0;
  };
  memory.takeAreas();
  for (const [index, key] of keys.entries()) {
    if (!isShort(key)) continue;
    memory.bytes.set(key.secret, abi.INPUT + ONE_BLOCK * short);
    memory.setWord(recordOf(short), abi.RECORD_KEY, records[index] as number);
    if (++short === abi.CHUNK_TOKENS) loadShort();
  }
  if (short) loadShort();
  // These use the same place.
  for (const [index, key] of keys.entries()) if (key.secret && !isShort(key)) loadKey(memory, records[index] as number, key);
}

function isShort(key: Key): key is SecretKey {
  return key.algorithm === "HS256" && key.secret.length <= ONE_BLOCK;
}
