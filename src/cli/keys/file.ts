/** Reads files with keys, which are small. */
import { closeSync, openSync, readSync } from "node:fs";
import { counted, jsonObject } from "../../explain/index.js";
import type { UsageError } from "../words/failure.js";
import { fileError } from "../words/files.js";
import { printable } from "../words/printable.js";
import { systemReason } from "../words/system.js";
import { type Content, contentOf, tellContent } from "./content.js";

/** A file that an option names. */
export interface KeyFile {
  /** Empty for an argument. */
  readonly option: string;
  readonly file: string;
  /** What it should hold, in words. */
  readonly expected: string;
  /** The options that the command has, by name: one of them may take what the file holds. */
  readonly options: object;
}

/** What stands for it in messages. */
export function labelOf({ option, file }: KeyFile): string {
  return `${option && `${option} `}${printable(file)}`;
}

/** The error for a file that holds something else. */
export function contentError({ option, file, expected }: KeyFile, got: string): UsageError {
  return fileError(option, file, expected, got);
}

/** The largest file that is read for a key or a set of them, in bytes. */
const LARGEST_FILE = 1_048_576;

/** @throws UsageError */
export function readWhole(named: KeyFile): Buffer {
  let bytes: Buffer;
  try {
    bytes = readUpTo(named.file, LARGEST_FILE + 1);
  } catch (error) {
    throw contentError(named, systemReason(error));
  }
  if (bytes.length > LARGEST_FILE) throw contentError(named, "more than 1 MiB");
  return bytes;
}

/** @throws UsageError where the file holds something else that is known. */
export function requireContent(named: KeyFile, bytes: Uint8Array, right: readonly Content[]): void {
  const content = contentOf(bytes);
  if (content && !right.includes(content)) throw contentError(named, tellContent(content, named.options));
}

/** A JSON object that inherits nothing; undefined for whatever else. */
export function parseJson(bytes: Buffer): Record<string, unknown> | undefined {
  return jsonObject(bytes.toString("utf8").replace(/^\ufeff/, ""));
}

/** What a set has in place of the keys that are wanted, in words. */
export function othersOf(set: readonly unknown[]): string {
  return set.length ? counted(set.length, "other key") : "an empty set";
}

/** Tells of the keys of a set that are passed over (RFC 7517 §5). */
export function tellOthers(label: string, count: number, wanted: string): void {
  if (count) process.stderr.write(`wasm-jwt: \`${label}\` has ${counted(count, "key")} of no use for ${wanted}\n`);
}

/** Also from a pipe, which has no size beforehand. */
function readUpTo(file: string, limit: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(limit);
    let length = 0;
    while (length < limit) {
      const read = readSync(descriptor, bytes, length, limit - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
