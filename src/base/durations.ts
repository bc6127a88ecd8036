/** Durations as options have them: a number of seconds, or text with a unit. */
import { kindOf, optionError } from "./errors.js";

/** Seconds, or text of a number and one of the units s, m, h, d and w: `"90s"`, `"15m"`, `"2h"`, `"7d"`. */
export type Duration = number | string;

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const TEXT = /^(-?\d{1,15}(?:\.\d{1,9})?)([smhdw])$/;

/**
 * The seconds that a text such as `"15m"` stands for.
 * @throws TypeError for text of another form. Digits alone are refused as well: other libraries read them as milliseconds.
 */
export function parseDuration(text: string): number {
  return seconds(text, "text", "a duration");
}

/**
 * Is this moment one in milliseconds, rather than in seconds? As seconds it would be in the year 33658 or later; `Date.now()` has been as
 * large since 2001. 9999-12-31, which some write for "never", is less.
 */
export function isInMilliseconds(moment: number): boolean {
  return moment >= 1e12;
}

/** An option that is a duration, in seconds; undefined where it is not given. @throws TypeError for one that is none, or out of range. */
export function duration(value: unknown, name: string, expected: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const parsed = typeof value === "string" ? seconds(value, name, expected) : value;
  if (typeof parsed !== "number" || !(parsed >= least && parsed <= most)) throw optionError(name, expected, parsed);
  return parsed;
}

/** To the millisecond: 1.1 hours are no 3960.0000000000005 seconds. */
function seconds(text: string, name: string, expected: string): number {
  const [, count, unit] = TEXT.exec(text) ?? [];
  if (unit !== undefined) return Math.round(Number(count) * UNITS[unit as keyof typeof UNITS] * 1000) / 1000;
  const got = /^-?[\d.]+$/.test(text) ? 'digits without a unit: for 120 seconds write 120 or "120s"' : kindOf(text);
  throw new TypeError(`Expected \`${name}\` to be ${expected}, or text with a unit (s, m, h, d, w) such as "15m", got ${got}`);
}
