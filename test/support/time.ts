/** A time of the test's own in place of the process's: clocks that run, jump and stand still, and timers that run when they are let. */
import { setImmediate as turn } from "node:timers/promises";

/** Seconds by the system's clock and by the monotonic one. */
export interface Instant {
  readonly wall: number;
  readonly steady: number;
}

interface Timer {
  readonly due: number;
  readonly work: () => void;
}

export class TestTime implements Instant {
  wall: number;
  steady = 1000;
  readonly #timers = new Map<object, Timer>();
  readonly #real = {
    dateNow: Date.now,
    performanceNow: performance.now,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };

  constructor(wall: number) {
    this.wall = wall;
  }

  /** From now on, until `restore`, this is the time of `Date.now`, `performance.now` and `setTimeout`. */
  install(): void {
    Date.now = () => 1000 * this.wall;
    performance.now = () => 1000 * this.steady;
    const set = (work: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
      const handle = { ref: () => handle, unref: () => handle, hasRef: () => false };
      this.#timers.set(handle, { due: this.steady + milliseconds / 1000, work: () => work(...args) });
      return handle;
    };
    globalThis.setTimeout = set as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((handle: object) => void this.#timers.delete(handle)) as typeof clearTimeout;
  }

  restore(): void {
    Date.now = this.#real.dateNow;
    performance.now = this.#real.performanceNow;
    globalThis.setTimeout = this.#real.setTimeout;
    globalThis.clearTimeout = this.#real.clearTimeout;
    this.#timers.clear();
  }

  now(): Instant {
    return { wall: this.wall, steady: this.steady };
  }

  /** Both clocks run for so many seconds, and timers as they are due. */
  async run(seconds: number): Promise<void> {
    const end = this.steady + seconds;
    for (;;) {
      await turn();
      const [handle, timer] = [...this.#timers].reduce<[object, Timer] | []>(
        (first, each) => (first[1] && first[1].due <= each[1].due ? first : each),
        [],
      );
      if (!handle || !timer || timer.due > end) break;
      this.#pass(Math.max(0, timer.due - this.steady));
      this.#timers.delete(handle);
      timer.work();
    }
    this.#pass(end - this.steady);
    await turn();
  }

  /** The process is frozen for so many seconds: when it goes on, its timers are late. */
  freeze(seconds: number): void {
    this.#pass(seconds);
  }

  /** The system's clock is set, by so many seconds. */
  jump(seconds: number): void {
    this.wall += seconds;
  }

  #pass(seconds: number): void {
    this.wall += seconds;
    this.steady += seconds;
  }
}

/** Seconds between two instants, by whichever clock went further. */
export function ageOf(then: Instant, now: Instant): number {
  return Math.max(now.wall - then.wall, now.steady - then.steady);
}
