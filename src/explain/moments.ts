/** Moments and durations in words. */
import { counted } from "./words.js";

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

/** "3 minutes ago", "in 2 hours", "just now" */
export function relativeText(seconds: number, now: number): string {
  const difference = seconds - now;
  if (difference === 0) return "just now";
  return difference < 0 ? `${durationText(-difference)} ago` : `in ${durationText(difference)}`;
}

const UNITS = [
  ["year", 31_556_952],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** "3 minutes": whole ones of the largest unit that fits. */
export function durationText(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? [];
  return unit === undefined ? "less than a second" : counted(Math.floor(seconds / size), unit);
}
