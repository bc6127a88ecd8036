/** A table in linear memory that finds records by their names: keys by `kid` or a claim, issuers by `iss`. It grows as it must. */
import * as abi from "../abi.js";
import { type Memory, recordOf } from "./memory.js";

const LEAST_SLOTS = 8;

export class NameTable {
  /** Of the table's own few words, which stay where they are. */
  readonly address: number;
  readonly #memory: Memory;
  #slots = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.address = memory.allocate(abi.TABLE_BYTES);
    this.#move(LEAST_SLOTS);
  }

  /** How many names there are. */
  get size(): number {
    return this.#memory.word(this.address, abi.TABLE_COUNT);
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return abi.TABLE_BYTES + abi.SLOT_BYTES * this.#slots;
  }

  /**
   * Makes room for so many more names. What is entered next cannot fail, unless the memory is in use, which this finds out as well.
   * @throws RangeError when the memory cannot grow.
   */
  reserve(more: number): void {
    this.#memory.takeAreas();
    const wanted = this.size + more;
    if (5 * wanted > 3 * this.#slots) this.#move(2 ** Math.ceil(Math.log2(2 * wanted)));
  }

  /** Enters records under the names in them; `displaced` is given each that is thereby no longer in the table. There must be room. */
  enter(records: readonly number[], displaced: (record: number) => void): void {
    const memory = this.#memory;
    for (let from = 0; from < records.length; from += abi.CHUNK_TOKENS) {
      const count = Math.min(abi.CHUNK_TOKENS, records.length - from);
      memory.takeAreas();
      for (let index = 0; index < count; index++) memory.setWord(recordOf(index), abi.RECORD_KEY, records[from + index] as number);
      memory.exports.enterNames(this.address, count);
      for (let index = 0; index < count; index++) {
        const before = memory.word(recordOf(index), abi.RECORD_KEY);
        if (before) displaced(before);
      }
    }
  }

  /** Takes a name of at most 256 bytes out; the address of its record, or 0. */
  remove(name: Uint8Array): number {
    return this.#ask(this.#memory.exports.removeName, name);
  }

  /** The address of the record of a name of at most 256 bytes, or 0. */
  find(name: Uint8Array): number {
    return this.#ask(this.#memory.exports.findName, name);
  }

  /** Takes all names out. */
  clear(): void {
    this.#memory.takeAreas();
    this.#memory.bytes.fill(0, this.#slotsAddress, this.#slotsAddress + abi.SLOT_BYTES * this.#slots);
    this.#memory.setWord(this.address, abi.TABLE_COUNT, 0);
    this.changeVersion();
  }

  /** Has verifiers forget the headers that they remember. */
  changeVersion(): void {
    const next = (this.#memory.word(this.address, abi.TABLE_VERSION) + 1) >>> 0;
    this.#memory.setWord(this.address, abi.TABLE_VERSION, Math.max(1, next));
  }

  release(): void {
    this.#memory.release(this.#slotsAddress, abi.SLOT_BYTES * this.#slots);
    this.#memory.release(this.address, abi.TABLE_BYTES);
  }

  #ask(question: (table: number, name: number, length: number) => number, name: Uint8Array): number {
    if (name.length > abi.LARGEST_KID) return 0;
    this.#memory.takeAreas();
    this.#memory.bytes.set(name, abi.NAMES);
    return question(this.address, abi.NAMES, name.length);
  }

  get #slotsAddress(): number {
    return this.#memory.word(this.address, abi.TABLE_SLOTS);
  }

  #move(slots: number): void {
    const memory = this.#memory;
    const old = this.#slotsAddress;
    const address = memory.allocate(abi.SLOT_BYTES * slots);
    if (old) {
      memory.exports.moveNames(this.address, address, slots - 1);
      memory.release(old, abi.SLOT_BYTES * this.#slots);
    } else {
      memory.setWord(this.address, abi.TABLE_SLOTS, address);
      memory.setWord(this.address, abi.TABLE_MASK, slots - 1);
      memory.setWord(this.address, abi.TABLE_VERSION, 1);
    }
    this.#slots = slots;
  }
}
