/** Tells what became of the tokens: as a table for people, as JSON for programs. */
import { type BatchVerdicts, type Rejection, type Verdict, type VerdictCode, verdictName, verdictNumber } from "../index.js";
import { styled } from "./colour.js";
import { exactJson, exactObject, segmentText } from "./exact.js";
import { standardOutput } from "./output.js";
import { jsonLine, printable, shortened } from "./printable.js";
import { describe } from "./rejections.js";
import { shapeFault } from "./shape.js";
import { counted, grouped } from "./units.js";

export interface Report {
  readonly tokens: number;
  readonly rejected: number;
  add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

/** How many tokens are listed one by one, and how many rejected ones where there are more. */
const FEW_TOKENS = 20;
const FIRST_REJECTED = 10;

const CODES = 256;

/** Counts by code, and the time that has passed. */
class Counts {
  readonly #counts = new Float64Array(CODES);
  readonly #start = performance.now();
  tokens = 0;
  accepted = 0;

  add(verdicts: BatchVerdicts): void {
    this.tokens += verdicts.length;
    this.accepted += verdicts.accepted;
    for (const code of verdicts.codes) (this.#counts[code] as number)++;
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

export class TableReport implements Report {
  readonly #counts = new Counts();
  /** While the tokens are few: all of them. */
  #rows: string[] = [];
  #rejectedRows: string[] = [];

  get tokens(): number {
    return this.#counts.tokens;
  }

  get rejected(): number {
    return this.#counts.tokens - this.#counts.accepted;
  }

  async add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void> {
    this.#counts.add(verdicts);
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
    const seconds = this.#counts.seconds();
    const rows: [string, number][] = [
      ["accepted", this.#counts.accepted],
      ["rejected", this.rejected],
    ];
    for (const [code, count] of this.#counts.rejections()) rows.push([`  ${code}`, count]);
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

/** In words: which claim is at fault, or what is wrong with the shape. Nothing of the token. */
function reasonOf({ code, claim }: Rejection, token: string): string {
  const fault = code === "MALFORMED" ? shapeFault(token) : undefined;
  return `${describe(code)}${claim === undefined ? "" : ` (${printable(claim)})`}${fault === undefined ? "" : `: ${fault}`}`;
}

/** The claims of accepted tokens, and nothing else, for whatever reads stdout; the rejected ones on stderr. */
export class ClaimsReport implements Report {
  readonly #counts = new Counts();

  get tokens(): number {
    return this.#counts.tokens;
  }

  get rejected(): number {
    return this.#counts.tokens - this.#counts.accepted;
  }

  async add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void> {
    const before = this.rejected;
    this.#counts.add(verdicts);
    let [text, rejected] = ["", before];
    for (let index = 0; index < verdicts.length; index++) {
      if (verdicts.codes[index] === 0) {
        text += `${claimsLine(tokens[index] as string)}\n`;
        if (text.length < LARGEST_WRITE) continue;
        await standardOutput.write(text);
        text = "";
      } else if (rejected++ < FIRST_REJECTED) {
        const verdict = verdicts.at(index) as Rejection;
        process.stderr.write(
          `wasm-jwt verify: token ${lines[index]} is rejected: ${verdict.code}. ${reasonOf(verdict, tokens[index] as string)}\n`,
        );
      }
    }
    await standardOutput.write(text);
  }

  async end(): Promise<void> {
    const more = this.rejected - FIRST_REJECTED;
    if (more > 0) process.stderr.write(`wasm-jwt verify: ${counted(more, "more token")} rejected of ${grouped(this.tokens)}\n`);
  }
}

/** As they stand in the token. */
function claimsLine(token: string): string {
  return printable(String(exactJson(exactObject(segmentText(token, 1)))));
}

export class JsonReport implements Report {
  readonly #counts = new Counts();
  readonly #withClaims: boolean;

  constructor(withClaims: boolean) {
    this.#withClaims = withClaims;
  }

  get tokens(): number {
    return this.#counts.tokens;
  }

  get rejected(): number {
    return this.#counts.tokens - this.#counts.accepted;
  }

  async add(lines: readonly number[], verdicts: BatchVerdicts, tokens: readonly string[]): Promise<void> {
    this.#counts.add(verdicts);
    let text = "";
    for (let index = 0; index < verdicts.length; index++) {
      text += this.#line(lines[index] as number, verdicts, index, tokens[index] as string);
      if (text.length < LARGEST_WRITE) continue;
      await standardOutput.write(text);
      text = "";
    }
    await standardOutput.write(text);
  }

  #line(line: number, verdicts: BatchVerdicts, index: number, token: string): string {
    if (verdicts.codes[index] === 0) {
      const claims = this.#withClaims ? `,"claims":${claimsLine(token)}` : "";
      return `{"line":${line},"ok":true,"code":"ACCEPTED"${claims}}\n`;
    }
    return `${jsonLine({ line, ...verdicts.at(index) })}\n`;
  }

  async end(): Promise<void> {
    const { tokens, accepted } = this.#counts;
    const seconds = this.#counts.seconds();
    const codes = Object.fromEntries(accepted ? [["ACCEPTED", accepted], ...this.#counts.rejections()] : this.#counts.rejections());
    const summary = { tokens, accepted, rejected: this.rejected, codes, seconds, tokensPerSecond: Math.round(tokens / seconds) };
    await standardOutput.write(`${jsonLine({ summary })}\n`);
  }
}

/** In characters. */
const LARGEST_WRITE = 262_144;
