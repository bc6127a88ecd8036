/** One member out of a line of JSON. */
import { jsonValue } from "../../explain/index.js";

/** The text at a path of own members, or undefined where the line is no JSON or has no text there. */
export function memberText(line: string, path: readonly string[]): string | undefined {
  let value = jsonValue(line);
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === "string" ? value : undefined;
}
