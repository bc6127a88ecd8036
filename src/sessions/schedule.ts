/**
 * When sessions end: by the clock, which may be set back, and, once it has jumped or failed, by the monotonic clock as well, so that no
 * session lasts longer than its token had left.
 */
import { attempt } from "../base/attempt.js";
import { monotonic } from "../runtime/timer.js";
import { LATEST, Wheel } from "./wheel.js";

/** Seconds that the clock and the monotonic one may drift apart until it counts as a jump. */
const LARGEST_DRIFT = 1;

/** Sessions by their numbers. */
export class Schedule {
  readonly #now: () => number;
  #wheel: Wheel;
  /** By the monotonic clock, once the other one has jumped. */
  #steady: Wheel | undefined;
  /** What the clock is ahead of the monotonic one. */
  #offset: number;
  #capacity = 0;

  constructor(now: () => number) {
    this.#now = now;
    const start = now();
    this.#wheel = new Wheel(wholeSeconds(start));
    this.#offset = start - monotonic();
  }

  /** Makes room for numbers below `capacity`. */
  grow(capacity: number): void {
    this.#capacity = capacity;
    this.#wheel.grow(capacity);
    this.#steady?.grow(capacity);
  }

  /** Adds a number that ends at a time of the clock, in seconds, which is not after `LATEST`. */
  add(number: number, end: number): void {
    this.setTime();
    this.#wheel.add(number, Math.ceil(end));
    this.#steady?.add(number, this.#steadyEnd(end));
  }

  /** Ends a number before all others. */
  hasten(number: number): void {
    this.#wheel.hasten(number);
  }

  remove(number: number): void {
    this.#wheel.remove(number);
    this.#steady?.remove(number);
  }

  /** For when there is no number: the monotonic clock is not needed until the next jump. */
  settle(): void {
    this.#steady = undefined;
  }

  /** Gives back the memory, where there is no number. */
  clear(): void {
    this.#capacity = 0;
    this.#wheel = new Wheel(this.#wheel.now);
  }

  /** Reads both clocks. A clock that fails leaves the monotonic one. */
  setTime(): void {
    const steady = monotonic();
    let now = Number.NaN;
    attempt(() => {
      now = this.#now();
    });
    if (!(Math.abs(now - steady - this.#offset) <= LARGEST_DRIFT)) this.#mistrust(now - steady);
    this.#steady?.set(wholeSeconds(steady));
    const second = Number.isNaN(now) ? this.#wheel.now : wholeSeconds(now);
    if (second !== this.#wheel.now) this.#wheel.set(second);
  }

  /** The clock has jumped, or fails: no session lasts longer than it would have. */
  #mistrust(offset: number): void {
    if (!this.#steady) {
      this.#steady = new Wheel(wholeSeconds(monotonic()));
      this.#steady.grow(this.#capacity);
      for (let number = 0; number < this.#capacity; number++) {
        const end = this.#wheel.timeOf(number);
        if (end !== undefined) this.#steady.add(number, this.#steadyEnd(end));
      }
    }
    if (!Number.isNaN(offset)) this.#offset = offset;
  }

  /** When it will be that time, by the monotonic clock. */
  #steadyEnd(end: number): number {
    return wholeSeconds(Math.ceil(end - this.#offset));
  }

  /** A number whose time has come, or that was hastened; undefined where there is none. */
  due(): number | undefined {
    return this.#wheel.due() ?? this.#steady?.due();
  }

  /** Was what is due hastened? */
  get isHurried(): boolean {
    return this.#wheel.isHurried;
  }

  /** Is there a number that waits for its time? */
  get isWaiting(): boolean {
    return this.#wheel.isWaiting;
  }

  untilNextSecond(): number {
    let now = 0;
    attempt(() => {
      now = this.#now();
    });
    return 1 - (now % 1);
  }
}

function wholeSeconds(now: number): number {
  return Math.min(LATEST, Math.max(0, Math.floor(now)));
}
