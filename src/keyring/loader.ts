/**
 * When the source of a ring is asked, and for how long what it gave may be used. Both are judged by age when keys are used; timers only see
 * to it that it is asked when none are.
 */
import { attempt } from "../base/attempt.js";
import { isError } from "../base/brands.js";
import { kindOf } from "../base/errors.js";
import { isPromise } from "../base/own.js";
import { later } from "../runtime/timer.js";
import type { Ages, Aging } from "./ages.js";
import { type CheckedSource, closedError, type Loaded, type LoadRequest, loadFrom, type Watching, wipeAnswer } from "./loading.js";

/** How a load ended. */
export interface Outcome {
  readonly changed: boolean;
  readonly error: Error | undefined;
}

export interface Times {
  readonly ages: Ages;
  /** The ring's clock. Does not throw. */
  readonly now: () => number;
  readonly maxStaleness: number | undefined;
}

/** What a loader does things for: its ring. Only `heard` and `failed` call code of the ring's owner. */
export interface LoaderUser {
  /** What a source is asked with. */
  request(): Omit<LoadRequest, "signal">;
  /**
   * Takes an answer. One with an error has failed, and yet has taken keys away.
   * @throws Error for an answer that changes nothing.
   */
  take(loaded: Loaded): Outcome;
  /** Keys of the source are not used any more, or used again. */
  turned(): void;
  /** Is there a load for which callers that can wait have to wait? */
  late(isLate: boolean): void;
  heard(changed: boolean): void;
  failed(error: Error): void;
}

const NEVER = Number.POSITIVE_INFINITY;
const ALWAYS = Number.NEGATIVE_INFINITY;

/** Seconds until a source that failed is asked again, unless it says otherwise. */
const RETRY = 30;

export class Loader implements Aging {
  readonly source: CheckedSource;
  readonly #ages: Ages;
  readonly #now: () => number;
  readonly #maxStaleness: number;
  readonly #maxAge: number | undefined;
  readonly #user: LoaderUser;
  readonly #closing = new AbortController();
  #underWay: Promise<Outcome> | undefined;
  /** Something has changed since the load under way began. */
  #isOutdated = false;

  /** As ages: when the source was asked last, when it is to be asked again, and when what it gave was surely what it had. */
  #asked = ALWAYS;
  #due = NEVER;
  #known = ALWAYS;
  #lookDue = NEVER;

  /** The last load has failed, though the process was not frozen meanwhile. */
  #isDown = false;
  #lastSuccess: number | undefined;
  #lastError: Error | undefined;
  /** Since when, by the ring's clock, keys are not used. */
  #staleSince: number | undefined;
  /** That is because of `maxStaleness`; and the ring's owner has been told so. */
  #isPastEnd = false;
  #isTold = false;
  #callOff: (() => void) | undefined;
  #watching: Watching | undefined;

  constructor(source: CheckedSource, { ages, now, maxStaleness }: Times, user: LoaderUser) {
    this.source = source;
    this.#ages = ages;
    this.#now = now;
    this.#maxStaleness = maxStaleness ?? NEVER;
    // Before its keys are too old: a source that answers does not lose them.
    const inTime = Math.max(this.#maxStaleness - source.timeout, this.#maxStaleness / 2);
    this.#maxAge = source.maxAge && Math.min(source.maxAge, inTime);
    this.#user = user;
  }

  start(): Outcome | Promise<Outcome> {
    // Before it is read: what changes meanwhile is seen.
    this.#watching = this.source.watch?.(() => this.#outdate());
    this.#known = this.#ages.read();
    if (this.#watching?.look && this.source.pollInterval) this.#lookDue = this.#known + this.source.pollInterval;
    return this.load();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Seconds after which a load that is due has surely ended, should its timer be late: twice its time. */
  get #patience(): number {
    return 2 * this.source.timeout;
  }

  get underWay(): Promise<Outcome> | undefined {
    return this.#underWay;
  }

  get lastSuccess(): number | undefined {
    return this.#lastSuccess;
  }

  get lastError(): Error | undefined {
    return this.#lastError;
  }

  get staleSince(): number | undefined {
    return this.#staleSince;
  }

  /** What the source has is not known: it was never heard of, was not heard the last time, or not for too long. */
  get isUnsure(): boolean {
    return this.#lastSuccess === undefined || this.#lastError !== undefined || this.#staleSince !== undefined;
  }

  /** One load at a time: calls that ask meanwhile, also from the source itself or a listener, get its outcome. */
  load(): Outcome | Promise<Outcome> {
    // The clock may be the caller's: it is read before anything is looked at.
    const begun = this.#ages.read();
    if (this.#underWay) return this.#underWay;
    if (this.#isClosed) return { changed: false, error: closedError(this.source) };
    this.#callOff?.();
    this.#isOutdated = false;
    this.#asked = begun;
    let settle = (_: Outcome): void => undefined;
    const underWay = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    this.#underWay = underWay;
    const end = (work: () => Outcome): Outcome => {
      const outcome = this.#end(work);
      settle(outcome);
      return outcome;
    };
    try {
      const loaded = loadFrom(this.source, this.#user.request(), this.#closing.signal);
      if (!isPromise(loaded)) return end(() => this.#succeed(loaded, begun));
      loaded.then(
        (answer) => end(() => this.#succeed(answer, begun)),
        (error) => end(() => this.#fail(error, begun)),
      );
      return underWay;
    } catch (error) {
      return end(() => this.#fail(error, begun));
    }
  }

  #end(work: () => Outcome): Outcome {
    const outcome = work();
    this.#underWay = undefined;
    if (this.#isOutdated) this.#loadIn(0);
    return outcome;
  }

  #succeed(loaded: Loaded, begun: number): Outcome {
    const now = this.#now();
    let taken: Outcome;
    try {
      if (this.#isClosed) {
        wipeAnswer(loaded);
        throw closedError(this.source);
      }
      taken = this.#user.take(loaded);
    } catch (error) {
      return this.#fail(error, begun);
    }
    if (taken.error) return this.#fail(taken.error, begun, taken.changed);
    this.#lastSuccess = now;
    this.#lastError = undefined;
    this.#isDown = false;
    // An answer says what there was when it was asked for; the process may have been frozen since.
    this.#known = begun;
    this.#askAgain(begun + (this.#maxAge ?? NEVER));
    this.#user.heard(taken.changed);
    return taken;
  }

  #fail(thrown: unknown, begun: number, changed = false): Outcome {
    const { name, coolDown } = this.source;
    const error = isError(thrown) ? thrown : new Error(`Expected ${name} to be loaded, got ${kindOf(thrown)} thrown`);
    if (this.#isClosed) return { changed, error };
    const age = this.#ages.read();
    // A source that tells of its changes had none until now.
    if (this.#maxAge === undefined && this.#lastError === undefined) this.#known = age;
    this.#lastError = error;
    // What began before the process was frozen does not say whether the source is down now.
    if (age > begun + this.#patience) this.#loadIn(0);
    else {
      this.#isDown = true;
      this.#askAgain(age + Math.min(this.#maxAge ?? RETRY, coolDown ?? RETRY));
    }
    this.#user.failed(error);
    this.#tellIfStale();
    return { changed, error };
  }

  #askAgain(age: number): void {
    const now = this.#ages.read();
    if (this.#isClosed) return;
    this.#due = age;
    this.#loadIn(age - now);
    this.#weigh(now);
  }

  #loadIn(seconds: number): void {
    this.#callOff?.();
    const isDue = seconds !== NEVER && !this.#isClosed;
    this.#callOff = isDue ? later(Math.max(0, seconds), () => void this.load()) : undefined;
  }

  /** A load for an unknown key, if the source may be asked again. */
  get mayRefresh(): boolean {
    const { coolDown } = this.source;
    if (this.#underWay) return true;
    return coolDown !== undefined && !this.#isClosed && this.#ages.read() - this.#asked >= coolDown;
  }

  /** For callers that can wait: a load, where none was made when it was due. While the source is down, there is nothing to wait for. */
  fresh(): Promise<unknown> | undefined {
    return this.#isOverdue(this.#ages.read()) ? this.#renew() : undefined;
  }

  async #renew(): Promise<void> {
    await this.load();
    // One that was under way may have been so since before the process was frozen.
    if (this.#isOverdue(this.#ages.read())) await this.load();
  }

  #isOverdue(age: number): boolean {
    return age >= this.#due + (this.#isDown ? this.#patience : 0);
  }

  grow(age: number): void {
    if (age >= this.#lookDue) {
      this.#lookDue = age + (this.source.pollInterval ?? NEVER);
      attempt(() => this.#watching?.look?.());
    }
    if (age >= this.#due && !this.#underWay) void this.load();
    this.#weigh(age);
    this.#tellIfStale();
  }

  /**
   * May the keys be used? Not where a load was due and has not ended in time: only a process that was frozen, or a clock that jumped, makes it
   * so late. Not where no load has been good for `maxStaleness`.
   */
  #weigh(age: number): void {
    const latest = this.#due + this.#patience;
    const end = this.#maxAge !== undefined || this.#lastError ? this.#known + this.#maxStaleness : NEVER;
    const ahead = [this.#due, latest, end].filter((moment) => moment > age);
    this.#ages.ask(this, Math.min(this.#lookDue, ...ahead));
    this.#user.late(this.#isOverdue(age));
    this.#isPastEnd = age >= end;
    this.#turn(this.#isPastEnd || age >= latest);
  }

  #turn(isStale: boolean): void {
    if (isStale === (this.#staleSince !== undefined) || this.#lastSuccess === undefined) return;
    this.#staleSince = isStale ? this.#now() : undefined;
    this.#user.turned();
  }

  #tellIfStale(): void {
    const isNews = this.#isPastEnd && !this.#isTold;
    this.#isTold = this.#isPastEnd;
    if (!isNews) return;
    const expected = `Expected ${this.source.name} to be loaded within ${this.#maxStaleness} s (\`maxStaleness\`)`;
    this.#user.failed(new Error(`${expected}, got no good load: its keys are not used until there is one`));
  }

  /** Called by what watches the source. */
  #outdate(): void {
    if (this.#underWay) this.#isOutdated = true;
    else void this.load();
  }

  close(): void {
    this.#closing.abort();
    this.#callOff?.();
    const watching = this.#watching;
    this.#callOff = this.#watching = undefined;
    this.#due = this.#lookDue = NEVER;
    // What is not used now is not used again.
    if (this.#staleSince === undefined) this.#weigh(this.#ages.read());
    else this.#ages.ask(this, NEVER);
    this.#user.late(false);
    attempt(() => watching?.());
  }
}
