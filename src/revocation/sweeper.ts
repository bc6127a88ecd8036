/** Lets entries vanish a few at a time, by a timer that keeps neither the process nor its list. */
import { attempt } from "../attempt.js";
import { optionError } from "../errors.js";
import { later } from "../timer.js";
import { type Entries, SWEPT_SLOTS } from "./entries.js";

/** All slots have been looked at once in so many seconds; a step takes a small fraction of a millisecond. */
const ROUND = 60;
/** Seconds between two steps where there is little to look at. */
const LONGEST_REST = 5;

export class Sweeper {
  readonly #entries: Entries;
  readonly #now: () => number;
  /** Of all verifiers that use the entries, the greatest: tokens are accepted for so long after `exp`. */
  #tolerance = 0;
  #isWaiting = false;

  constructor(entries: Entries, now: () => number) {
    this.#entries = entries;
    this.#now = now;
  }

  outlive(seconds: number): void {
    if (!(typeof seconds === "number" && seconds >= 0)) throw optionError("seconds", "a number of seconds, 0 or more", seconds);
    this.#tolerance = Math.max(this.#tolerance, seconds);
  }

  /** Entries whose end is before this, in seconds, concern no token any more. */
  get horizon(): number {
    return this.#now() - this.#tolerance;
  }

  /** To be called when there are entries: sweeping goes on until there are none. */
  wake(): void {
    if (this.#isWaiting || this.#entries.size === 0) return;
    this.#isWaiting = true;
    const sweeper = new WeakRef(this);
    later(Math.min(LONGEST_REST, (ROUND * SWEPT_SLOTS) / this.#entries.slots), () => sweeper.deref()?.step());
  }

  /** One step of a sweep; the next one follows by itself. */
  step(): void {
    this.#isWaiting = false;
    attempt(() => this.#entries.sweep(this.horizon));
    this.wake();
  }
}
