/** What a verifier asks of a revocation list and of a replay guard; it knows no more of them. */
import { isPart } from "../base/own.js";
import type { RevocationState } from "../engine/chunk.js";

export interface Revocations {
  /** Where the list is, for one call that judges by `now`, in seconds; by the list's own clock unless given. Does not throw where it is. @internal */
  place(now?: number): RevocationState;
  /** Told by a verifier that accepts tokens for so many seconds after their `exp`: entries must not end before. @internal */
  outlive(seconds: number): void;
  health(): RevocationCounts;
}

/** What a verifier's counters tell of its list. */
export interface RevocationCounts {
  readonly entries: number;
  /** Seconds since it had all there is; 0 where that is always, undefined before the first time. */
  readonly staleness: number | undefined;
  readonly isStale: boolean;
}

/** Is this a revocation list? */
export function isRevocations(value: unknown): value is Revocations {
  return typeof value === "object" && isPart(value, "place", "outlive");
}

/** What tells a token from all others, and when it expires, in seconds. */
export interface OnceOnly {
  readonly iss: string | undefined;
  readonly jti: string;
  readonly exp: number;
}

export interface Replays {
  /** The code of a token that all else accepts: ACCEPTED the first time. Does not throw where `jti` and `exp` are what they should be. */
  judge(token: OnceOnly): number;
  /** As of `Revocations`. @internal */
  outlive(seconds: number): void;
}

/** Is this a replay guard? */
export function isReplays(value: unknown): value is Replays {
  return typeof value === "object" && isPart(value, "judge", "outlive");
}
