/** Writes new keys to files, those that are secret for their owner alone. */
import { closeSync, constants, existsSync, fchmodSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { writeError } from "../words/files.js";
import { printable } from "../words/printable.js";

/** What is written, whether its owner alone may read it, and how that is told. */
export const SECRET = { isPrivate: true, told: "a new secret" } as const;
export const PRIVATE = { isPrivate: true, told: "a new private key" } as const;
export const PUBLIC = { isPrivate: false, told: "its public key" } as const;

export interface NewKey {
  readonly file: string;
  readonly content: string | Buffer;
  readonly kind: typeof SECRET | typeof PRIVATE | typeof PUBLIC;
}

interface OpenFile extends NewKey {
  readonly descriptor: number;
  readonly isNew: boolean;
}

/** All files or none: each is open before one is written, and none that is new is left where one fails. */
export function writeKeys(keys: readonly NewKey[], force: boolean): void {
  const opened: OpenFile[] = [];
  let isDone = false;
  try {
    for (const key of keys) opened.push(toldOf(key, force, () => openKey(key, force)));
    for (const key of opened) toldOf(key, force, () => writeKey(key));
    isDone = true;
  } finally {
    for (const { descriptor } of opened) closeSync(descriptor);
    if (!isDone) for (const { file } of opened.filter(({ isNew }) => isNew)) rmSync(file, { force: true });
  }
  for (const { file, kind } of keys) {
    process.stderr.write(`wasm-jwt: wrote ${kind.told} to ${printable(file)}${kind.isPrivate ? ", readable by you only" : ""}\n`);
  }
}

/** A file that is there is not emptied yet. The mode of a new one is what the umask leaves. */
function openKey(key: NewKey, force: boolean): OpenFile {
  const isNew = !existsSync(key.file);
  const flags = constants.O_WRONLY | constants.O_CREAT | (force ? 0 : constants.O_EXCL);
  return { ...key, isNew, descriptor: openSync(key.file, flags, key.kind.isPrivate ? 0o600 : 0o644) };
}

function writeKey({ descriptor, content, kind }: OpenFile): void {
  // A file that was there keeps its mode when it is opened.
  if (kind.isPrivate) fchmodSync(descriptor, 0o600);
  if (fstatSync(descriptor).isFile()) ftruncateSync(descriptor);
  writeSync(descriptor, typeof content === "string" ? Buffer.from(content) : content);
}

function toldOf<Result>({ file }: NewKey, force: boolean, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw writeError("--out", file, force, error);
  }
}
