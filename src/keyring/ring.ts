/**
 * A key ring: keys that change while verifiers use them. What it holds is swapped in one step; a bad load changes nothing and is
 * reported.
 */
import type { Algorithm } from "../base/algorithms.js";
import { attempt, settled } from "../base/attempt.js";
import { bindMethods } from "../base/bound.js";
import { secondsOfDate } from "../base/brands.js";
import { boolean, optionalFunction, requireGiven, requireSeconds, requireString } from "../base/check.js";
import { duration } from "../base/durations.js";
import { atCaller } from "../base/errors.js";
import { clock, type Moment } from "../base/moment.js";
import { isPromise, ownMember, ownOptions } from "../base/own.js";
import { parseAlg } from "../keys/alg.js";
import { hasTwoDefaults } from "../keys/nameless.js";
import { openKeyError } from "../keys/open.js";
import type { ChangeCounter, KeySnapshot, KeySource } from "../sources/keySource.js";
import { Ages } from "./ages.js";
import { parseRingKey, parseRingKeys, type RingKeyInput, type RingKeysInput } from "./input.js";
import { distinctKeys, isSameKey, type JwkRules, type KeyList } from "./jwks.js";
import type { KeyRing, KeyRingOptions, KeyRingStatus } from "./keyRing.js";
import { Loader, type Outcome } from "./loader.js";
import { type CheckedSource, closedError, type Loaded, parseSource } from "./loading.js";
import { type HeldKey, type RingKey, Roster, wipeKeys } from "./roster.js";

const OPTION_NAMES = ["keys", "source", "alg", "allowWeakSecrets", "maxStaleness", "currentDate", "onReload", "onError"] as const;

/**
 * Makes a key ring. A source that can be read at once, such as a file, has been read then; others are awaited by `ready()`, and
 * until then the ring is empty: every token is KEY_UNAVAILABLE.
 * @throws TypeError for a wrong option, naming it; Error when such a source cannot be read, or has no key.
 */
export const createKeyRing = /* @__PURE__ */ atCaller(function createKeyRing(options: KeyRingOptions = {}): KeyRing {
  const own = ownOptions(options, "options", OPTION_NAMES, ["alg", "maxStaleness"]);
  const ring = new Ring(own.source === undefined ? undefined : parseSource(own.source), {
    allowWeak: boolean(own.allowWeakSecrets, "allowWeakSecrets"),
    algorithms: parseAlg(own.alg, "alg"),
    maxStaleness: duration(own.maxStaleness, "maxStaleness", "a number of seconds, 1 or more", 1, Number.MAX_VALUE),
    currentDate: optionalFunction(own.currentDate, "currentDate"),
    onReload: optionalFunction(own.onReload, "onReload"),
    onError: optionalFunction(own.onError, "onError"),
  });
  ring.start(own.keys);
  return ring;
});

interface Plan {
  readonly allowWeak: boolean;
  readonly algorithms: readonly Algorithm[] | undefined;
  readonly maxStaleness: number | undefined;
  readonly currentDate: KeyRingOptions["currentDate"] | undefined;
  readonly onReload: KeyRingOptions["onReload"] | undefined;
  readonly onError: KeyRingOptions["onError"] | undefined;
}

const NEVER = Number.POSITIVE_INFINITY;
const ALWAYS = Number.NEGATIVE_INFINITY;

/** Of all rings together. */
const overdue = new Set<KeySource>();
const changes: ChangeCounter = { count: 0, expire: () => Ages.look(), overdue };

class Ring implements KeyRing {
  readonly changes = changes;
  readonly #loader: Loader | undefined;
  readonly #plan: Plan;
  readonly #now: () => number;
  readonly #rules: JwkRules;
  /** Ends that `retire` and `remove` have set, by `kid`. They outlive loads. */
  readonly #ends = new Map<string, number>();
  /** Given by the caller, and by the source. */
  #added: readonly RingKey[] = [];
  #loaded: readonly RingKey[] = [];
  /** Both, and the former alone, for when those of the source are not to be used. */
  #all = new Roster([]);
  #own = new Roster([]);

  #version: string | undefined;
  #hasHadKeys = false;
  #givenProblems: readonly string[] = [];
  #problems: readonly string[] = [];

  constructor(source: CheckedSource | undefined, plan: Plan) {
    this.#plan = plan;
    this.#now = steadfast(clock(plan.currentDate));
    const { allowWeak, algorithms } = plan;
    this.#rules = { allowWeak, allowSecrets: true, algorithms };
    const times = { ages: Ages.of(plan.currentDate, this.#now), now: this.#now, maxStaleness: plan.maxStaleness };
    this.#loader =
      source &&
      new Loader(source, times, {
        request: () => ({ allowWeak, algorithms, version: this.#version }),
        take: (loaded) => this.#take(source, loaded),
        turned: () => changes.count++,
        late: (isLate) => void (isLate ? overdue.add(this) : overdue.delete(this)),
        heard: (changed) => this.#tell(changed),
        failed: (error) => void settled(async () => plan.onError?.(error)),
      });
    bindMethods(this as KeyRing, "add", "remove", "retire", "ready", "reload", "refresh", "status", "close");
  }

  start(keys: RingKeysInput | undefined): void {
    if (keys !== undefined) this.#begin(parseRingKeys(keys, "keys", this.#rules));
    try {
      const outcome = this.#loader?.start();
      if (outcome && !isPromise(outcome) && !this.#hasHadKeys) throw this.#lacking();
    } catch (error) {
      this.close();
      wipeKeys(this.#all.keys);
      throw error;
    }
  }

  /** The keys of the options: a set may have bad ones, but not only bad ones. */
  #begin(given: KeyList): void {
    const { keys, problems } = distinctKeys(given, []);
    if (keys.length === 0 || haveTwoDefaults(keys)) {
      wipeKeys(given.keys);
      const expected = keys.length ? "to have at most one `default` for each algorithm, got several" : "to have at least one key, got none";
      throw new TypeError(problems[0] ?? `Expected \`keys\` ${expected}`);
    }
    this.#givenProblems = problems;
    this.#swap(keys, []);
    this.#wipeUnheld(given.keys);
  }

  at(now: number): KeySnapshot {
    Ages.look();
    return this.#roster.at(now);
  }

  get #roster(): Roster {
    return this.#loader?.staleSince === undefined ? this.#all : this.#own;
  }

  expire(): void {
    Ages.look();
  }

  fresh(): Promise<unknown> | undefined {
    return this.#loader?.fresh();
  }

  isUnavailable(): boolean {
    return this.#loader?.isUnsure === true;
  }

  missed(): void {
    if (this.#loader?.mayRefresh) void this.#loader.load();
  }

  add(input: RingKeyInput): void {
    requireGiven(input, "key", "a key");
    const key = parseRingKey(input, "key", this.#rules);
    const { kid } = key.key;
    const isTaken = this.#all.keys.some((other) => other.key.kid === kid);
    if (isTaken || haveTwoDefaults([...this.#all.keys, key])) {
      key.key.wipe();
      throw new TypeError(`Expected \`key.${isTaken ? "kid" : "default"}\` to be that of no other key of the ring`);
    }
    this.#ends.delete(kid);
    this.#swap([...this.#added, key], this.#loaded);
  }

  remove(kid: string): boolean {
    return this.#end(kid, ALWAYS);
  }

  retire(kid: string, at: Moment = this.#now()): boolean {
    const seconds = secondsOfDate(at) ?? at;
    requireSeconds(seconds, "at", "a valid Date or a number of seconds");
    return this.#end(kid, seconds);
  }

  #end(kid: string, at: number): boolean {
    requireString(kid, "kid");
    const wasThere = this.#all.keys.some((each) => each.key.kid === kid);
    this.#ends.set(kid, Math.min(at, this.#ends.get(kid) ?? NEVER));
    this.#swap(this.#added, this.#loaded);
    return wasThere;
  }

  async ready(): Promise<void> {
    if (!this.#loader || this.#hasHadKeys) return;
    await this.#loader.underWay;
    if (!this.#hasHadKeys) throw this.#lacking();
  }

  /** Why there is no key of the source. */
  #lacking(): Error {
    const { lastError, lastSuccess, source } = this.#loader as Loader;
    return lastError ?? (lastSuccess === undefined ? closedError(source) : unusable(source, this.#problems[0]));
  }

  async reload(): Promise<boolean> {
    const outcome = await this.#loader?.load();
    return outcome?.error === undefined;
  }

  async refresh(): Promise<boolean> {
    if (!this.#loader?.mayRefresh) return false;
    const outcome = await this.#loader.load();
    return outcome.changed;
  }

  /**
   * Takes what the source has given. A set without a key for verifying has withdrawn those there were; so has one whose keys are refused, which
   * is an error as well. One with keys that cannot be read does not say which keys there are: nothing changes.
   */
  #take(source: CheckedSource, loaded: Loaded): Outcome {
    if (loaded === "unchanged") return { changed: false, error: undefined };
    const { keys, problems, fault } = distinctKeys(loaded, this.#added);
    const isEmpty = keys.length === 0;
    const hasRival = haveTwoDefaults([...this.#added, ...keys]);
    if (hasRival || (isEmpty && fault === "broken")) {
      wipeKeys(loaded.keys);
      throw hasRival
        ? new Error(`Expected ${source.name} to hold keys for this ring, got a second \`default\``)
        : unusable(source, problems[0]);
    }
    const changed = this.#swap(this.#added, keys);
    this.#wipeUnheld(loaded.keys);
    this.#hasHadKeys ||= !isEmpty;
    const isRefused = isEmpty && fault !== undefined;
    // What has failed is asked for again in full.
    this.#version = isRefused ? undefined : ownMember(loaded, "version");
    const listed = isEmpty && problems.length === 0 ? ["Expected a key for verifying, got none"] : problems;
    this.#problems = listed.map((problem) => `${source.name}: ${problem}`);
    return { changed, error: isRefused ? unusable(source, problems[0]) : undefined };
  }

  #tell(changed: boolean): void {
    const { onReload } = this.#plan;
    if (!onReload) return;
    const { keys, problems } = this.status();
    void settled(async () => onReload({ changed, keys, problems }));
  }

  /**
   * Puts other keys in the place of those there are, in one step. Keys that stay keep their bytes; those of keys that go are wiped.
   * Says whether the keys are others than before.
   */
  #swap(added: readonly RingKey[], loaded: readonly RingKey[]): boolean {
    const before = this.#all.keys;
    const held = new Map<string, HeldKey[]>();
    for (const { key } of before) held.set(key.kid, [...(held.get(key.kid) ?? []), key]);
    const keep = (keys: readonly RingKey[]) => keys.filter((each) => each.nbf < this.#endOf(each)).map((each) => asHeld(each, held));
    this.#added = keep(added);
    this.#loaded = keep(loaded);
    const keys = [...this.#added, ...this.#loaded].map((each) => ({ ...each, exp: this.#endOf(each) }));
    const isSame = keys.length === before.length && keys.every((each, index) => isSameKey(each, before[index] as RingKey));
    if (!isSame) {
      this.#all = new Roster(keys);
      this.#own = new Roster(keys.slice(0, this.#added.length));
      changes.count++;
    }
    this.#wipeUnheld(before);
    this.#wipeUnheld([...added, ...loaded]);
    return !isSame;
  }

  /** When a key ends: as it says itself, or earlier. */
  #endOf({ key, exp }: RingKey): number {
    return Math.min(exp, this.#ends.get(key.kid) ?? NEVER);
  }

  #wipeUnheld(keys: readonly RingKey[]): void {
    const held = new Set(this.#all.keys.map(({ key }) => key));
    wipeKeys(keys.filter(({ key }) => !held.has(key)));
  }

  /** Keys that some verifier does not use, because it does not know what they are for. */
  #leftOpen(): readonly string[] {
    const told = (keys: readonly RingKey[], of: string) =>
      keys.filter(({ key }) => key.isLeftOpen).map(({ name }) => of + openKeyError(name).message);
    return [...told(this.#added, ""), ...told(this.#loaded, `${this.#loader?.source.name}: `)];
  }

  close(): void {
    this.#loader?.close();
  }

  status(): KeyRingStatus {
    this.expire();
    return {
      keys: this.#roster.at(this.#now()).size,
      lastSuccess: this.#loader?.lastSuccess,
      lastError: this.#loader?.lastError?.message,
      staleSince: this.#loader?.staleSince,
      problems: [...this.#givenProblems, ...this.#problems, ...this.#leftOpen()],
    };
  }
}

/** A clock of the caller's may fail: it is then what it was, while the monotonic one goes on. */
function steadfast(now: () => number): () => number {
  let last = Date.now() / 1000;
  return () => {
    attempt(() => {
      last = now();
    });
    return last;
  };
}

/** The key as the ring has it already, if it has: then the bytes that came with it are not wanted. */
function asHeld(each: RingKey, held: ReadonlyMap<string, readonly HeldKey[]>): RingKey {
  const known = held.get(each.key.kid)?.find((key) => key.isSameAs(each.key));
  return known ? { ...each, key: known } : each;
}

function unusable({ name }: CheckedSource, problem: string | undefined): Error {
  return new Error(`Expected ${name} to hold keys for this ring, got no usable one${problem ? `: ${problem}` : ""}`);
}

function haveTwoDefaults(keys: readonly RingKey[]): boolean {
  return hasTwoDefaults(keys.flatMap(({ key: { algorithms, isDefault } }) => algorithms.map((algorithm) => ({ algorithm, isDefault }))));
}
