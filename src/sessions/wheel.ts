/**
 * A timer wheel of seconds: what is due at a time is found without looking at the rest. Four wheels of 256 slots each, whose slots are a
 * second, 256 seconds, 18 hours and 194 days long; the content of a slot is spread over the wheel below when its time comes.
 */
import { Chains, END } from "./chains.js";

const SLOT_BITS = 8;
const SLOTS = 1 << SLOT_BITS;
const WHEELS = 4;
/** The chains behind those of the slots: of what is due, and of what is to be dealt with before that. */
const DUE = WHEELS * SLOTS;
const FIRST = DUE + 1;

/** What is due later never is: in the year 2106. */
export const LATEST = 2 ** 32 - 1;

/** Numbers from 0, each with a time at which it is due, in whole seconds from 0 to `LATEST`. */
export class Wheel {
  readonly #chains = new Chains(FIRST + 1);
  #times = new Uint32Array(0);
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** The time that was set last. */
  get now(): number {
    return this.#now;
  }

  /** Makes room for numbers below `capacity`. */
  grow(capacity: number): void {
    this.#chains.grow(capacity);
    const times = new Uint32Array(capacity);
    times.set(this.#times);
    this.#times = times;
  }

  /** Adds a number that the wheel does not have. */
  add(number: number, time: number): void {
    this.#times[number] = time;
    this.#place(number);
  }

  /** Does nothing where the wheel has not got the number. */
  remove(number: number): void {
    this.#chains.remove(number);
  }

  /** When a number is due; undefined where the wheel has not got it. */
  timeOf(number: number): number | undefined {
    return this.#chains.has(number) ? this.#times[number] : undefined;
  }

  /** Makes a number the next to be taken, whether the wheel has it or not. */
  hasten(number: number): void {
    this.#chains.remove(number);
    this.#chains.add(FIRST, number);
  }

  /** A number that is due: it stays so until it is removed. Undefined where there is none. */
  due(): number | undefined {
    const number = this.isHurried ? this.#chains.first(FIRST) : this.#chains.first(DUE);
    return number === END ? undefined : number;
  }

  /** Is what is due what `hasten` was called for? */
  get isHurried(): boolean {
    return this.#chains.first(FIRST) !== END;
  }

  /** Is there anything that waits for its time? */
  get isWaiting(): boolean {
    return this.#nextSlot() !== undefined;
  }

  /** Sets the time, in whole seconds: later, however much, or earlier, which takes as long as there are numbers. */
  set(now: number): void {
    if (now < this.#now) this.#setBack(now);
    for (let slot = this.#nextSlot(); slot !== undefined && slot.time <= now; slot = this.#nextSlot()) {
      this.#now = slot.time;
      for (const number of this.#take(slot.chain)) this.#place(number);
    }
    this.#now = now;
  }

  #setBack(now: number): void {
    const taken = Array.from({ length: DUE + 1 }, (_, chain) => this.#take(chain));
    this.#now = now;
    for (const numbers of taken) for (const number of numbers) this.#place(number);
  }

  /** Into the wheel whose slots tell its time from now; times that agree in all but the last 8 bits are of the first. */
  #place(number: number): void {
    const time = this.#times[number] as number;
    const wheel = (31 - Math.clz32(time ^ this.#now)) >> 3;
    const slot = (time >>> (wheel * SLOT_BITS)) & (SLOTS - 1);
    this.#chains.add(time <= this.#now ? DUE : wheel * SLOTS + slot, number);
  }

  /** The chain of the slot that comes next and is not empty, and when it begins. */
  #nextSlot(): { chain: number; time: number } | undefined {
    for (let wheel = 0; wheel < WHEELS; wheel++) {
      const shift = wheel * SLOT_BITS;
      const current = (this.#now >>> shift) & (SLOTS - 1);
      for (let slot = current + 1; slot < SLOTS; slot++) {
        const chain = wheel * SLOTS + slot;
        if (this.#chains.first(chain) === END) continue;
        const length = 2 ** shift;
        return { chain, time: (Math.floor(this.#now / length) + slot - current) * length };
      }
    }
    return undefined;
  }

  #take(chain: number): number[] {
    const numbers: number[] = [];
    for (let number = this.#chains.first(chain); number !== END; number = this.#chains.first(chain)) {
      numbers.push(number);
      this.#chains.remove(number);
    }
    return numbers;
  }
}
