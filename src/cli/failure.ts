/**
 * What goes wrong on the user's side, in one line: wrong usage, files that cannot be read, options the library refuses.
 * Nothing here repeats a token, a secret or what a file holds.
 */
import { debuglog } from "node:util";
import { insteadOfFile } from "./mistaken.js";
import { printable } from "./printable.js";

/** Exit codes of the command. */
export const SUCCESS = 0;
export const REJECTED = 1;
export const FAILURE = 2;
/** As of a program that a closed pipe or an interrupt ends. */
export const BROKEN_PIPE = 141;

/** The user can set it right: the message says what was expected. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const debug = debuglog("wasm-jwt");

/** Tells of an error on stderr and gives the exit code. */
export function reportFailure(error: unknown, command: string): number {
  if (isBrokenPipe(error)) return BROKEN_PIPE;
  process.stderr.write(`${command}: ${messageOf(error)}\n`);
  debug("%s", error instanceof Error ? error.stack : "no stack");
  return FAILURE;
}

export function isBrokenPipe(error: unknown): boolean {
  return systemCode(error) === "EPIPE";
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (systemCode(error)) return `The system reports ${systemReason(error)}`;
  return `Unexpected ${error instanceof Error ? error.constructor.name : "failure"}: please report it; NODE_DEBUG=wasm-jwt shows where it arose`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "nothing of that name",
  EISDIR: "a directory",
  ENOTDIR: "a path through something that is no directory",
  EACCES: "one without permission",
  EPERM: "one without permission",
  EEXIST: "one that exists already",
  ENOSPC: "a full disk",
  EROFS: "one on a read-only disk",
  ENAMETOOLONG: "a name that is too long for one",
  ELOOP: "links that go round in circles",
  EMFILE: "too many open files",
  ENXIO: "a device that is not there",
  EIO: "a device that fails",
};

/** The reason of a system error, to stand after "got". */
export function systemReason(error: unknown): string {
  const code = systemCode(error) ?? "an unknown error";
  return REASONS[code] ?? code;
}

function systemCode(error: unknown): string | undefined {
  const isOfSystem = error instanceof Error && Object.hasOwn(error, "syscall") && Object.hasOwn(error, "code");
  return isOfSystem ? String((error as Error & { readonly code?: unknown }).code) : undefined;
}

/** The error for a file that an option names (an argument, if `option` is empty), or whatever was given in its place. */
export function fileError(option: string, file: string, expected: string, got: string): UsageError {
  const instead = insteadOfFile(option, file);
  if (instead) return new UsageError(`Expected ${option ? `\`${option}\`` : "the argument"} to name ${expected}, got ${instead}`);
  return new UsageError(`Expected \`${option && `${option} `}${printable(file)}\` to be ${expected}, got ${got}`);
}

/** The error for a file that cannot be written. */
export function writeError(option: string, file: string, isForced: boolean, error: unknown): UsageError {
  const got = systemCode(error) === "ENOENT" ? "one in a folder that is not there" : systemReason(error);
  return fileError(option, file, isForced ? "a file to write" : "a new file (`--force` overwrites one)", got);
}

/**
 * Runs what checks options; a TypeError of the library is passed on in the words of the command line.
 * `keyLabel` is what stands there for the key.
 */
export function inCommandLineWords<Result>(keyLabel: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(commandLineWords(error.message, keyLabel));
    throw error;
  }
}

const FLAG_NAMES: Readonly<Record<string, string>> = { requiredClaims: "require", currentDate: "now" };

function commandLineWords(message: string, keyLabel: string): string {
  return (
    message
      .replace(" or array of them", "")
      // What to write instead is said in the words of a program.
      .replace(/; write .*$/s, "")
      .replace("give a Date, or divide", "divide")
      .replace(" or null", "")
      .replace("`allowWeakSecrets: true`", "`--allow-weak-secrets`")
      .replace(/^Expected `(\w+)(?:\[\d+\])?((?:\.[^`.]+)*)`/, (_, option: string, members: string) => {
        const member = members.replace(/^\.(?:secret|publicKey|privateKey)/, "").slice(1);
        const name = /^keys?$/.test(option) ? keyLabel : `--${FLAG_NAMES[option] ?? kebab(option)}`;
        return `Expected ${member ? `\`${member}\` of ` : ""}\`${name}\``;
      })
      .replace(/`header(?:\.([^`]+))?`/g, (_, member?: string) => `${member ? `\`${member}\` of ` : ""}\`--header\``)
  );
}

/** "maxTokenAge" is --max-token-age. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
