/**
 * Deletes entries that have ended, a few at a time, by a timer that keeps neither the process nor its list alive. Since that cannot be undone, it
 * goes by the time that has surely come, and remembers until when entries may be missing.
 */
import { attempt } from "../base/attempt.js";
import { optionError } from "../base/errors.js";
import { SWEPT_SLOTS } from "../engine/revocationTable.js";
import { PassedClock } from "../runtime/clocks.js";
import { later } from "../runtime/timer.js";
import type { Entries } from "./entries.js";
import type { Passed } from "./store.js";

/** All slots have been looked at once in so many seconds; a step takes a small fraction of a millisecond. */
const ROUND = 60;
/** Seconds between two steps where there is little to look at. */
const LONGEST_REST = 5;

export class Sweeper {
  readonly #entries: Entries;
  readonly #now: () => number;
  #clock: PassedClock;
  /** Of all verifiers that use the entries, the greatest: tokens are accepted for so long after `exp`. */
  #tolerance = 0;
  #forgotten = Number.NEGATIVE_INFINITY;
  #isWaiting = false;

  constructor(entries: Entries, now: () => number) {
    this.#entries = entries;
    this.#now = now;
    this.#clock = new PassedClock(now);
  }

  outlive(seconds: number): void {
    if (!(typeof seconds === "number" && seconds >= 0)) throw optionError("seconds", "a number of seconds, 0 or more", seconds);
    this.#tolerance = Math.max(this.#tolerance, seconds);
  }

  /** The time that has surely come, and what may be missing by it. */
  get passed(): Passed {
    return { time: this.#clock.read(), forgotten: this.#forgotten };
  }

  /** Goes on from what an earlier process knew. */
  resume({ time, forgotten }: Passed): void {
    this.#clock = new PassedClock(this.#now, time);
    this.forget(forgotten);
  }

  /** Entries whose end is before this, in seconds, concern no token any more. */
  get horizon(): number {
    return this.#clock.read() - this.#tolerance;
  }

  /** The greatest end of an entry that was deleted, in seconds: of a token that expires later, no entry can be missing. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** An entry with this end has been left out. */
  forget(end: number): void {
    if (end > this.#forgotten) this.#forgotten = end;
  }

  /**
   * May an entry be missing that concerns a token which is still accepted at that time, by the list's own clock unless given? It may where the
   * clock was set back, or fails, or a tolerance came late.
   */
  isShort(now?: number): boolean {
    if (this.#forgotten === Number.NEGATIVE_INFINITY) return false;
    let time = now ?? Number.NEGATIVE_INFINITY;
    if (now === undefined)
      attempt(() => {
        time = this.#now();
      });
    return time - this.#tolerance < this.#forgotten;
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
    attempt(() => this.forget(this.#entries.sweep(this.horizon)));
    this.wake();
  }
}
