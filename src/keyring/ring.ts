/**
 * A key ring: keys that change while verifiers use them. What it holds is swapped in one step; a bad load changes nothing and is
 * reported.
 */
import { attempt } from "../attempt.js";
import { kindOf, optionError } from "../errors.js";
import type { ChangeCounter, KeySnapshot } from "../keys/source.js";
import { boolean, clock, type Moment } from "../options.js";
import { isPart, ownMember, ownOptions, partMember } from "../own.js";
import { later } from "../timer.js";
import { parseRingKey, parseRingKeys, type RingKeyInput, type RingKeysInput } from "./input.js";
import { distinctKeys, isSameKey, type JwkRules, type KeyList } from "./jwks.js";
import type { KeyRing, KeyRingOptions, KeyRingStatus } from "./keyRing.js";
import { type Loaded, type LoadRequest, type RingSource, wipeKeys } from "./loading.js";
import { type HeldKey, type RingKey, Roster } from "./roster.js";

/**
 * Makes a key ring. A source that can be read at once, such as a file, has been read then; others are awaited by `ready()`, and
 * until then the ring is empty: every token is KEY_NOT_FOUND.
 * @throws TypeError for a wrong option, naming it; Error when such a source cannot be read.
 */
export function createKeyRing(given: KeyRingOptions = {}): KeyRing {
  const options = ownOptions(given, "options", ["keys", "source", "allowWeakSecrets", "currentDate", "onReload", "onError"]);
  const source = options.source === undefined ? undefined : ownSource(options.source);
  const ring = new Ring(source, {
    allowWeak: boolean(options.allowWeakSecrets, "allowWeakSecrets"),
    now: clock(optionalFunction(options.currentDate, "currentDate")),
    onReload: optionalFunction(options.onReload, "onReload"),
    onError: optionalFunction(options.onError, "onError"),
  });
  ring.start(options.keys);
  return ring;
}

/** A source with its own members and those of its class. */
function ownSource(source: RingSource): RingSource {
  if (typeof source !== "object" || !isPart(source, "load"))
    throw optionError("source", "`remote()`, `callback()`, or a source of wasm-jwt/keyring/node", source);
  const watch = partMember(source, "watch");
  const own: Record<keyof RingSource, unknown> = {
    name: partMember(source, "name"),
    coolDown: partMember(source, "coolDown"),
    maxAge: partMember(source, "maxAge"),
    load: (request: LoadRequest) => source.load(request),
    watch: watch && ((changed: () => void) => watch.call(source, changed)),
  };
  return own as unknown as RingSource;
}

interface Plan {
  readonly allowWeak: boolean;
  readonly now: () => number;
  readonly onReload: KeyRingOptions["onReload"];
  readonly onError: KeyRingOptions["onError"];
}

/** How a load ended. */
interface Outcome {
  readonly changed: boolean;
  readonly error: Error | undefined;
}

const NEVER = Number.POSITIVE_INFINITY;
const ALWAYS = Number.NEGATIVE_INFINITY;

/** Of all rings together. */
const changes: ChangeCounter = { count: 0 };

class Ring implements KeyRing {
  readonly changes = changes;
  readonly #source: RingSource | undefined;
  readonly #plan: Plan;
  readonly #rules: JwkRules;
  /** Ends that `retire` and `remove` have set, by `kid`. They outlive loads. */
  readonly #ends = new Map<string, number>();
  readonly #closing = new AbortController();
  /** Given by the caller, and by the source. */
  #added: readonly RingKey[] = [];
  #loaded: readonly RingKey[] = [];
  #roster = new Roster([]);

  #version: string | undefined;
  #underWay: Promise<Outcome> | undefined;
  #lastAttempt = ALWAYS;
  #lastSuccess: number | undefined;
  #lastError: Error | undefined;
  #givenProblems: readonly string[] = [];
  #problems: readonly string[] = [];
  #callOff: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(source: RingSource | undefined, plan: Plan) {
    this.#source = source;
    this.#plan = plan;
    this.#rules = { allowWeak: plan.allowWeak, allowSecrets: true };
  }

  start(keys: RingKeysInput | undefined): void {
    if (keys !== undefined) this.#begin(parseRingKeys(keys, "keys", this.#rules));
    if (!this.#source) return;
    // Before it is read: what changes meanwhile is seen.
    this.#unwatch = this.#source.watch?.(() => void this.reload());
    const outcome = this.#load();
    if (outcome instanceof Promise || !outcome.error) return;
    this.close();
    throw outcome.error;
  }

  /** The keys of the options: a set may have bad ones, but not only bad ones. */
  #begin(given: KeyList): void {
    const { keys, problems } = distinctKeys(given, []);
    if (keys.length === 0 || hasTwoDefaults(keys)) {
      wipeKeys(given.keys);
      const expected = keys.length ? "to have at most one `default`, got several" : "to have at least one key, got none";
      throw new TypeError(problems[0] ?? `Expected \`keys\` ${expected}`);
    }
    this.#givenProblems = problems;
    this.#swap(keys, []);
  }

  at(now: number): KeySnapshot {
    return this.#roster.at(now);
  }

  missed(): void {
    if (!this.#underWay && this.#mayRefresh()) void this.#load();
  }

  add(input: RingKeyInput): void {
    if (input === undefined || input === null) throw optionError("key", "a key", input);
    const key = parseRingKey(input, "key", this.#rules);
    const { kid } = key.key;
    const isTaken = this.#roster.keys.some((other) => other.key.kid === kid);
    if (isTaken || hasTwoDefaults([...this.#roster.keys, key])) {
      key.key.wipe();
      throw new TypeError(`Expected \`key.${isTaken ? "kid" : "default"}\` to be that of no other key of the ring`);
    }
    this.#ends.delete(kid);
    this.#swap([...this.#added, key], this.#loaded);
  }

  remove(kid: string): boolean {
    return this.#end(kid, ALWAYS);
  }

  retire(kid: string, at: Moment = this.#plan.now()): boolean {
    const seconds = at instanceof Date ? at.getTime() / 1000 : at;
    if (typeof seconds !== "number" || !Number.isFinite(seconds)) throw optionError("at", "a valid Date or a number of seconds", at);
    return this.#end(kid, seconds);
  }

  #end(kid: string, at: number): boolean {
    if (typeof kid !== "string") throw optionError("kid", "a string", kid);
    const wasThere = this.#roster.keys.some((each) => each.key.kid === kid);
    this.#ends.set(kid, Math.min(at, this.#ends.get(kid) ?? NEVER));
    this.#swap(this.#added, this.#loaded);
    return wasThere;
  }

  async ready(): Promise<void> {
    if (!this.#source || this.#lastSuccess !== undefined) return;
    await this.#underWay;
    if (this.#lastSuccess === undefined)
      throw this.#lastError ?? new Error(`Expected ${this.#source.name} to be loaded, got the ring closed`);
  }

  async reload(): Promise<boolean> {
    const outcome = await this.#load();
    return outcome.error === undefined;
  }

  async refresh(): Promise<boolean> {
    if (!this.#underWay && !this.#mayRefresh()) return false;
    const outcome = await this.#load();
    return outcome.changed;
  }

  /** A clock that was set back does not make a cool-down longer. */
  #mayRefresh(): boolean {
    const coolDown = this.#source?.coolDown;
    if (coolDown === undefined || this.#closing.signal.aborted) return false;
    const elapsed = this.#plan.now() - this.#lastAttempt;
    return elapsed >= coolDown || elapsed < 0;
  }

  /** One load at a time: whoever asks meanwhile gets its outcome. */
  #load(): Outcome | Promise<Outcome> {
    if (this.#underWay) return this.#underWay;
    const source = this.#source;
    if (!source) return { changed: false, error: undefined };
    if (this.#closing.signal.aborted)
      return { changed: false, error: new Error(`Expected ${source.name} to be loaded, got the ring closed`) };
    this.#callOff?.();
    try {
      this.#lastAttempt = this.#plan.now();
      const request = { allowWeak: this.#plan.allowWeak, version: this.#version, signal: this.#closing.signal };
      const loaded = source.load(request);
      if (!(loaded instanceof Promise)) return this.#succeed(source, loaded);
      this.#underWay = loaded
        .then((keys) => this.#succeed(source, keys))
        .catch((error) => this.#fail(source, error))
        .finally(() => {
          this.#underWay = undefined;
        });
      return this.#underWay;
    } catch (error) {
      return this.#fail(source, error);
    }
  }

  #succeed(source: RingSource, loaded: Loaded): Outcome {
    let changed = false;
    if (loaded !== "unchanged") {
      const { keys, problems } = distinctKeys(loaded, this.#added);
      const refused = this.#closing.signal.aborted ? "got the ring closed" : refusal(keys, problems, this.#added);
      if (refused) {
        wipeKeys(loaded.keys);
        return this.#fail(source, new Error(`Expected ${source.name} to hold keys for this ring, ${refused}`));
      }
      changed = this.#swap(this.#added, keys);
      this.#wipeUnheld(loaded.keys);
      this.#version = ownMember(loaded, "version");
      this.#problems = problems.map((problem) => `${source.name}: ${problem}`);
    }
    this.#lastSuccess = this.#plan.now();
    this.#lastError = undefined;
    this.#loadAgainIn(source.maxAge);
    const { keys, problems } = this.status();
    attempt(() => this.#plan.onReload?.({ changed, keys, problems }));
    return { changed, error: undefined };
  }

  #fail(source: RingSource, thrown: unknown): Outcome {
    const error = thrown instanceof Error ? thrown : new Error(`Expected ${source.name} to be loaded, got ${kindOf(thrown)} thrown`);
    if (this.#closing.signal.aborted) return { changed: false, error };
    this.#lastError = error;
    // What failed is tried again after the cool-down, not only when what there is has become old.
    this.#loadAgainIn(source.maxAge && Math.min(source.maxAge, source.coolDown ?? NEVER));
    attempt(() => this.#plan.onError?.(error));
    return { changed: false, error };
  }

  #loadAgainIn(seconds: number | undefined): void {
    this.#callOff?.();
    const isDue = seconds !== undefined && !this.#closing.signal.aborted;
    this.#callOff = isDue ? later(seconds, () => void this.reload()) : undefined;
  }

  /**
   * Puts other keys in the place of those there are, in one step. Keys that stay keep their bytes; those of keys that go are wiped.
   * Says whether the keys are others than before.
   */
  #swap(added: readonly RingKey[], loaded: readonly RingKey[]): boolean {
    const before = this.#roster.keys;
    const held = new Map(before.map(({ key }) => [key.kid, key]));
    const keep = (keys: readonly RingKey[]) => keys.filter((each) => each.nbf < this.#endOf(each)).map((each) => asHeld(each, held));
    this.#added = keep(added);
    this.#loaded = keep(loaded);
    const keys = [...this.#added, ...this.#loaded].map((each) => ({ ...each, exp: this.#endOf(each) }));
    const isSame = keys.length === before.length && keys.every((each, index) => isSameKey(each, before[index] as RingKey));
    if (!isSame) {
      this.#roster = new Roster(keys);
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
    const held = new Set(this.#roster.keys.map(({ key }) => key));
    for (const { key } of keys) if (!held.has(key)) key.wipe();
  }

  close(): void {
    this.#closing.abort();
    this.#callOff?.();
    this.#unwatch?.();
    this.#callOff = this.#unwatch = undefined;
  }

  status(): KeyRingStatus {
    return {
      keys: this.#roster.at(this.#plan.now()).size,
      lastSuccess: this.#lastSuccess,
      lastError: this.#lastError?.message,
      problems: [...this.#givenProblems, ...this.#problems],
    };
  }
}

/** The key as the ring has it already, if it has: then the bytes that came with it are not wanted. */
function asHeld(each: RingKey, held: ReadonlyMap<string, HeldKey>): RingKey {
  const known = held.get(each.key.kid);
  return known?.isSameAs(each.key) ? { ...each, key: known } : each;
}

/** Why a good answer is no good for the ring; undefined where it is. */
function refusal(keys: readonly RingKey[], problems: readonly string[], added: readonly RingKey[]): string | undefined {
  if (keys.length === 0) return `got no usable one${problems.length ? `: ${problems[0]}` : ""}`;
  return hasTwoDefaults([...added, ...keys]) ? "got a second `default`" : undefined;
}

function hasTwoDefaults(keys: readonly RingKey[]): boolean {
  return keys.filter(({ key }) => key.isDefault).length > 1;
}

function optionalFunction<Callback>(value: Callback | undefined, name: string): Callback | undefined {
  if (value !== undefined && typeof value !== "function") throw optionError(name, "a function", value);
  return value;
}
