/** Records of keys: small blocks of linear memory, cut from larger ones, so that a million of them can come and go one by one. */
import type { Memory, Span } from "./memory.js";

/** Every record begins a line of the cache; the shortest has two, which the engine may load unasked. */
export const LINE = 64;
const LEAST_BYTES = 2 * LINE;
/** The first slab has one record: most verifiers have one key. */
const LEAST_SLAB = 512;
const LARGEST_SLAB = 1048576;

export class Records {
  readonly #memory: Memory;
  readonly #slabs: Span[] = [];
  /** Records given back, by their size. */
  #free: Map<number, number[]> | undefined;
  /** What is left of the slab that was taken last. */
  #next = 0;
  #end = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Bytes of linear memory that the records take, free ones included. */
  get bytes(): number {
    return this.#slabs.reduce((sum, { size }) => sum + size, 0);
  }

  /** The address of a record of zeros, its size one of `recordSize`. @throws RangeError when the memory cannot grow. */
  take(size: number): number {
    const free = this.#free?.get(size)?.pop();
    if (free !== undefined) return free;
    if (this.#end - this.#next < size) this.#takeSlab(size);
    const address = this.#next;
    this.#next += size;
    return address;
  }

  /** Wipes a record and gives it back. */
  give(address: number, size: number): void {
    this.#memory.exports.forgetFirstBlocksOf(address);
    this.#memory.bytes.fill(0, address, address + size);
    this.#free ??= new Map();
    const free = this.#free.get(size);
    if (free) free.push(address);
    else this.#free.set(size, [address]);
  }

  /** Gives everything back; `wereUsed` says whether a token may have been judged by the records. */
  release(wereUsed = true): void {
    for (const { address, size } of this.#slabs.splice(0)) this.#memory.release(address, size, wereUsed);
    this.#free = undefined;
    this.#next = this.#end = 0;
  }

  /** The slab after the next is larger, up to a megabyte: there is little of it unused, and there are few of them. */
  #takeSlab(least: number): void {
    const size = this.#slabs.length ? Math.max(least, Math.min(Math.max(this.bytes, LEAST_SLAB), LARGEST_SLAB)) : least;
    const address = this.#memory.allocate(size);
    this.#slabs.push({ address, size });
    this.#next = address;
    this.#end = address + size;
  }
}

/** The size of a record that is to hold so many bytes. */
export function recordSize(length: number): number {
  return Math.max(LEAST_BYTES, Math.ceil(length / LINE) * LINE);
}
