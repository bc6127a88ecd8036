/**
 * Whether a token was issued before a revocation is told by two times, its `iat` and the entry's `before`, though both may be read from one
 * tick of a clock. A list that says "now" takes a time between two ticks: half a millisecond after what its clock shows.
 */

/** The end of the millisecond that a clock shows, nearly: later than `time`, and not a time that a clock in milliseconds ever shows. */
export function justAfter(time: number): number {
  const milliseconds = Math.floor(1000 * time);
  return [0, 1, 2].map((more) => (milliseconds + more + 0.5) / 1000).find((after) => after > time) as number;
}

/** Is it a time that `justAfter` made: a list's own "now", and not a time that its caller chose? */
export function isJustAfter(time: number): boolean {
  const halves = Math.round(2000 * time);
  return halves % 2 === 1 && halves / 2000 === time;
}

/** A time in whole milliseconds, `time` itself or less. */
export function inMilliseconds(time: number): number {
  const nearest = Math.round(1000 * time) / 1000;
  return nearest <= time ? nearest : Math.floor(1000 * time) / 1000;
}
