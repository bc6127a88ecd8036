/** Numbers as people write them: seconds and durations, moments, shares; and back into words. */
import { parseDuration } from "../index.js";
import { UsageError } from "./failure.js";

/** Seconds: "90", "1.5", "15m", "2h", "7d", "-30". */
export function parseSeconds(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  try {
    return parseDuration(value);
  } catch {
    throw new UsageError(`Expected \`--${option}\` to be a number of seconds, or one with s, m, h, d or w after it, such as 15m`);
  }
}

/** A moment: seconds since the epoch, or a date such as 2026-01-31T12:00:00Z. */
export function parseMoment(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) / 1000 : Number.NaN;
  if (!Number.isFinite(seconds)) {
    throw new UsageError(`Expected \`--${option}\` to be seconds since the epoch or a date such as 2026-01-31T12:00:00Z`);
  }
  return seconds;
}

export function parseWhole(value: string | undefined, option: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw new UsageError(`Expected \`--${option}\` to be a whole number from ${least} to ${most}`);
  return number;
}

/** A share of the whole: "2%" is 0.02. */
export function parseShare(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const match = /^(\d{1,3}(?:\.\d+)?)%$/.exec(value);
  if (!match || Number(match[1]) > 100) throw new UsageError(`Expected \`--${option}\` to be a share from 0% to 100%, such as 2%`);
  return Number(match[1]) / 100;
}

/** "1,234,567" */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** "1 line", "3 lines" */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The largest moment a calendar has, in seconds. */
const LAST_MOMENT = 8.64e12;

/** "2026-01-31 12:00:00 UTC" */
export function dateText(seconds: number): string {
  if (!(Math.abs(seconds) <= LAST_MOMENT)) return "beyond any calendar";
  return `${new Date(seconds * 1000)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "")} UTC`;
}

/** "3 minutes ago", "in 2 hours", "now" */
export function relativeText(seconds: number, now: number): string {
  const difference = seconds - now;
  if (difference === 0) return "just now";
  return difference < 0 ? `${durationText(-difference)} ago` : `in ${durationText(difference)}`;
}

/** "3 minutes": whole ones of the largest unit that fits. */
export function durationText(seconds: number): string {
  if (seconds < 1) return "less than a second";
  const [unit, size] = (
    [
      ["year", 31_556_952],
      ["day", 86400],
      ["hour", 3600],
      ["minute", 60],
      ["second", 1],
    ] as const
  ).find(([, length]) => seconds >= length) as readonly [string, number];
  return counted(Math.floor(seconds / size), unit);
}
