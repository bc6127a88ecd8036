/** Issuers by their names, `iss`: a table that leads to records, each of which has one word of its user's and the name. */
import * as abi from "../abi.js";
import { utf8Bytes } from "../runtime/text.js";
import type { Engine } from "./engine.js";
import type { Memory } from "./memory.js";
import { NameTable } from "./nameTable.js";
import { Records, recordSize } from "./records.js";

export class IssuerTable {
  readonly #memory: Memory;
  readonly #records: Records;
  readonly #names: NameTable;

  constructor({ memory }: Engine) {
    this.#memory = memory;
    this.#records = new Records(memory);
    this.#names = new NameTable(memory);
  }

  /** Of the table, where it stays. */
  get address(): number {
    return this.#names.address;
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return this.#names.bytes + this.#records.bytes;
  }

  /** Enters names that are not there yet; returns the addresses of their records. @throws RangeError when the memory cannot grow. */
  enter(names: readonly string[]): number[] {
    this.#names.reserve(names.length);
    const records = names.map((name) => placeName(this.#memory, this.#records, name));
    this.#names.enter(records, () => undefined);
    return records;
  }

  /** Sets what the engine finds in a record: the address of a context, or a number. */
  assign(record: number, word: number): void {
    this.#memory.setWord(record, abi.ISSUER_CONTEXT, word);
  }

  release(): void {
    this.#names.release();
    this.#records.release();
  }
}

/** A record that has nothing but a name. */
export function placeName(memory: Memory, records: Records, name: string): number {
  const text = utf8Bytes(name);
  const record = records.take(recordSize(abi.ISSUER_BYTES + text.length));
  memory.setWord(record, abi.KEY_NAME, record + abi.ISSUER_BYTES);
  memory.setWord(record, abi.KEY_NAME_LENGTH, text.length);
  memory.bytes.set(text, record + abi.ISSUER_BYTES);
  return record;
}
