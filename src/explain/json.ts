/** JSON and base64url as tokens have them, read for people: what is wrong with either is nothing, not an error. */
import { base64urlText } from "../runtime/text.js";

/** The value, or undefined for what is no JSON. The parser's message is not let out: it quotes the text. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A JSON object that inherits nothing, or undefined for whatever else. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  return ownObject(jsonValue(text));
}

/** A copy of an object's own members, without a prototype to find others on; undefined for what is no object. */
export function ownObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.assign(Object.create(null), value) : undefined;
}

/** The text of a token's header (0) or payload (1), of a malformed one as far as it can be read; empty where it is no base64url. */
export function segmentText(token: string, index: 0 | 1): string {
  const segment = token.split(".", 2)[index] ?? "";
  if (!/^[\w-]+$/.test(segment)) return "";
  // A single character after the last group of four stands for no byte.
  return base64urlText(segment.length % 4 === 1 ? segment.slice(0, -1) : segment);
}
