/** Where results go: stdout or a file, no faster than the reader takes them. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Writable } from "node:stream";
import { BROKEN_PIPE, FAILURE, UsageError } from "../words/failure.js";
import { writeError } from "../words/files.js";
import { statsOf } from "../words/mistaken.js";
import { isBrokenPipe, systemReason } from "../words/system.js";

export interface Output {
  /** Waits while the reader is behind. */
  write(text: string): Promise<void>;
  /** Waits until all is written. */
  end(): Promise<void>;
}

export const standardOutput: Output = {
  write: (text) => writeTo(process.stdout, text),
  async end() {},
};

/** In characters. */
const LARGEST_WRITE = 262_144;

/** Writes the texts to stdout, many at once. */
export async function writePieces(texts: Iterable<string>): Promise<void> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < LARGEST_WRITE) continue;
    await standardOutput.write(piece);
    piece = "";
  }
  await standardOutput.write(piece);
}

/** Other commands write to stdout then. @throws UsageError */
export function requireFileName(file: string | undefined): void {
  if (file === "-") throw new UsageError("Expected `--out` to name a file, got -: without `--out`, results go to stdout");
}

/** A new file, or with `force` an emptied one, that only its owner may read: what is written are credentials. */
export async function fileOutput(option: string, file: string, force: boolean): Promise<Output> {
  const failed = (error: unknown) => writeError(option, file, force, error);
  // A pipe or a device, such as /dev/null, is there already and loses nothing.
  const isKept = force || statsOf(file)?.isFile() === false;
  const handle = await openOwn(file, isKept ? "w" : "wx").catch((error: unknown) => {
    throw failed(error);
  });
  const stream = createWriteStream(file, { fd: handle });
  let broken: unknown;
  stream.on("error", (error) => {
    broken = error;
  });
  return {
    async write(text) {
      if (!broken) await writeTo(stream, text).catch((error: unknown) => (broken = error));
      if (broken) throw failed(broken);
    },
    async end() {
      await new Promise<void>((resolve) => stream.end(() => resolve()).once("error", () => resolve()));
      if (broken) throw failed(broken);
    },
  };
}

async function openOwn(file: string, flags: string): Promise<FileHandle> {
  const handle = await open(file, flags, 0o600);
  try {
    // A file that was there keeps its mode when it is opened.
    if ((await handle.stat()).isFile()) await handle.chmod(0o600);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function writeTo(stream: Writable, text: string): Promise<void> {
  if (text && !stream.write(text)) await once(stream, "drain");
}

/** A reader that goes away, such as `head`, ends the command without a word. */
export function endWithReader(): void {
  process.stdout.on("error", (error) => {
    if (isBrokenPipe(error)) process.exit(BROKEN_PIPE);
    process.stderr.write(`wasm-jwt: Expected to write to stdout, got ${systemReason(error)}\n`);
    process.exit(FAILURE);
  });
  // Where the diagnostics have no reader, the results still count.
  process.stderr.on("error", () => {});
}
