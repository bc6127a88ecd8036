/** Names without a key that serves: there is none, as the resolver has said, or look-ups of it have failed. No foreign code runs here. */

/** Seconds after which a look-up that failed is tried again; twice as long after each further one. */
const FIRST_WAIT = 1;

/** Look-ups of a name have failed: when it may be asked for again, and how long that wait is. */
interface Failure {
  readonly until: number;
  readonly wait: number;
}

export class KeylessNames {
  /** So many of each kind are remembered, and so long; it is also the longest wait after a failure. */
  readonly #most: number;
  readonly #seconds: number;
  /** The ages at which names without a key are forgotten; the earliest first. */
  readonly #none = new Map<string, number>();
  readonly #failures = new Map<string, Failure>();

  constructor(most: number, seconds: number) {
    this.#most = most;
    this.#seconds = seconds;
  }

  hasNone(name: string): boolean {
    return this.#none.has(name);
  }

  isFailing(name: string): boolean {
    return this.#failures.has(name);
  }

  mayBeAsked(name: string, age: number): boolean {
    return !this.#none.has(name) && !(age < (this.#failures.get(name)?.until ?? 0));
  }

  /** Lets go of names that had no key a while ago: one may have come. */
  expire(age: number): void {
    for (const [name, end] of this.#none) {
      if (age < end) break;
      this.#none.delete(name);
    }
  }

  noteNone(name: string, age: number): void {
    remember(this.#none, name, age + this.#seconds, this.#most);
    this.#failures.delete(name);
  }

  /** Returns how many seconds the name is not asked for now. */
  noteFailure(name: string, age: number): number {
    const before = this.#failures.get(name);
    const wait = Math.min(before ? 2 * before.wait : FIRST_WAIT, this.#seconds);
    remember(this.#failures, name, { until: age + wait, wait }, this.#most);
    return wait;
  }

  /** Says whether anything was known. */
  forget(name: string): boolean {
    const wasNone = this.#none.delete(name);
    return this.#failures.delete(name) || wasNone;
  }
}

function remember<Value>(values: Map<string, Value>, name: string, value: Value, most: number): void {
  values.delete(name);
  values.set(name, value);
  if (values.size <= most) return;
  for (const oldest of values.keys()) {
    values.delete(oldest);
    return;
  }
}
