/**
 * Lines from a file or stdin, in batches, in constant memory: chunks are split as they come, a line is cut off where
 * no token could be that long. Blank lines are passed over but counted, so that numbers are those of an editor.
 */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { fileError, systemReason, UsageError } from "./failure.js";
import { statsOf } from "./mistaken.js";
import { printable } from "./printable.js";

/** One batch of lines, without their ends. A text longer than LONGEST_LINE is the beginning of one that was cut. */
interface Lines {
  readonly texts: string[];
  /** Their numbers, from 1. */
  readonly numbers: number[];
  /** How much has been read so far, in characters. */
  readonly position: number;
}

export interface Input {
  /** In messages: all of it, and one of its lines. */
  readonly name: string;
  place(number: number): string;
  /** In bytes, where it is known beforehand. */
  readonly size: number | undefined;
  batches(): AsyncIterable<Lines>;
}

/** In characters. */
export const LONGEST_LINE = 1_048_576;
/** A batch ends with the line that reaches one of these. */
const BATCH_LINES = 4096;
const BATCH_CHARACTERS = 2_097_152;
const CHUNK_BYTES = 262_144;

/** Bytes as they are (a token has ASCII only, and no other byte may become it), or UTF-8. */
export type Encoding = "latin1" | "utf8";

/** The lines of a file; "-" is stdin. */
export function fileLines(option: string, file: string, encoding: Encoding): Input {
  if (file === "-") return stdinLines(encoding);
  const name = `\`${option} ${printable(file)}\``;
  const failed = (error: unknown) => fileError(option, file, "a file to read", systemReason(error));
  return {
    name,
    place: (number) => `line ${number} of ${name}`,
    size: sizeOf(file),
    batches: () => split(createReadStream(file, { encoding, highWaterMark: CHUNK_BYTES }), encoding, failed),
  };
}

/** The lines of stdin. */
export function stdinLines(encoding: Encoding): Input {
  const failed = (error: unknown) => new UsageError(`Expected to read stdin, got ${systemReason(error)}`);
  return {
    name: "stdin",
    place: (number) => `line ${number} of stdin`,
    size: undefined,
    batches: () => split(process.stdin.setEncoding(encoding), encoding, failed),
  };
}

/** Texts from the command line as if they were lines. */
export function givenLines(texts: readonly string[]): Input {
  const numbers = texts.map((_, index) => index + 1);
  return {
    name: "the arguments",
    place: (number) => `argument ${number}`,
    size: undefined,
    async *batches() {
      yield { texts: [...texts], numbers, position: 0 };
    },
  };
}

/** Is there a person at the other end of stdin, rather than data? */
export function isStdinTerminal(): boolean {
  return process.stdin.isTTY === true;
}

/** Undefined also for a name that the system refuses: reading the file tells of it. */
function sizeOf(file: string): number | undefined {
  const stats = statsOf(file);
  return stats?.isFile() ? stats.size : undefined;
}

async function* split(stream: Readable, encoding: Encoding, failed: (error: unknown) => Error): AsyncGenerator<Lines> {
  const splitter = new Splitter(encoding === "utf8" ? "\ufeff" : "\xef\xbb\xbf");
  try {
    for await (const chunk of stream as AsyncIterable<string>) yield* splitter.add(chunk);
  } catch (error) {
    throw failed(error);
  }
  yield* splitter.end();
}

class Splitter {
  readonly #byteOrderMark: string;
  /** The beginning of a line whose end has not come yet. */
  #rest = "";
  #number = 0;
  #position = 0;
  #texts: string[] = [];
  #numbers: number[] = [];
  #characters = 0;

  constructor(byteOrderMark: string) {
    this.#byteOrderMark = byteOrderMark;
  }

  *add(chunk: string): Generator<Lines> {
    this.#position += chunk.length;
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      this.#extend(chunk.slice(start, end));
      this.#endLine();
      start = end + 1;
      if (this.#texts.length >= BATCH_LINES || this.#characters >= BATCH_CHARACTERS) yield this.#batch();
    }
    this.#extend(chunk.slice(start));
  }

  *end(): Generator<Lines> {
    if (this.#rest) this.#endLine();
    if (this.#texts.length) yield this.#batch();
  }

  #extend(text: string): void {
    if (this.#rest.length > LONGEST_LINE) return;
    const line = this.#rest ? this.#rest + text : text;
    this.#rest = line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE + 1) : line;
  }

  #endLine(): void {
    let line = this.#rest;
    this.#rest = "";
    this.#number++;
    if (this.#number === 1 && line.startsWith(this.#byteOrderMark)) line = line.slice(this.#byteOrderMark.length);
    if (line.endsWith("\r")) line = line.slice(0, -1);
    if (!line) return;
    this.#texts.push(line);
    this.#numbers.push(this.#number);
    this.#characters += line.length;
  }

  #batch(): Lines {
    const lines = { texts: this.#texts, numbers: this.#numbers, position: this.#position };
    this.#texts = [];
    this.#numbers = [];
    this.#characters = 0;
    return lines;
  }
}
