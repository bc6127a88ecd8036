/** JSON as it stands in a token: numbers that a double would change, such as 12345678901234567890 and 1e400, keep their text. */
import { randomUUID } from "node:crypto";
import { jsonObject } from "./member.js";

/** Begins the text that a number was replaced by; no token can have it. */
const MARK = randomUUID();
const MARKED = new RegExp(`"${MARK}([^"]*)"`, "g");

/** Texts, which may look like numbers within, and numbers. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/** A JSON object for `exactJson` to print, or undefined for whatever else. Nothing else should read it: such numbers are texts in it. */
export function exactObject(json: string): Record<string, unknown> | undefined {
  if (!jsonObject(json)) return undefined;
  return jsonObject(json.replace(TEXT_OR_NUMBER, (found) => (isChanged(found) ? `"${MARK}${found}"` : found)));
}

/** The value as JSON on one line, or undefined where there is none. */
export function exactJson(value: unknown): string | undefined {
  return JSON.stringify(value)?.replace(MARKED, "$1");
}

function isChanged(found: string): boolean {
  return !found.startsWith('"') && String(Number(found)) !== found;
}

/** The text of a token's header (0) or payload (1); empty where it is no base64url. */
export function segmentText(token: string, index: 0 | 1): string {
  const segment = token.split(".", 2)[index] ?? "";
  return /^[\w-]+$/.test(segment) ? Buffer.from(segment, "base64url").toString("utf8") : "";
}
