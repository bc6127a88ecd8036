/**
 * Keys that are kept elsewhere, in a database or by a service, and fetched when a token names one. What is found is kept for a time; so is
 * what is not, in a memory of its own: names that somebody makes up cost that many look-ups and no more.
 */

import { attempt } from "./attempt.js";
import { kindOf, optionError } from "./errors.js";
import { type Key, type KeyInput, parseKey } from "./keys/key.js";
import { PlacedKeys } from "./keys/placed.js";
import type { KeySource } from "./keys/source.js";
import { openEngine } from "./openEngine.js";
import { boolean, clock, type Moment, number, whole } from "./options.js";
import { isPart, ownOptions } from "./own.js";
import { released } from "./released.js";

/** Gives the key of a name, at once or later; undefined or null where there is none. What it throws is reported and taken for none. */
export type KeyResolver = (name: string) => KeyInput | undefined | null | Promise<KeyInput | undefined | null>;

export interface ResolvedKeysOptions {
  /** How many keys are kept; 100,000 unless given. The oldest go first. */
  readonly maxKeys?: number;
  /** How long a key is kept, in seconds; 600 unless given. */
  readonly maxAge?: number;
  /** How many names without a key are remembered; 10,000 unless given. While there are so many, other new names are not looked up. */
  readonly maxUnknown?: number;
  /** How long such a name is remembered, in seconds; 30 unless given. */
  readonly unknownAge?: number;
  /** How many look-ups there are at a time; 256 unless given. */
  readonly maxPending?: number;
  /** Take secrets shorter than the hash. Empty ones are never taken. */
  readonly allowWeakSecrets?: boolean;
  /** The clock of all ages: a function that gives the time, instead of the system's. */
  readonly currentDate?: () => Moment;
  /** Told of a look-up that failed or gave what is no key. The message holds neither key nor name. What it throws is ignored. */
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
 * while `verify` and `verifyBatch` say KEY_NOT_FOUND until the key has come.
 * @throws TypeError for a wrong option, naming it.
 */
export function resolveKeys(resolver: KeyResolver, given: ResolvedKeysOptions = {}): ResolvedKeys {
  if (typeof resolver !== "function") throw optionError("resolver", "a function", resolver);
  const options = ownOptions(given, "options", OPTION_NAMES);
  const { onError, currentDate } = options;
  for (const [name, value] of [
    ["onError", onError],
    ["currentDate", currentDate],
  ] as const) {
    if (value !== undefined && typeof value !== "function") throw optionError(name, "a function", value);
  }
  const seconds = "a number of seconds, more than 0";
  const keys = new PlacedKeys(openEngine());
  const resolved = new Resolved(resolver, keys, {
    maxKeys: whole(options.maxKeys, "maxKeys", 1, 2 ** 24, "keys") ?? 100_000,
    maxAge: number(options.maxAge, "maxAge", seconds, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER) ?? 600,
    maxUnknown: whole(options.maxUnknown, "maxUnknown", 1, 2 ** 24, "names") ?? 10_000,
    unknownAge: number(options.unknownAge, "unknownAge", seconds, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER) ?? 30,
    maxPending: whole(options.maxPending, "maxPending", 1, 65_536, "look-ups") ?? 256,
    allowWeak: boolean(options.allowWeakSecrets, "allowWeakSecrets"),
    now: clock(currentDate),
    onError,
  });
  released.register(resolved, () => keys.release());
  return resolved;
}

const OPTION_NAMES: readonly (keyof ResolvedKeysOptions)[] = [
  "maxKeys",
  "maxAge",
  "maxUnknown",
  "unknownAge",
  "maxPending",
  "allowWeakSecrets",
  "currentDate",
  "onError",
];

interface Plan {
  readonly maxKeys: number;
  readonly maxAge: number;
  readonly maxUnknown: number;
  readonly unknownAge: number;
  readonly maxPending: number;
  readonly allowWeak: boolean;
  readonly now: () => number;
  readonly onError: ResolvedKeysOptions["onError"];
}

class Resolved implements ResolvedKeys {
  readonly changes = { count: 0 };
  readonly #resolver: KeyResolver;
  readonly #keys: PlacedKeys;
  readonly #plan: Plan;
  /** When what is known of a name ends, in seconds; the earliest first, as all of one kind last equally long. */
  readonly #known = new Map<string, number>();
  readonly #unknown = new Map<string, number>();
  readonly #pending = new Map<string, Promise<boolean>>();

  constructor(resolver: KeyResolver, keys: PlacedKeys, plan: Plan) {
    keys.open();
    this.#resolver = resolver;
    this.#keys = keys;
    this.#plan = plan;
  }

  at(): PlacedKeys {
    if (this.#known.size) this.#expire(this.#known, (name) => this.#keys.remove(name));
    return this.#keys;
  }

  get size(): number {
    return this.#known.size;
  }

  forget(name: string): boolean {
    if (typeof name !== "string") throw optionError("name", "a string", name);
    // What is under way was asked before: its answer must not be taken for a newer one.
    const wasPending = this.#pending.delete(name);
    const wasKnown = this.#known.delete(name);
    if (wasKnown) this.#keys.remove(name);
    return this.#unknown.delete(name) || wasKnown || wasPending;
  }

  supply(names: readonly string[]): boolean | Promise<boolean> {
    this.#expire(this.#unknown);
    let hasCome = false;
    const waits: Promise<boolean>[] = [];
    for (const name of names) {
      if (this.#known.has(name)) hasCome = true;
      const answer = this.#pending.get(name) ?? (this.#mayAsk(name) && this.#ask(name));
      if (answer instanceof Promise) waits.push(answer);
      else hasCome ||= answer;
    }
    if (!waits.length) return hasCome;
    return Promise.all(waits).then((answers) => hasCome || answers.includes(true));
  }

  #mayAsk(name: string): boolean {
    if (this.#known.has(name) || this.#unknown.has(name)) return false;
    return this.#unknown.size < this.#plan.maxUnknown && this.#pending.size < this.#plan.maxPending;
  }

  /** Asks for one key; everybody who wants it meanwhile gets this answer. */
  #ask(name: string): boolean | Promise<boolean> {
    try {
      const answer = this.#resolver(name);
      if (!isPromise(answer)) return this.#take(name, answer);
      const pending: Promise<boolean> = Promise.resolve(answer)
        .then((input) => this.#pending.get(name) === pending && this.#take(name, input))
        .catch((error: unknown) => this.#pending.get(name) === pending && this.#fail(name, error))
        .finally(() => {
          if (this.#pending.get(name) === pending) this.#pending.delete(name);
        });
      this.#pending.set(name, pending);
      return pending;
    } catch (error) {
      return this.#fail(name, error);
    }
  }

  #take(name: string, input: KeyInput | undefined | null): boolean {
    if (input === undefined || input === null) {
      this.#unknown.set(name, this.#plan.now() + this.#plan.unknownAge);
      return false;
    }
    const key = named(parseKey(input, "the resolver's answer", this.#plan.allowWeak), name);
    openEngine([key.algorithm]);
    this.#keys.put([[key]]);
    this.#known.delete(name);
    this.#known.set(name, this.#plan.now() + this.#plan.maxAge);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#plan.maxKeys) break;
      this.#known.delete(oldest);
      this.#keys.remove(oldest);
    }
    return true;
  }

  /** A failure is no answer, but asking again at once would not be one either. */
  #fail(name: string, thrown: unknown): false {
    this.#unknown.set(name, this.#plan.now() + this.#plan.unknownAge);
    const error = thrown instanceof Error ? thrown : new Error(`Expected the resolver to give a key, got ${kindOf(thrown)} thrown`);
    attempt(() => this.#plan.onError?.(error));
    return false;
  }

  #expire(ends: Map<string, number>, forget?: (name: string) => void): void {
    const now = this.#plan.now();
    for (const [name, end] of ends) {
      if (now < end) return;
      ends.delete(name);
      forget?.(name);
    }
  }
}

/** The key under the name that it was asked for by. */
function named(key: Key, name: string): Key {
  if (key.kid === undefined || key.kid === name) return { ...key, kid: name, isDefault: false };
  key.secret?.fill(0);
  throw new TypeError("Expected the resolver's answer to be the key that was asked for, got one with another `kid`");
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return isPart(value, "then");
}
