/**
 * What the lines of a revocation file say: entries, and stamps between them. A stamp says which time had come when it was written, and
 * until when entries that had ended were left out.
 */
import { bare } from "../../base/own.js";
import type { RevocationEntry } from "../entry.js";
import type { Passed } from "../store.js";
import type { Line } from "./lines.js";
import { upSince } from "./processes.js";

/** Times are in seconds. */
export interface Stamp {
  /** A time that had surely come. */
  readonly time: number;
  readonly forgotten?: number;
  /** How long the machine was up, and in which boot of it: in the same one, that tells what has passed since. */
  readonly uptime?: number;
  readonly boot?: string;
}

/** File systems write so many bytes or none, or a multiple. */
const SECTOR = 512;
/** How lines begin: with what the first member of an entry or a stamp can be. */
const BEGINNINGS = ['{"jti":"', '{"sub":"', '{"kid":"', '{"before":', '{"time":'];
/** The year 5138, as of entries. */
const LATEST = 1e11;

export function toLine(record: RevocationEntry | Stamp): string {
  return `${JSON.stringify(record)}\n`;
}

/** What a line holds, if it is JSON of an object: whether that is an entry, the list will say. */
export function recordOf(bytes: Uint8Array): RevocationEntry | Stamp | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", bare({ fatal: true })).decode(bytes));
    return typeof value === "object" && value !== null ? (value as RevocationEntry | Stamp) : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing but a stamp: what has more in it is for the list to refuse. */
export function isStamp(record: RevocationEntry | Stamp): record is Stamp {
  return (
    Object.hasOwn(record, "time") &&
    Object.entries(record).every(([name, value]) => (name === "boot" ? typeof value === "string" : isTime(name, value)))
  );
}

function isTime(name: string, value: unknown): boolean {
  return ["time", "forgotten", "uptime"].includes(name) && typeof value === "number" && value <= LATEST;
}

export function stampOf({ time, forgotten }: Passed): Stamp {
  return { time: Math.floor(time), ...(Number.isFinite(forgotten) && { forgotten }), ...upSince() };
}

/** What a stamp tells now: by the same machine, not restarted since, how much has passed is known, whatever the clock was set to. */
export function passedSince(stamp: Stamp): number {
  const { time, uptime, boot } = bare(stamp);
  const up = upSince();
  return up && uptime !== undefined && up.boot === boot ? time + Math.max(0, up.uptime - uptime) : time;
}

/**
 * Can a bad line be what an append has left that was never synchronized? It is the beginning of one then, at the end of the file; or there
 * are zeros in it, up to a sector's end or the file's, in place of what the system had not written when the power failed. Nothing else is:
 * not a whole line whose last byte alone is wrong, nor the text of some other file.
 */
export function isLeftover({ bytes, end, isWhole }: Line): boolean {
  const zero = bytes.indexOf(0);
  if (!isBeginning(zero < 0 ? bytes : bytes.subarray(0, zero))) return false;
  if (zero < 0) return !isWhole && !recordOf(bytes.subarray(0, -1));
  const start = end - bytes.length - (isWhole ? 1 : 0);
  const behind = start + bytes.lastIndexOf(0) + 1;
  return behind === end || behind % SECTOR === 0;
}

function isBeginning(bytes: Uint8Array): boolean {
  return BEGINNINGS.some((text) => bytes.subarray(0, text.length).every((byte, index) => byte === text.charCodeAt(index)));
}
