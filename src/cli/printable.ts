/** Text from outside, made safe to print: a claim, or a file's name, must not steer the terminal. */

/** Controls (C0, DEL, C1), line separators, marks that turn the direction of writing, lone surrogates, the BOM. */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** The same text with escapes for whatever a terminal might obey. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, "0")}`);
}

/** JSON on one line, for programs and terminals alike. */
export function jsonLine(value: unknown): string {
  return printable(JSON.stringify(value));
}

/** At most `length` characters. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
