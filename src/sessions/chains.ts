/** Numbers in chains, in typed arrays: 8 bytes a number, and taken out of its chain without looking for it. */

/** The end of a chain. */
export const END = -1;
/** In place of what stands before it: the number is in no chain. */
const NOWHERE = -0x8000_0000;

/** Numbers from 0, each in one of many chains or in none. */
export class Chains {
  readonly #heads: Int32Array;
  #next = new Int32Array(0);
  /** The number before; of the first of a chain, the chain's own number with all bits turned. */
  #before = new Int32Array(0);

  constructor(chains: number) {
    this.#heads = new Int32Array(chains).fill(END);
  }

  /** Makes room for numbers below `capacity`. */
  grow(capacity: number): void {
    const known = this.#next.length;
    this.#next = enlarged(this.#next, capacity);
    this.#before = enlarged(this.#before, capacity).fill(NOWHERE, known);
  }

  first(chain: number): number {
    return this.#heads[chain] as number;
  }

  after(number: number): number {
    return this.#next[number] as number;
  }

  has(number: number): boolean {
    return this.#before[number] !== NOWHERE;
  }

  /** Puts a number that is in no chain in front of one. */
  add(chain: number, number: number): void {
    const first = this.first(chain);
    this.#next[number] = first;
    this.#before[number] = ~chain;
    if (first !== END) this.#before[first] = number;
    this.#heads[chain] = number;
  }

  /** Does nothing where the number is in no chain. */
  remove(number: number): void {
    const before = this.#before[number] as number;
    if (before === NOWHERE) return;
    const next = this.after(number);
    if (before < 0) this.#heads[~before] = next;
    else this.#next[before] = next;
    if (next !== END) this.#before[next] = before;
    this.#before[number] = NOWHERE;
  }
}

function enlarged(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
