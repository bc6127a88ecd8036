/**
 * A lock that a process holds until it releases it or is gone, whatever ended it. It is a folder of numbered files: a process takes
 * it by creating the next number, which the system lets one process do, and the one before sees that it has lost it. Numbers only grow: a
 * process that was late for a number finds a higher one. The file says which process holds it. The holder touches its file each second; where it
 * cannot be looked at, since it is of another machine or container, it counts as gone once the file has not been touched for a while by the
 * watcher's own time.
 */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { bare } from "../../base/own.js";
import { monotonic } from "../../runtime/timer.js";
import { identityOf, type Processes } from "./processes.js";

const RELEASED = "released";
/** A holder that cannot be looked at is gone once it has not touched its file for so many seconds. It touches it each second. */
const QUIET = 8;
/** A watcher that looks less often, in seconds, may have been asleep together with the holder: each look counts for no more than this. */
const LONGEST_LOOK = 1;

/** The process that has a lock. */
export interface Holder {
  /** For messages. */
  readonly name: string;
  /** It is certainly there; if false, it may be there or not. */
  readonly isCertain: boolean;
}

export class Lock {
  readonly #folder: string;
  readonly #processes: Processes;
  readonly #quiet: number;
  #number: number | undefined;
  #watched: { readonly number: number; readonly touched: bigint; seen: number; quiet: number } | undefined;

  constructor(folder: string, processes: Processes, quiet = QUIET) {
    this.#folder = folder;
    this.#processes = processes;
    this.#quiet = quiet;
  }

  /** Takes the lock unless another process has it, which is returned then. @throws the system's error where the folder cannot be used. */
  take(): Holder | undefined {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const last = this.#last();
    const holder = last === 0 ? undefined : this.#holderOf(last);
    if (holder) return holder;
    const number = last + 1;
    if (!this.#create(number)) return this.#holderOf(number) ?? UNKNOWN;
    if (this.#last() !== number) {
      rmSync(this.#path(number), bare({ force: true }));
      return UNKNOWN;
    }
    this.#number = number;
    this.#watched = undefined;
    this.#clear(number);
    return undefined;
  }

  /** Does this process still have the lock? The next number is looked for first: its holder removes lower ones, from the lowest on. */
  isOurs(): boolean {
    const number = this.#number;
    if (number === undefined) return false;
    return !existsSync(this.#path(number + 1)) && existsSync(this.#path(number));
  }

  /** Shows that the holder is there. */
  touch(): void {
    if (this.#number === undefined) return;
    const now = new Date();
    try {
      utimesSync(this.#path(this.#number), now, now);
    } catch {}
  }

  /** A file that only the holder writes. */
  get temporary(): string {
    return join(this.#folder, `${this.#number}.new`);
  }

  /** Lets others have the lock. The number stays: none must be used twice. */
  release(): void {
    const number = this.#number;
    this.#number = undefined;
    if (number === undefined) return;
    try {
      const file = openSync(this.#path(number), "r+");
      ftruncateSync(file);
      writeSync(file, RELEASED);
      closeSync(file);
    } catch {}
  }

  #create(number: number): boolean {
    try {
      writeFileSync(this.#path(number), JSON.stringify(this.#processes.self), { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === "EEXIST") return false;
      throw error;
    }
  }

  /** Removes what earlier holders have left, from the lowest number on. */
  #clear(number: number): void {
    for (const lower of this.#numbers()) if (lower < number) rmSync(this.#path(lower), bare({ force: true }));
    for (const name of readdirSync(this.#folder)) {
      if (name.endsWith(".new") && Number.parseInt(name, 10) < number) rmSync(join(this.#folder, name), bare({ force: true }));
    }
  }

  /** The process that holds a number; undefined where it is released, or that process gone. */
  #holderOf(number: number): Holder | undefined {
    let text: string;
    let touched: bigint;
    try {
      text = readFileSync(this.#path(number), "utf8");
      touched = statSync(this.#path(number), { bigint: true }).mtimeNs;
    } catch {
      return UNKNOWN;
    }
    if (text === RELEASED) return undefined;
    const identity = identityOf(text);
    const isAlive = identity && this.#processes.isAlive(identity);
    if (isAlive === false) return undefined;
    const name = identity ? `process ${identity.pid}${identity.host && ` on ${identity.host}`}` : UNKNOWN.name;
    const isTouched = this.#watch(number, touched);
    if (isAlive) return { name, isCertain: true };
    return (this.#watched?.quiet as number) >= this.#quiet ? undefined : { name, isCertain: isTouched };
  }

  /** Was the file touched since it was looked at before? */
  #watch(number: number, touched: bigint): boolean {
    const now = monotonic();
    const watched = this.#watched?.number === number ? this.#watched : undefined;
    if (watched?.touched === touched) {
      watched.quiet += Math.min(now - watched.seen, LONGEST_LOOK);
      watched.seen = now;
      return false;
    }
    this.#watched = { number, touched, seen: now, quiet: 0 };
    return watched !== undefined;
  }

  #last(): number {
    return this.#numbers().at(-1) ?? 0;
  }

  #numbers(): number[] {
    const names = readdirSync(this.#folder).filter((name) => /^[1-9]\d{0,14}$/.test(name));
    return names.map(Number).sort((left, right) => left - right);
  }

  #path(number: number): string {
    return join(this.#folder, `${number}`);
  }
}

/** A holder that has just come, or whose file does not say which it is. */
const UNKNOWN: Holder = { name: "another process", isCertain: false };
