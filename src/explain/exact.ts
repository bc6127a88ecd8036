/** JSON as it stands in a token: numbers that a double would change, such as 12345678901234567890 and 1e400, keep their text. */
import { jsonObject } from "./json.js";
import { randomBytes } from "./random.js";

/** Begins the text that a number was replaced by; no token can have it. Made when it is needed: not every runtime has random bytes before. */
let mark: string | undefined;

function markOf(): string {
  mark ??= Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return mark;
}

/** Texts, which may look like numbers within, and numbers. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/** A JSON object for `exactJson` to print, or undefined for whatever else. Nothing else should read it: such numbers are texts in it. */
export function exactObject(json: string): Record<string, unknown> | undefined {
  if (!jsonObject(json)) return undefined;
  return jsonObject(json.replace(TEXT_OR_NUMBER, (found) => (isChanged(found) ? `"${markOf()}${found}"` : found)));
}

/** The value as JSON on one line, or undefined where there is none. */
export function exactJson(value: unknown): string | undefined {
  const json = JSON.stringify(value);
  return mark === undefined ? json : json?.replace(new RegExp(`"${mark}([^"]*)"`, "g"), "$1");
}

function isChanged(found: string): boolean {
  return !found.startsWith('"') && String(Number(found)) !== found;
}
