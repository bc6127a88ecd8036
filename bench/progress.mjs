/** How far a run is: a bar on a terminal, elsewhere a line a block. On standard error, so that tables can be piped. */
import { Presets, SingleBar } from "cli-progress";

/** `steps` is `[{ title, weight }]`; weights are in any one unit of time. */
export function showProgress(title, steps) {
  const total = steps.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const bar = process.stderr.isTTY ? new SingleBar(optionsOf(title), Presets.shades_classic) : undefined;
  bar?.start(100, 0, { step: "" });
  let done = 0;
  return {
    /** Begins a step; returns a function that is told its share, 0 to 1. */
    begin(number) {
      const { title: step, weight } = steps[number];
      done = steps.slice(0, number).reduce((sum, each) => sum + each.weight, 0);
      if (!bar) console.error(`${title}: ${number + 1} of ${steps.length}, ${step}`);
      bar?.update((100 * done) / total, { step });
      return (share) => bar?.update((100 * (done + share * weight)) / total, { step });
    },
    end() {
      bar?.stop();
    },
  };
}

const optionsOf = (title) => ({
  format: `${title} {bar} {percentage} %  {step}`,
  stream: process.stderr,
  barsize: 30,
  clearOnComplete: true,
  hideCursor: true,
  // Each contender has the thread for its slice: the bar is drawn when it is told something, not by a timer.
  forceRedraw: true,
  noTTYOutput: false,
  formatValue: (value, _, kind) => (kind === "percentage" ? `${Math.round(value)}`.padStart(3) : `${value}`),
});
