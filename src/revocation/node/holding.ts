/**
 * Which process holds a revocation file. The one that holds the lock writes it; the others read what comes, and the next of them takes the
 * lock once it is free.
 */
import { closeSync, openSync } from "node:fs";
import { attempt } from "../../base/attempt.js";
import { monotonic, pause } from "../../runtime/timer.js";
import { type Content, inTurns } from "./content.js";
import type { Holder, Lock } from "./lock.js";
import { writeAnew } from "./rewriting.js";

/** In seconds. */
export interface Pace {
  /** Between two looks at the file, of a process that follows, and of one that writes. */
  readonly following: number;
  readonly writing: number;
  /** For how long the last look at the file is relied on; after that, it is looked at again before a token is judged. */
  readonly relying: number;
  /** For how long a write waits for the lock. */
  readonly waiting: number;
}

export class Holding {
  readonly #content: Content;
  readonly #lock: Lock;
  readonly #pace: Pace;
  readonly #mayFollow: boolean;
  /** The process that writes the file; undefined where it is this one. */
  #holder: Holder | undefined;
  /** When this process last knew all that is in the file. */
  #seen = 0;

  constructor(content: Content, lock: Lock, pace: Pace, mayFollow: boolean) {
    this.#content = content;
    this.#lock = lock;
    this.#pace = pace;
    this.#mayFollow = mayFollow;
  }

  get holder(): Holder | undefined {
    return this.#holder;
  }

  /** Takes the lock, if it is free, and sees whether the file can be written. */
  begin(): void {
    try {
      closeSync(openSync(this.#content.journal.path, "a", 0o600));
      this.#holder = this.#lock.take();
    } catch (error) {
      throw new Error(
        `Expected ${this.#content.name} to be one that can be written, in a folder that exists and can be written (${(error as { code?: string }).code})`,
      );
    }
  }

  /** Notes that this process knows all that is in the file now. */
  see(): void {
    this.#seen = monotonic();
  }

  /** Does this process know all that is in the file? After it was frozen, another one may have taken over and written. */
  isCurrent(): boolean {
    const now = monotonic();
    if (now - this.#seen < this.#pace.relying) return true;
    let isCurrent = false;
    attempt(() => {
      isCurrent = this.#holder ? this.#content.journal.isUnchanged() : this.#lock.isOurs();
    });
    if (isCurrent) this.#seen = now;
    return isCurrent;
  }

  /** Waits until this process has the lock. */
  async wait(): Promise<void> {
    const end = monotonic() + this.#pace.waiting;
    if (this.isHeld()) return;
    while (true) {
      await this.look();
      if (!this.#holder) return;
      const left = end - monotonic();
      if (left <= 0)
        throw new Error(
          `Expected ${this.#content.name} to be free within ${this.#pace.waiting} seconds, got it held by ${this.#holder.name}`,
        );
      await pause(Math.min(this.#pace.following, left));
    }
  }

  /** Is this process the one that writes the file, and has it the lock still? */
  isHeld(): boolean {
    return !this.#holder && this.#lock.isOurs();
  }

  /** Sees which process has the lock, takes it where it is free, and reads what has come. */
  async look(): Promise<void> {
    const now = monotonic();
    if (this.isHeld()) this.#lock.touch();
    else await this.#takeOver();
    if (this.#holder || !this.#content.journal.isUnchanged()) await inTurns(this.#content.readOn(false));
    if (this.#content.isIncomplete && !this.#holder) await this.writeAnew();
    if (this.#holder) this.#content.list?.synced();
    this.#seen = now;
  }

  /** Takes the lock if it is free, and then reads to its end what the holder before has left. */
  async #takeOver(): Promise<void> {
    const before = this.#holder;
    this.#holder = this.#lock.take();
    if (this.#holder && !before) this.#content.list?.failed(this.lockedError(this.#holder));
    if (this.#holder) return;
    try {
      await this.#readToEnd();
      this.#content.list?.synced();
    } catch (error) {
      this.#lock.release();
      this.#holder = before ?? { name: "no process", isCertain: false };
      throw error;
    }
  }

  /** Before a write: reads what has come, and writes the file anew if it lacks something. */
  async catchUp(): Promise<void> {
    if (!this.#content.isKnown()) await this.#readToEnd();
  }

  async #readToEnd(): Promise<void> {
    await inTurns(this.#content.readOn(true));
    if (this.#content.isIncomplete) await this.writeAnew();
  }

  writeAnew(): Promise<void> {
    return writeAnew(this.#content, this.#lock);
  }

  release(): void {
    this.#lock.release();
  }

  lockedError(holder: Holder): Error {
    const now = this.#mayFollow ? "; it is followed" : "";
    return new Error(`Expected ${this.#content.name} to be written by this process, got it held by ${holder.name}${now}`);
  }
}
