/**
 * Linear memory as the host sees it: one instance's, its views, the blocks of its heap, and who may use its input and payload areas.
 * A field is read and written by the address of what it belongs to and its own offset, as `abi.ts` has both.
 */
import { HEAP, RECORD_BYTES, RECORDS } from "../abi.js";
import { instantiate } from "../runtime/instance.js";
import { type TextWindow, textWindow } from "../runtime/text.js";
import type { EngineExports } from "./exports.js";
import { Heap } from "./heap.js";

/** A block of the heap. */
export interface Span {
  readonly address: number;
  readonly size: number;
}

export class Memory {
  readonly exports: EngineExports;
  /** Made anew when the memory grows: read them where they are used. */
  bytes!: Uint8Array;
  words!: Uint32Array;
  doubles!: Float64Array;
  text!: TextWindow;
  /** Counts uses of the input and payload areas. */
  generation = 0;
  readonly #heap: Heap;
  /** Forgets what the host remembers of keys and contexts besides. */
  readonly #forget: () => void;
  #isLocked = false;

  constructor(forget: () => void) {
    this.exports = instantiate() as EngineExports;
    this.#heap = new Heap(this.exports.memory, HEAP);
    this.#forget = forget;
    this.#view();
    // Unpredictable, for names come from attackers. Under Node 20 this loads `crypto`, which takes 1.7 ms once in a process.
    const [key0, key1] = crypto.getRandomValues(new BigUint64Array(2));
    this.exports.start(key0 as bigint, key1 as bigint);
  }

  /** Takes a zeroed block of the heap. @throws RangeError when the memory cannot grow. */
  allocate(size: number): number {
    this.takeAreas();
    const address = this.#heap.allocate(size);
    if (this.bytes.buffer !== this.exports.memory.buffer) this.#view();
    return address;
  }

  /**
   * Wipes a block and gives it back. Whatever was remembered of the keys or contexts in it is forgotten, unless no token has been judged by
   * them.
   */
  release(address: number, size: number, wasUsed = true): void {
    this.#heap.release(address, size);
    if (!wasUsed) return;
    this.exports.forget(address, address + size);
    this.#forget();
  }

  /** The u32 at an offset from an address: it is at a multiple of 4. */
  word(address: number, field = 0): number {
    return this.words[(address + field) >>> 2] as number;
  }

  setWord(address: number, field: number, value: number): void {
    this.words[(address + field) >>> 2] = value;
  }

  /** The f64 at an offset from an address: it is at a multiple of 8. */
  double(address: number, field = 0): number {
    return this.doubles[(address + field) >>> 3] as number;
  }

  setDouble(address: number, field: number, value: number): void {
    this.doubles[(address + field) >>> 3] = value;
  }

  /** The u8 at an offset from an address. */
  byte(address: number, field = 0): number {
    return this.bytes[address + field] as number;
  }

  setByte(address: number, field: number, value: number): void {
    this.bytes[address + field] = value;
  }

  /**
   * Begins each use of the input and payload areas. Reading the caller's array may run the caller's code, which must
   * not use the areas that are being filled, nor move them by growing the memory.
   */
  takeAreas(): void {
    if (this.#isLocked) throw new Error("Expected no use of the engine within the reading of a batch's tokens");
    this.generation++;
  }

  /** Begins a use that must be the only one until `unlockAreas`. */
  lockAreas(): void {
    this.takeAreas();
    this.#isLocked = true;
  }

  unlockAreas(): void {
    this.#isLocked = false;
  }

  #view(): void {
    const { buffer } = this.exports.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.text = textWindow(buffer);
  }
}

/** The address of a token's record, by the token's number in its chunk. */
export function recordOf(index: number): number {
  return RECORDS + RECORD_BYTES * index;
}
