/** Errors about files that options name. */
import { UsageError } from "./failure.js";
import { insteadOfFile } from "./mistaken.js";
import { printable } from "./printable.js";
import { systemCode, systemReason } from "./system.js";

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
