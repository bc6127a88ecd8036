/**
 * Times contenders fairly in one process: they take turns within a round, the order rotates from round to round, and
 * what counts is the ratio inside each round, since a shared machine drifts. tinybench runs its tasks one after the other,
 * so each round is a bench of its own.
 */
import { Bench } from "tinybench";

/**
 * `contenders` maps a name to a function that works through `perCall` tokens. Returns for each name its times in ns per
 * token, one a round. `progress` is called with the share that is done.
 */
export function timeRounds(contenders, perCall, { rounds = 21, sliceMs = 40, warmupMs = 300, progress = () => {} } = {}) {
  const names = Object.keys(contenders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  timeOnce(names, contenders, warmupMs);
  for (let round = 0; round < rounds; round++) {
    const order = names.map((_, turn) => names[(turn + round) % names.length]);
    for (const { name, result } of timeOnce(order, contenders, sliceMs)) times[name].push((result.latency.mean * 1e6) / perCall);
    progress((round + 1) / rounds);
  }
  return times;
}

/** Each contender once, for `time` milliseconds, in the given order. */
function timeOnce(order, contenders, time) {
  const bench = new Bench({ time, iterations: 1, warmup: false, throws: true });
  for (const name of order) bench.add(name, contenders[name], { async: false });
  return bench.runSync();
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
