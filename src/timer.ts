/** Timers that do not keep a process alive. */

/** Runs `work` in so many seconds; the result calls it off. A browser's timers never keep anything alive, Node's must be told. */
export function later(seconds: number, work: () => void): () => void {
  const timer: unknown = setTimeout(work, 1000 * seconds);
  if (typeof timer === "object") (timer as { unref(): void }).unref();
  return () => clearTimeout(timer as number);
}
