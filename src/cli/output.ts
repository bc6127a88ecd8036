/** Where results go: stdout or a file, no faster than the reader takes them. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Writable } from "node:stream";
import { BROKEN_PIPE, FAILURE, fileError, isBrokenPipe, systemReason } from "./failure.js";

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

/** A new or emptied file that only its owner may read: what is written are credentials. */
export async function fileOutput(option: string, file: string): Promise<Output> {
  const failed = (error: unknown) => fileError(option, file, "a file to write", systemReason(error));
  const handle = await open(file, "w", 0o600).catch((error: unknown) => {
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
  // Nobody reads the diagnostics: the results still count.
  process.stderr.on("error", () => {});
}
