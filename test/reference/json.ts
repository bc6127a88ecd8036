/** What the rules ask of a JSON text beyond its value: how deep it nests, and which names its outermost object has. */

/** Strings, punctuation, and words or numbers: all a valid JSON text is made of. */
const PIECES = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/gsu;

/** A fatal UTF-8 decoder and `JSON.parse`; undefined where either refuses. A byte order mark is not JSON. */
export function parseStrict(bytes: Uint8Array): { readonly text: string; readonly value: unknown } | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** How many arrays and objects are open at once, at most. */
export function nestingOf(validJson: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [piece] of validJson.matchAll(PIECES)) {
    if (piece === "{" || piece === "[") depth++;
    if (piece === "}" || piece === "]") depth--;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** The member names of the outermost object as they are spelt out, repetitions included, in their order. */
export function memberNames(validJson: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let before = "";
  for (const [piece] of validJson.matchAll(PIECES)) {
    if (piece === "{" || piece === "[") depth++;
    if (piece === "}" || piece === "]") depth--;
    if (piece === ":" && depth === 1) names.push(JSON.parse(before) as string);
    before = piece;
  }
  return names;
}

/** The first name that has been there before, in the order of second appearances. */
export function firstRepeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) < index);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
