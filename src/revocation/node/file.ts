/**
 * Revocations in a file: a line of JSON for each, appended, and written anew when most of them have vanished. What was acknowledged is
 * there after a crash at any byte; what was not may end in the middle of a line or in zeros, which are dropped. A file that is bad in
 * any other way is refused, and left as it is: a line that was acknowledged may be what is bad.
 */
import { closeSync, openSync, rmSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { optionError } from "../../errors.js";
import { whole } from "../../options.js";
import { bare, ownOptions } from "../../own.js";
import type { RevocationEntry } from "../entry.js";
import type { RevocationSink, RevocationStore } from "../store.js";
import { AppendFile, synchronizeFolder } from "./appendFile.js";
import { type Line, linesOf } from "./lines.js";

export interface RevocationFileOptions {
  /** The file is written anew when it has so many lines more than twice as many as there are entries; 10,000 unless given. */
  readonly compactBehind?: number;
}

/**
 * A file of one process, made if it is not there, for its owner's eyes only; its folder must be there. It is read when the list is made.
 * @throws TypeError for a wrong option, naming it.
 */
export function file(path: string, given: RevocationFileOptions = {}): RevocationStore {
  if (typeof path !== "string" || path === "") throw optionError("path", "the path of a file", path);
  const options = ownOptions(given, "options", ["compactBehind"]);
  return new FileStore(path, whole(options.compactBehind, "compactBehind", 1, 1e9, "lines") ?? 10_000);
}

interface Waiting {
  readonly entries: readonly RevocationEntry[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** Entries are given to the list so many at a time. */
const STEP = 1024;
/** File systems write so many bytes or none, or a multiple. */
const SECTOR = 512;
/** How lines begin: with what an entry's first member can be. */
const BEGINNINGS = ['{"jti":"', '{"sub":"', '{"kid":"', '{"before":'];

class FileStore implements RevocationStore {
  readonly name: string;
  readonly isOwn = true;
  readonly #path: string;
  readonly #compactBehind: number;
  #list: RevocationSink | undefined;
  #file: AppendFile | undefined;
  #lines = 0;
  /** What the last line lacks before another one. */
  #separator = "";
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(path: string, compactBehind: number) {
    this.name = `file ${JSON.stringify(path)}`;
    this.#path = path;
    this.#compactBehind = compactBehind;
  }

  open(list: RevocationSink): void {
    if (this.#list) throw new Error(`Expected ${this.name} to be the store of one list`);
    rmSync(this.#temporary, bare({ force: true }));
    // To find out now whether it can be written.
    try {
      closeSync(openSync(this.#path, "a", 0o600));
    } catch (error) {
      throw new Error(
        `Expected ${this.name} to be one that can be written, in a folder that is there (${(error as { code?: string }).code})`,
      );
    }
    this.#read(list);
    this.#list = list;
  }

  get #temporary(): string {
    return `${this.#path}.new`;
  }

  /** Only what an append may have left that was never acknowledged is dropped: with anything else, the file is not what it was. */
  #read(list: RevocationSink): void {
    let entries: RevocationEntry[] = [];
    let end = 0;
    let last = 0;
    for (const line of linesOf(this.#path)) {
      const entry = parseLine(line.bytes);
      const isLost = last > end;
      last = line.end;
      if (!entry && isLeftover(line)) continue;
      if (!entry || isLost) throw new Error(`Expected line ${this.#lines + 1} of ${this.name} to be a revocation, got something else`);
      end = line.end;
      this.#lines++;
      this.#separator = line.isWhole ? "" : "\n";
      entries.push(entry);
      if (entries.length < STEP) continue;
      this.#apply(list, entries);
      entries = [];
    }
    this.#apply(list, entries);
    if (last === end) return;
    truncateSync(this.#path, end);
    list.failed(
      new Error(`Expected ${this.name} to end with a whole line, got ${last - end} bytes behind line ${this.#lines}, which were dropped`),
    );
  }

  #apply(list: RevocationSink, entries: readonly RevocationEntry[]): void {
    try {
      list.apply(entries);
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`Expected ${this.name} to hold revocations up to line ${this.#lines}: ${message}`);
    }
  }

  append(entries: readonly RevocationEntry[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(`Expected ${this.name} to be open, got it closed`));
    const appended = new Promise<void>((done, fail) => {
      this.#waiting.push({ entries, done, fail });
    });
    this.#writing ??= this.#writeAll();
    return appended;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length) await this.#write(this.#waiting.splice(0));
    } finally {
      // In the very turn that has found nothing waiting: who comes next begins anew.
      this.#writing = undefined;
    }
  }

  /** All that waits is written and synchronized as one: the more there is, the less each costs. */
  async #write(waiting: readonly Waiting[]): Promise<void> {
    const lines = waiting.flatMap(({ entries }) => entries.map(toLine));
    try {
      this.#file ??= await this.#begin();
      await this.#file.write(this.#separator + lines.join(""));
      this.#separator = "";
      await this.#file.synchronize();
      this.#lines += lines.length;
      for (const { done } of waiting) done();
    } catch (error) {
      for (const { fail } of waiting) fail(error);
      return;
    }
    if (this.#isMostlyGone()) await this.#compact(this.#file);
  }

  async #begin(): Promise<AppendFile> {
    const opened = await AppendFile.open(this.#path, this.name);
    // It may have been made a moment ago.
    await synchronizeFolder(dirname(this.#path));
    return opened;
  }

  #isMostlyGone(): boolean {
    return this.#lines > 2 * (this.#list?.size() ?? 0) + this.#compactBehind;
  }

  /** Writes what there still is to another file, which then takes the place of this one. What fails leaves this one as it is. */
  async #compact(old: AppendFile): Promise<void> {
    let fresh: AppendFile | undefined;
    try {
      rmSync(this.#temporary, bare({ force: true }));
      fresh = await AppendFile.open(this.#temporary, this.name);
      let count = 0;
      for (const lines of inSteps(this.#list?.snapshot() ?? [])) {
        await fresh.write(lines.join(""));
        count += lines.length;
      }
      await fresh.synchronize();
      await fresh.rename(this.#path, dirname(this.#path));
      this.#file = fresh;
      this.#lines = count;
      this.#list?.synced();
      await old.close();
    } catch (error) {
      if (this.#file !== fresh) await fresh?.close().catch(() => undefined);
      this.#list?.failed(error as Error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    await this.#file?.close();
  }
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

function toLine(entry: RevocationEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Can a bad line be what an append has left that was never synchronized? It is the beginning of one then, at the end of the file; or there
 * are zeros in it, up to a sector's end or the file's, in place of what the system had not written when the power failed. Nothing else is:
 * not a whole line whose last byte alone is wrong, nor the text of some other file.
 */
function isLeftover({ bytes, end, isWhole }: Line): boolean {
  const zero = bytes.indexOf(0);
  if (!isBeginning(zero < 0 ? bytes : bytes.subarray(0, zero))) return false;
  if (zero < 0) return !isWhole && !parseLine(bytes.subarray(0, -1));
  const start = end - bytes.length - (isWhole ? 1 : 0);
  const behind = start + bytes.lastIndexOf(0) + 1;
  return behind === end || behind % SECTOR === 0;
}

function isBeginning(bytes: Uint8Array): boolean {
  return BEGINNINGS.some((text) => bytes.subarray(0, text.length).every((byte, index) => byte === text.charCodeAt(index)));
}

/** What a line holds, if it is JSON of an object. */
function parseLine(bytes: Uint8Array): RevocationEntry | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", bare({ fatal: true })).decode(bytes));
    return typeof value === "object" && value !== null ? (value as RevocationEntry) : undefined;
  } catch {
    return undefined;
  }
}
