/**
 * The records of revocations: packed without a line of the cache each, cut from larger blocks, so that a million of them can come and
 * go one by one.
 */
import * as abi from "../abi.js";
import { utf8Text } from "../runtime/text.js";
import type { Memory, Span } from "./memory.js";

const LEAST_SLAB = 32768;
const LARGEST_SLAB = 1048576;

/** What is revoked: a kind, an issuer's number (0 for any), and a name. */
export interface Revocation {
  readonly kind: number;
  readonly issuer: number;
  readonly name: string;
  /** Tokens issued before this, in seconds; of a single token there is none. */
  readonly before: number | undefined;
  /** When it ends, in seconds. */
  readonly until: number | undefined;
}

export class RevocationRecords {
  readonly #memory: Memory;
  readonly #slabs: Span[] = [];
  /**
   * The record given back last, by its size; it has the address of the one before in place of its end. An array of a million of them would
   * take 40 ms to grow.
   */
  readonly #free = new Map<number, number>();
  #slabBytes = 0;
  #next = 0;
  #end = 0;
  #latestView: DataView = new DataView(new ArrayBuffer(0));

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return this.#slabBytes;
  }

  /** Writes one, using the payload area; returns its address. @throws RangeError when the memory cannot grow. */
  write({ kind, issuer, name, before, until }: Revocation): number {
    const memory = this.#memory;
    const length = memory.text.utf8Write(name, abi.PAYLOADS);
    const record = this.#take(recordBytes(kind, length));
    const end = until === undefined ? abi.REVOKED_FOREVER : Math.min(Math.ceil(until), abi.REVOKED_FOREVER);
    memory.setWord(record, abi.REVOKED_UNTIL, end);
    memory.setWord(record, abi.REVOKED_WHAT, whatOf(kind, issuer, length));
    if (kind !== abi.REVOKED_TOKEN) this.#view.setFloat64(record + abi.REVOKED_BEFORE, before as number, true);
    memory.bytes.copyWithin(nameAt(record, kind), abi.PAYLOADS, abi.PAYLOADS + length);
    return record;
  }

  read(record: number): Revocation {
    const what = this.#memory.word(record, abi.REVOKED_WHAT);
    const kind = kindOf(what);
    const start = nameAt(record, kind);
    const until = this.until(record);
    return {
      kind,
      issuer: what & 0xffff,
      name: utf8Text(this.#memory.bytes.slice(start, start + lengthOf(what))),
      before: kind === abi.REVOKED_TOKEN ? undefined : this.#view.getFloat64(record + abi.REVOKED_BEFORE, true),
      until: until === abi.REVOKED_FOREVER ? undefined : until,
    };
  }

  /** When one ends: REVOKED_FOREVER where it does not. */
  until(record: number): number {
    return this.#memory.word(record, abi.REVOKED_UNTIL);
  }

  /** Gives one back. It keeps what it has, but for its end, until it is taken again. */
  give(record: number): void {
    const what = this.#memory.word(record, abi.REVOKED_WHAT);
    const size = recordBytes(kindOf(what), lengthOf(what));
    this.#memory.setWord(record, abi.REVOKED_UNTIL, this.#free.get(size) ?? 0);
    this.#free.set(size, record);
  }

  /** Gives everything back. */
  release(): void {
    for (const { address, size } of this.#slabs.splice(0)) this.#memory.release(address, size);
  }

  #take(size: number): number {
    const free = this.#free.get(size);
    if (free) {
      this.#free.set(size, this.until(free));
      return free;
    }
    if (this.#end - this.#next < size) this.#takeSlab();
    const address = this.#next;
    this.#next += size;
    return address;
  }

  /** A sixteenth of what there is: so much of it is unused at most, and there are few slabs all the same. */
  #takeSlab(): void {
    const share = Math.floor(this.#slabBytes / (16 * LEAST_SLAB)) * LEAST_SLAB;
    const size = Math.min(Math.max(share, LEAST_SLAB), LARGEST_SLAB);
    this.#next = this.#memory.allocate(size);
    this.#end = this.#next + size;
    this.#slabs.push({ address: this.#next, size });
    this.#slabBytes += size;
  }

  /** For doubles at multiples of 4. The memory may have grown since. */
  get #view(): DataView {
    const { buffer } = this.#memory.bytes;
    if (this.#latestView.buffer !== buffer) this.#latestView = new DataView(buffer);
    return this.#latestView;
  }
}

function nameAt(record: number, kind: number): number {
  return record + abi.REVOKED_BEFORE + (kind === abi.REVOKED_TOKEN ? 0 : 8);
}

/** Of a record, in whole words. */
function recordBytes(kind: number, length: number): number {
  return Math.ceil(nameAt(length, kind) / 4) * 4;
}

function whatOf(kind: number, issuer: number, length: number): number {
  return ((((kind << 14) | length) << 16) | issuer) >>> 0;
}

function kindOf(what: number): number {
  return what >>> 30;
}

function lengthOf(what: number): number {
  return (what >>> 16) & 0x3fff;
}
