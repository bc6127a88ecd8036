/**
 * The time after a rotation in which the old refresh token, presented again, is given the same pair: to another tab, or to a client that did
 * not get its answer. Pairs are credentials: each is kept for that time and no longer, the latest of each family, in bounded number.
 */
import { AgeClock } from "../runtime/clocks.js";
import { later } from "../runtime/timer.js";

/** Beyond this, pairs of the oldest rotations are forgotten early: tokens of about 1 KB each, 30 MB in all. */
const MOST_PAIRS = 10_000;

interface Kept<Pair> {
  readonly token: string;
  readonly pair: Pair;
  readonly since: number;
}

export class Grace<Pair, Answer> {
  readonly #seconds: number;
  readonly #clock: AgeClock;
  /** By family, the oldest first. */
  readonly #pairs = new Map<string, Kept<Pair>>();
  readonly #underWay = new Map<string, Promise<Answer>>();
  #isWaiting = false;

  constructor(seconds: number, now: () => number) {
    this.#seconds = seconds;
    this.#clock = new AgeClock(now);
  }

  /** The answer to a token: that of the rotation under way with it, if there is one. */
  share(token: string, rotate: () => Promise<Answer>): Promise<Answer> {
    const shared = this.#underWay.get(token);
    if (shared) return shared;
    const answer = rotate().finally(() => this.#underWay.delete(token));
    this.#underWay.set(token, answer);
    return answer;
  }

  /** The grace's own time, in seconds. */
  time(): number {
    return this.#clock.read();
  }

  /** Keeps what a token of a family was exchanged for at `since`, in place of what there is of that family. No clock is asked. */
  keep(family: string, token: string, pair: Pair, since: number): void {
    this.#pairs.delete(family);
    this.#pairs.set(family, { token, pair, since });
    if (this.#pairs.size > MOST_PAIRS) this.#pairs.delete(this.#pairs.keys().next().value as string);
    this.#wait(this.#seconds);
  }

  /** What this very token was exchanged for, if that was the latest of its family and no longer ago than the grace. */
  find(family: string, token: string): Pair | undefined {
    const age = this.#clock.read();
    const kept = this.#pairs.get(family);
    return kept && kept.token === token && age - kept.since <= this.#seconds ? kept.pair : undefined;
  }

  forget(family: string): void {
    this.#pairs.delete(family);
  }

  /** Forgets what is old, by a timer; `find` does not rely on it. */
  #wait(seconds: number): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    later(seconds, () => {
      this.#isWaiting = false;
      const age = this.#clock.read();
      for (const [family, { since }] of this.#pairs) {
        if (age - since < this.#seconds) return this.#wait(this.#seconds - (age - since));
        this.#pairs.delete(family);
      }
    });
  }
}
