/** What a key ring is to those who make one and use it; `ring.ts` is how it works. */
import type { Duration } from "../base/durations.js";
import type { Moment } from "../base/moment.js";
import type { AlgOption } from "../keys/alg.js";
import type { KeySnapshot, KeySource } from "../sources/keySource.js";
import type { RingKeyInput, RingKeysInput } from "./input.js";
import type { RingSource } from "./loading.js";

/** What a ring holds, and where it gets more. Times are in seconds. */
export interface KeyRingOptions {
  /** Keys that are there from the beginning: as a verifier takes them, each with `nbf` and `exp` if it likes, or a JWK set. */
  readonly keys?: RingKeysInput;
  /** Where keys are loaded from, now and whenever they change: `remote()`, `callback()`, or a source of `wasm-jwt/keyring/node`. */
  readonly source?: RingSource;
  /**
   * The algorithm of keys that do not name one, such as RSA keys of Entra ID; or several, of one kind of key: for `keys`, `add`, and a source that
   * has no `alg` itself. Keys of other algorithms are refused, or left out of what is loaded. Where it is not given, an RSA key is for the one
   * algorithm of RSA that a verifier allows (`algorithms`), if there is just one.
   */
  readonly alg?: AlgOption;
  /** Take secrets shorter than the hash. Empty ones are never taken. */
  readonly allowWeakSecrets?: boolean;
  /**
   * Seconds for which keys of the source are used after its last good load; for ever unless given. After that, while the source fails, its
   * keys are not used: their tokens are KEY_UNAVAILABLE. Keys of `keys` and `add` stay. Leave time for some failed loads.
   */
  readonly maxStaleness?: Duration;
  /** The ring's clock, for ages, `retire` and `status`: a function that gives the time, instead of the system's. */
  readonly currentDate?: () => Moment;
  /** Called after each good load. What it throws is ignored. */
  readonly onReload?: (reload: KeyRingReload) => void;
  /**
   * Called after each bad load, and once when the keys of the source are older than `maxStaleness`. The message holds no key. What it throws is
   * ignored.
   */
  readonly onError?: (error: Error) => void;
}

/** A good load. */
export interface KeyRingReload {
  /** Did it bring other keys than there were? */
  readonly changed: boolean;
  /** How many keys are valid now. */
  readonly keys: number;
  /** What is wrong with keys that were left out, by index and member. */
  readonly problems: readonly string[];
}

/** How a ring is. */
export interface KeyRingStatus {
  /** How many keys are valid now. */
  readonly keys: number;
  /** When a load was good last, in seconds; undefined before the first. */
  readonly lastSuccess: number | undefined;
  /** What was wrong with the last load; undefined where it was good. Holds no key. */
  readonly lastError: string | undefined;
  /** Since when the keys of the source are not used, being too old, in seconds; undefined where they are used. */
  readonly staleSince: number | undefined;
  /** What is wrong with keys that were left out, by the ring, or by a verifier whose `algorithms` do not say what they are for. */
  readonly problems: readonly string[];
}

/** Keys that change. Give it to any number of verifiers as `keys`. */
export interface KeyRing extends KeySource {
  /** @internal */
  at(now: number): KeySnapshot;
  /** @internal */
  missed(): void;
  /**
   * Adds a key; it is there with the next call of a verifier.
   * @throws TypeError when it is no key, or the ring has one of that name.
   */
  add(key: RingKeyInput): void;
  /** Takes a key away, for good: no load brings back one of that name, only `add` does. Says whether it was there. */
  remove(kid: string): boolean;
  /**
   * Ends a key at a moment, now unless given; it never ends later than it did, whatever is loaded. Says whether it was there. Its
   * bytes stay, for verifiers that judge by an earlier time, until it is removed or no longer loaded.
   */
  retire(kid: string, at?: Moment): boolean;
  /** Fulfilled when the source has given its first keys. @throws Error why it has not, when the load has ended. */
  ready(): Promise<void>;
  /** Loads anew, or awaits the load that is under way. Says whether it was good; is never rejected. */
  reload(): Promise<boolean>;
  /**
   * Loads anew because a key is unknown, if its source may be asked again (`coolDown`). Says whether the keys are others now; is
   * never rejected.
   */
  refresh(): Promise<boolean>;
  /** Ends watching and loading. The ring keeps the keys it has, those of its source for `maxStaleness`. */
  close(): void;
  status(): KeyRingStatus;
}
