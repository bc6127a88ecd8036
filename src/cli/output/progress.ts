/** A progress bar on stderr, when a person looks at it. */
import { constants } from "node:os";
import cliProgress from "cli-progress";
import { grouped } from "../../explain/index.js";

export interface Progress {
  /** `done` of the total; `count` of what is being counted. */
  update(done: number, count: number): void;
  /** Removes the bar. */
  stop(): void;
}

const SILENT: Progress = { update() {}, stop() {} };

/** `total` is in the unit of `done`, or undefined where it is not known. `noun` names what is counted. */
export function startProgress(total: number | undefined, noun: string): Progress {
  if (process.stderr.isTTY !== true) return SILENT;
  const format = total ? `{bar} {percentage} % | {count} ${noun}, {eta_formatted} to go` : `{count} ${noun} …`;
  const bar = new cliProgress.SingleBar(
    // Line wrap stays on: nothing would turn it on again after SIGKILL. What is too long for the line is cut instead.
    { stream: process.stderr, format, clearOnComplete: true, gracefulExit: false, linewrap: true, barsize: 30 },
    cliProgress.Presets.shades_classic,
  );
  const forget = atAnyEnd(() => bar.stop());
  bar.start(total ?? Number.MAX_SAFE_INTEGER, 0, { count: "0" });
  return {
    update: (done, count) => bar.update(done, { count: grouped(count) }),
    stop() {
      forget();
      bar.stop();
    },
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the action when the process ends before it is forgotten, by a signal too; the signal then ends the process as ever. */
function atAnyEnd(action: () => void): () => void {
  const endBy = (signal: (typeof SIGNALS)[number]) => {
    forget();
    action();
    process.kill(process.pid, signal);
    // Where a signal cannot be sent to oneself so that it ends the process, as on Windows.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
  };
  const forget = () => {
    process.off("exit", action);
    for (const signal of SIGNALS) process.off(signal, endBy);
  };
  process.on("exit", action);
  for (const signal of SIGNALS) process.on(signal, endBy);
  return forget;
}
