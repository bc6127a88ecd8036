/**
 * A replay guard: accepts each token once. It remembers `iss` and `jti` of what was accepted until the token has expired, a bounded number of
 * them; when it is full, it accepts nothing rather than forget. Nor does it accept a token that expires no later than one it has forgotten,
 * which a clock that was set back makes valid again.
 */
import { ACCEPTED, LONGEST_REVOKED, REPLAY_GUARD_FULL, REPLAYED } from "../abi.js";
import { requireString, whole } from "../base/check.js";
import { atCaller, optionError } from "../base/errors.js";
import { type Moment, runningClock } from "../base/moment.js";
import { ownOptions } from "../base/own.js";
import { openEngine } from "../engine/openEngine.js";
import { released } from "../runtime/released.js";
import { utf8Bytes } from "../runtime/text.js";
import type { OnceOnly, Replays } from "../verify/revocations.js";
import { Entries } from "./entries.js";
import { Sweeper } from "./sweeper.js";

export interface ReplayGuardOptions {
  /** How many tokens are remembered at most; a million unless given, each of as many bytes as its `iss` and `jti`, and at most 40 more. */
  readonly maxEntries?: number;
  /** The guard's clock, by which tokens are forgotten, instead of the system's. */
  readonly currentDate?: () => Moment;
}

/** Give it as `replay` to the verifiers among which a token may be used once: all that share it count as one. */
export interface ReplayGuard extends Replays {
  /** How many tokens are remembered. */
  readonly size: number;
  /** Of linear memory. */
  readonly bytes: number;
}

/**
 * Makes a replay guard.
 * @throws TypeError for a wrong option, naming it.
 */
export const createReplayGuard = /* @__PURE__ */ atCaller(function createReplayGuard(given: ReplayGuardOptions = {}): ReplayGuard {
  const options = ownOptions(given, "options", ["maxEntries", "currentDate"]);
  const now = runningClock(options.currentDate);
  const maxEntries = whole(options.maxEntries, "maxEntries", 1, 16_777_216, "tokens") ?? 1_000_000;
  const entries = new Entries(openEngine());
  const guard = new Guard(entries, maxEntries, now);
  released.register(guard, () => entries.release());
  return guard;
});

class Guard implements ReplayGuard {
  readonly #entries: Entries;
  readonly #maxEntries: number;
  readonly #sweeper: Sweeper;

  constructor(entries: Entries, maxEntries: number, now: () => number) {
    this.#entries = entries;
    this.#maxEntries = maxEntries;
    this.#sweeper = new Sweeper(entries, now);
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.bytes;
  }

  judge(token: OnceOnly): number {
    requireString(token?.jti, "token.jti");
    const { iss, jti, exp } = token;
    if (typeof exp !== "number") throw optionError("token.exp", "a number of seconds", exp);
    // The length parts the two. There may be more issuers than a list has numbers for.
    const name = iss === undefined ? `:${jti}` : `${iss.length}:${iss}${jti}`;
    if (3 * name.length > LONGEST_REVOKED && utf8Bytes(name).length > LONGEST_REVOKED) return REPLAY_GUARD_FULL;
    // It may have been used and forgotten: the clock was ahead then.
    const isUnknowable = Math.ceil(exp) <= this.#sweeper.forgotten;
    if (isUnknowable || this.size >= this.#maxEntries) return this.#entries.has(name) ? REPLAYED : REPLAY_GUARD_FULL;
    const isFirst = this.#entries.admit(name, exp);
    this.#sweeper.wake();
    return isFirst ? ACCEPTED : REPLAYED;
  }

  outlive(seconds: number): void {
    this.#sweeper.outlive(seconds);
  }
}
