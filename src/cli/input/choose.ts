/** Where a command reads from: its arguments, a file, or stdin. */
import { UsageError } from "../words/failure.js";
import { isNameOfFile } from "../words/mistaken.js";
import { type Encoding, fileLines, givenLines, type Input, stdinLines } from "./lines.js";

/** What is read, as messages call it. */
interface Wanted {
  readonly one: string;
  readonly many: string;
  /** How it may come, after "Expected" and `many`. */
  readonly ways: string;
  readonly encoding: Encoding;
}

/** @throws UsageError for several of them, or none */
export function chooseInput(operands: readonly string[], file: string | undefined, { one, many, ways, encoding }: Wanted): Input {
  if (file !== undefined) {
    if (operands.length) throw new UsageError(`Expected ${many} as arguments or in \`--file\`, not both`);
    return fileLines("--file", file, encoding);
  }
  if (isStdin(operands)) return stdinLines(encoding);
  if (operands.length === 0) {
    if (isStdinTerminal()) throw new UsageError(`Expected ${many}: ${ways}`);
    return stdinLines(encoding);
  }
  const named = operands.findIndex(isNameOfFile);
  if (named >= 0)
    throw new UsageError(`Expected argument ${named + 1} to be ${one}, got the name of a file: \`--file\` reads ${many} from it`);
  return givenLines(operands);
}

/** Is it said that stdin is meant? */
export function isStdin(operands: readonly string[]): boolean {
  return operands.length === 1 && operands[0] === "-";
}

/** Is there a person at the other end of stdin, rather than data? */
export function isStdinTerminal(): boolean {
  return process.stdin.isTTY === true;
}
