/** Knows without asking each of a thousand sources of keys whether one of them has other keys. */
import { partMember } from "../base/own.js";
import type { ChangeCounter, KeySnapshot, KeySource } from "../sources/keySource.js";
import type { Plan } from "./options.js";

export class SourceWatch {
  readonly #counters: readonly ChangeCounter[];
  /** Some source does not say when it changes. */
  readonly #isBlind: boolean;
  /** Removes keys that are too old: of many sources at once where their counter can. */
  readonly #expirable: readonly Pick<KeySource, "expire">[];
  #count = -1;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(plans: readonly Plan[]) {
    const sources = [...new Set(plans.map(({ source }) => source).filter((source) => source !== undefined))];
    this.#counters = [...new Set(sources.map(({ changes }) => changes).filter((counter) => counter !== undefined))];
    this.#isBlind = sources.some(({ changes }) => changes === undefined);
    this.#expirable = [
      ...new Set(sources.map((source) => (source.changes && partMember(source.changes, "expire") ? source.changes : source))),
    ];
  }

  expire(): void {
    for (const each of this.#expirable) each.expire?.();
  }

  isUnchanged(now: number): boolean {
    return !this.#isBlind && now >= this.#from && now < this.#until && this.#sum() === this.#count;
  }

  /** Nothing is known until `note` is given the count that this returns: keys that change in between are not overlooked. */
  begin(): number {
    this.#until = Number.NEGATIVE_INFINITY;
    return this.#sum();
  }

  note(count: number, snapshots: readonly KeySnapshot[]): void {
    this.#count = count;
    this.#from = Math.max(Number.NEGATIVE_INFINITY, ...snapshots.map(({ from }) => from ?? Number.NEGATIVE_INFINITY));
    this.#until = Math.min(Number.POSITIVE_INFINITY, ...snapshots.map(({ until }) => until ?? Number.POSITIVE_INFINITY));
  }

  #sum(): number {
    return this.#counters.reduce((sum, { count }) => sum + count, 0);
  }
}
