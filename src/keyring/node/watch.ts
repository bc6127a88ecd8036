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
  const watch = new FileWatch(watched, changed);
  return Object.assign(() => watch.end(), { look: () => watch.look() });
}

class FileWatch {
  readonly #watched: Watched;
  readonly #changed: () => void;
  #mark: string;
  #watcher: FSWatcher | undefined;
  #callOffRest: (() => void) | undefined;
  /** An event was about the file itself. */
  #isCertain = false;
  #callOffPoll: () => void;

  constructor(watched: Watched, changed: () => void) {
    this.#watched = watched;
    this.#changed = changed;
    this.#mark = watched.mark();
    this.#watcher = this.#open();
    this.#callOffPoll = later(watched.pollInterval, () => this.#poll());
  }

  look(): void {
    this.#callOffPoll();
    if (this.#callOffRest) {
      this.#callOffRest();
      this.#compare();
    }
    this.#poll();
  }

  end(): void {
    this.#watcher?.close();
    this.#callOffRest?.();
    this.#callOffPoll();
  }

  #open(): FSWatcher | undefined {
    return open(this.#watched, (name) => this.#noticed(name));
  }

  #noticed(name: string | null): void {
    const { file } = this.#watched;
    this.#isCertain ||= name === null || file === undefined || name === file;
    this.#callOffRest ??= later(REST, () => this.#compare());
  }

  #compare(): void {
    this.#callOffRest = undefined;
    const before = this.#mark;
    this.#mark = this.#watched.mark();
    const isChange = this.#isCertain || this.#mark !== before;
    this.#isCertain = false;
    if (isChange) this.#changed();
  }

  #poll(): void {
    this.#callOffPoll = later(this.#watched.pollInterval, () => this.#poll());
    if (this.#callOffRest || this.#watched.mark() === this.#mark) return;
    // The folder itself may be another one, which is not watched yet.
    this.#watcher?.close();
    this.#watcher = this.#open();
    this.#compare();
  }
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
