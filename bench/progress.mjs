/** How far a run is: a bar on a terminal, elsewhere a line a step. On standard error, so that tables can be piped. */
import { Presets, SingleBar } from "cli-progress";

/** `steps` is `[{ title, weight }]`; weights are in any one unit of time. */
export function showProgress(title, steps) {
  const total = steps.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const bar = process.stderr.isTTY ? new SingleBar(optionsOf(title), Presets.shades_classic) : undefined;
  bar?.start(100, 0, { step: "" });
  let last;
  const show = (value, step, line) => {
    if (bar) bar.update(value, { step });
    else if (line !== last) console.error(line);
    last = line;
  };
  return {
    /** Begins a step; returns a function that is told its share, 0 to 1, and, where there is more to tell, what is done. */
    begin(number) {
      const { title: step, weight } = steps[number];
      const done = steps.slice(0, number).reduce((sum, each) => sum + each.weight, 0);
      const report = (share, text = step) => {
        show((100 * (done + share * weight)) / total, text, `${title}: ${number + 1} of ${steps.length}, ${text}`);
      };
      report(0);
      return report;
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
});
