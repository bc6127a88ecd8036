/**
 * Times contenders fairly in one process: they take turns within a round, the order rotates from round to round, and
 * what counts is the ratio inside each round, since a shared machine drifts.
 */

/**
 * `contenders` maps a name to a function that works through `perCall` tokens. Returns for each name its times in ns per
 * token, one a round. `progress` is called with the share that is done.
 */
export function timeRounds(contenders, perCall, { rounds = 21, sliceMs = 40, warmupMs = 300, progress = () => {} } = {}) {
  const names = Object.keys(contenders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) runFor(contenders[name], warmupMs);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      times[name].push(runFor(contenders[name], sliceMs) / perCall);
    }
    progress((round + 1) / rounds);
  }
  return times;
}

/** Nanoseconds per call, over at least `ms` milliseconds. */
function runFor(work, ms) {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    work();
    calls++;
    elapsed = performance.now() - start;
  } while (elapsed < ms);
  return (elapsed * 1e6) / calls;
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  return sorted[low] + (sorted[Math.ceil(place)] - sorted[low]) * (place - low);
}

export const median = (values) => quantile(values, 0.5);

/** How many times longer `slow` takes than `fast`: median and quartiles of the ratios round by round. */
export function ratio(times, slow, fast) {
  const ratios = times[slow].map((time, round) => time / times[fast][round]);
  return { median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}
