/** What every report of tokens has: it counts them, and says why one is rejected in the same words. */
import { shapeFault } from "../../explain/index.js";
import type { BatchVerdicts, Rejection } from "../../index.js";
import { describe } from "../words/library.js";
import { printable } from "../words/printable.js";
import { Counts } from "./counts.js";

/** How many rejected tokens are told of one by one. */
export const FIRST_REJECTED = 10;

export abstract class Report {
  protected readonly counts = new Counts();

  get tokens(): number {
    return this.counts.tokens;
  }

  get rejected(): number {
    return this.counts.rejected;
  }

  abstract add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void>;
  abstract end(): Promise<void>;
}

/** In words: which claim is at fault, or what is wrong with the shape. Nothing of the token. */
export function reasonOf({ code, claim }: Rejection, token: string): string {
  const fault = code === "MALFORMED" ? shapeFault(token) : undefined;
  return `${describe(code)}${claim === undefined ? "" : ` (${printable(claim)})`}${fault === undefined ? "" : `: ${fault}`}`;
}
