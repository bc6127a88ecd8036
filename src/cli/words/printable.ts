/** Text from outside, made safe to print: a claim, or a file's name, must not steer the terminal, nor hide something from the eye. */

/**
 * Controls (C0, DEL, C1), line separators, lone surrogates, and whatever has no width of its own: format characters (marks that
 * turn the direction of writing, zero-width ones, tags, the BOM), fillers and variation selectors.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** The same text with escapes, as JSON has them, for whatever a terminal might obey or not show. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    return character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  });
}

/** JSON on one line, for programs and terminals alike. */
export function jsonLine(value: unknown): string {
  return printable(JSON.stringify(value));
}

/** At most `length` characters. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
