/**
 * How much is tried where more of the same finds little that is new: properties, kills, all of some bytes. Numbers are written for
 * `npm run test:full`. They are multiplied by FUZZ_SCALE, which is less than 1 in `npm test` and more in `npm run fuzz`. FUZZ_SEED fixes the
 * seed, so that a failure can be met again.
 */
const SCALE = Number(process.env.FUZZ_SCALE ?? 1);

/** Is this `npm run test:full`, or more? */
export const IS_FULL = SCALE >= 1;

/** So many of what is tried a fixed number of times. */
export function times(count: number): number {
  return Math.max(1, Math.round(count * SCALE));
}

/** Settings for a property of fast-check. */
export function runs(count: number): { numRuns: number; includeErrorInReport: true; seed?: number } {
  const seed = process.env.FUZZ_SEED === undefined ? {} : { seed: Number(process.env.FUZZ_SEED) };
  // What was wrong belongs to the message: a report of many runs has nothing else.
  return { numRuns: times(count), includeErrorInReport: true, ...seed };
}

/** The same where a run is a long story whose model is still being learnt: the usual suite plays the same ones, `npm run fuzz` others. */
export function sameRuns(count: number): ReturnType<typeof runs> {
  return { seed: 11, ...runs(count) };
}

/** Every one of a list in `npm run test:full`, evenly chosen ones before. */
export function someOf<Value>(values: readonly Value[]): Value[] {
  const step = Math.max(1, 1 / SCALE);
  return values.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
