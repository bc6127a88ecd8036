/**
 * How often a property is tried: a moderate number, multiplied by FUZZ_SCALE. FUZZ_SEED fixes the seed, so that a
 * failure can be met again.
 */
export function runs(count: number): { numRuns: number; includeErrorInReport: true; seed?: number } {
  const scale = Number(process.env.FUZZ_SCALE ?? 1);
  const seed = process.env.FUZZ_SEED === undefined ? {} : { seed: Number(process.env.FUZZ_SEED) };
  // What was wrong belongs to the message: a report of many runs has nothing else.
  return { numRuns: Math.max(1, Math.round(count * scale)), includeErrorInReport: true, ...seed };
}

/** The same where a run is a long story whose model is still being learnt: the usual suite plays the same ones, `npm run fuzz` others. */
export function sameRuns(count: number): ReturnType<typeof runs> {
  return { seed: 11, ...runs(count) };
}
