/** What is made of samples: medians, quartiles, and ratios that are taken round by round, since a shared machine drifts. */

/** The value below which `share` (0 to 1) of the values lie, interpolated between neighbours. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  return sorted[low] + (sorted[Math.ceil(place)] - sorted[low]) * (place - low);
}

export const median = (values) => quantile(values, 0.5);

export const quartiles = (values) => ({ low: quantile(values, 0.25), median: median(values), high: quantile(values, 0.75) });

/** How many times longer the first takes than the second: median and quartiles of the ratios round by round. */
export const ratioOf = (slow, fast) => quartiles(roundByRound(slow, fast, (left, right) => left / right));

/** How much longer the first takes than the second: median and quartiles of the differences round by round. */
export const differenceOf = (slow, fast) => quartiles(roundByRound(slow, fast, (left, right) => left - right));

/** For samples of two processes, which share no rounds: the medians are divided, and there are no quartiles to tell. */
export function ratioOfMedians(slow, fast) {
  const ratio = median(slow) / median(fast);
  return { low: ratio, median: ratio, high: ratio };
}

const roundByRound = (left, right, combine) => left.slice(0, right.length).map((sample, round) => combine(sample, right[round]));
