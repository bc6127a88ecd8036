/** What is made of samples: medians, quartiles, and ratios that are taken round by round, since a shared machine drifts. */

/** The value below which `share` (0 to 1) of the values lie, interpolated between neighbours. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  return sorted[low] + (sorted[Math.ceil(place)] - sorted[low]) * (place - low);
}

export const median = (values) => quantile(values, 0.5);

/** How many times longer the first takes than the second: median and quartiles of the ratios round by round. */
export function ratioOf(slow, fast) {
  const ratios = slow.slice(0, fast.length).map((time, round) => time / fast[round]);
  return { median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}
