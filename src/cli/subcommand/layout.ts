/** Lays out text, as wide as the terminal is. */
export const INDENT = "  ";
const WIDEST = 96;
const NARROWEST = 30;
/** With fewer columns, the help of an option stands below its name instead of beside it. */
const BESIDE = 72;

/** COLUMNS if it is set, else what the terminal has; as wide as lines should get where neither says so. */
export function terminalWidth(): number {
  const columns = Number(process.env.COLUMNS) || process.stdout.columns || WIDEST;
  return Math.min(WIDEST, Math.max(NARROWEST, Math.floor(columns)));
}

export function paragraphs(text: string, width: number): string[] {
  return text.split("\n\n").map((paragraph) => wrap(paragraph.replaceAll("\n", " ").trim(), width).join("\n"));
}

/** Names, and what they mean, beside or below each other. */
export function rows(entries: readonly (readonly [name: string, meaning: string])[], width: number, column = columnOf(entries)): string[] {
  if (width < BESIDE) {
    return entries.flatMap(([name, meaning]) => [INDENT + name.trimStart(), ...wrap(INDENT.repeat(3) + meaning, width, INDENT.repeat(3))]);
  }
  return entries.flatMap(([name, meaning]) => {
    const [first, ...rest] = wrap(meaning, width - column);
    return [`${(INDENT + name).padEnd(column)}${first}`, ...rest.map((line) => " ".repeat(column) + line)];
  });
}

const TOGETHER = "\u00a0";

/** A line for the shell; where it is too long, one that goes on after a backslash. */
export function commandLine(line: string, width: number): string[] {
  // An option and its value stay together, and so do a redirection and its file.
  const whole = line.replace(/ (--[\w-]+|[<>]) (?=[^-<>|])/g, ` $1${TOGETHER}`);
  const lines = wrap(INDENT + whole, width - 2, INDENT.repeat(2)).map((each) => each.replaceAll(TOGETHER, " "));
  return lines.map((each, index) => (index < lines.length - 1 ? `${each} \\` : each));
}

export function columnOf(entries: readonly (readonly [string, string])[]): number {
  return Math.max(...entries.map(([name]) => name.length)) + 4;
}

/** Lines of whole words; all but the first begin with `indent`. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  const [, start = "", words = ""] = /^( *)(.*)$/s.exec(text) ?? [];
  let line = start;
  let isEmpty = true;
  for (const word of words.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line += (isEmpty ? "" : " ") + word;
    }
    isEmpty = false;
  }
  return [...lines, line];
}
