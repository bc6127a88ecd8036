/** When a revocation file is looked at: from time to time, and at once where what was seen is too old. */
import { later } from "../../runtime/timer.js";

export class Looking {
  readonly #look: () => Promise<void>;
  /** In how many seconds the next look is due. */
  readonly #rest: () => number;
  readonly #failed: (error: Error) => void;
  #lastFailure = "";
  /** It is about to be looked at. */
  #isHurried = false;
  #stop: (() => void) | undefined;
  #isOver = false;

  constructor(look: () => Promise<void>, rest: () => number, failed: (error: Error) => void) {
    this.#look = look;
    this.#rest = rest;
    this.#failed = failed;
  }

  begin(): void {
    this.#lookIn(this.#rest());
  }

  /** Looks in the next turn. */
  hurry(): void {
    if (this.#isHurried) return;
    this.#isHurried = true;
    this.#lookIn(0);
  }

  end(): void {
    this.#isOver = true;
    this.#stop?.();
  }

  /** The timer does not keep what it serves from being collected. */
  #lookIn(seconds: number): void {
    this.#stop?.();
    if (this.#isOver) return;
    const looking = new WeakRef(this);
    this.#stop = later(seconds, () => {
      const still = looking.deref();
      if (still) void still.#lookNow();
    });
  }

  /** A failure that repeats is reported once. */
  async #lookNow(): Promise<void> {
    this.#isHurried = false;
    try {
      await this.#look();
      this.#lastFailure = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#lastFailure) this.#failed(error as Error);
      this.#lastFailure = message;
    }
    this.begin();
  }
}
