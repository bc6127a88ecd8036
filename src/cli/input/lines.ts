/**
 * Lines from a file or stdin, in batches, in constant memory: chunks are split as they come, a line is cut off where
 * no token could be that long. Blank lines are passed over but counted, so that numbers are those of an editor.
 */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { UsageError } from "../words/failure.js";
import { fileError } from "../words/files.js";
import { statsOf } from "../words/mistaken.js";
import { printable } from "../words/printable.js";
import { systemReason } from "../words/system.js";
import { type Lines, Splitter } from "./splitter.js";

export interface Input {
  /** In messages: all of it, and one of its lines. */
  readonly name: string;
  place(number: number): string;
  /** In bytes, where it is known beforehand. */
  readonly size: number | undefined;
  batches(): AsyncIterable<Lines>;
}

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
