/** A limit on how often something is done: so many times at once, and so many times a second after that (a token bucket). */
export class Allowance {
  readonly #most: number;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  /** `now` here and below is a time in seconds. */
  constructor(most: number, perSecond: number, now: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#left = most;
    this.#at = now;
  }

  /** How many times are left at the moment. */
  left(now: number): number {
    if (now > this.#at) {
      this.#left = Math.min(this.#most, this.#left + this.#perSecond * (now - this.#at));
      this.#at = now;
    }
    return Math.floor(this.#left);
  }

  /** Takes one, if there is one. */
  take(now: number): boolean {
    if (this.left(now) < 1) return false;
    this.#left--;
    return true;
  }

  /** Gives back one that was taken: what it was taken for does not count. */
  giveBack(): void {
    this.#left = Math.min(this.#most, this.#left + 1);
  }
}
