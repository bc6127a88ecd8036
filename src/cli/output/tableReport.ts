/** Verdicts as a table for people. */
import { counted, grouped } from "../../explain/index.js";
import type { BatchVerdicts, Verdict } from "../../index.js";
import { printable, shortened } from "../words/printable.js";
import { styled } from "./colour.js";
import { standardOutput } from "./output.js";
import { FIRST_REJECTED, Report, reasonOf } from "./report.js";

/** So many tokens are listed one by one; of more, the first that are rejected. */
const FEW_TOKENS = 20;

export class TableReport extends Report {
  /** While the tokens are few: all of them. */
  #rows: string[] = [];
  #rejectedRows: string[] = [];

  async add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void> {
    this.counts.add(verdicts);
    const isFew = this.tokens <= FEW_TOKENS;
    for (let index = 0; index < verdicts.length; index++) {
      const isRejected = verdicts.codes[index] !== 0;
      const isListed = isRejected && this.#rejectedRows.length < FIRST_REJECTED;
      if (!isFew && !isListed) continue;
      const row = rowOf(lines[index] as number, verdicts.at(index), verdicts.subject(index), tokens[index] as string);
      if (isFew) this.#rows.push(row);
      if (isListed) this.#rejectedRows.push(row);
    }
  }

  async end(): Promise<void> {
    const isFew = this.tokens <= FEW_TOKENS;
    const parts = isFew ? [this.#rows.join("\n")] : [];
    if (!isFew && this.rejected) parts.push([firstRejected(this.rejected), ...this.#rejectedRows].join("\n"));
    if (this.tokens > 1) parts.push(this.#summary());
    await standardOutput.write(`${parts.join("\n\n")}\n`);
  }

  #summary(): string {
    const seconds = this.counts.seconds();
    const rows: [string, number][] = [
      ["accepted", this.counts.accepted],
      ["rejected", this.rejected],
    ];
    for (const [code, count] of this.counts.rejections()) rows.push([`  ${code}`, count]);
    const width = Math.max(...rows.map(([, count]) => grouped(count).length));
    const names = Math.max(...rows.map(([name]) => name.length));
    const table = rows.map(([name, count]) => `${name.padEnd(names)}  ${grouped(count).padStart(width)}`);
    return `${table.join("\n")}\n${counted(this.tokens, "token")} in ${seconds.toFixed(3)} s, ${grouped(this.tokens / seconds)} a second`;
  }
}

function firstRejected(count: number): string {
  return count > FIRST_REJECTED ? `The first ${FIRST_REJECTED} of ${grouped(count)} rejected, by line:` : "Rejected, by line:";
}

function rowOf(line: number, verdict: Verdict, subject: string | undefined, token: string): string {
  const number = String(line).padStart(8);
  if (verdict.ok) {
    const shown = subject === undefined ? "(no subject)" : shortened(printable(subject), 80);
    return `${number}  ${styled("green", "ACCEPTED")}  ${shown}`;
  }
  return `${number}  ${styled("red", verdict.code)}  ${reasonOf(verdict, token)}`;
}
