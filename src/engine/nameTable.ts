/** A table in linear memory that finds records by their names: keys by `kid` or a claim, issuers by `iss`. It grows as it must. */
import * as abi from "../abi.js";
import type { Engine } from "./engine.js";

const LEAST_SLOTS = 8;

export class NameTable {
  /** Of the table's own few words, which stay where they are. */
  readonly address: number;
  readonly #engine: Engine;
  #slots = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.address = engine.allocate(abi.TABLE_BYTES);
    this.#move(LEAST_SLOTS);
  }

  /** How many names there are. */
  get size(): number {
    return this.#engine.words[(this.address + abi.TABLE_COUNT) / 4] as number;
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
    this.#engine.takeAreas();
    const wanted = this.size + more;
    if (5 * wanted > 3 * this.#slots) this.#move(2 ** Math.ceil(Math.log2(2 * wanted)));
  }

  /** Enters records under the names in them; `displaced` is given each that is thereby no longer in the table. There must be room. */
  enter(records: readonly number[], displaced: (record: number) => void): void {
    const { words, exports } = this.#engine;
    for (let from = 0; from < records.length; from += abi.CHUNK_TOKENS) {
      const count = Math.min(abi.CHUNK_TOKENS, records.length - from);
      this.#engine.takeAreas();
      for (let index = 0; index < count; index++) words[keyOf(index)] = records[from + index] as number;
      exports.enterNames(this.address, count);
      for (let index = 0; index < count; index++) {
        const before = words[keyOf(index)] as number;
        if (before) displaced(before);
      }
    }
  }

  /** Takes a name of at most 256 bytes out; the address of its record, or 0. */
  remove(name: Uint8Array): number {
    if (name.length > abi.LARGEST_KID) return 0;
    this.#engine.takeAreas();
    this.#engine.bytes.set(name, abi.NAMES);
    return this.#engine.exports.removeName(this.address, abi.NAMES, name.length);
  }

  /** The address of the record of a name of at most 256 bytes, or 0. */
  find(name: Uint8Array): number {
    if (name.length > abi.LARGEST_KID) return 0;
    this.#engine.takeAreas();
    this.#engine.bytes.set(name, abi.NAMES);
    return this.#engine.exports.findName(this.address, abi.NAMES, name.length);
  }

  /** Takes all names out. */
  clear(): void {
    this.#engine.takeAreas();
    const { words } = this.#engine;
    const table = this.address / 4;
    const slots = this.#slots;
    this.#engine.bytes.fill(0, this.#slotsAddress, this.#slotsAddress + abi.SLOT_BYTES * slots);
    words[table + abi.TABLE_COUNT / 4] = 0;
    this.changeVersion();
  }

  /** Has verifiers forget the headers that they remember. */
  changeVersion(): void {
    const { words } = this.#engine;
    const version = (this.address + abi.TABLE_VERSION) / 4;
    words[version] = Math.max(1, ((words[version] as number) + 1) >>> 0);
  }

  release(): void {
    this.#engine.release(this.#slotsAddress, abi.SLOT_BYTES * this.#slots);
    this.#engine.release(this.address, abi.TABLE_BYTES);
  }

  get #slotsAddress(): number {
    return this.#engine.words[(this.address + abi.TABLE_SLOTS) / 4] as number;
  }

  #move(slots: number): void {
    const old = this.#slotsAddress;
    const address = this.#engine.allocate(abi.SLOT_BYTES * slots);
    if (old) this.#engine.exports.moveNames(this.address, address, slots - 1);
    else this.#begin(address, slots);
    if (old) this.#engine.release(old, abi.SLOT_BYTES * this.#slots);
    this.#slots = slots;
  }

  #begin(address: number, slots: number): void {
    const table = this.address / 4;
    this.#engine.words[table + abi.TABLE_SLOTS / 4] = address;
    this.#engine.words[table + abi.TABLE_MASK / 4] = slots - 1;
    this.#engine.words[table + abi.TABLE_VERSION / 4] = 1;
  }
}

function keyOf(index: number): number {
  return (abi.RECORDS + abi.RECORD_BYTES * index + abi.RECORD_KEY) / 4;
}
