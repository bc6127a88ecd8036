/**
 * Sessions: connections that were let in by a token, and end with it: when it expires, and at once when it is revoked. 100,000 of them are
 * kept in 21 MB; one timer, of a second, serves them all.
 */
import { attempt } from "../base/attempt.js";
import { bindMethods } from "../base/bound.js";
import { optionalFunction, partWith, requireFunction } from "../base/check.js";
import { type Duration, duration } from "../base/durations.js";
import { atCaller, optionError } from "../base/errors.js";
import { type Moment, runningClock } from "../base/moment.js";
import { bare, isPart, ownOptions, partMember } from "../base/own.js";
import {
  concerns,
  ownIdentity,
  type RevocationEntry,
  type RevocationSource,
  type RevokedIssue,
  type RevokedKey,
  type TokenIdentity,
} from "../revocation/entry.js";
import { later, monotonic } from "../runtime/timer.js";
import { Schedule } from "./schedule.js";
import { copied, SharedTexts, TextIndex } from "./texts.js";
import type { SessionToken } from "./token.js";
import { LATEST } from "./wheel.js";

/** Why a session ends. */
export type SessionEnd = "expired" | "revoked";

export interface SessionRegistryOptions {
  /** Tells what is revoked: a RevocationList. */
  readonly revocations?: RevocationSource;
  /** How long sessions outlive `exp`, in seconds: that of the verifier, so that what it accepts is not closed again at once. 0 unless given. */
  readonly clockTolerance?: Duration;
  /** The clock, instead of the system's. */
  readonly currentDate?: () => Moment;
  /** Hears of each session that was closed. What it throws is ignored. */
  readonly onClose?: (reason: SessionEnd, token: SessionToken) => void;
}

/** One session. */
export interface SessionHandle {
  /** The connection is gone: nothing is called any more. To be called once or several times. */
  remove(): void;
}

export interface SessionRegistry {
  /** How many sessions there are. */
  readonly size: number;
  /**
   * Adds a session. `close` is called once, when its token expires, within a second, or is revoked (within two where the clock was set back:
   * no session lasts longer than its token had left). If the token has expired or is revoked already, that is before this returns. A failure of
   * `close` is ignored, also that of a promise. Many that end together are closed for 10 ms at a time, so that all else goes on.
   * @throws Error when the registry is closed; whatever the `isRevoked` of the source throws.
   */
  add(token: SessionToken, close: (reason: SessionEnd) => void): SessionHandle;
  /** Forgets all sessions without closing them, and listens to revocations no more. */
  close(): void;
}

/**
 * Makes a registry of sessions. Its timer keeps no process alive.
 * @throws TypeError for a wrong option, naming it.
 */
export const createSessionRegistry = /* @__PURE__ */ atCaller(function createSessionRegistry(
  given: SessionRegistryOptions = {},
): SessionRegistry {
  if (isPart(given, "subscribe")) throw optionError("options", "an object with the list as `revocations`", given);
  const options = ownOptions(given, "options", ["revocations", "clockTolerance", "currentDate", "onClose"], ["revocations"]);
  const revocations = partWith(options.revocations, "revocations", "a revocation list", "subscribe");
  const now = runningClock(options.currentDate);
  const onClose = optionalFunction(options.onClose, "onClose");
  const tolerance = duration(options.clockTolerance, "clockTolerance", "a number of seconds from 0 to 86400", 0, 86_400) ?? 0;
  return new Registry(now, tolerance, onClose, revocations);
});

/** For how long sessions are closed before all else has its turn, in seconds. */
const SLICE = 0.01;
const LEAST_CAPACITY = 1024;
const GROWTH = 1.25;

class Registry implements SessionRegistry {
  readonly #now: () => number;
  readonly #tolerance: number;
  readonly #onClose: SessionRegistryOptions["onClose"];
  readonly #revocations: RevocationSource | undefined;
  readonly #unsubscribe: (() => void) | undefined;
  readonly #texts = new SharedTexts();
  /** By number; what is in the others has the same. */
  #sessions: (Session | undefined)[] = [];
  #free: number[] = [];
  #capacity = 0;
  #size = 0;
  readonly #schedule: Schedule;
  #tokens = new TextIndex((number) => this.#sessions[number]?.jti);
  #subjects = new TextIndex((number) => this.#sessions[number]?.sub);
  #stop: (() => void) | undefined;
  #isClosed = false;

  constructor(now: () => number, tolerance: number, onClose: SessionRegistryOptions["onClose"], revocations: RevocationSource | undefined) {
    this.#now = now;
    this.#tolerance = tolerance;
    this.#onClose = onClose;
    this.#revocations = revocations;
    this.#schedule = new Schedule(now);
    bindMethods(this as SessionRegistry, "add", "close");
    this.#unsubscribe = revocations?.subscribe((entries) => this.#revoke(entries));
  }

  get size(): number {
    return this.#size;
  }

  add(token: SessionToken, close: (reason: SessionEnd) => void): SessionHandle {
    if (this.#isClosed) throw new Error("Expected the registry of sessions to be open, got it closed");
    requireFunction(close, "close");
    const identity = ownIdentity(token);
    const end = this.#endOf(partMember(token, "exp"));
    const hasEnded = end <= this.#now();
    const session = new Session(this, identity, close, this.#texts);
    // Asked last: what is revoked from here on comes by the subscription.
    const isRevoked = this.#isRevoked(identity);
    if (isRevoked || hasEnded) this.#tell(session, isRevoked ? "revoked" : "expired");
    else this.#insert(session, end);
    return session;
  }

  #isRevoked(token: TokenIdentity): boolean {
    const source = this.#revocations;
    return source !== undefined && isPart(source, "isRevoked") && source.isRevoked?.(token) === true;
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
    for (const session of this.#sessions) if (session) this.remove(session);
  }

  /** Does nothing for a session that is gone. */
  remove(session: Session): void {
    const { number } = session;
    if (this.#sessions[number] !== session) return;
    this.#schedule.remove(number);
    this.#tokens.remove(number);
    this.#subjects.remove(number);
    this.#sessions[number] = undefined;
    this.#free.push(number);
    this.#size--;
    session.close = nothing;
    if (this.#size === 0) this.#clear();
  }

  /** When the session ends, in seconds. */
  #endOf(exp: unknown): number {
    if (exp === undefined) return Number.POSITIVE_INFINITY;
    if (typeof exp !== "number" || Number.isNaN(exp)) throw optionError("exp", "a number of seconds", exp);
    return exp + this.#tolerance;
  }

  #insert(session: Session, end: number): void {
    const number = this.#free.pop() ?? this.#sessions.length;
    if (number >= this.#capacity) this.#grow();
    session.number = number;
    this.#sessions[number] = session;
    this.#size++;
    this.#tokens.add(number);
    this.#subjects.add(number);
    if (end > LATEST) return;
    this.#schedule.add(number, end);
    this.#wait();
  }

  #grow(): void {
    this.#capacity = Math.max(LEAST_CAPACITY, Math.ceil(this.#capacity * GROWTH));
    for (const part of [this.#schedule, this.#tokens, this.#subjects]) part.grow(this.#capacity);
  }

  /** There is no session left: no timer, and the memory of many is given back. */
  #clear(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#schedule.settle();
    if (this.#capacity === LEAST_CAPACITY) return;
    this.#sessions = [];
    this.#free = [];
    this.#capacity = 0;
    this.#schedule.clear();
    this.#tokens = new TextIndex((number) => this.#sessions[number]?.jti);
    this.#subjects = new TextIndex((number) => this.#sessions[number]?.sub);
  }

  #revoke(entries: readonly RevocationEntry[]): void {
    const broad: (RevokedKey | RevokedIssue)[] = [];
    for (const given of entries) {
      const entry = bare(given);
      if ("jti" in entry) this.#hasten(this.#tokens.find(entry.jti), entry);
      else if ("sub" in entry) this.#hasten(this.#subjects.find(entry.sub), entry);
      else broad.push(entry);
    }
    if (broad.length) this.#revokeBroadly(broad);
    this.#work();
  }

  #hasten(numbers: readonly number[], entry: RevocationEntry): void {
    for (const number of numbers) if (concerns(entry, this.#sessions[number] as Session)) this.#schedule.hasten(number);
  }

  /** Looks at all sessions, once for all entries: a key, or all that was issued before a time, means a great part of them. */
  #revokeBroadly(entries: readonly (RevokedKey | RevokedIssue)[]): void {
    const keys = new Map<string, RevokedKey[]>();
    const issuers = new Map<string | undefined, RevokedIssue>();
    for (const entry of entries) {
      if ("kid" in entry) keys.set(entry.kid, [...(keys.get(entry.kid) ?? []), entry]);
      else if (!((issuers.get(entry.iss)?.before ?? Number.NEGATIVE_INFINITY) >= entry.before)) issuers.set(entry.iss, entry);
    }
    for (const session of this.#sessions) {
      if (!session) continue;
      const meant = [issuers.get(undefined), issuers.get(session.iss), ...(keys.get(session.kid as string) ?? [])];
      if (meant.some((entry) => entry && concerns(entry, session))) this.#schedule.hasten(session.number);
    }
  }

  /** Closes what is to be closed, for so long. */
  #work(): void {
    const end = monotonic() + SLICE;
    let number = this.#schedule.due();
    while (number !== undefined && monotonic() < end) {
      const session = this.#sessions[number] as Session;
      this.#tell(session, this.#schedule.isHurried ? "revoked" : "expired");
      number = this.#schedule.due();
    }
    this.#wait();
  }

  /** Closes a session, which may be none of the registry's. */
  #tell(session: Session, reason: SessionEnd): void {
    const { close } = session;
    this.remove(session);
    attempt(() => close(reason));
    const { iss, sub, jti, kid, iat } = session;
    attempt(() => this.#onClose?.(reason, { iss, sub, jti, kid, iat }));
  }

  /** Sees to it that a timer is under way if one is needed: until the next whole second, so that no session that is added needs another. */
  #wait(): void {
    const isDue = this.#schedule.due() !== undefined;
    if (isDue) this.#stop?.();
    else if (this.#stop || !this.#schedule.isWaiting) return;
    this.#stop = later(isDue ? 0 : this.#schedule.untilNextSecond(), () => {
      this.#stop = undefined;
      this.#schedule.setTime();
      this.#work();
    });
  }
}

class Session implements SessionHandle {
  readonly #registry: Registry;
  number = -1;
  close: (reason: SessionEnd) => void;
  readonly iss: string | undefined;
  readonly sub: string | undefined;
  readonly jti: string | undefined;
  readonly kid: string | undefined;
  readonly iat: number | undefined;

  constructor(registry: Registry, { iss, sub, jti, kid, iat }: TokenIdentity, close: (reason: SessionEnd) => void, texts: SharedTexts) {
    this.#registry = registry;
    this.close = close;
    this.iss = iss === undefined ? undefined : texts.shared(iss);
    this.sub = sub === undefined ? undefined : copied(sub);
    this.jti = jti === undefined ? undefined : copied(jti);
    this.kid = kid === undefined ? undefined : texts.shared(kid);
    this.iat = iat;
  }

  remove(): void {
    this.#registry.remove(this);
  }
}

function nothing(): void {}
