/**
 * Revocations in a file: a line of JSON for each, appended, and written anew when most of them have vanished. What was acknowledged is
 * there after a crash at any byte; what was not may end in the middle of a line or in zeros, which are dropped. A file that is bad in
 * any other way is refused, and left as it is: a line that was acknowledged may be what is bad.
 *
 * One process writes at a time, the one that holds the lock; others read on, and the next of them takes over. The lock alone is not relied on:
 * before each write the process reads all that has come; a write is acknowledged only if it is in the file of that name and the lock still held.
 */
import { oneOf, requireText, whole } from "../../base/check.js";
import { atCaller } from "../../base/errors.js";
import { ownOptions } from "../../base/own.js";
import { released } from "../../runtime/released.js";
import { pause } from "../../runtime/timer.js";
import type { RevocationEntry } from "../entry.js";
import type { RevocationSink, RevocationStore } from "../store.js";
import { Content } from "./content.js";
import { Holding, type Pace } from "./holding.js";
import { Journal } from "./journal.js";
import { Lock } from "./lock.js";
import { Looking } from "./looking.js";
import { processes } from "./processes.js";
import { passedSince } from "./records.js";
import { Writing } from "./writing.js";

export interface RevocationFileOptions {
  /** The file is written anew when it has more lines than twice its entries plus this; 10,000 unless given. */
  readonly compactBehind?: number;
  /**
   * What the list does while another process writes the file. `"follow"`, unless given: the list learns what that process acknowledges within a
   * quarter of a second, and takes over when it has closed the file or is gone; until then `revoke` waits, and fails after ten seconds.
   * `"fail"`: making the list fails.
   */
  readonly whenLocked?: "follow" | "fail";
}

/**
 * A file that one process writes at a time. It is made if it does not exist, readable by its owner only; its folder must exist. Next to it there
 * is a folder of its name with `.lock` added. It is read when the list is made.
 * @throws TypeError for a wrong option, naming it.
 */
export const file = /* @__PURE__ */ atCaller(function file(path: string, options: RevocationFileOptions = {}): RevocationStore {
  requireText(path, "path", "the path of a file");
  const { compactBehind, whenLocked } = ownOptions(options, "options", ["compactBehind", "whenLocked"]);
  return new FileStore(path, {
    compactBehind: whole(compactBehind, "compactBehind", 1, 1e9, "lines") ?? 10_000,
    mayFollow: oneOf(whenLocked, "whenLocked", ["follow", "fail"]) !== "fail",
  });
});

export interface FilePlan {
  readonly compactBehind: number;
  readonly mayFollow: boolean;
  /** Tests have another pace, and other processes. */
  readonly pace?: Pace;
  readonly lock?: Lock;
}

/** `relying` is shorter than a lock may go untouched, and that is shorter than `waiting`. */
const PACE: Pace = { following: 0.25, writing: 1, relying: 5, waiting: 10 };

export class FileStore implements RevocationStore {
  readonly name: string;
  readonly #mayFollow: boolean;
  readonly #pace: Pace;
  readonly #content: Content;
  readonly #holding: Holding;
  readonly #writing: Writing;
  readonly #looking: Looking;
  /** All that is done with the file, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(path: string, plan: FilePlan) {
    this.name = `file ${JSON.stringify(path)}`;
    this.#mayFollow = plan.mayFollow;
    const pace = plan.pace ?? PACE;
    const journal = new Journal(path);
    const lock = plan.lock ?? new Lock(`${path}.lock`, processes);
    const content = new Content(this.name, journal);
    const holding = new Holding(content, lock, pace, plan.mayFollow);
    this.#pace = pace;
    this.#content = content;
    this.#holding = holding;
    this.#writing = new Writing(content, holding, plan.compactBehind, (work) => this.#next(work));
    this.#looking = new Looking(
      () => this.#next(() => holding.look()),
      () => (holding.holder ? pace.following : pace.writing),
      (error) => content.list?.failed(error),
    );
    released.register(this, releaseOf(lock, journal));
  }

  get isOwn(): boolean {
    return this.#holding.holder === undefined;
  }

  get following(): string | undefined {
    return this.#holding.holder?.name;
  }

  open(list: RevocationSink): void | Promise<void> {
    if (this.#content.list) throw new Error(`Expected ${this.name} to be the store of one list`);
    this.#holding.begin();
    const { holder } = this.#holding;
    if (holder?.isCertain && !this.#mayFollow) throw this.#holding.lockedError(holder);
    this.#content.list = list;
    try {
      this.#content.journal.open();
      for (const _ of this.#content.readLines(this.isOwn));
    } catch (error) {
      this.#abandon();
      throw error;
    }
    const { stamp, forgotten } = this.#content;
    if (stamp) list.resume?.({ time: passedSince(stamp), forgotten });
    this.#holding.see();
    if (holder && !this.#mayFollow) return this.#waitToHold();
    if (holder) list.failed(this.#holding.lockedError(holder));
    this.#looking.begin();
  }

  /** For a holder of which it cannot be told at once whether it is still there. */
  async #waitToHold(): Promise<void> {
    while (this.#holding.holder && !this.#isClosed) {
      await pause(this.#pace.following);
      const { holder } = this.#holding;
      if (holder?.isCertain) {
        this.#abandon();
        throw this.#holding.lockedError(holder);
      }
      await this.#next(() => this.#holding.look());
    }
    this.#looking.begin();
  }

  #abandon(): void {
    this.#content.list = undefined;
    this.#holding.release();
    void this.#content.journal.close();
  }

  append(entries: readonly RevocationEntry[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(`Expected ${this.name} to be open, got it closed`));
    return this.#writing.append(entries);
  }

  isCurrent(): boolean {
    if (this.#isClosed || this.#holding.isCurrent()) return true;
    this.#looking.hurry();
    return false;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#looking.end();
    await this.#next(async () => {
      await this.#writing.part().catch((error) => this.#content.list?.failed(error as Error));
      this.#holding.release();
      await this.#content.journal.close();
    });
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }
}

/** Not made in the constructor: functions made in one call share what they capture, and one of those there captures the store. */
function releaseOf(lock: Lock, journal: Journal): () => void {
  return () => {
    lock.release();
    journal.close().catch(() => undefined);
  };
}
