/** The time that options tell: a moment, or a clock in place of the system's. */
import { secondsOfDate } from "./brands.js";
import { optionalFunction, synchronous } from "./check.js";
import { isInMilliseconds } from "./durations.js";
import { kindOf } from "./errors.js";

/** A moment: seconds since the epoch (fractions kept) or a Date. */
export type Moment = number | Date;

/** A function that gives the time in seconds. */
export function clock(value: unknown): () => number {
  if (value === undefined) return () => Date.now() / 1000;
  if (typeof value === "function") {
    const now = synchronous(value as () => unknown, "currentDate") as () => unknown;
    return () => toSeconds(now());
  }
  const fixed = toSeconds(value);
  return () => fixed;
}

/** The same where ages are counted: a moment that stays would stop them. */
export function runningClock(value: unknown): () => number {
  return clock(optionalFunction(value, "currentDate"));
}

function toSeconds(value: unknown): number {
  const seconds = secondsOfDate(value) ?? value;
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) {
    throw new TypeError(
      `Expected \`currentDate\` to be a valid Date, a number of seconds, or a function that gives one, got ${kindOf(value)}`,
    );
  }
  if (typeof value === "number" && isInMilliseconds(value)) {
    throw new TypeError("Expected `currentDate` to be seconds since the epoch, got milliseconds: give a Date, or divide by 1000");
  }
  return seconds;
}
