/**
 * Keys that were looked up, from the moment they are asked for until they are too old. A key passes four stages, and so does the place of a
 * look-up that is still under way; within each stage the oldest comes first, because ages never decrease and count from the asking.
 *
 *     half of maxAge     its use is noted from here on
 *     three quarters     it is due to be looked up again, if it was used since
 *     maxAge             it no longer serves, except while look-ups of it fail
 *     maxAge + maxStale  it is gone
 *
 * No foreign code runs here.
 */
import type { RecentNames } from "../base/recentNames.js";
import type { Key } from "../engine/key.js";
import type { KeyMemory } from "../engine/keyMemory.js";

export interface Held {
  readonly name: string;
  /** The age at which it was asked for, in seconds. */
  readonly asked: number;
  /** The look-up that was to replace it has failed: while that lasts, it serves beyond `maxAge`. */
  isFailing: boolean;
  /** The record of a key that does not serve but may again, or 0. */
  parked: number;
  stage: number;
}

interface Limits {
  readonly maxKeys: number;
  readonly maxAge: number;
  readonly maxStale: number;
}

const STALE = 3;
const OVER = 4;

export class HeldKeys {
  readonly #keys: KeyMemory;
  readonly #limits: Limits;
  /** Names of keys that went without being withdrawn. */
  readonly #gone: RecentNames;
  readonly #due: (name: string) => void;
  /** The keys that are kept; the ones that came longest ago are first. */
  readonly #held = new Map<string, Held>();
  readonly #stages: readonly Set<Held>[] = [new Set(), new Set(), new Set(), new Set()];
  readonly #ends: readonly number[];
  /** Before that age nothing passes from one stage to the next. */
  #next = Number.POSITIVE_INFINITY;

  constructor(keys: KeyMemory, limits: Limits, gone: RecentNames, due: (name: string) => void) {
    const { maxAge, maxStale } = limits;
    this.#keys = keys;
    this.#limits = limits;
    this.#gone = gone;
    this.#due = due;
    this.#ends = [maxAge / 2, 0.75 * maxAge, maxAge, maxAge + maxStale];
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /** Can tokens select the key of this name? */
  isServing(name: string): boolean {
    return this.#held.get(name)?.parked === 0;
  }

  /** The place of a key that is being asked for at an age not less than any before. */
  begin(name: string, asked: number): Held {
    const held: Held = { name, asked, isFailing: false, parked: 0, stage: 0 };
    (this.#stages[0] as Set<Held>).add(held);
    this.#next = Math.min(this.#next, asked + (this.#ends[0] as number));
    return held;
  }

  /** The look-up is over; where it has brought no key, its place is given up. */
  abandon(held: Held): void {
    if (this.#held.get(held.name) !== held) this.#end(held);
  }

  /** The key has come, for each of its algorithms, and takes the place of an older one; false where it is too old by now. */
  fill(held: Held, keys: readonly Key[]): boolean {
    if (held.stage >= STALE) return false;
    this.#keys.put([keys]);
    const before = this.#held.get(held.name);
    if (before) {
      if (before.parked) this.#keys.discard(before.parked);
      this.#leave(before);
    }
    this.#held.set(held.name, held);
    return true;
  }

  /** Lets keys pass from stage to stage. A change that the engine refuses, as within the reading of a batch, is made by the next call. */
  expire(age: number): void {
    if (age < this.#next) return;
    let next = Number.POSITIVE_INFINITY;
    for (const [stage, all] of this.#stages.entries()) {
      for (const held of all) {
        const end = held.asked + (this.#ends[stage] as number);
        if (age < end) {
          next = Math.min(next, end);
          break;
        }
        this.#pass(held);
      }
    }
    this.#next = next;
  }

  /** Look-ups of this name fail: its key, if there is one, serves on, or again. */
  serveStale(name: string): void {
    const held = this.#held.get(name);
    if (!held || this.#limits.maxStale === 0) return;
    if (held.parked) this.#keys.restore(held.parked);
    held.parked = 0;
    held.isFailing = true;
  }

  /** Was the key used since this was asked last? One that was not does not serve beyond `maxAge`, until a token asks for it again. */
  isInUse(name: string): boolean {
    const held = this.#held.get(name);
    if (!held || held.parked) return false;
    if (this.#keys.takeUse(name)) return true;
    if (held.stage === STALE) held.parked = this.#keys.park(name);
    held.isFailing = false;
    return false;
  }

  /** Takes a key out; says whether it was there. */
  remove(name: string): boolean {
    const held = this.#held.get(name);
    if (held) this.#drop(held);
    return held !== undefined;
  }

  /** Removes keys until there are no more than there may be, except those that are wanted. */
  trim(isWanted: (name: string) => boolean): void {
    let excess = this.#held.size - this.#limits.maxKeys;
    if (excess <= 0) return;
    for (const held of this.#held.values()) {
      if (isWanted(held.name)) continue;
      this.#drop(held);
      this.#gone.add(held.name);
      if (--excess === 0) return;
    }
  }

  #pass(held: Held): void {
    const { name, stage } = held;
    const isThere = this.#held.get(name) === held;
    if (isThere) {
      if (stage === 0) this.#keys.takeUse(name);
      else if (stage === 1 && this.#keys.takeUse(name)) this.#due(name);
      else if (stage === STALE || (stage === 2 && this.#limits.maxStale === 0)) {
        this.#drop(held);
        this.#gone.add(name);
        return;
      } else if (stage === 2 && !held.isFailing) held.parked = this.#keys.park(name);
    }
    this.#stages[stage]?.delete(held);
    held.stage = stage + 1;
    this.#stages[held.stage]?.add(held);
  }

  /** The key goes first: if that fails, it is still known, and goes with the next call. */
  #drop(held: Held): void {
    if (held.parked) this.#keys.discard(held.parked);
    else this.#keys.remove(held.name);
    this.#leave(held);
  }

  #leave(held: Held): void {
    this.#held.delete(held.name);
    this.#end(held);
  }

  #end(held: Held): void {
    this.#stages[held.stage]?.delete(held);
    held.stage = OVER;
  }
}
