/** Values and counts in words. */
import { exactJson } from "./exact.js";

/** As JSON has it. */
export function quoted(value: unknown): string {
  return exactJson(value) ?? "nothing";
}

/** `"a" or "b"`: what is expected. */
export function oneOf(expected: string | readonly string[]): string {
  return [expected].flat().map(quoted).join(" or ");
}

/** "a", "a or b", "a, b or c". */
export function oneOfNames(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" or ");
}

/** "1,234,567" */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** "1 line", "3 lines" */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}
