/** The claims of accepted tokens, and nothing else, for whatever reads stdout; the rejected ones on stderr. */
import { counted, exactJson, exactObject, grouped, segmentText } from "../../explain/index.js";
import type { BatchVerdicts, Rejection } from "../../index.js";
import { printable } from "../words/printable.js";
import { writePieces } from "./output.js";
import { FIRST_REJECTED, Report, reasonOf } from "./report.js";

export class ClaimsReport extends Report {
  async add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void> {
    const before = this.rejected;
    this.counts.add(verdicts);
    await writePieces(claimsLines(lines, verdicts, tokens, FIRST_REJECTED - before));
  }

  async end(): Promise<void> {
    const more = this.rejected - FIRST_REJECTED;
    if (more > 0) process.stderr.write(`wasm-jwt verify: ${counted(more, "more token")} rejected of ${grouped(this.tokens)}\n`);
  }
}

/** Tells of the first `most` rejected ones on the way. */
function* claimsLines(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[], most: number): Generator<string> {
  let rejected = 0;
  for (let index = 0; index < verdicts.length; index++) {
    const token = tokens[index] as string;
    if (verdicts.codes[index] === 0) yield `${claimsLine(token)}\n`;
    else if (rejected++ < most) {
      const verdict = verdicts.at(index) as Rejection;
      process.stderr.write(`wasm-jwt verify: token ${lines[index]} is rejected: ${verdict.code}. ${reasonOf(verdict, token)}\n`);
    }
  }
}

/** As they stand in the token. */
export function claimsLine(token: string): string {
  return printable(String(exactJson(exactObject(segmentText(token, 1)))));
}
