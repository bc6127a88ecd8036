/**
 * Timers and the monotonic clock, as the runtime has them when the library is loaded. What a test puts in their place later must not make a
 * request wait for a time that the test never lets pass. The time of day is another matter: it is `Date.now` whenever it is asked for.
 */

const { setTimeout, clearTimeout, performance } = globalThis;
const now = performance.now.bind(performance);

/** Seconds by a clock that never jumps; in some runtimes it stands still while the machine sleeps. */
export function monotonic(): number {
  return now() / 1000;
}

/** Runs `work` in so many seconds; the result calls it off. A browser's timers never keep anything alive, Node's must be told. */
export function later(seconds: number, work: () => void): () => void {
  const timer: unknown = setTimeout(work, 1000 * seconds);
  if (typeof timer === "object") (timer as { unref(): void }).unref();
  return () => clearTimeout(timer as number);
}

/** Fulfilled in so many seconds. Unlike `later`, it keeps the process alive. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}
