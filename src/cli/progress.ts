/** A progress bar on stderr, when a person looks at it. */
import cliProgress from "cli-progress";
import { grouped } from "./units.js";

export interface Progress {
  /** `done` of the total; `count` of what is being counted. */
  update(done: number, count: number): void;
  /** Removes the bar. */
  stop(): void;
}

const SILENT: Progress = { update() {}, stop() {} };

/** `total` is in the unit of `done`, or undefined where nobody knows. `noun` names what is counted. */
export function startProgress(total: number | undefined, noun: string): Progress {
  if (process.stderr.isTTY !== true) return SILENT;
  const format = total ? `{bar} {percentage} % | {count} ${noun}, {eta_formatted} to go` : `{count} ${noun} …`;
  const bar = new cliProgress.SingleBar(
    { stream: process.stderr, format, clearOnComplete: true, gracefulExit: false, barsize: 30 },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total ?? Number.MAX_SAFE_INTEGER, 0, { count: "0" });
  return {
    update: (done, count) => bar.update(done, { count: grouped(count) }),
    stop: () => bar.stop(),
  };
}
