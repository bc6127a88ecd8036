/** Keys that change: what a verifier asks of a key ring. A ring is one kind of source; the verifier knows no more of it. */
import type { Algorithm } from "../base/algorithms.js";
import { isPart, partMember } from "../base/own.js";
import type { Key } from "../engine/key.js";

/**
 * The keys of one moment; it never changes. Another set of keys is another object, by which a verifier knows that it has to load
 * them.
 */
export interface KeySnapshot {
  /**
   * The keys, copies of the secrets for one verifier to load and wipe: a snapshot may be loaded by many, its own bytes stay as they
   * are. Keys that were wiped since, having left their ring, are left out; so are those that do not say which algorithm they are for, unless
   * just one of `algorithms`, which the verifier allows, can be meant. They are none where it allows those of its keys.
   */
  load(algorithms?: readonly Algorithm[]): readonly Key[];
  /** The time for which the source gives this snapshot, in seconds: from `from` on, before `until`. Any, unless given. */
  readonly from?: number;
  readonly until?: number;
  /** How many keys there are, if that is known without loading them. */
  readonly size?: number;
}

/** Counts up whenever some source's keys change: who watches a thousand of them looks at this one number. */
export interface ChangeCounter {
  count: number;
  /** `expire` of all sources that count here at once: a thousand of them cost no more than one. */
  expire?(): void;
  /** As of the last `expire`, those for which `fresh` may promise something; without it, each has to be asked. */
  readonly overdue?: ReadonlySet<KeySource>;
}

/** Where a verifier gets its keys, once for each call: a key ring, a table of keys, keys that are derived or looked up. */
export interface KeySource {
  /**
   * The keys that are valid at `now`, in seconds, but for those that are too old: the same object for as long as they are the same keys. Does
   * not throw. Only verifiers can read it: it is a `KeySnapshot`, or the `KeyMemory` of a table, which changes in its place.
   */
  at(now: number): object;
  /**
   * Lets go of what has grown too old by now, as `at` does, and counts that in `changes`: called in place of `at` before each use of placed
   * keys by verifiers that watch many sources. It is cheap and does not throw, except while the tokens of a batch are being read, when nothing
   * can be judged either.
   * @internal
   */
  expire?(): void;
  /** Counts up with every change but those of time; without it, the source is asked for each call. @internal */
  readonly changes?: ChangeCounter;
  /**
   * Undefined where what the source has is young enough to be used; else a promise, fulfilled when it has been renewed or that has failed, within
   * a deadline; callers that can wait ask for it before they judge. Is never rejected.
   * @internal
   */
  fresh?(): Promise<unknown> | undefined;
  /** Told that a token selected none of the keys. Returns at once and does not throw. @internal */
  missed?(): void;
  /**
   * Asks for the keys that there are by now, because a token selected none of those known; called instead of `missed` by those who can
   * wait, who judge such tokens once more when it is fulfilled. It may refuse to ask. Is never rejected.
   * @internal
   */
  refresh?(): Promise<unknown>;
  /**
   * Gets the keys of names that tokens bear and none of the keys does: says whether some of them are there now, so that such tokens are
   * judged once more; callers that cannot wait take a promise for a no. Does not throw and is never rejected. Keys that have come stay until
   * `proved` is told of these names.
   * @internal
   */
  supply?(names: readonly string[]): boolean | Promise<boolean>;
  /**
   * Asked, when all has been tried, of a token that selected none of the keys: could its key not be looked up, so that it may be there? Such a
   * token is KEY_UNAVAILABLE rather than KEY_NOT_FOUND. `name` is given to sources that `supply`. Does not throw.
   * @internal
   */
  isUnavailable?(name: string | undefined): boolean;
  /** Told once after each `supply`, when its tokens have been judged: which of those names had an authentic token. @internal */
  proved?(names: readonly string[], authentic: ReadonlySet<string>): void;
}

/** What may have a source, and issuers that may have one each: a verifier's plan. */
interface Sourced {
  readonly source: KeySource | undefined;
  readonly issuers: readonly Sourced[];
}

const NONE: readonly KeySource[] = [];

/** The sources of a plan, each once. */
export function sourcesOfPlan({ source, issuers }: Sourced): readonly KeySource[] {
  if (issuers.length === 0) return source ? [source] : NONE;
  return [...new Set(issuers.map((issuer) => issuer.source).filter((each) => each !== undefined))];
}

/** Is this a source of keys, rather than a key? Strings and arrays have an `at` of their own. */
export function isKeySource(value: unknown): value is KeySource {
  return typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value) && isPart(value, "at");
}

const known = new WeakMap<KeySource, KeySource>();
const origins = new WeakMap<KeySource, KeySource>();

/** The source with its own members and those of its class, and none that every object has; the same for the same source. */
export function ownSource(source: KeySource): KeySource {
  const own = known.get(source) ?? membersOf(source);
  known.set(source, own);
  origins.set(own, source);
  return own;
}

/** The source itself, for callers that ask it in each call: `at` is its own or its class's in any case. */
export function originOf(source: KeySource): KeySource {
  return origins.get(source) ?? source;
}

function membersOf(source: KeySource): KeySource {
  const method = (name: string) => (partMember(source as object, name) as ((...values: never[]) => never) | undefined)?.bind(source);
  const own: Record<keyof KeySource, unknown> = {
    at: (now: number) => source.at(now),
    changes: partMember(source, "changes"),
    expire: method("expire"),
    fresh: method("fresh"),
    missed: method("missed"),
    refresh: method("refresh"),
    supply: method("supply"),
    isUnavailable: method("isUnavailable"),
    proved: method("proved"),
  };
  return own as unknown as KeySource;
}
