/** What is told of samples beside their medians. */
import { median, quantile } from "../statistics.mjs";

export const quartiles = (values) => ({ low: quantile(values, 0.25), median: median(values), high: quantile(values, 0.75) });

/** For samples of two processes, which share no rounds: the medians are divided, and there are no quartiles to tell. */
export function ratioOfMedians(slow, fast) {
  const ratio = median(slow) / median(fast);
  return { low: ratio, median: ratio, high: ratio };
}
