/**
 * A revocation list: what verifiers look up, behind all else, for each token that they would accept. It is all in memory, so that a
 * look-up is never waited for; a store may keep it besides.
 */
import { attempt } from "../base/attempt.js";
import { bindMethods } from "../base/bound.js";
import { isError } from "../base/brands.js";
import { oneOf, optionalFunction, requireArray, requireFunction, requireString } from "../base/check.js";
import { type Duration, duration } from "../base/durations.js";
import { atCaller, kindOf } from "../base/errors.js";
import { type Moment, runningClock } from "../base/moment.js";
import { bare, isPart, ownOptions } from "../base/own.js";
import type { RevocationState } from "../engine/chunk.js";
import { openEngine } from "../engine/openEngine.js";
import { answerOf } from "../runtime/deadline.js";
import { released } from "../runtime/released.js";
import { microtask } from "../runtime/soon.js";
import { monotonic } from "../runtime/timer.js";
import type { RevocationCounts, Revocations } from "../verify/revocations.js";
import { Entries } from "./entries.js";
import {
  concerns,
  ownIdentity,
  type RevocationEntry,
  type RevocationInput,
  type RevocationSource,
  type RevokedSubject,
  type TokenIdentity,
} from "./entry.js";
import { inMilliseconds, isJustAfter, justAfter } from "./order.js";
import { parseEntries, seconds } from "./parse.js";
import { type OwnStore, ownStore, type RevocationSink, type RevocationStore } from "./store.js";
import { Sweeper } from "./sweeper.js";

export interface RevocationListOptions {
  /** Keeps what is revoked: `file()` of `wasm-jwt/revocation/node`, or a store of your own. */
  readonly store?: RevocationStore;
  /** For how many seconds the list may be relied on after its store said last that it has all there is; without it, from the first time on. */
  readonly maxStaleness?: Duration;
  /** What becomes of tokens while the list is stale: `"reject"` (REVOCATION_STALE) unless given, or `"allow"`. */
  readonly onStale?: "reject" | "allow";
  /** Told of what fails in the store, and of what is wrong with its data. What it throws is ignored. */
  readonly onError?: (error: Error) => void;
  /** The list's clock, by which entries end and grow stale, instead of the system's. */
  readonly currentDate?: () => Moment;
}

/** How a list is. Times are in seconds. */
export interface RevocationHealth extends RevocationCounts {
  /** Of linear memory. */
  readonly bytes: number;
  /** When the list had all there is, last; undefined before the first time. */
  readonly lastSync: number | undefined;
  /** The process that writes the store's file while this list only follows, such as `process 4242 on gateway-1`; undefined where this one writes. */
  readonly following: string | undefined;
  /** What went wrong last, reading what the store had included; undefined where nothing has since the store said that all is there. */
  readonly lastError: string | undefined;
}

/** What is revoked. Give it to any number of verifiers as `revocation`. */
export interface RevocationList extends Revocations, RevocationSource {
  /**
   * Revokes: a token by its `jti`, and better by its `iss` as well; a subject's tokens issued `before` a time; a key's; or all issued before a
   * time. Without `before`, all tokens of a subject that were issued so far are revoked, and those that other signers issue within the same
   * second in whole seconds. It holds for the next call of each verifier; the promise is fulfilled when the store has it, and cannot lose it.
   * Entries are forgotten when `exp` is past, which is that of the token, or of the last of those concerned; without it, never.
   * @throws TypeError (as a rejection) for an entry that is none, with nothing revoked; Error where the store fails, or
   * has not answered within 30 seconds, with all revoked here.
   */
  revoke(entries: RevocationInput | readonly RevocationInput[]): Promise<void>;
  /** Adds entries that another one has: they are not given to the store. @throws TypeError for one that is none; nothing is added then. */
  apply(entries: readonly RevocationInput[]): void;
  /** All entries, in no order. */
  snapshot(): Iterable<RevocationEntry>;
  /** Is a token revoked of which this is known? */
  isRevoked(token: TokenIdentity): boolean;
  /** `before` of the entry for a subject of any issuer, in seconds; undefined where there is none. */
  revokedBefore(sub: string): number | undefined;
  /** The entry for a subject of any issuer; undefined where there is none. */
  revokedSubject(sub: string): RevokedSubject | undefined;
  /**
   * `iat` for a token that is issued at `now`, in seconds, by the list's clock unless given. What was revoked without `before` so far does not
   * reach the token, what is revoked so from now on does: also within one millisecond, and when a clock was set back. `iss` and `sub` are what the
   * token will say. A refresher asks by itself; ask for tokens that you sign.
   * @throws TypeError for a time that is none.
   */
  issueTime(token: Pick<TokenIdentity, "iss" | "sub">, now?: number): number;
  readonly size: number;
  health(): RevocationHealth;
  /** Fulfilled when the list has all there is. @throws Error why it has not, when its store has failed. */
  ready(): Promise<void>;
  /** Ends the store, when it has what was revoked. The list stays what it is, and is not told of more. */
  close(): Promise<void>;
}

/**
 * Makes a revocation list. What its store has at once is there; before that of a store that promises, it is stale.
 * @throws TypeError for a wrong option, naming it; Error where the store cannot be read.
 */
export const createRevocationList = /* @__PURE__ */ atCaller(function createRevocationList(
  given: RevocationListOptions = {},
): RevocationList {
  const options = ownOptions(given, "options", ["store", "maxStaleness", "onStale", "onError", "currentDate"], ["store", "maxStaleness"]);
  const store = options.store === undefined ? undefined : ownStore(options.store);
  const allowsStale = oneOf(options.onStale, "onStale", ["reject", "allow"]) === "allow";
  const onError = optionalFunction(options.onError, "onError");
  const now = runningClock(options.currentDate);
  const maxStaleness = duration(options.maxStaleness, "maxStaleness", "a number of seconds, more than 0", Number.MIN_VALUE, 1e9);
  if (maxStaleness !== undefined && (!store || store.isOwn))
    throw new TypeError(
      "Expected `maxStaleness` to stand beside a `store` that others revoke in as well: without one, nothing grows stale",
    );
  const entries = new Entries(openEngine());
  const list = new List(entries, store, { maxStaleness, allowsStale, onError, now });
  released.register(list, () => entries.release());
  list.start();
  return list;
});

/** Seconds in which a store must have kept what is revoked. A file waits for its lock for ten of them. */
const LONGEST = 30;

interface Plan {
  readonly maxStaleness: number | undefined;
  readonly allowsStale: boolean;
  readonly onError: RevocationListOptions["onError"];
  readonly now: () => number;
}

class List implements RevocationList {
  readonly #entries: Entries;
  readonly #store: OwnStore | undefined;
  readonly #plan: Plan;
  readonly #sweeper: Sweeper;
  readonly #listeners = new Set<(entries: readonly RevocationEntry[]) => void>();
  /** The latest time at which a token was issued that the list was asked about. */
  #issued = 0;
  #lastSync: { readonly time: number; readonly steady: number } | undefined;
  #lastError: Error | undefined;
  /** The error that is reported while entries may be missing. */
  #shortness: Error | undefined;
  #opening: Promise<void> | undefined;
  #isClosed = false;

  constructor(entries: Entries, store: OwnStore | undefined, plan: Plan) {
    this.#entries = entries;
    this.#store = store;
    this.#plan = plan;
    this.#sweeper = new Sweeper(entries, plan.now);
    bindMethods(this as RevocationList, "revoke", "apply", "snapshot", "isRevoked", "revokedBefore", "revokedSubject", "issueTime");
    bindMethods(this as RevocationList, "subscribe", "health", "ready", "close");
  }

  start(): void {
    const sink: RevocationSink = {
      apply: (entries) => this.apply(entries),
      snapshot: () => this.#lasting((end) => this.#sweeper.forget(end)),
      size: () => this.size,
      synced: () => this.#synced(),
      passed: () => this.#sweeper.passed,
      resume: (passed) => this.#sweeper.resume(passed),
      failed: (error) => this.#failed(error),
    };
    const opening: unknown = this.#store?.open(sink);
    if (isPromise(opening)) {
      this.#opening = Promise.resolve(opening).then(() => this.#opened());
      this.#opening.catch((error) => this.#failed(error));
    } else this.#opened();
  }

  place(now?: number): RevocationState {
    return { list: this.#entries.address, isStale: !this.#plan.allowsStale && this.#isStale(now) };
  }

  outlive(seconds: number): void {
    if (seconds === Number.POSITIVE_INFINITY && this.#sweeper.forgotten > Number.NEGATIVE_INFINITY && !this.#plan.allowsStale)
      throw new Error("Expected a verifier with `ignoreExpiration` to be made before its revocation list has forgotten any expired token");
    this.#sweeper.outlive(seconds);
  }

  async revoke(given: RevocationInput | readonly RevocationInput[]): Promise<void> {
    const entries = this.#dated(parseEntries(given));
    this.#add(entries);
    const store = this.#store;
    if (store) await answerOf(store.name, LONGEST, () => store.append(entries));
  }

  apply(given: readonly RevocationInput[]): void {
    requireArray(given, "entries");
    this.#add(this.#dated(parseEntries(given)));
  }

  /** Gives subjects without `before` one that is later than any token issued to them. The clock is asked if needed, and before all else. */
  #dated(given: readonly RevocationInput[]): RevocationEntry[] {
    if (given.every(isDated)) return given as RevocationEntry[];
    const now = this.#plan.now();
    return given.map((entry) => (isDated(entry) ? entry : bare({ ...entry, before: this.#justNow(entry, now) })));
  }

  /** Where the subject was revoked by a clock that is ahead of this one, tokens issued since have that time. */
  #justNow({ sub, iss }: Pick<RevokedSubject, "sub" | "iss">, now: number): number {
    const earlier = this.#entries.ofSubject(sub, iss).map(({ before }) => before);
    return justAfter(Math.max(now, this.#issued, ...earlier.filter(isJustAfter)));
  }

  issueTime(token: Pick<TokenIdentity, "iss" | "sub">, now = this.#plan.now()): number {
    const { iss, sub } = ownIdentity(token);
    this.#issued = Math.max(this.#issued, seconds(now, "now"));
    const revoked = sub === undefined ? [] : this.#entries.ofSubject(sub, iss ?? "");
    // A time that the caller chose is kept: it may lie ahead because no token shall be issued until then.
    return Math.max(inMilliseconds(now), ...revoked.map(({ before }) => before).filter(isJustAfter));
  }

  /** What has ended already is added too: a verifier may judge by an earlier time. */
  #add(entries: readonly RevocationEntry[]): void {
    this.#entries.add(entries);
    this.#sweeper.wake();
    for (const listener of this.#listeners) attempt(() => listener(entries));
  }

  snapshot(): Iterable<RevocationEntry> {
    return this.#lasting(() => undefined);
  }

  /** The entries that have not ended; of the others, `leave` is told when they did. */
  *#lasting(leave: (end: number) => void): Generator<RevocationEntry> {
    const { horizon } = this.#sweeper;
    for (const entry of this.#entries) {
      if (entry.exp === undefined || entry.exp >= horizon) yield entry;
      else leave(entry.exp);
    }
  }

  isRevoked(token: TokenIdentity): boolean {
    const known = ownIdentity(token);
    return this.#entries.concerning(known).some((entry) => concerns(entry, known));
  }

  revokedBefore(sub: string): number | undefined {
    return this.revokedSubject(sub)?.before;
  }

  revokedSubject(sub: string): RevokedSubject | undefined {
    requireString(sub, "sub");
    return this.#entries.concerning(ownIdentity({ sub })).find((entry) => "sub" in entry);
  }

  subscribe(listener: (entries: readonly RevocationEntry[]) => void): () => void {
    requireFunction(listener, "listener");
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get size(): number {
    return this.#entries.size;
  }

  health(): RevocationHealth {
    const { size, bytes } = this.#entries;
    const isStale = this.#isStale();
    return {
      entries: size,
      bytes,
      lastSync: this.#lastSync?.time,
      staleness: this.#store && !this.#store.isOwn ? this.#age() : 0,
      isStale,
      following: this.#store?.following,
      lastError: this.#lastError?.message,
    };
  }

  async ready(): Promise<void> {
    await this.#opening;
    if (this.#lastSync === undefined) throw this.#lastError ?? new Error(`Expected ${this.#store?.name} to be read, got it closed`);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#store?.close();
  }

  /** What the store said was wrong with its data is so still. */
  #opened(): void {
    if (!this.#isClosed) this.#lastSync = { time: this.#plan.now(), steady: monotonic() };
  }

  #synced(): void {
    this.#opened();
    if (!this.#isClosed) this.#lastError = this.#shortness;
  }

  #failed(thrown: unknown): void {
    const error = isError(thrown) ? thrown : new Error(`Expected ${this.#store?.name} to be kept, got ${kindOf(thrown)} thrown`);
    this.#lastError = error;
    attempt(() => this.#plan.onError?.(error));
  }

  #isStale(now?: number): boolean {
    if (this.#lastSync === undefined || this.#isShort(now)) return true;
    if (this.#store?.isCurrent?.() === false) return true;
    const { maxStaleness } = this.#plan;
    return maxStaleness !== undefined && (this.#age() as number) > maxStaleness;
  }

  /** Since the list had all there is: a clock that was set back, or fails, makes nothing fresh. */
  #age(): number | undefined {
    if (this.#lastSync === undefined) return undefined;
    const { time, steady } = this.#lastSync;
    let now = Number.POSITIVE_INFINITY;
    attempt(() => {
      now = this.#plan.now();
    });
    return Math.max(Math.abs(now - time), monotonic() - steady);
  }

  /** May an entry be missing? It is told once, and not from within a look-up; it passes by itself. */
  #isShort(now?: number): boolean {
    const isShort = this.#sweeper.isShort(now);
    if (now === undefined) this.#tellShortness(isShort);
    // A verifier may judge by a time of its own, which says nothing of the clock.
    else if (isShort) microtask(() => attempt(() => this.#isShort()));
    return isShort;
  }

  #tellShortness(isShort: boolean): void {
    if (isShort === (this.#shortness !== undefined)) return;
    if (!isShort) {
      if (this.#lastError === this.#shortness) this.#lastError = undefined;
      this.#shortness = undefined;
      return;
    }
    const error = new Error(
      "Expected the clock to be past the end of all revocations that the list has forgotten, got one that was set back: the list is stale until then",
    );
    this.#shortness = error;
    this.#lastError = error;
    microtask(() => attempt(() => this.#plan.onError?.(error)));
  }
}

/** Does it say by itself what it reaches? */
function isDated(entry: RevocationInput): entry is RevocationEntry {
  return !("sub" in entry) || entry.before !== undefined;
}

/** Also one that is not this runtime's own. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isPart(value, "then");
}
