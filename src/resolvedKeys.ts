/**
 * Keys that are kept elsewhere, in a database or by a service, and fetched when a token names one. What is found is kept for a time; so is
 * what is not, in a memory of its own. Names that once had a key have look-ups of their own: names that somebody makes up cost a limited
 * number of look-ups, and keep no other name from its key.
 */

import { Allowance } from "./allowance.js";
import { attempt } from "./attempt.js";
import { AgeClock } from "./clocks.js";
import { within } from "./deadline.js";
import { kindOf, optionError } from "./errors.js";
import { type Held, HeldKeys, wipe } from "./heldKeys.js";
import { type Key, type KeyInput, parseKey } from "./keys/key.js";
import { PlacedKeys } from "./keys/placed.js";
import type { KeySource } from "./keys/source.js";
import { openEngine } from "./openEngine.js";
import { boolean, clock, type Moment, number, whole } from "./options.js";
import { isPart, ownOptions } from "./own.js";
import { RecentNames } from "./recentNames.js";
import { released } from "./released.js";
import { soon } from "./soon.js";
import { later } from "./timer.js";

/**
 * Gives the key of a name, at once or later; undefined or null where there is none. A call that throws, is rejected, takes too long or gives
 * something that is no key is a failure: it is reported, and its tokens are KEY_UNAVAILABLE.
 */
export type KeyResolver = (name: string) => KeyInput | undefined | null | Promise<KeyInput | undefined | null>;

export interface ResolvedKeysOptions {
  /** How many keys are kept; 100,000 unless given. The oldest go first. Keys of a batch that is being judged are kept beyond that. */
  readonly maxKeys?: number;
  /**
   * How long a key is kept after it was asked for, in seconds; 600 unless given. A key that was used in the third quarter of this time is
   * looked up again in the background.
   */
  readonly maxAge?: number;
  /** For how many seconds beyond `maxAge` a key may serve while look-ups of it fail; 0 unless given. An answer of none ends it at once. */
  readonly maxStale?: number;
  /**
   * How many names without a key are remembered; 10,000 unless given. Of names that never had a key, so many may be looked up in vain at
   * once, and so many in each `unknownAge` after that.
   */
  readonly maxUnknown?: number;
  /** How long such a name is remembered, in seconds; 30 unless given. Look-ups that fail are tried again after 1 s, 2 s, 4 s, up to this. */
  readonly unknownAge?: number;
  /** How many look-ups there are at a time; 256 unless given: so many for names that once had a key, and so many for all others. */
  readonly maxPending?: number;
  /** How long a look-up may take, in seconds; 5 unless given. A later answer is not heard. */
  readonly timeout?: number;
  /** Take secrets shorter than the hash. Empty ones are never taken. */
  readonly allowWeakSecrets?: boolean;
  /** The clock of all ages: a function that gives the time, instead of the system's. */
  readonly currentDate?: () => Moment;
  /**
   * Told of a look-up that failed, of ten at once and one a second after that. The message holds neither key nor name. What it throws is
   * ignored.
   */
  readonly onError?: (error: Error) => void;
}

/** Keys looked up as they are needed. Give it to verifiers as `keys`; tokens name their key by `kid`, or as `keyFrom` says. */
export interface ResolvedKeys extends KeySource {
  at(now: number): PlacedKeys;
  /** How many keys are kept. */
  readonly size: number;
  /** Forgets a key, or that there is none: the next token that names it has it looked up. Says whether anything was known of it. */
  forget(name: string): boolean;
}

/**
 * Keys by a look-up. One that answers at once serves every call; one that answers by a promise, `verifyAsync` and `verifyBatchAsync`,
 * while `verify` and `verifyBatch` say KEY_UNAVAILABLE until the key has come.
 * @throws TypeError for a wrong option, naming it.
 */
export function resolveKeys(resolver: KeyResolver, options: ResolvedKeysOptions = {}): ResolvedKeys {
  if (typeof resolver !== "function") throw optionError("resolver", "a function", resolver);
  const own = ownOptions(options, "options", OPTION_NAMES);
  const { onError, currentDate } = own;
  for (const [name, value] of [
    ["onError", onError],
    ["currentDate", currentDate],
  ] as const) {
    if (value !== undefined && typeof value !== "function") throw optionError(name, "a function", value);
  }
  const seconds = "a number of seconds, more than 0";
  const keys = new PlacedKeys(openEngine());
  const resolved = new Resolved(resolver, keys, {
    maxKeys: whole(own.maxKeys, "maxKeys", 1, 2 ** 24, "keys") ?? 100_000,
    maxAge: number(own.maxAge, "maxAge", seconds, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER) ?? 600,
    maxStale: number(own.maxStale, "maxStale", "a number of seconds", 0, Number.MAX_SAFE_INTEGER) ?? 0,
    maxUnknown: whole(own.maxUnknown, "maxUnknown", 1, 2 ** 24, "names") ?? 10_000,
    unknownAge: number(own.unknownAge, "unknownAge", seconds, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER) ?? 30,
    maxPending: whole(own.maxPending, "maxPending", 1, 65_536, "look-ups") ?? 256,
    timeout: number(own.timeout, "timeout", "a number of seconds from 0.001 to 600", 0.001, 600) ?? 5,
    allowWeak: boolean(own.allowWeakSecrets, "allowWeakSecrets"),
    clock: new AgeClock(clock(currentDate)),
    onError,
  });
  released.register(resolved, () => keys.release());
  return resolved;
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

interface Plan {
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

/** Names of keys that went are remembered, so many for each key that may be kept. */
const GONE_PER_KEY = 4;
/** Keys that are looked up again in one turn of the event loop. */
const REFRESHED_A_TURN = 16;
/** Seconds after which a look-up that failed is tried again; twice as long after each further one. */
const FIRST_WAIT = 1;

/** How many look-ups are under way for one class of names. */
interface Room {
  busy: number;
}

interface LookUp {
  readonly name: string;
  readonly room: Room;
  /** The place of its key among those there are. */
  readonly held: Held;
  /** Of a resolver that promises. */
  answer: Promise<boolean> | undefined;
}

/** Look-ups of a name have failed: when it may be asked for again, and how long that wait is. */
interface Failure {
  readonly until: number;
  readonly wait: number;
}

class Resolved implements ResolvedKeys {
  readonly changes = { count: 0 };
  readonly #resolver: KeyResolver;
  readonly #keys: PlacedKeys;
  readonly #plan: Plan;
  readonly #held: HeldKeys;
  /** Names whose keys have gone without being withdrawn. */
  readonly #gone: RecentNames;
  /** Those under way, by their names. */
  readonly #lookUps = new Map<string, LookUp>();
  readonly #known: Room = { busy: 0 };
  readonly #others: Room = { busy: 0 };
  /** Look-ups in vain for names that never had a key. */
  readonly #vain: Allowance;
  readonly #reports: Allowance;
  /** The ages at which names without a key are forgotten; the earliest first. */
  readonly #none = new Map<string, number>();
  readonly #failures = new Map<string, Failure>();
  /** How many calls under way want the key of a name. */
  readonly #wanted = new Map<string, number>();
  /** Names to be looked up again in the background. */
  readonly #due = new Set<string>();
  #isRefreshing = false;
  /** As the clock was read last. */
  #age: number;

  constructor(resolver: KeyResolver, keys: PlacedKeys, plan: Plan) {
    keys.open();
    this.#resolver = resolver;
    this.#keys = keys;
    this.#plan = plan;
    this.#age = plan.clock.read();
    this.#gone = new RecentNames(GONE_PER_KEY * plan.maxKeys);
    this.#held = new HeldKeys(keys, plan, this.#gone, (name) => this.#refresh(name));
    this.#vain = new Allowance(plan.maxUnknown, plan.maxUnknown / plan.unknownAge, this.#age);
    this.#reports = new Allowance(10, 1, this.#age);
  }

  at(): PlacedKeys {
    this.expire();
    return this.#keys;
  }

  expire(): void {
    this.#age = this.#plan.clock.read();
    this.#held.expire(this.#age);
  }

  get size(): number {
    return this.#keys.size;
  }

  forget(name: string): boolean {
    if (typeof name !== "string") throw optionError("name", "a string", name);
    const wasHeld = this.#held.remove(name);
    // What is under way was asked before: its answer must not be taken for a newer one.
    const lookUp = this.#lookUps.get(name);
    if (lookUp) this.#held.abandon(lookUp.held);
    this.#lookUps.delete(name);
    const wasNone = this.#none.delete(name);
    return this.#failures.delete(name) || wasNone || wasHeld || lookUp !== undefined;
  }

  supply(names: readonly string[]): boolean | Promise<boolean> {
    for (const name of names) this.#wanted.set(name, (this.#wanted.get(name) ?? 0) + 1);
    this.expire();
    for (const [name, end] of this.#none) {
      if (this.#age < end) break;
      this.#none.delete(name);
    }
    let hasCome = false;
    const waits: Promise<boolean>[] = [];
    // Where there is not enough for all, it is not the first of a batch that get it.
    for (const name of names.length > this.#vain.left(this.#age) ? shuffled(names) : names) {
      const answer = this.#get(name);
      if (answer instanceof Promise) waits.push(answer);
      else hasCome = answer || hasCome;
    }
    if (!waits.length) return hasCome;
    return Promise.all(waits).then((answers) => hasCome || answers.includes(true));
  }

  proved(names: readonly string[]): void {
    for (const name of names) {
      const others = (this.#wanted.get(name) ?? 1) - 1;
      if (others) this.#wanted.set(name, others);
      else this.#wanted.delete(name);
    }
    this.#trim();
  }

  /** That there is no key is known only where the resolver has said so. */
  isUnavailable(name: string | undefined): boolean {
    return name !== undefined && !this.#none.has(name);
  }

  #get(name: string): boolean | Promise<boolean> {
    if (this.#held.isServing(name)) return true;
    const lookUp = this.#lookUps.get(name);
    if (lookUp) return lookUp.answer ?? false;
    const room = this.#roomFor(name);
    if (room) return this.#ask(name, room);
    if (this.#failures.has(name)) this.#held.serveStale(name);
    return this.#held.isServing(name);
  }

  /** Where a look-up of this name has room now. Names that never had a key take none from others, and are not looked up in vain for ever. */
  #roomFor(name: string): Room | undefined {
    if (this.#none.has(name) || this.#age < (this.#failures.get(name)?.until ?? 0)) return undefined;
    const isKnown = this.#held.has(name) || this.#gone.has(name);
    const room = isKnown ? this.#known : this.#others;
    if (room.busy >= this.#plan.maxPending) return undefined;
    return isKnown || this.#vain.take(this.#age) ? room : undefined;
  }

  /** Asks for one key; each call that wants it meanwhile gets this answer, those that the resolver makes in turn as well. */
  #ask(name: string, room: Room): boolean | Promise<boolean> {
    const lookUp: LookUp = { name, room, held: this.#held.begin(name, this.#age), answer: undefined };
    this.#lookUps.set(name, lookUp);
    room.busy++;
    let given: ReturnType<KeyResolver>;
    try {
      given = this.#resolver(name);
      if (isPromise(given)) {
        lookUp.answer = this.#answerOf(lookUp, Promise.resolve(given));
        return lookUp.answer;
      }
    } catch (error) {
      return this.#fail(lookUp, error);
    }
    return this.#end(lookUp, given);
  }

  #answerOf(lookUp: LookUp, given: Promise<KeyInput | undefined | null>): Promise<boolean> {
    const seconds = Math.min(this.#plan.timeout, this.#plan.maxAge);
    return within(seconds, given, () => new Error(`Expected the resolver to answer within ${seconds} seconds`)).then(
      (input) => this.#end(lookUp, input),
      (error: unknown) => this.#fail(lookUp, error),
    );
  }

  /** Says whether there is a key now. */
  #end(lookUp: LookUp, input: KeyInput | undefined | null): boolean {
    try {
      const isNone = input === undefined || input === null;
      // What is read of the caller's, its clock too, comes before the question whether the answer is still wanted.
      const key = isNone ? undefined : named(parseKey(input, "the resolver's answer", this.#plan.allowWeak), lookUp.name);
      this.#age = this.#plan.clock.read();
      if (this.#lookUps.get(lookUp.name) === lookUp) this.#take(lookUp, key);
      else if (key) wipe(key);
    } catch (error) {
      return this.#fail(lookUp, error);
    }
    this.#close(lookUp);
    return this.#held.isServing(lookUp.name);
  }

  #take({ name, room, held }: LookUp, key: Key | undefined): void {
    if (key) {
      openEngine([key.algorithm]);
      if (!this.#held.fill(held, key)) throw new Error("Expected the resolver to answer within the `maxAge` of its keys");
      if (room === this.#others) this.#vain.giveBack();
      this.#none.delete(name);
    } else {
      this.#held.remove(name);
      this.#gone.delete(name);
      remember(this.#none, name, this.#age + this.#plan.unknownAge, this.#plan.maxUnknown);
    }
    this.#failures.delete(name);
  }

  /** A failure is no answer: the name may be asked for again after a wait, which grows. */
  #fail(lookUp: LookUp, thrown: unknown): boolean {
    const { name } = lookUp;
    this.#age = this.#plan.clock.read();
    if (this.#lookUps.get(name) === lookUp) {
      const before = this.#failures.get(name);
      const wait = Math.min(before ? 2 * before.wait : FIRST_WAIT, this.#plan.unknownAge);
      remember(this.#failures, name, { until: this.#age + wait, wait }, this.#plan.maxUnknown);
      if (this.#held.has(name)) {
        attempt(() => this.#held.serveStale(name));
        later(wait, () => this.#retry(name));
      }
    }
    this.#close(lookUp);
    this.#report(thrown);
    return this.#held.isServing(name);
  }

  #close(lookUp: LookUp): void {
    lookUp.room.busy--;
    this.#held.abandon(lookUp.held);
    if (this.#lookUps.get(lookUp.name) === lookUp) this.#lookUps.delete(lookUp.name);
    // What the engine does not let go now, it does with the next call.
    attempt(() => this.#trim());
    if (this.#due.size) this.#refreshSoon();
  }

  #report(thrown: unknown): void {
    if (!this.#plan.onError || !this.#reports.take(this.#age)) return;
    const error = thrown instanceof Error ? thrown : new Error(`Expected the resolver to give a key, got ${kindOf(thrown)} thrown`);
    attempt(() => this.#plan.onError?.(error));
  }

  #trim(): void {
    this.#held.trim((name) => this.#wanted.has(name));
  }

  // ---- in the background ---------------------------------------------------------------------------------------------------

  #refresh(name: string): void {
    this.#due.add(name);
    this.#refreshSoon();
  }

  #refreshSoon(): void {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    soon(() => this.#refreshDue());
  }

  /** A few a turn, and never more at a time than half of what there is room for: tokens may wait for the other half. */
  #refreshDue(): void {
    this.#isRefreshing = false;
    this.#age = this.#plan.clock.read();
    let left = REFRESHED_A_TURN;
    for (const name of this.#due) {
      if (2 * this.#known.busy >= this.#plan.maxPending) return;
      if (left-- === 0) {
        this.#refreshSoon();
        return;
      }
      this.#due.delete(name);
      const room = this.#held.has(name) && !this.#lookUps.has(name) ? this.#roomFor(name) : undefined;
      if (room) void this.#ask(name, room);
    }
  }

  /** A key whose look-ups fail is tried again for as long as it is used. */
  #retry(name: string): void {
    if (!this.#failures.has(name) || this.#lookUps.has(name)) return;
    attempt(() => {
      if (this.#held.isInUse(name)) this.#refresh(name);
    });
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

function shuffled(names: readonly string[]): string[] {
  const order = [...names];
  for (let index = order.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    [order[index], order[other]] = [order[other] as string, order[index] as string];
  }
  return order;
}

/** The key under the name that it was asked for by. */
function named(key: Key, name: string): Key {
  if (key.kid === undefined || key.kid === name) return { ...key, kid: name, isDefault: false };
  wipe(key);
  throw new TypeError("Expected the resolver's answer to be the key that was asked for, got one with another `kid`");
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return isPart(value, "then");
}
