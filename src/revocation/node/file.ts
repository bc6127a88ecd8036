/**
 * Revocations in a file: a line of JSON for each, appended, and written anew when most of them have vanished. What was acknowledged is
 * there after a crash at any byte; what was not may end in the middle of a line or in zeros, which are dropped. A file that is bad in
 * any other way is refused, and left as it is: a line that was acknowledged may be what is bad.
 *
 * One process writes at a time, the one that holds the lock; others read on, and the next of them takes over. The lock alone is not relied on:
 * before each write all is read that has come to the file; a write is acknowledged only if it is in the file of that name, and the lock still held.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { attempt } from "../../attempt.js";
import { monotonic } from "../../clocks.js";
import { optionError } from "../../errors.js";
import { whole } from "../../options.js";
import { bare, ownMember, ownOptions } from "../../own.js";
import { released } from "../../released.js";
import { later } from "../../timer.js";
import type { RevocationEntry } from "../entry.js";
import type { RevocationSink, RevocationStore } from "../store.js";
import { AppendFile } from "./appendFile.js";
import { Journal } from "./journal.js";
import { type Holder, Lock } from "./lock.js";
import { processes } from "./processes.js";
import { isLeftover, isStamp, passedSince, recordOf, type Stamp, stampOf, toLine } from "./records.js";

export interface RevocationFileOptions {
  /** The file is written anew when it has so many lines more than twice as many as there are entries; 10,000 unless given. */
  readonly compactBehind?: number;
  /**
   * What a list does whose file another process writes. `"follow"`, unless given: it knows what that one acknowledges, within a quarter of a
   * second, and takes over when that one has closed it or is gone; until then its own `revoke` waits, and fails after ten seconds.
   * `"fail"`: making the list fails.
   */
  readonly whenLocked?: "follow" | "fail";
}

/**
 * A file that one process writes at a time, made if it is not there, for its owner's eyes only; its folder must be there. Next to it there is
 * a folder of its name with `.lock` added. It is read when the list is made.
 * @throws TypeError for a wrong option, naming it.
 */
export function file(path: string, options: RevocationFileOptions = {}): RevocationStore {
  if (typeof path !== "string" || path === "") throw optionError("path", "the path of a file", path);
  const { compactBehind, whenLocked } = ownOptions(options, "options", ["compactBehind", "whenLocked"]);
  if (whenLocked !== undefined && whenLocked !== "follow" && whenLocked !== "fail")
    throw optionError("whenLocked", '"follow" or "fail"', whenLocked);
  return new FileStore(path, {
    compactBehind: whole(compactBehind, "compactBehind", 1, 1e9, "lines") ?? 10_000,
    mayFollow: whenLocked !== "fail",
  });
}

export interface FilePlan {
  readonly compactBehind: number;
  readonly mayFollow: boolean;
  /** Another pace, and another look at processes: for tests. */
  readonly pace?: Pace;
  readonly lock?: Lock;
}

/** In seconds. */
interface Pace {
  /** Between two looks at the file, of a process that follows, and of one that writes. */
  readonly following: number;
  readonly writing: number;
  /** For how long what was seen is relied on: then it is looked again before a token is judged. */
  readonly relying: number;
  /** For how long it is waited for the lock. */
  readonly waiting: number;
}

/** What is relied on is shorter than what a lock may go untouched, and that is shorter than what is waited for. */
const PACE: Pace = { following: 0.25, writing: 1, relying: 5, waiting: 10 };

interface Waiting {
  readonly entries: readonly RevocationEntry[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** Entries are given to the list so many at a time. */
const STEP = 1024;
/** A stamp is written with what is appended when the last one is so many seconds old. */
const STAMPED = 60;
/** How often an append is tried while others change the file. */
const TRIES = 8;

export class FileStore implements RevocationStore {
  readonly name: string;
  readonly #plan: FilePlan;
  readonly #pace: Pace;
  readonly #journal: Journal;
  readonly #lock: Lock;
  #list: RevocationSink | undefined;
  /** The process that writes the file; undefined where it is this one. */
  #holder: Holder | undefined;
  #lines = 0;
  /** What the last line lacks before another one. */
  #separator = "";
  /** The one that was read or written last. */
  #stamp: Stamp | undefined;
  #forgotten = Number.NEGATIVE_INFINITY;
  /** What was read is not all in the file that there is now. */
  #isIncomplete = false;
  /** Entries that came while the file is written anew. */
  #late: RevocationEntry[] | undefined;
  /** When it was seen last that all there is is known. */
  #seen = 0;
  #lastFailure = "";
  /** It is about to be looked at. */
  #isHurried = false;
  #waiting: Waiting[] = [];
  #isWriting = false;
  /** All that is done with the file, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #rest: (() => void) | undefined;
  #isClosed = false;

  constructor(path: string, plan: FilePlan) {
    this.name = `file ${JSON.stringify(path)}`;
    this.#plan = plan;
    this.#pace = plan.pace ?? PACE;
    this.#journal = new Journal(path);
    this.#lock = plan.lock ?? new Lock(`${path}.lock`, processes);
    const [journal, lock] = [this.#journal, this.#lock];
    released.register(this, () => {
      lock.release();
      journal.close().catch(() => undefined);
    });
  }

  get isOwn(): boolean {
    return this.#holder === undefined;
  }

  get following(): string | undefined {
    return this.#holder?.name;
  }

  open(list: RevocationSink): void | Promise<void> {
    if (this.#list) throw new Error(`Expected ${this.name} to be the store of one list`);
    this.#holder = this.#begin();
    if (this.#holder?.isCertain && !this.#plan.mayFollow) throw this.#lockedError(this.#holder);
    this.#list = list;
    try {
      this.#journal.open();
      for (const _ of this.#readLines(this.isOwn));
    } catch (error) {
      this.#abandon();
      throw error;
    }
    if (this.#stamp) list.resume?.({ time: passedSince(this.#stamp), forgotten: this.#forgotten });
    this.#seen = monotonic();
    if (this.#holder && !this.#plan.mayFollow) return this.#waitToHold();
    if (this.#holder) list.failed(this.#lockedError(this.#holder));
    this.#restThenLook();
  }

  append(entries: readonly RevocationEntry[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(`Expected ${this.name} to be open, got it closed`));
    const appended = new Promise<void>((done, fail) => {
      this.#waiting.push({ entries, done, fail });
    });
    if (!this.#isWriting) {
      this.#isWriting = true;
      void this.#next(() => this.#writeAll());
    }
    return appended;
  }

  /** A process that was frozen may not know yet that another one has taken over, or what that one has written. */
  isCurrent(): boolean {
    const now = monotonic();
    if (this.#isClosed || now - this.#seen < this.#pace.relying) return true;
    let isCurrent = false;
    attempt(() => {
      isCurrent = this.#holder ? this.#journal.isUnchanged() : this.#lock.isOurs();
    });
    if (isCurrent) this.#seen = now;
    else if (!this.#isHurried) {
      this.#isHurried = true;
      this.#restThenLook(0);
    }
    return isCurrent;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#rest?.();
    await this.#next(async () => {
      await this.#part().catch((error) => this.#list?.failed(error as Error));
      this.#lock.release();
      await this.#journal.close();
    });
  }

  /** Takes the lock, if it is free, and sees whether the file can be written. */
  #begin(): Holder | undefined {
    try {
      closeSync(openSync(this.#journal.path, "a", 0o600));
      return this.#lock.take();
    } catch (error) {
      throw new Error(
        `Expected ${this.name} to be one that can be written, in a folder that is there and can be written (${(error as { code?: string }).code})`,
      );
    }
  }

  #abandon(): void {
    this.#list = undefined;
    this.#lock.release();
    void this.#journal.close();
  }

  #lockedError(holder: Holder): Error {
    const now = this.#plan.mayFollow ? "; it is followed" : "";
    return new Error(`Expected ${this.name} to be written by this process, got it held by ${holder.name}${now}`);
  }

  /** Where it cannot be told at once whether the holder is there. */
  async #waitToHold(): Promise<void> {
    while (this.#holder && !this.#isClosed) {
      await sleep(this.#pace.following);
      if (this.#holder.isCertain) {
        this.#abandon();
        throw this.#lockedError(this.#holder);
      }
      await this.#next(() => this.#look());
    }
    this.#restThenLook();
  }

  // What there is in the file

  /** Reads what has come since it was read last: first to the file that was read until now, then to the one that has its place. */
  *#readOn(mayCut: boolean): Generator<void> {
    let isNamed = this.#journal.isNamed();
    if (this.#journal.isContinued()) yield* this.#readLines(mayCut && isNamed);
    else isNamed = false;
    while (!isNamed) {
      this.#isIncomplete = true;
      this.#journal.open();
      this.#lines = 0;
      this.#separator = "";
      yield* this.#readLines(mayCut);
      isNamed = this.#journal.isNamed();
    }
  }

  /**
   * Gives the list the lines that have not been read yet, so many at a time. Only what an append may have left that was never acknowledged is
   * dropped, by the one that holds the lock: with anything else, the file is not what it was.
   */
  *#readLines(mayCut: boolean): Generator<void> {
    let entries: RevocationEntry[] = [];
    let { end } = this.#journal;
    let last = end;
    for (const line of this.#journal.lines()) {
      const record = recordOf(line.bytes);
      const isLost = last > end;
      last = line.end;
      if (!record && isLeftover(line)) continue;
      if (!record || isLost) throw new Error(`Expected line ${this.#lines + 1} of ${this.name} to be a revocation, got something else`);
      // A line without its end is read again, unless it is the last that was written.
      if (line.isWhole || mayCut) {
        end = line.end;
        this.#lines++;
        this.#separator = line.isWhole ? "" : "\n";
      }
      if (isStamp(record)) this.#note(record);
      else entries.push(record);
      if (entries.length < STEP) continue;
      this.#apply(entries);
      entries = [];
      yield;
    }
    this.#apply(entries);
    this.#journal.settle(end, last);
    if (last === end || !mayCut) return;
    this.#journal.cut();
    this.#list?.failed(
      new Error(`Expected ${this.name} to end with a whole line, got ${last - end} bytes behind line ${this.#lines}, which were dropped`),
    );
  }

  #note(stamp: Stamp): void {
    this.#stamp = stamp;
    this.#forgotten = Math.max(this.#forgotten, ownMember(stamp, "forgotten") ?? Number.NEGATIVE_INFINITY);
  }

  #apply(entries: readonly RevocationEntry[]): void {
    this.#late?.push(...entries);
    try {
      this.#list?.apply(entries);
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`Expected ${this.name} to hold revocations up to line ${this.#lines}: ${message}`);
    }
  }

  /** What has come is known, and the file has all that is. */
  async #catchUp(): Promise<void> {
    await inTurns(this.#readOn(true));
    if (this.#isIncomplete) await this.#writeAnew();
  }

  // Writing it

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length) await this.#write(this.#waiting.splice(0));
    } finally {
      // In the very turn that has found nothing waiting: who comes next begins anew.
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
    if (this.#isMostlyGone()) await this.#writeAnew().catch((error) => this.#list?.failed(error as Error));
  }

  /** Appends lines; they cannot be lost then. */
  async #append(lines: readonly string[]): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      await this.#hold();
      if (!this.#journal.isUnchanged() || this.#isIncomplete) await this.#catchUp();
      const stamp = this.#dueStamp();
      const written = stamp ? [...lines, toLine(stamp)] : lines;
      const separator = this.#separator;
      const isThere = await this.#journal.append(separator + written.join(""));
      if (!isThere || !this.#lock.isOurs()) continue;
      this.#separator = "";
      this.#lines += written.length;
      if (stamp) this.#stamp = stamp;
      this.#seen = monotonic();
      return;
    }
    throw new Error(`Expected ${this.name} to be left to one process, got it written, moved or replaced ${TRIES} times meanwhile`);
  }

  /** Waits until this process has the lock. */
  async #hold(): Promise<void> {
    const end = monotonic() + this.#pace.waiting;
    if (!this.#holder && this.#lock.isOurs()) return;
    while (true) {
      await this.#look();
      if (!this.#holder) return;
      const left = end - monotonic();
      if (left <= 0)
        throw new Error(`Expected ${this.name} to be free within ${this.#pace.waiting} seconds, got it held by ${this.#holder.name}`);
      await sleep(Math.min(this.#pace.following, left));
    }
  }

  #dueStamp(): Stamp | undefined {
    const stamp = this.#stampNow();
    return stamp && Math.abs(stamp.time - (this.#stamp?.time ?? Number.NEGATIVE_INFINITY)) >= STAMPED ? stamp : undefined;
  }

  /** The clock may be the caller's own, and fail. */
  #stampNow(): Stamp | undefined {
    let stamp: Stamp | undefined;
    attempt(() => {
      const passed = this.#list?.passed?.();
      stamp = passed && stampOf({ ...passed, forgotten: Math.max(passed.forgotten, this.#forgotten) });
    });
    return stamp;
  }

  #isMostlyGone(): boolean {
    return this.#lines > 2 * (this.#list?.size() ?? 0) + this.#plan.compactBehind;
  }

  /**
   * Writes what there still is to another file, which then takes the place of this one, with all that came to this one meanwhile. What fails
   * leaves this one as it is.
   */
  async #writeAnew(): Promise<void> {
    const { temporary } = this.#lock;
    let fresh: AppendFile | undefined;
    let reader: number | undefined;
    this.#late = [];
    try {
      rmSync(temporary, bare({ force: true }));
      fresh = await AppendFile.open(temporary);
      reader = openSync(temporary, "r+");
      let lines = 0;
      for (const step of inSteps(this.#list?.snapshot() ?? [])) lines += await writeLines(fresh, step);
      const stamp = this.#stampNow();
      if (stamp) lines += await writeLines(fresh, [toLine(stamp)]);
      lines += await this.#writeLate(fresh);
      if (!this.#lock.isOurs() || !this.#journal.isNamed() || !this.#journal.isContinued())
        throw new Error(`Expected ${this.name} to be left to one process while it is written anew`);
      await fresh.rename(this.#journal.path, dirname(this.#journal.path));
      lines += await this.#writeLate(fresh);
      await this.#journal.replace(reader, fresh);
      this.#lines = lines;
      this.#separator = "";
      this.#stamp = stamp;
      this.#isIncomplete = false;
      this.#list?.synced();
    } catch (error) {
      if (reader !== undefined) attempt(() => closeSync(reader as number));
      await fresh?.close().catch(() => undefined);
      throw error;
    } finally {
      this.#late = undefined;
    }
  }

  /** Adds what has come to the file that is read, and synchronizes it. */
  async #writeLate(fresh: AppendFile): Promise<number> {
    if (this.#journal.isContinued()) await inTurns(this.#readLines(false));
    const late = this.#late?.splice(0) ?? [];
    const count = await writeLines(fresh, late.map(toLine));
    await fresh.synchronize();
    return count;
  }

  /** Before other processes write: the file gets what it lacks, and the time. */
  async #part(): Promise<void> {
    if (!this.#list || this.#holder || !this.#lock.isOurs()) return;
    if (!this.#journal.isUnchanged() || this.#isIncomplete) await this.#catchUp();
    const stamp = this.#lines > 0 ? this.#dueStamp() : undefined;
    if (stamp) await this.#journal.append(this.#separator + toLine(stamp));
  }

  // Looking at it

  #restThenLook(seconds = this.#holder ? this.#pace.following : this.#pace.writing): void {
    this.#rest?.();
    if (this.#isClosed) return;
    const store = new WeakRef(this);
    this.#rest = later(seconds, () => {
      const still = store.deref();
      if (still) void still.#lookNow();
    });
  }

  /** What fails is told once. */
  async #lookNow(): Promise<void> {
    this.#isHurried = false;
    try {
      await this.#next(() => this.#look());
      this.#lastFailure = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#lastFailure) this.#list?.failed(error as Error);
      this.#lastFailure = message;
    }
    this.#restThenLook();
  }

  /** Sees who has the lock, takes it where it is free, and reads what has come. */
  async #look(): Promise<void> {
    const now = monotonic();
    if (this.#holder || !this.#lock.isOurs()) await this.#takeOver();
    else this.#lock.touch();
    if (this.#holder || !this.#journal.isUnchanged()) await inTurns(this.#readOn(false));
    if (this.#isIncomplete && !this.#holder) await this.#writeAnew();
    if (this.#holder) this.#list?.synced();
    this.#seen = now;
  }

  /** Takes the lock if it is free: what the one before has left is read to its end then. */
  async #takeOver(): Promise<void> {
    const before = this.#holder;
    this.#holder = this.#lock.take();
    if (this.#holder && !before) this.#list?.failed(this.#lockedError(this.#holder));
    if (this.#holder) return;
    try {
      await this.#catchUp();
      this.#list?.synced();
    } catch (error) {
      this.#lock.release();
      this.#holder = before ?? { name: "no process", isCertain: false };
      throw error;
    }
  }

  #next(task: () => Promise<void>): Promise<void> {
    const done = this.#work.then(task);
    this.#work = done.catch(() => undefined);
    return done;
  }
}

/** Reads on without keeping all else waiting. */
async function inTurns(reading: Generator<void>): Promise<void> {
  for (const _ of reading) await new Promise((resolve) => setImmediate(resolve));
}

/** Unlike `later`, it keeps the process alive: a revocation waits. */
function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

async function writeLines(file: AppendFile, lines: readonly string[]): Promise<number> {
  if (lines.length) await file.write(new TextEncoder().encode(lines.join("")));
  return lines.length;
}

function* inSteps(entries: Iterable<RevocationEntry>): Generator<string[]> {
  let lines: string[] = [];
  for (const entry of entries) {
    if (lines.push(toLine(entry)) < STEP) continue;
    yield lines;
    lines = [];
  }
  yield lines;
}
