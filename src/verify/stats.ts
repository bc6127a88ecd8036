/** What a verifier has done: counted plainly, an addition a token at most, and read when somebody asks. */
import { ACCEPTED, CODE_COUNT } from "../abi.js";
import { VERDICT_NAMES, type VerdictCode } from "../base/codes.js";
import type { RevocationCounts } from "./revocations.js";

/** A verifier's counters since it was made. They only grow; `keys` and `revocations` are those of the moment. */
export interface VerifierStats {
  /** How many tokens have had a verdict: each once, with the one that the caller was given. */
  readonly tokens: number;
  /** How many of them were accepted. */
  readonly accepted: number;
  /** How many had which verdict; every one has its number. */
  readonly codes: Readonly<Record<VerdictCode, number>>;
  readonly batches: BatchStats;
  /** How many keys there are now, of all issuers together; undefined where a source of keys does not say. */
  readonly keys: number | undefined;
  /** How the revocation list is now, if there is one. */
  readonly revocations: RevocationCounts | undefined;
}

/** Calls by how many tokens they judged: a call for a single token is a batch of one, one for none is not counted. */
export interface BatchStats {
  /** How many there were: `tokens / count` is their mean size. */
  readonly count: number;
  /** How many of them by size, ascending; the last has no bound, Infinity. */
  readonly sizes: readonly BatchSizes[];
}

/** How many batches were larger than the `upTo` before, and no larger than this. */
export interface BatchSizes {
  readonly upTo: number;
  readonly count: number;
}

/** Each is four times the one before. */
const BOUNDS = [1, 4, 16, 64, 256, 1024, 4096, Number.POSITIVE_INFINITY] as const;

/** Numbers are exact up to 2^53. */
export class Counters {
  /** By code. Plain arrays: a typed one of this size has a buffer of its own, which takes longer to make than the rest of a verifier. */
  readonly #codes: number[] = new Array(CODE_COUNT).fill(0);
  /** By the number of their bound; single calls are those tokens that no batch counts. */
  readonly #batches: number[] = BOUNDS.map(() => 0);
  #batchTokens = 0;

  /** Counts a call for one token. */
  countOne(code: number): void {
    (this.#codes[code] as number)++;
  }

  /** Counts a batch of which `accepted` tokens are so, and the last verdict on `left` is still to come: these count elsewhere. */
  countBatch(codes: Uint8Array, accepted: number, left: number): void {
    const size = codes.length - left;
    if (size === 0) return;
    const counts = this.#codes;
    (counts[ACCEPTED] as number) += accepted;
    if (accepted < codes.length) {
      for (let index = 0; index < codes.length; index++) {
        const code = codes[index] as number;
        // A code of the engine's own is that of a token which is left.
        if (code !== ACCEPTED && code < CODE_COUNT) (counts[code] as number)++;
      }
    }
    (this.#batches[boundOf(size)] as number)++;
    this.#batchTokens += size;
  }

  /** All that is counted. */
  read(): Omit<VerifierStats, "keys" | "revocations"> {
    const entries = VERDICT_NAMES.map((name, code) => [name, this.#codes[code] as number] as const);
    const tokens = entries.reduce((sum, [, count]) => sum + count, 0);
    const counts = [...this.#batches];
    (counts[0] as number) += tokens - this.#batchTokens;
    return {
      tokens,
      accepted: this.#codes[ACCEPTED] as number,
      codes: Object.fromEntries(entries) as Record<VerdictCode, number>,
      batches: {
        count: counts.reduce((sum, count) => sum + count, 0),
        sizes: BOUNDS.map((upTo, index) => ({ upTo, count: counts[index] as number })),
      },
    };
  }
}

/** The number of the first bound that is not less than a size. */
function boundOf(size: number): number {
  return Math.min((33 - Math.clz32(size - 1)) >> 1, BOUNDS.length - 1);
}
