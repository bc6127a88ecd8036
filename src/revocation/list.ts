/**
 * A revocation list: what verifiers look up, behind all else, for each token that they would accept. It is all in memory, so that a
 * look-up is never waited for; a store may keep it besides.
 */
import { attempt } from "../attempt.js";
import { kindOf, optionError } from "../errors.js";
import { openEngine } from "../openEngine.js";
import { clock, type Moment, number, rejectUnknown } from "../options.js";
import { released } from "../released.js";
import { Entries } from "./entries.js";
import {
  concerns,
  type RevocationEntry,
  type RevocationInput,
  type RevocationSource,
  type RevokedSubject,
  type TokenIdentity,
} from "./entry.js";
import { inMilliseconds, isJustAfter, justAfter } from "./order.js";
import { parseEntries, seconds } from "./parse.js";
import type { PlacedRevocations, RevocationCounts, Revocations } from "./revocations.js";
import { type RevocationSink, type RevocationStore, requireStore } from "./store.js";
import { Sweeper } from "./sweeper.js";

export interface RevocationListOptions {
  /** Keeps what is revoked: `file()` of `wasm-jwt/revocation/node`, or a store of your own. */
  readonly store?: RevocationStore;
  /** For how many seconds the list may be relied on after its store said last that it has all there is; without it, from the first time on. */
  readonly maxStaleness?: number;
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
   * @throws TypeError (as a rejection) for an entry that is none, with nothing revoked; Error where the store fails, with all revoked here.
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
export function createRevocationList(options: RevocationListOptions = {}): RevocationList {
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw optionError("options", "an object", options);
  rejectUnknown(options, ["store", "maxStaleness", "onStale", "onError", "currentDate"]);
  const { store, onStale, onError, currentDate } = options;
  if (store !== undefined) requireStore(store);
  if (onStale !== undefined && onStale !== "reject" && onStale !== "allow") throw optionError("onStale", '"reject" or "allow"', onStale);
  if (onError !== undefined && typeof onError !== "function") throw optionError("onError", "a function", onError);
  if (currentDate !== undefined && typeof currentDate !== "function") throw optionError("currentDate", "a function", currentDate);
  const maxStaleness = number(options.maxStaleness, "maxStaleness", "a number of seconds, more than 0", Number.MIN_VALUE, 1e9);
  if (maxStaleness !== undefined && (!store || store.isOwn))
    throw new TypeError(
      "Expected `maxStaleness` to stand beside a `store` that others revoke in as well: without one, nothing grows stale",
    );
  const entries = new Entries(openEngine());
  const list = new List(entries, store, { maxStaleness, allowsStale: onStale === "allow", onError, now: clock(currentDate) });
  released.register(list, () => entries.release());
  list.start();
  return list;
}

interface Plan {
  readonly maxStaleness: number | undefined;
  readonly allowsStale: boolean;
  readonly onError: RevocationListOptions["onError"];
  readonly now: () => number;
}

class List implements RevocationList {
  readonly #entries: Entries;
  readonly #store: RevocationStore | undefined;
  readonly #plan: Plan;
  readonly #sweeper: Sweeper;
  readonly #listeners = new Set<(entries: readonly RevocationEntry[]) => void>();
  /** The latest time at which a token was issued that the list was asked about. */
  #issued = 0;
  #lastSync: number | undefined;
  #lastError: Error | undefined;
  #opening: Promise<void> | undefined;
  #isClosed = false;

  constructor(entries: Entries, store: RevocationStore | undefined, plan: Plan) {
    this.#entries = entries;
    this.#store = store;
    this.#plan = plan;
    this.#sweeper = new Sweeper(entries, plan.now);
  }

  start(): void {
    const sink: RevocationSink = {
      apply: (entries) => this.apply(entries),
      snapshot: () => this.snapshot(),
      size: () => this.size,
      synced: () => this.#synced(),
      failed: (error) => this.#failed(error),
    };
    const opening: unknown = this.#store?.open(sink);
    if (isPromise(opening)) {
      this.#opening = Promise.resolve(opening).then(() => this.#opened());
      this.#opening.catch((error) => this.#failed(error));
    } else this.#opened();
  }

  place(): PlacedRevocations {
    return { list: this.#entries.address, isStale: !this.#plan.allowsStale && this.#isStale() };
  }

  outlive(seconds: number): void {
    this.#sweeper.outlive(seconds);
  }

  async revoke(given: RevocationInput | readonly RevocationInput[]): Promise<void> {
    const entries = this.#dated(parseEntries(given));
    this.#add(entries);
    await this.#store?.append(entries);
  }

  apply(given: readonly RevocationInput[]): void {
    if (!Array.isArray(given)) throw optionError("entries", "an array", given);
    this.#add(this.#dated(parseEntries(given)));
  }

  /** Gives subjects without `before` one that is later than any token issued to them. The clock is asked if needed, and before all else. */
  #dated(given: readonly RevocationInput[]): RevocationEntry[] {
    if (given.every(isDated)) return given as RevocationEntry[];
    const now = this.#plan.now();
    return given.map((entry) => (isDated(entry) ? entry : { ...entry, before: this.#justNow(entry, now) }));
  }

  /** Where the subject was revoked by a clock that is ahead of this one, tokens issued since have that time. */
  #justNow({ sub, iss }: Pick<RevokedSubject, "sub" | "iss">, now: number): number {
    const earlier = this.#entries.ofSubject(sub, iss).map(({ before }) => before);
    return justAfter(Math.max(now, this.#issued, ...earlier.filter(isJustAfter)));
  }

  issueTime(token: Pick<TokenIdentity, "iss" | "sub">, now = this.#plan.now()): number {
    requireToken(token);
    this.#issued = Math.max(this.#issued, seconds(now, "now"));
    const { iss, sub } = token;
    const revoked = sub === undefined ? [] : this.#entries.ofSubject(sub, iss ?? "");
    // A time that its caller chose is not passed over: it may lie ahead because nothing shall be issued until then.
    return Math.max(inMilliseconds(now), ...revoked.map(({ before }) => before).filter(isJustAfter));
  }

  /** What has ended already is added too: a verifier may judge by an earlier time. */
  #add(entries: readonly RevocationEntry[]): void {
    this.#entries.add(entries);
    this.#sweeper.wake();
    for (const listener of this.#listeners) attempt(() => listener(entries));
  }

  *snapshot(): Generator<RevocationEntry> {
    const { horizon } = this.#sweeper;
    for (const entry of this.#entries) if (entry.exp === undefined || entry.exp >= horizon) yield entry;
  }

  isRevoked(token: TokenIdentity): boolean {
    requireToken(token);
    return this.#entries.concerning(token).some((entry) => concerns(entry, token));
  }

  revokedBefore(sub: string): number | undefined {
    return this.revokedSubject(sub)?.before;
  }

  revokedSubject(sub: string): RevokedSubject | undefined {
    if (typeof sub !== "string") throw optionError("sub", "a string", sub);
    return this.#entries.concerning({ sub }).find((entry) => "sub" in entry);
  }

  subscribe(listener: (entries: readonly RevocationEntry[]) => void): () => void {
    if (typeof listener !== "function") throw optionError("listener", "a function", listener);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get size(): number {
    return this.#entries.size;
  }

  health(): RevocationHealth {
    const { size, bytes } = this.#entries;
    const lastSync = this.#lastSync;
    const age = lastSync === undefined ? undefined : Math.max(0, this.#plan.now() - lastSync);
    const staleness = this.#store && !this.#store.isOwn ? age : 0;
    return { entries: size, bytes, lastSync, staleness, isStale: this.#isStale(), lastError: this.#lastError?.message };
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
    if (!this.#isClosed) this.#lastSync = this.#plan.now();
  }

  #synced(): void {
    this.#opened();
    if (!this.#isClosed) this.#lastError = undefined;
  }

  #failed(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(`Expected ${this.#store?.name} to be kept, got ${kindOf(thrown)} thrown`);
    this.#lastError = error;
    attempt(() => this.#plan.onError?.(error));
  }

  /** A clock that was set back makes nothing fresh. */
  #isStale(): boolean {
    if (this.#lastSync === undefined) return true;
    const { maxStaleness, now } = this.#plan;
    return maxStaleness !== undefined && Math.abs(now() - this.#lastSync) > maxStaleness;
  }
}

/** Does it say by itself what it reaches? */
function isDated(entry: RevocationInput): entry is RevocationEntry {
  return !("sub" in entry) || entry.before !== undefined;
}

function requireToken(token: unknown): void {
  if (typeof token !== "object" || token === null) throw optionError("token", "an object, what is known of a token", token);
}

/** Also one that is not this runtime's own. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}
