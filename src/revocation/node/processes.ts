/** Processes, as one can tell of another whether it is still there, and how long a machine has been up. */
import { readFileSync, readlinkSync } from "node:fs";
import { ownMember } from "../../base/own.js";

/** What tells a process from all others, of other machines and containers too. What the system does not say is empty. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The machine's name, for messages. */
  readonly host: string;
  /** When it started, as the system counts: pids are used again. */
  readonly start: string;
  /** Which boot of which machine it runs in. */
  readonly boot: string;
  /** In which namespace its pid is one. */
  readonly space: string;
}

/** Processes, as seen from one of them. */
export interface Processes {
  readonly self: ProcessIdentity;
  /** Is that process there? Undefined where it cannot be told from here. */
  isAlive(other: ProcessIdentity): boolean | undefined;
}

/** Linux tells all that is needed. On systems that do not, it is not known whether another process is there. */
export const processes: Processes = {
  get self(): ProcessIdentity {
    return { pid: process.pid, host: hostName(), start: statusOf("self")?.start ?? "", boot: bootId(), space: pidSpace() };
  },

  isAlive(other): boolean | undefined {
    const { boot, space } = this.self;
    if (boot === "" || space === "" || boot !== other.boot || space !== other.space) return undefined;
    try {
      process.kill(other.pid, 0);
    } catch (error) {
      if ((error as { code?: string }).code === "ESRCH") return false;
    }
    const status = statusOf(other.pid);
    // It may be hidden from us.
    if (!status || other.start === "") return undefined;
    return status.start === other.start && !GONE.includes(status.state);
  },
};

/** The states of a process that has ended and whose parent has not asked for its result. */
const GONE = ["Z", "X"];

/** Reads an identity that was written as JSON; undefined where it is none. */
export function identityOf(text: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(text) as object;
    const { pid, host, start, boot, space } = Object.fromEntries(MEMBERS.map((name) => [name, ownMember(value, name)]));
    if (!Number.isSafeInteger(pid) || ![host, start, boot, space].every((member) => typeof member === "string")) return undefined;
    return { pid, host, start, boot, space } as ProcessIdentity;
  } catch {
    return undefined;
  }
}

const MEMBERS = ["pid", "host", "start", "boot", "space"];

/** The machine's own count of seconds, which no clock that is set changes, and which boot it is of. Undefined where that is not known. */
export function upSince(): { readonly boot: string; readonly uptime: number } | undefined {
  const boot = bootId();
  const uptime = Number.parseFloat(read(() => readFileSync("/proc/uptime", "utf8")));
  return boot === "" || Number.isNaN(uptime) ? undefined : { boot, uptime };
}

function hostName(): string {
  return read(() => readFileSync("/proc/sys/kernel/hostname", "utf8").trim());
}

function bootId(): string {
  return read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
}

function pidSpace(): string {
  return read(() => readlinkSync("/proc/self/ns/pid"));
}

/** proc(5): the name of the program, in parentheses, may have anything in it. */
function statusOf(pid: number | "self"): { readonly state: string; readonly start: string } | undefined {
  const text = read(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  return state && start ? { state, start } : undefined;
}

function read(reading: () => string): string {
  try {
    return reading();
  } catch {
    return "";
  }
}
