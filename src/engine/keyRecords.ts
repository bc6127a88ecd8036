/**
 * The records of keys: a secret is there as its midstates, a public key as its name and algorithm alone; the key itself stays with the host
 * under the address of its record.
 */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../base/algorithms.js";
import type { VerificationKey } from "../runtime/platform.js";
import { utf8Bytes } from "../runtime/text.js";
import type { Engine } from "./engine.js";
import type { Key } from "./key.js";
import { loadKeys } from "./loading.js";
import type { Memory } from "./memory.js";
import { LINE, Records, recordSize } from "./records.js";

export class KeyRecords {
  readonly #memory: Memory;
  readonly #publicKeys: Map<number, VerificationKey>;
  readonly #records: Records;
  /** Those of public keys. */
  #publicRecords: Set<number> | undefined;
  /** Public keys that only a promise verifies with. */
  #asynchronous = 0;

  constructor({ memory, publicKeys }: Engine) {
    this.#memory = memory;
    this.#publicKeys = publicKeys;
    this.#records = new Records(memory);
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return this.#records.bytes;
  }

  get isSynchronous(): boolean {
    return this.#asynchronous === 0;
  }

  /** Loads keys into records of their own, which are appended to `placed` as well, before anything can fail. Copies of secrets are wiped. */
  load(keys: readonly Key[], placed: number[]): number[] {
    const records = keys.map((key) => {
      const record = this.#place(key);
      placed.push(record);
      if (!key.secret) this.#noteVerification(record, key.verification);
      return record;
    });
    loadKeys(this.#memory, records, keys);
    for (const key of keys) key.secret?.fill(0);
    return records;
  }

  /** A record of the same key, which is appended to `placed`. */
  copy(record: number, placed: number[]): number {
    const size = this.#sizeOf(record);
    const copy = this.#records.take(size);
    this.#memory.bytes.copyWithin(copy, record, record + size);
    this.#memory.setWord(copy, abi.KEY_NAME, this.#memory.word(record, abi.KEY_NAME) - record + copy);
    placed.push(copy);
    const verification = this.#publicKeys.get(record);
    if (verification) this.#noteVerification(copy, verification);
    return copy;
  }

  /** Chains keys: where the first is not a token's, the next is tried. */
  chain(records: readonly number[]): void {
    for (const [index, record] of records.entries()) this.#memory.setWord(record, abi.KEY_NEXT, records[index + 1] ?? 0);
  }

  /** A record and those after it that have the same name. */
  chainOf(first: number): readonly number[] {
    const all: number[] = [];
    for (let record = first; record; record = this.#memory.word(record, abi.KEY_NEXT)) all.push(record);
    return all;
  }

  /** Keys that were entered into the table of names, all together, are there from now on. */
  settle(records: readonly number[]): void {
    for (const record of records) this.#memory.setByte(record, abi.KEY_FRESH, 0);
  }

  /** Has it been looked up since it was asked last? */
  takeUse(record: number): boolean {
    const wasUsed = this.#memory.byte(record, abi.KEY_USED) === 1;
    this.#memory.setByte(record, abi.KEY_USED, 0);
    return wasUsed;
  }

  /** Wipes a record and gives it back. */
  free(record: number): void {
    if (this.#publicRecords?.delete(record)) {
      if (!this.#publicKeys.get(record)?.isSynchronous) this.#asynchronous--;
      this.#publicKeys.delete(record);
    }
    this.#records.give(record, this.#sizeOf(record));
  }

  /** Gives everything back; `wereUsed` says whether a token may have been judged by the keys. */
  release(wereUsed = true): void {
    for (const record of this.#publicRecords ?? []) this.#publicKeys.delete(record);
    this.#publicRecords = undefined;
    this.#asynchronous = 0;
    this.#records.release(wereUsed);
  }

  /** The key itself stays with the host. */
  #noteVerification(record: number, verification: VerificationKey): void {
    this.#publicKeys.set(record, verification);
    this.#publicRecords ??= new Set();
    this.#publicRecords.add(record);
    if (!verification.isSynchronous) this.#asynchronous++;
  }

  /** A record with all but the key itself. */
  #place({ algorithm, kid }: Key): number {
    const { keyBytes, engine: number } = ALGORITHMS[algorithm];
    // Three bytes a character are room enough; only a long name is measured.
    const nameRoom = kid === undefined ? 0 : kid.length > 16 ? utf8Bytes(kid).length : 3 * kid.length;
    const size = recordSize(keyBytes + nameRoom);
    const record = this.#records.take(size);
    const memory = this.#memory;
    memory.setByte(record, abi.KEY_ALGORITHM, number);
    memory.setByte(record, abi.KEY_LINES, size / LINE);
    if (kid === undefined) return record;
    memory.setWord(record, abi.KEY_NAME, record + keyBytes);
    memory.setWord(record, abi.KEY_NAME_LENGTH, memory.text.utf8Write(kid, record + keyBytes));
    memory.setByte(record, abi.KEY_FRESH, 1);
    return record;
  }

  #sizeOf(record: number): number {
    return LINE * this.#memory.byte(record, abi.KEY_LINES);
  }
}
