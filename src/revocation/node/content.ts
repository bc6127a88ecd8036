/**
 * What a revocation file says: its entries, which are given to the list as they are read, and its stamps. It may be replaced by another file
 * of its name; what was read may then be missing in the new one.
 */
import { attempt } from "../../base/attempt.js";
import { ownMember } from "../../base/own.js";
import { soon } from "../../runtime/soon.js";
import type { RevocationEntry } from "../entry.js";
import type { RevocationSink } from "../store.js";
import type { Journal } from "./journal.js";
import { isLeftover, isStamp, recordOf, type Stamp, stampOf } from "./records.js";

/** Entries are given to the list, and written to a new file, so many at a time. */
export const STEP = 1024;
/** A stamp is written with what is appended when the last one is so many seconds old. */
const STAMPED = 60;

export class Content {
  /** What messages call the file. */
  readonly name: string;
  readonly journal: Journal;
  /** Once the file has one. */
  list: RevocationSink | undefined;
  lines = 0;
  /** What has to come between the last line and another one. */
  separator = "";
  /** The one that was read or written last. */
  stamp: Stamp | undefined;
  /** What was read is not all in the file that there is now. */
  isIncomplete = false;
  /** Entries that came while the file is written anew. */
  late: RevocationEntry[] | undefined;
  #forgotten = Number.NEGATIVE_INFINITY;

  constructor(name: string, journal: Journal) {
    this.name = name;
    this.journal = journal;
  }

  /** The greatest `exp` of entries that were left out of the file. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** All that was read is in the file that has the name, and there is nothing new in it. */
  isKnown(): boolean {
    return this.journal.isUnchanged() && !this.isIncomplete;
  }

  /** Reads what was added since the last reading: first to the file that was read until now, then to the one that has its place. */
  *readOn(mayCut: boolean): Generator<void> {
    let isNamed = this.journal.isNamed();
    if (this.journal.isContinued()) yield* this.readLines(mayCut && isNamed);
    else isNamed = false;
    while (!isNamed) {
      this.isIncomplete = true;
      this.journal.open();
      this.lines = 0;
      this.separator = "";
      yield* this.readLines(mayCut);
      isNamed = this.journal.isNamed();
    }
  }

  /**
   * Gives the list the lines that have not been read yet, so many at a time. The process that holds the lock drops what an append
   * may have left that was never acknowledged. Anything else that is no entry is an error: the file is not what it was.
   */
  *readLines(mayCut: boolean): Generator<void> {
    let entries: RevocationEntry[] = [];
    let { end } = this.journal;
    let last = end;
    for (const line of this.journal.lines()) {
      const record = recordOf(line.bytes);
      const isLost = last > end;
      last = line.end;
      if (!record && isLeftover(line)) continue;
      if (!record || isLost) throw new Error(`Expected line ${this.lines + 1} of ${this.name} to be a revocation, got something else`);
      // A line without its end is read again, unless it is the last that was written.
      if (line.isWhole || mayCut) {
        end = line.end;
        this.lines++;
        this.separator = line.isWhole ? "" : "\n";
      }
      if (isStamp(record)) this.#note(record);
      else entries.push(record);
      if (entries.length < STEP) continue;
      this.#apply(entries);
      entries = [];
      yield;
    }
    this.#apply(entries);
    this.journal.settle(end, last);
    if (last === end || !mayCut) return;
    this.journal.cut();
    this.list?.failed(
      new Error(`Expected ${this.name} to end with a whole line, got ${last - end} bytes after line ${this.lines}, which were dropped`),
    );
  }

  #note(stamp: Stamp): void {
    this.stamp = stamp;
    this.#forgotten = Math.max(this.#forgotten, ownMember(stamp, "forgotten") ?? Number.NEGATIVE_INFINITY);
  }

  #apply(entries: readonly RevocationEntry[]): void {
    this.late?.push(...entries);
    try {
      this.list?.apply(entries);
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`Expected ${this.name} to hold revocations up to line ${this.lines}: ${message}`);
    }
  }

  /** The stamp to be written with what is appended now, if it is time for one. */
  dueStamp(): Stamp | undefined {
    const stamp = this.stampNow();
    return stamp && Math.abs(stamp.time - (this.stamp?.time ?? Number.NEGATIVE_INFINITY)) >= STAMPED ? stamp : undefined;
  }

  /** The clock may be the caller's own, and fail. */
  stampNow(): Stamp | undefined {
    let stamp: Stamp | undefined;
    attempt(() => {
      const passed = this.list?.passed?.();
      stamp = passed && stampOf({ ...passed, forgotten: Math.max(passed.forgotten, this.#forgotten) });
    });
    return stamp;
  }
}

/** Reads on, and lets other work have its turn in between. */
export async function inTurns(reading: Generator<void>): Promise<void> {
  for (const _ of reading) await new Promise<void>(soon);
}
