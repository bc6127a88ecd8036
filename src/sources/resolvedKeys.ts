/**
 * Keys that are kept elsewhere, in a database or by a service, and fetched when a token names one. What is found is kept for a time; so is
 * what is not, in a memory of its own. Names that once had a key have look-ups of their own: made-up names cost a limited
 * number of look-ups, and keep no other name from its key.
 */
import { Allowance } from "../base/allowance.js";
import { attempt } from "../base/attempt.js";
import { bindMethods } from "../base/bound.js";
import { isError } from "../base/brands.js";
import { requireFunction, requireString } from "../base/check.js";
import { atCaller, kindOf } from "../base/errors.js";
import { isPromise } from "../base/own.js";
import { RecentNames } from "../base/recentNames.js";
import { holding, wipe } from "../base/wipe.js";
import type { Key } from "../engine/key.js";
import { KeyMemory } from "../engine/keyMemory.js";
import { openEngine } from "../engine/openEngine.js";
import { bound, type KeyInput, parseKeys } from "../keys/key.js";
import { within } from "../runtime/deadline.js";
import { released } from "../runtime/released.js";
import { later } from "../runtime/timer.js";
import { type Held, HeldKeys } from "./heldKeys.js";
import { KeylessNames } from "./keylessNames.js";
import type { KeySource } from "./keySource.js";
import { Refreshing } from "./refreshing.js";
import { parseResolvedOptions, type ResolvedKeysOptions, type ResolvedPlan } from "./resolvedOptions.js";

/**
 * Gives the key of a name, at once or later; undefined or null where there is none. A call that throws, is rejected, takes too long or gives
 * something that is no key is a failure: it is reported, and its tokens are KEY_UNAVAILABLE.
 */
export type KeyResolver = (name: string) => KeyInput | undefined | null | Promise<KeyInput | undefined | null>;

/** Keys looked up as they are needed. Give it to verifiers as `keys`; tokens name their key by `kid`, or as `keyFrom` says. */
export interface ResolvedKeys extends KeySource {
  /** @internal */
  at(now: number): KeyMemory;
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
export const resolveKeys = /* @__PURE__ */ atCaller(function resolveKeys(
  resolver: KeyResolver,
  options: ResolvedKeysOptions = {},
): ResolvedKeys {
  requireFunction(resolver, "resolver");
  const plan = parseResolvedOptions(options);
  const keys = new KeyMemory(openEngine());
  const resolved = new Resolved(resolver, keys, plan);
  released.register(resolved, () => keys.release());
  return resolved;
});

/** How many names of keys that are gone are remembered for each key that may be kept. */
const GONE_PER_KEY = 4;

/** How many look-ups are under way for one class of names. */
interface Room {
  busy: number;
}

interface LookUp {
  readonly name: string;
  readonly room: Room;
  /** The place of its key among those there are. */
  readonly held: Held;
  /** Set where the resolver returned a promise. */
  answer: Promise<boolean> | undefined;
}

class Resolved implements ResolvedKeys {
  readonly changes = { count: 0 };
  readonly #resolver: KeyResolver;
  readonly #keys: KeyMemory;
  readonly #plan: ResolvedPlan;
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
  readonly #keyless: KeylessNames;
  /** How many calls under way want the key of a name. */
  readonly #wanted = new Map<string, number>();
  readonly #refreshing: Refreshing;
  /** The age that the clock told last. */
  #age: number;

  constructor(resolver: KeyResolver, keys: KeyMemory, plan: ResolvedPlan) {
    keys.open();
    this.#resolver = resolver;
    this.#keys = keys;
    this.#plan = plan;
    this.#age = plan.clock.read();
    this.#gone = new RecentNames(GONE_PER_KEY * plan.maxKeys);
    this.#held = new HeldKeys(keys, plan, this.#gone, (name) => this.#refreshing.add(name));
    this.#keyless = new KeylessNames(plan.maxUnknown, plan.unknownAge);
    this.#vain = new Allowance(plan.maxUnknown, plan.maxUnknown / plan.unknownAge, this.#age);
    this.#reports = new Allowance(10, 1, this.#age);
    this.#refreshing = new Refreshing({
      readClock: () => {
        this.#age = this.#plan.clock.read();
      },
      // Never more than half of what there is room for: tokens may wait for the other half.
      hasRoom: () => 2 * this.#known.busy < plan.maxPending,
      refresh: (name) => this.#refresh(name),
    });
    bindMethods(this as ResolvedKeys, "forget");
  }

  at(): KeyMemory {
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
    requireString(name, "name");
    const wasHeld = this.#held.remove(name);
    // What is under way was asked before: its answer must not be taken for a newer one.
    const lookUp = this.#lookUps.get(name);
    if (lookUp) this.#held.abandon(lookUp.held);
    this.#lookUps.delete(name);
    return this.#keyless.forget(name) || wasHeld || lookUp !== undefined;
  }

  supply(names: readonly string[]): boolean | Promise<boolean> {
    for (const name of names) this.#wanted.set(name, (this.#wanted.get(name) ?? 0) + 1);
    this.expire();
    this.#keyless.expire(this.#age);
    let hasCome = false;
    const waits: Promise<boolean>[] = [];
    // Where there is not enough for all, chance decides, not the place in the batch.
    for (const name of names.length > this.#vain.left(this.#age) ? shuffled(names) : names) {
      const answer = this.#get(name);
      if (isPromise(answer)) waits.push(answer);
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
    return name !== undefined && !this.#keyless.hasNone(name);
  }

  #get(name: string): boolean | Promise<boolean> {
    if (this.#held.isServing(name)) return true;
    const lookUp = this.#lookUps.get(name);
    if (lookUp) return lookUp.answer ?? false;
    const room = this.#roomFor(name);
    if (room) return this.#ask(name, room);
    if (this.#keyless.isFailing(name)) this.#held.serveStale(name);
    return this.#held.isServing(name);
  }

  /** The room for a look-up of this name, if there is any. Names that never had a key take none from others, and have a limited number of look-ups. */
  #roomFor(name: string): Room | undefined {
    if (!this.#keyless.mayBeAsked(name, this.#age)) return undefined;
    const isKnown = this.#held.has(name) || this.#gone.has(name);
    const room = isKnown ? this.#known : this.#others;
    if (room.busy >= this.#plan.maxPending) return undefined;
    return isKnown || this.#vain.take(this.#age) ? room : undefined;
  }

  /** Asks for one key; each call that wants it meanwhile gets this answer, also calls that the resolver itself makes. */
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
      holding(wipe, (held: Key[]) => {
        const isNone = input === undefined || input === null;
        // What is read of the caller's, its clock too, comes before the question whether the answer is still wanted.
        if (!isNone) held.push(...named(this.#parse(input), lookUp.name));
        this.#age = this.#plan.clock.read();
        if (this.#lookUps.get(lookUp.name) === lookUp) this.#take(lookUp, isNone ? undefined : held);
        else wipe(held);
      });
    } catch (error) {
      return this.#fail(lookUp, error);
    }
    this.#close(lookUp);
    return this.#held.isServing(lookUp.name);
  }

  #parse(input: KeyInput): readonly Key[] {
    const name = "the resolver's answer";
    return bound(parseKeys(input, name, { allowWeak: this.#plan.allowWeak, algorithms: undefined }), [], name);
  }

  #take({ name, room, held }: LookUp, keys: readonly Key[] | undefined): void {
    if (keys) {
      openEngine(keys.map(({ algorithm }) => algorithm));
      if (!this.#held.fill(held, keys)) throw new Error("Expected the resolver to answer within the `maxAge` of its keys");
      if (room === this.#others) this.#vain.giveBack();
      this.#keyless.forget(name);
    } else {
      this.#held.remove(name);
      this.#gone.delete(name);
      this.#keyless.noteNone(name, this.#age);
    }
  }

  /** A failure is no answer: the name may be asked for again after a wait, which grows. */
  #fail(lookUp: LookUp, thrown: unknown): boolean {
    const { name } = lookUp;
    this.#age = this.#plan.clock.read();
    if (this.#lookUps.get(name) === lookUp) {
      const wait = this.#keyless.noteFailure(name, this.#age);
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
    this.#refreshing.goOn();
  }

  #report(thrown: unknown): void {
    if (!this.#plan.onError || !this.#reports.take(this.#age)) return;
    const error = isError(thrown) ? thrown : new Error(`Expected the resolver to give a key, got ${kindOf(thrown)} thrown`);
    attempt(() => this.#plan.onError?.(error));
  }

  #trim(): void {
    this.#held.trim((name) => this.#wanted.has(name));
  }

  // ---- in the background ---------------------------------------------------------------------------------------------------

  /** Looks a key up that is due, if it is still kept and this is not being done already. */
  #refresh(name: string): void {
    const room = this.#held.has(name) && !this.#lookUps.has(name) ? this.#roomFor(name) : undefined;
    if (room) void this.#ask(name, room);
  }

  /** A key whose look-ups fail is tried again for as long as it is used. */
  #retry(name: string): void {
    if (!this.#keyless.isFailing(name) || this.#lookUps.has(name)) return;
    attempt(() => {
      if (this.#held.isInUse(name)) this.#refreshing.add(name);
    });
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

/** The key, of each of its algorithms, under the name that it was asked for by. */
function named(keys: readonly Key[], name: string): readonly Key[] {
  if (keys.every(({ kid }) => kid === undefined || kid === name)) return keys.map((key) => ({ ...key, kid: name, isDefault: false }));
  wipe(keys);
  throw new TypeError("Expected the resolver's answer to be the key that was asked for, got one with another `kid`");
}
