/** Revocations in linear memory, found by what they revoke. They come and go one by one, and vanish a few at a time. */
import * as abi from "../abi.js";
import { utf8Bytes } from "../runtime/text.js";
import type { Engine } from "./engine.js";
import { type Memory, recordOf } from "./memory.js";
import { type Revocation, RevocationRecords } from "./revocationRecords.js";

const LEAST_SLOTS = 64;
/** A slot has the address of its record after the hash of what it revokes. */
const SLOT_RECORD = 4;
/** How many slots a sweep looks at. */
export const SWEPT_SLOTS = 256;

export class RevocationTable {
  /** Of the table's own few words, which stay where they are. */
  readonly address: number;
  readonly #memory: Memory;
  readonly #records: RevocationRecords;
  #slots = 0;
  #cursor = 0;
  #isReleased = false;

  /** `issuers` is the address of the table of the issuers' names, which leads to their numbers, from 1 to 65,535. */
  constructor({ memory }: Engine, issuers: number) {
    this.#memory = memory;
    this.#records = new RevocationRecords(memory);
    this.address = memory.allocate(abi.REVOCATIONS_BYTES);
    memory.setWord(this.address, abi.REVOCATIONS_ISSUERS, issuers);
    this.#grow(LEAST_SLOTS);
  }

  /** How many revocations there are. */
  get size(): number {
    return this.#isReleased ? 0 : this.#word(abi.REVOCATIONS_COUNT);
  }

  /** How many slots they have. */
  get slots(): number {
    return this.#slots;
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return abi.REVOCATIONS_BYTES + this.#records.bytes + (abi.SLOT_BYTES + 1) * this.#slots + abi.TAG_GROUP;
  }

  /**
   * Makes room for so many more: seven slots of eight may be taken, since sixteen are looked at at once.
   * @throws RangeError when the memory cannot grow.
   */
  reserve(more: number): void {
    const wanted = this.size + more;
    if (8 * wanted > 7 * this.#slots) this.#grow(2 ** Math.ceil(Math.log2((8 * wanted) / 7)));
  }

  /** Enters up to 1024 for which there is room. Of what is there already the later end stays. @throws RangeError when the memory cannot grow. */
  enter(revocations: readonly Revocation[]): void {
    const memory = this.#memory;
    memory.takeAreas();
    const records = revocations.map((revocation) => this.#records.write(revocation));
    for (const [index, record] of records.entries()) memory.setWord(recordOf(index), abi.RECORD_KEY, record);
    memory.exports.enterRevocations(this.address, records.length);
    for (const index of records.keys()) {
      const unneeded = memory.word(recordOf(index), abi.RECORD_KEY);
      if (unneeded) this.#records.give(unneeded);
    }
  }

  /** The revocation of a name for one issuer, by the issuer's number, or for any, by 0. */
  find(kind: number, issuer: number, name: string): Revocation | undefined {
    const bytes = utf8Bytes(name);
    if (bytes.length > abi.LONGEST_REVOKED) return undefined;
    this.#memory.takeAreas();
    this.#memory.bytes.set(bytes, abi.PAYLOADS);
    const record = this.#memory.exports.findRevocation(this.address, kind, issuer, abi.PAYLOADS, bytes.length) >>> 0;
    return record ? this.#records.read(record) : undefined;
  }

  /**
   * Looks at the next `SWEPT_SLOTS` slots, and takes out what ends before `now`, in seconds. Returns the greatest end of these;
   * -Infinity where there are none.
   */
  sweep(now: number): number {
    if (this.#isReleased) return Number.NEGATIVE_INFINITY;
    const memory = this.#memory;
    const count = Math.min(SWEPT_SLOTS, this.#slots);
    memory.takeAreas();
    const second = Math.min(Math.max(Math.floor(now), 0), abi.REVOKED_FOREVER);
    const gone = memory.exports.sweepRevocations(this.address, this.#cursor, count, second);
    let latest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < gone; index++) {
      const record = memory.word(recordOf(index), abi.RECORD_KEY);
      latest = Math.max(latest, this.#records.until(record));
      this.#records.give(record);
    }
    this.#cursor = (this.#cursor + count) % this.#slots;
    return latest;
  }

  /** All of them, in no order. What changes while they are read may be among them or not; what does not, is. */
  *[Symbol.iterator](): Generator<Revocation> {
    const slots = this.#word(abi.REVOCATIONS_SLOTS);
    const records = new Uint32Array(this.size);
    let count = 0;
    for (let slot = 0; slot < this.#slots; slot++) {
      const record = this.#memory.word(slots + abi.SLOT_BYTES * slot, SLOT_RECORD);
      if (record) records[count++] = record;
    }
    // A record that was given back meanwhile has what it had, but for an end long past, or is a newer one's.
    for (const record of records) yield this.#records.read(record);
  }

  /** Gives everything back. A sweep that is due may still come: there is nothing left then. */
  release(): void {
    this.#isReleased = true;
    this.#records.release();
    this.#releaseSlots(this.#word(abi.REVOCATIONS_SLOTS), this.#word(abi.REVOCATIONS_TAGS), this.#slots);
    this.#memory.release(this.address, abi.REVOCATIONS_BYTES);
  }

  #grow(slots: number): void {
    const memory = this.#memory;
    const [old, oldTags, count] = [this.#word(abi.REVOCATIONS_SLOTS), this.#word(abi.REVOCATIONS_TAGS), this.#slots];
    const address = memory.allocate(abi.SLOT_BYTES * slots);
    const tags = memory.allocate(slots + abi.TAG_GROUP);
    if (old) {
      memory.exports.moveRevocations(this.address, address, tags, slots - 1);
      this.#releaseSlots(old, oldTags, count);
    } else {
      memory.setWord(this.address, abi.REVOCATIONS_SLOTS, address);
      memory.setWord(this.address, abi.REVOCATIONS_TAGS, tags);
      memory.setWord(this.address, abi.REVOCATIONS_MASK, slots - 1);
    }
    this.#slots = slots;
    this.#cursor = 0;
  }

  #releaseSlots(address: number, tags: number, count: number): void {
    this.#memory.release(address, abi.SLOT_BYTES * count);
    this.#memory.release(tags, count + abi.TAG_GROUP);
  }

  #word(field: number): number {
    return this.#memory.word(this.address, field);
  }
}
