/** Counts verdicts by code, and the time that passes. */
import { type BatchVerdicts, type VerdictCode, verdictName, verdictNumber } from "../../index.js";

const CODES = 256;

export class Counts {
  readonly #counts = new Float64Array(CODES);
  readonly #start = performance.now();
  tokens = 0;
  accepted = 0;

  add(verdicts: BatchVerdicts): void {
    this.tokens += verdicts.length;
    this.accepted += verdicts.accepted;
    for (const code of verdicts.codes) (this.#counts[code] as number)++;
  }

  get rejected(): number {
    return this.tokens - this.accepted;
  }

  /** The rejections there were, in the order of judgement. */
  rejections(): [VerdictCode, number][] {
    const first = verdictNumber("ACCEPTED") + 1;
    return Array.from(this.#counts, (count, code) => [code, count] as const)
      .filter(([code, count]) => code >= first && count > 0)
      .map(([code, count]) => [verdictName(code), count]);
  }

  seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }
}
