/** Splits text into lines, as it comes. */

/** One batch of lines, without their ends. A text longer than LONGEST_LINE is the beginning of one that was cut. */
export interface Lines {
  readonly texts: string[];
  /** Their numbers, from 1. */
  readonly numbers: number[];
  /** How much has been read so far, in characters. */
  readonly position: number;
}

/** In characters. */
export const LONGEST_LINE = 1_048_576;
/** A batch ends with the line that reaches one of these. */
const BATCH_LINES = 4096;
const BATCH_CHARACTERS = 2_097_152;

export class Splitter {
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
