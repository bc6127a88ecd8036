/**
 * A file as far as it has been read. It may be written by others as well, moved, replaced or cut off: what has been read is kept open, so
 * that it can be read to its end whatever it is called, and is recognized by its inode, its size and the bytes that were read last.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AppendFile, identityOf, synchronizeFolder } from "./appendFile.js";
import { type Line, linesOf } from "./lines.js";

/** So many of the bytes that were read last are compared. */
const REMEMBERED = 64;

export class Journal {
  readonly path: string;
  #reader: number | undefined;
  /** Of the file that is read; undefined where there is none. */
  #identity: string | undefined;
  /** Up to here lines have been read. */
  #end = 0;
  #last: Uint8Array = new Uint8Array(0);
  /** How long the file was then: it may have more than whole lines. */
  #size = 0;
  #writer: AppendFile | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get end(): number {
    return this.#end;
  }

  /** Begins with the file that has the path now, which may be none. */
  open(): void {
    this.#closeReader();
    try {
      this.#reader = openSync(this.path, "r+");
      this.#identity = identityOf(fstatSync(this.#reader, { bigint: true }));
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOENT") throw error;
    }
  }

  /** The lines that have not been read yet. */
  *lines(): Generator<Line> {
    if (this.#reader !== undefined) yield* linesOf(this.#reader, this.#end);
  }

  /** Lines have been read up to `end`, of a file of so many bytes. */
  settle(end: number, size: number): void {
    this.#last = this.#read(Math.max(0, end - REMEMBERED), end);
    this.#end = end;
    this.#size = size;
  }

  /** Is what has been read still there? */
  isContinued(): boolean {
    const last = this.#read(Math.max(0, this.#end - REMEMBERED), this.#end);
    const isAll = last.length === Math.min(this.#end, REMEMBERED);
    return isAll && last.length === this.#last.length && last.every((byte, index) => byte === this.#last[index]);
  }

  /** Does the path still have the file that has been read? */
  isNamed(): boolean {
    return this.#named()?.identity === this.#identity;
  }

  /** Does it have that file, with nothing new in it? */
  isUnchanged(): boolean {
    const named = this.#named();
    return named?.identity === this.#identity && (named?.size ?? 0) === this.#size;
  }

  /** Drops what comes after the lines that have been read. */
  cut(): void {
    if (this.#reader !== undefined) ftruncateSync(this.#reader, this.#end);
    this.#size = this.#end;
  }

  /**
   * Appends text and synchronizes it. Says whether it is right after what had been read, in the file that has the path; if not, it may be lost.
   */
  async append(text: string): Promise<boolean> {
    const bytes = new TextEncoder().encode(text);
    const writer = await this.#openWriter();
    if (writer.identity !== this.#identity) return false;
    await writer.write(bytes);
    await writer.synchronize();
    const end = this.#end + bytes.length;
    if ((await writer.size()) !== end || !this.isNamed()) return false;
    this.settle(end, end);
    return true;
  }

  async #openWriter(): Promise<AppendFile> {
    if (this.#writer && this.#writer.identity === this.#identity) return this.#writer;
    await this.#writer?.close();
    this.#writer = undefined;
    this.#writer = await AppendFile.open(this.path);
    // It may have been made a moment ago.
    await synchronizeFolder(dirname(this.path));
    return this.#writer;
  }

  /** Goes on with another file, all of which was written here. */
  async replace(reader: number, writer: AppendFile): Promise<void> {
    this.#closeReader();
    const old = this.#writer;
    this.#reader = reader;
    this.#identity = writer.identity;
    this.#writer = writer;
    // By what was written: the file may have been cut off already.
    this.settle(writer.written, writer.written);
    await old?.close();
  }

  async close(): Promise<void> {
    this.#closeReader();
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }

  #closeReader(): void {
    if (this.#reader !== undefined) closeSync(this.#reader);
    this.#reader = undefined;
    this.#identity = undefined;
    this.settle(0, 0);
  }

  #named(): { readonly identity: string; readonly size: number } | undefined {
    const stats = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    return stats && { identity: identityOf(stats), size: Number(stats.size) };
  }

  #read(from: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - from);
    return this.#reader === undefined ? bytes.subarray(0, 0) : bytes.subarray(0, readSync(this.#reader, bytes, 0, bytes.length, from));
  }
}
