/** How many keys a verifier has, without loading any. */
import { partMember } from "../base/own.js";
import { type KeySnapshot, type KeySource, sourcesOfPlan } from "../sources/keySource.js";
import type { Plan } from "./options.js";

export class KeyCount {
  readonly #fixed: number;
  /** Each once, however many issuers have it. */
  readonly #sources: readonly KeySource[];

  constructor(plan: Plan) {
    this.#fixed = plan.issuers.reduce((sum, { keys }) => sum + keys.length, plan.keys.length);
    this.#sources = sourcesOfPlan(plan);
  }

  /** The number at `now`, in seconds; undefined where a source does not say. */
  at(now: number): number | undefined {
    let count = this.#fixed;
    for (const source of this.#sources) {
      const size = partMember(source.at(now) as KeySnapshot, "size");
      if (size === undefined) return undefined;
      count += size;
    }
    return count;
  }
}
