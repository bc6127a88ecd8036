/**
 * The heap of linear memory: blocks for contexts and keys, first fit. It is used when a verifier or signer is made or
 * released, never while tokens are judged; what it knows stands outside linear memory.
 */
const ALIGNMENT = 64;
const PAGE = 65536;
/** Memory grows by one part in so many of itself at least. */
const GROWTH = 16;

/** What is used of a `WebAssembly.Memory`, whose type is not there without the DOM's. */
export interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Span {
  start: number;
  end: number;
}

export class Heap {
  readonly #memory: LinearMemory;
  /** Free spans in ascending order, none touching the next. */
  readonly #free: Span[];

  constructor(memory: LinearMemory, start: number) {
    this.#memory = memory;
    this.#free = [{ start: align(start), end: memory.buffer.byteLength }];
  }

  /**
   * Takes `size` bytes of zeros; the memory may have grown, so views must be made anew.
   * @throws RangeError when the memory cannot grow.
   */
  allocate(size: number): number {
    const wanted = align(size);
    const span = this.#free.find((candidate) => candidate.end - candidate.start >= wanted) ?? this.#grow(wanted);
    const address = span.start;
    span.start += wanted;
    if (span.start === span.end) this.#free.splice(this.#free.indexOf(span), 1);
    return address;
  }

  /** Wipes a block and gives it back. */
  release(address: number, size: number): void {
    const wanted = align(size);
    new Uint8Array(this.#memory.buffer, address, wanted).fill(0);
    const next = this.#free.findIndex((span) => span.start > address);
    const place = next < 0 ? this.#free.length : next;
    this.#free.splice(place, 0, { start: address, end: address + wanted });
    this.#join(place);
    if (place > 0) this.#join(place - 1);
  }

  #join(place: number): void {
    const left = this.#free[place] as Span;
    const right = this.#free[place + 1];
    if (right && left.end === right.start) {
      left.end = right.end;
      this.#free.splice(place + 1, 1);
    }
  }

  #grow(wanted: number): Span {
    const oldEnd = this.#memory.buffer.byteLength;
    // A little more than is wanted: each growth has the runtime think of collecting garbage, which takes longer than to use the memory.
    this.#memory.grow(Math.ceil(Math.max(wanted, oldEnd / GROWTH) / PAGE));
    const last = this.#free.at(-1);
    if (last?.end === oldEnd) {
      last.end = this.#memory.buffer.byteLength;
      return last;
    }
    const span = { start: oldEnd, end: this.#memory.buffer.byteLength };
    this.#free.push(span);
    return span;
  }
}

function align(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}
