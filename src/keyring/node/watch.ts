/**
 * Tells when files change. The system's own watching is quick, but does not reach through links to other folders, nor over most
 * network file systems; so marks are compared every few seconds as well. Neither keeps the process alive.
 */
import { type FSWatcher, watch } from "node:fs";
import { duration } from "../../base/durations.js";
import { bare } from "../../base/own.js";
import { later } from "../../runtime/timer.js";
import type { Watching } from "../loading.js";

/** Seconds in which writing may come to rest: what is read half-written would be a bad load. */
const REST = 0.05;

export interface Watched {
  /** Events are taken from this folder: a file that is swapped for another one is seen there, not at the file. */
  readonly folder: string;
  /** An event of that name is always a change; undefined: any event is. */
  readonly file: string | undefined;
  /** Another text whenever there is something else. */
  readonly mark: () => string;
  /** Seconds between two comparisons of marks. */
  readonly pollInterval: number;
}

/** Calls `changed` after each change; the result ends that, and looks at once when it is told to. */
export function watchFiles(watched: Watched, changed: () => void): Watching {
  let mark = watched.mark();
  let watcher = open(watched, noticed);
  let callOffRest: (() => void) | undefined;
  let isCertain = false;
  let callOffPoll = later(watched.pollInterval, poll);

  function noticed(name: string | null): void {
    isCertain ||= name === null || watched.file === undefined || name === watched.file;
    callOffRest ??= later(REST, compare);
  }

  function compare(): void {
    callOffRest = undefined;
    const before = mark;
    mark = watched.mark();
    const isChange = isCertain || mark !== before;
    isCertain = false;
    if (isChange) changed();
  }

  function poll(): void {
    callOffPoll = later(watched.pollInterval, poll);
    if (callOffRest || watched.mark() === mark) return;
    // The folder itself may be another one, which nobody watches yet.
    watcher?.close();
    watcher = open(watched, noticed);
    compare();
  }

  function look(): void {
    callOffPoll();
    if (callOffRest) {
      callOffRest();
      compare();
    }
    poll();
  }

  const end = () => {
    watcher?.close();
    callOffRest?.();
    callOffPoll();
  };
  return Object.assign(end, { look });
}

/** Undefined where the system cannot watch: marks are compared in any case. */
function open({ folder }: Watched, noticed: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, bare({ persistent: false }), (_, name) => noticed(name));
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** The option of that name, checked. */
export function parsePollInterval(value: unknown): number {
  return duration(value, "pollInterval", "a number of seconds from 0.05 to 86400", 0.05, 86_400) ?? 5;
}
