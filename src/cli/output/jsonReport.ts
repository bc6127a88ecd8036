/** Verdicts as JSON for programs: a line for each token, and a summary. */
import type { BatchVerdicts } from "../../index.js";
import { jsonLine } from "../words/printable.js";
import { claimsLine } from "./claimsReport.js";
import { standardOutput, writePieces } from "./output.js";
import { Report } from "./report.js";

export class JsonReport extends Report {
  readonly #withClaims: boolean;

  constructor(withClaims: boolean) {
    super();
    this.#withClaims = withClaims;
  }

  async add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void> {
    this.counts.add(verdicts);
    await writePieces(this.#lines(lines, verdicts, tokens));
  }

  *#lines(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Generator<string> {
    for (const [index, line] of lines.entries()) {
      if (verdicts.codes[index] === 0) {
        const claims = this.#withClaims ? `,"claims":${claimsLine(tokens[index] as string)}` : "";
        yield `{"line":${line},"ok":true,"code":"ACCEPTED"${claims}}\n`;
      } else yield `${jsonLine({ line, ...verdicts.at(index) })}\n`;
    }
  }

  async end(): Promise<void> {
    const { tokens, accepted, rejected } = this.counts;
    const seconds = this.counts.seconds();
    const codes = Object.fromEntries(accepted ? [["ACCEPTED", accepted], ...this.counts.rejections()] : this.counts.rejections());
    const summary = { tokens, accepted, rejected, codes, seconds, tokensPerSecond: Math.round(tokens / seconds) };
    await standardOutput.write(`${jsonLine({ summary })}\n`);
  }
}
