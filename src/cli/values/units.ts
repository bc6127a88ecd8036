/** Numbers as people write them: seconds and durations, moments, whole ones, shares. */
import { parseDuration } from "../../index.js";
import { UsageError } from "../words/failure.js";

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
