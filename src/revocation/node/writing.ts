/**
 * Appends revocations to their file. One is acknowledged only if it is in the file of that name and the lock is still held: the lock alone is
 * not relied on.
 */
import type { RevocationEntry } from "../entry.js";
import type { Content } from "./content.js";
import type { Holding } from "./holding.js";
import { toLine } from "./records.js";

/** How often an append is tried while others change the file. */
const TRIES = 8;

interface Waiting {
  readonly entries: readonly RevocationEntry[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

export class Writing {
  readonly #content: Content;
  readonly #holding: Holding;
  readonly #compactBehind: number;
  /** Does work on the file when all that was begun before is done. */
  readonly #next: (work: () => Promise<void>) => Promise<void>;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(content: Content, holding: Holding, compactBehind: number, next: (work: () => Promise<void>) => Promise<void>) {
    this.#content = content;
    this.#holding = holding;
    this.#compactBehind = compactBehind;
    this.#next = next;
  }

  /** Fulfilled once the entries cannot be lost. */
  append(entries: readonly RevocationEntry[]): Promise<void> {
    const appended = new Promise<void>((done, fail) => {
      this.#waiting.push({ entries, done, fail });
    });
    if (!this.#isWriting) {
      this.#isWriting = true;
      void this.#next(() => this.#writeAll());
    }
    return appended;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length) await this.#write(this.#waiting.splice(0));
    } finally {
      // In the very turn that has found nothing waiting: what comes next begins anew.
      this.#isWriting = false;
    }
  }

  /** All that waits is written and synchronized as one: the more there is, the less each costs. */
  async #write(waiting: readonly Waiting[]): Promise<void> {
    const lines = waiting.flatMap(({ entries }) => entries.map(toLine));
    try {
      await this.#append(lines);
      for (const { done } of waiting) done();
    } catch (error) {
      for (const { fail } of waiting) fail(error);
      return;
    }
    // What fails leaves the file as it is.
    if (this.#isMostlyGone()) await this.#holding.writeAnew().catch((error) => this.#content.list?.failed(error as Error));
  }

  /** Appends lines; they cannot be lost then. */
  async #append(lines: readonly string[]): Promise<void> {
    const content = this.#content;
    for (let tries = 0; tries < TRIES; tries++) {
      await this.#holding.wait();
      await this.#holding.catchUp();
      const stamp = content.dueStamp();
      const written = stamp ? [...lines, toLine(stamp)] : lines;
      const isThere = await content.journal.append(content.separator + written.join(""));
      if (!isThere) continue;
      content.separator = "";
      content.lines += written.length;
      if (stamp) content.stamp = stamp;
      // They are there, but another process that has the lock may be about to put another file in the place of this one.
      if (!this.#holding.isHeld()) continue;
      this.#holding.see();
      return;
    }
    throw new Error(`Expected ${content.name} to be left to one process, got it written, moved or replaced ${TRIES} times meanwhile`);
  }

  #isMostlyGone(): boolean {
    return this.#content.lines > 2 * (this.#content.list?.size() ?? 0) + this.#compactBehind;
  }

  /** Before this process lets go of the file: it gets what it lacks, and a stamp. */
  async part(): Promise<void> {
    const content = this.#content;
    if (!content.list || !this.#holding.isHeld()) return;
    await this.#holding.catchUp();
    const stamp = content.lines > 0 ? content.dueStamp() : undefined;
    if (stamp) await content.journal.append(content.separator + toLine(stamp));
  }
}
