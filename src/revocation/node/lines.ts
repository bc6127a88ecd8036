/** Reads a file line by line, a megabyte at a time. */
import { readSync } from "node:fs";

const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/** One line without its newline, and where it ends in the file, its newline included. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** There was a newline behind it. */
  readonly isWhole: boolean;
}

/** The lines of an open file from a place on; the last one may have no newline. The bytes of a line are valid until the next is read. */
export function* linesOf(file: number, from: number): Generator<Line> {
  let rest: Uint8Array = new Uint8Array(0);
  let end = from;
  let position = from;
  while (true) {
    const buffer = new Uint8Array(rest.length + CHUNK);
    buffer.set(rest);
    const count = readSync(file, buffer, rest.length, CHUNK, position);
    if (count === 0) break;
    position += count;
    const length = rest.length + count;
    let start = 0;
    for (let at = buffer.indexOf(NEWLINE); at >= 0 && at < length; at = buffer.indexOf(NEWLINE, start)) {
      end += at + 1 - start;
      yield { bytes: buffer.subarray(start, at), end, isWhole: true };
      start = at + 1;
    }
    rest = buffer.slice(start, length);
  }
  if (rest.length > 0) yield { bytes: rest, end: end + rest.length, isWhole: false };
}
