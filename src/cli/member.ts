/** One member out of a line of JSON. */

/** The text at a path of own members, or undefined where the line is no JSON or has no text there. */
export function memberText(line: string, path: readonly string[]): string | undefined {
  let value = jsonValue(line);
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === "string" ? value : undefined;
}

/** A JSON object that inherits nothing, or undefined for whatever else. The parser's message is not let out: it quotes the text. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  return ownObject(jsonValue(text));
}

/** A copy of an object's own members, without a prototype to find others on; undefined for what is no object. */
export function ownObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.assign(Object.create(null), value) : undefined;
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
