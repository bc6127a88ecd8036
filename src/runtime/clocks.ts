/**
 * Two clocks made from the system's, which may jump: one for how old a trusted thing is, one for when a remembered thing may be forgotten.
 * Each has the monotonic clock beside it and believes whichever of the two is the safer one.
 */
import { monotonic } from "./timer.js";

/**
 * Ages: it never runs slower than the system's clock or the monotonic one. A process that was frozen finds what it trusted old; a clock that
 * was set back makes nothing young again; one that jumped ahead makes things old too early, once. While the system's clock fails, which may be
 * the caller's own, the monotonic one goes on.
 */
export class AgeClock {
  readonly #now: () => number;
  #wall: number;
  #monotonic = monotonic();
  #age = 0;

  /** `now` is the system's time, in seconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
    this.#wall = now();
  }

  /** Seconds since the clock was made. They never decrease. Does not throw. */
  read(): number {
    let wall = this.#wall;
    try {
      wall = this.#now();
    } catch {}
    const steady = monotonic();
    this.#age += Math.max(wall - this.#wall, steady - this.#monotonic, 0);
    this.#wall = wall;
    this.#monotonic = steady;
    return this.#age;
  }
}

/** The system's clock is believed once it has been ahead for so many seconds without a break. */
const SETTLING = 7 * 86_400;
/** A clock that was read no more often than this, 25 hours apart, may have been right in between. */
const LONGEST_GAP = 90_000;

/**
 * The time that has surely come: it never runs faster than the system's clock or the monotonic one. A clock that jumps ahead, be it by days,
 * ends nothing before its time; once it has stayed there for a week of monotonic time, that is the time.
 */
export class PassedClock {
  readonly #now: () => number;
  /** The time that has surely come, less the monotonic clock's. */
  #offset: number;
  /** Since when, by the monotonic clock, the system's has been ahead, by how much at least, and when it was seen last. */
  #ahead: { readonly since: number; offset: number; seen: number } | undefined;

  /** `now` is the system's time, in seconds since the epoch; `passed` a time that had come before, as an earlier process knows. */
  constructor(now: () => number, passed = Number.POSITIVE_INFINITY) {
    this.#now = now;
    this.#offset = passed - monotonic();
    this.read();
  }

  /** Seconds since the epoch, at most those of the system's clock. */
  read(): number {
    const steady = monotonic();
    const offset = this.#now() - steady;
    if (offset <= this.#offset) {
      this.#offset = offset;
      this.#ahead = undefined;
    } else if (!this.#ahead || steady - this.#ahead.seen > LONGEST_GAP) {
      this.#ahead = { since: steady, offset, seen: steady };
    } else {
      this.#ahead.seen = steady;
      this.#ahead.offset = Math.min(this.#ahead.offset, offset);
      if (steady - this.#ahead.since >= SETTLING) {
        this.#offset = this.#ahead.offset;
        this.#ahead = undefined;
      }
    }
    return this.#offset + steady;
  }
}
