/** What `resolveKeys` is given besides the resolver, parsed once: later code cannot meet a wrong option. */
import { boolean, optionalFunction, whole } from "../base/check.js";
import { type Duration, duration } from "../base/durations.js";
import { type Moment, runningClock } from "../base/moment.js";
import { ownOptions } from "../base/own.js";
import { AgeClock } from "../runtime/clocks.js";

export interface ResolvedKeysOptions {
  /** How many keys are kept; 100,000 unless given. The oldest go first. Keys of a batch that is being judged are kept beyond that. */
  readonly maxKeys?: number;
  /**
   * How long a key is kept after it was asked for, in seconds; 600 unless given. A key that was used in the third quarter of this time is
   * looked up again in the background.
   */
  readonly maxAge?: Duration;
  /** For how many seconds beyond `maxAge` a key may serve while look-ups of it fail; 0 unless given. An answer of none ends it at once. */
  readonly maxStale?: Duration;
  /**
   * How many names without a key are remembered; 10,000 unless given. It also limits how often names that never had
   * a key are looked up in vain: so many times at once, and so many in each `unknownAge` after that.
   */
  readonly maxUnknown?: number;
  /** How long such a name is remembered, in seconds; 30 unless given. Look-ups that fail are tried again after 1 s, 2 s, 4 s, up to this. */
  readonly unknownAge?: Duration;
  /** How many look-ups there may be at a time for names that once had a key, and as many for all others; 256 unless given. */
  readonly maxPending?: number;
  /** How long a look-up may take, in seconds; 5 unless given. A later answer is not heard. */
  readonly timeout?: Duration;
  /** Take secrets shorter than the hash. Empty ones are never taken. */
  readonly allowWeakSecrets?: boolean;
  /** The clock of all ages: a function that gives the time, instead of the system's. */
  readonly currentDate?: () => Moment;
  /**
   * Called with the error of a look-up that failed: for ten at once, and for one a second after that. The message holds neither key nor name.
   * What it throws is ignored.
   */
  readonly onError?: (error: Error) => void;
}

export interface ResolvedPlan {
  readonly maxKeys: number;
  readonly maxAge: number;
  readonly maxStale: number;
  readonly maxUnknown: number;
  readonly unknownAge: number;
  readonly maxPending: number;
  readonly timeout: number;
  readonly allowWeak: boolean;
  readonly clock: AgeClock;
  readonly onError: ResolvedKeysOptions["onError"];
}

/** @throws TypeError for a wrong option, naming it. */
export function parseResolvedOptions(options: ResolvedKeysOptions): ResolvedPlan {
  const own = ownOptions(options, "options", OPTION_NAMES);
  const onError = optionalFunction(own.onError, "onError");
  const now = runningClock(own.currentDate);
  const seconds = "a number of seconds, more than 0";
  return {
    maxKeys: whole(own.maxKeys, "maxKeys", 1, 2 ** 24, "keys") ?? 100_000,
    maxAge: duration(own.maxAge, "maxAge", seconds, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER) ?? 600,
    maxStale: duration(own.maxStale, "maxStale", "a number of seconds", 0, Number.MAX_SAFE_INTEGER) ?? 0,
    maxUnknown: whole(own.maxUnknown, "maxUnknown", 1, 2 ** 24, "names") ?? 10_000,
    unknownAge: duration(own.unknownAge, "unknownAge", seconds, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER) ?? 30,
    maxPending: whole(own.maxPending, "maxPending", 1, 65_536, "look-ups") ?? 256,
    timeout: duration(own.timeout, "timeout", "a number of seconds from 0.001 to 600", 0.001, 600) ?? 5,
    allowWeak: boolean(own.allowWeakSecrets, "allowWeakSecrets"),
    clock: new AgeClock(now),
    onError,
  };
}

const OPTION_NAMES: readonly (keyof ResolvedKeysOptions)[] = [
  "maxKeys",
  "maxAge",
  "maxStale",
  "maxUnknown",
  "unknownAge",
  "maxPending",
  "timeout",
  "allowWeakSecrets",
  "currentDate",
  "onError",
] as const;
