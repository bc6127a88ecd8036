/** Reads files for a ring, and tells when they are others. */
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { partMember } from "../../base/own.js";

/** The largest file that is read, in bytes. */
const LARGEST_FILE = 1_048_576;

/**
 * The bytes of a regular file.
 * @throws Error that says `what` could not be read, and why.
 */
export function readFile(path: string, what: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    const status = statSync(path);
    if (!status.isFile())
      throw new TypeError(`Expected ${what} to be a regular file, got ${status.isDirectory() ? "a directory" : "another kind"}`);
    if (status.size > LARGEST_FILE) throw new TypeError(`Expected ${what} to be at most ${LARGEST_FILE} bytes, got ${status.size}`);
    bytes = readFileSync(path);
  } catch (error) {
    throw error instanceof TypeError ? error : new Error(`Expected ${what} to be readable, got ${reasonOf(error, path)}`);
  }
  return bytes;
}

/** Names that keys may have: those of a Kubernetes secret, and those with `:`, `@`, `+` and `=`. */
const KEY_NAME = /^\w[\w.:@+=-]*$/;
/** What editors and other programs leave beside a file, and what is there for people. */
const NO_KEY_NAME = /\.(?:bak|backup|old|orig|rej|save|sw[a-z]|te?mp|part)$|^readme(?:\.[a-z]+)?$/i;

/**
 * The names in a directory that may be keys, and those of other files, both sorted. Folders and what Kubernetes keeps for itself
 * (`..data`) are neither. A link to nothing is what its name says.
 * @throws Error that says `what` could not be read, and why.
 */
export function listFiles(path: string, what: string): { readonly keys: readonly string[]; readonly others: readonly string[] } {
  try {
    const names = readdirSync(path).filter((name) => !name.startsWith(".."));
    const files = names.filter((name) => statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() !== true).sort();
    const isKey = (name: string) => KEY_NAME.test(name) && !NO_KEY_NAME.test(name);
    return { keys: files.filter(isKey), others: files.filter((name) => !isKey(name)) };
  } catch (error) {
    throw new Error(`Expected ${what} to be a readable directory, got ${systemCode(error)}`);
  }
}

/** Another text whenever the file at a path, behind all its links, is another one or has been written to. */
export function fileMark(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true, throwIfNoEntry: true });
    return [realpathSync(path), dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch (error) {
    return systemCode(error);
  }
}

/** The same of a directory and all files in it. */
export function directoryMark(path: string): string {
  try {
    const names = readdirSync(path).filter((name) => !name.startsWith("."));
    return [realpathSync(path), ...names.sort().map((name) => `${name} ${fileMark(`${path}/${name}`)}`)].join("\n");
  } catch (error) {
    return systemCode(error);
  }
}

function reasonOf(error: unknown, path: string): string {
  const code = systemCode(error);
  return code === "ENOENT" && lstatSync(path, { throwIfNoEntry: false }) ? "a link to nothing" : code;
}

/** The system's own code, such as ENOENT. */
function systemCode(error: unknown): string {
  const code = typeof error === "object" && error !== null ? partMember(error, "code") : undefined;
  return typeof code === "string" ? code : "an error";
}
