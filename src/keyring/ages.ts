/**
 * What has to be done by the time, also where timers are late: the process may have been frozen, or the machine asleep. It is looked at when
 * keys are used; all rings of a clock look together, so that a thousand cost no more than one.
 */
import { AgeClock } from "../runtime/clocks.js";

/** What has something to do at some age. */
export interface Aging {
  /** Does what is due at `age`, and has itself asked again by `Ages.ask`. Does not throw. */
  grow(age: number): void;
}

const NEVER = Number.POSITIVE_INFINITY;

/** For so many milliseconds of the system's clock a look holds: two clocks cost a twentieth of a verdict, one a fiftieth. */
const PAUSE = 100;

/** The members that wait for some age. */
const active = new Set<Ages>();

export class Ages {
  static readonly #ofSystem = new Ages(() => Date.now() / 1000, true);
  static readonly #ofClocks = new WeakMap<() => unknown, Ages>();

  /** The members whose clock is read by `now`; those of the system's clock without it. */
  static of(clock: (() => unknown) | undefined, now: () => number): Ages {
    if (!clock) return Ages.#ofSystem;
    const known = Ages.#ofClocks.get(clock) ?? new Ages(now, false);
    Ages.#ofClocks.set(clock, known);
    return known;
  }

  /** Has all members do what is due. */
  static look(): void {
    for (const ages of active) ages.#look();
  }

  readonly #clock: AgeClock;
  readonly #isOfSystem: boolean;
  readonly #moments = new Map<Aging, number>();
  /** No member is due before. */
  #next = NEVER;
  #looked = 0;

  private constructor(now: () => number, isOfSystem: boolean) {
    this.#clock = new AgeClock(now);
    this.#isOfSystem = isOfSystem;
  }

  /** Seconds. They never decrease. */
  read(): number {
    return this.#clock.read();
  }

  /** Has a member grow at the first look at that age or later; never, where it is infinite. */
  ask(member: Aging, age: number): void {
    if (age === NEVER) this.#moments.delete(member);
    else this.#moments.set(member, age);
    this.#next = Math.min(this.#next, age);
    if (this.#moments.size) active.add(this);
    else active.delete(this);
  }

  #look(): void {
    if (this.#isOfSystem) {
      const wall = Date.now();
      if (wall >= this.#looked && wall < this.#looked + PAUSE) return;
      this.#looked = wall;
    }
    const age = this.read();
    if (age < this.#next) return;
    for (const [member, moment] of [...this.#moments]) if (moment <= age) member.grow(age);
    this.#next = NEVER;
    for (const moment of this.#moments.values()) this.#next = Math.min(this.#next, moment);
  }
}
