/** A file that is written at its end by one process alone, and that no failed write leaves half a line in. */
import { promises } from "node:fs";

type Handle = Awaited<ReturnType<typeof promises.open>>;

/** Open files are kept: a handle that is collected unclosed ends the process from Node 25 on, and a list may be let go of. */
const kept = new Set<AppendFile>();

export class AppendFile {
  readonly #handle: Handle;
  readonly #name: string;
  #path: string;
  #size: number;

  private constructor(handle: Handle, path: string, name: string, size: number) {
    this.#handle = handle;
    this.#path = path;
    this.#name = name;
    this.#size = size;
    kept.add(this);
  }

  /** Opens a file to go on behind what is in it; makes it if it is not there, for its owner only. `name` stands for it in messages. */
  static async open(path: string, name: string): Promise<AppendFile> {
    const handle = await promises.open(path, "a", 0o600);
    try {
      return new AppendFile(handle, path, name, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Appends text, which may be lost until `synchronize`. @throws Error where it cannot; the file is as it was then. */
  async write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    await this.#requireAlone();
    try {
      for (let from = 0; from < bytes.length; ) from += (await this.#handle.write(bytes, from)).bytesWritten;
    } catch (error) {
      await this.#handle.truncate(this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** What has been written is not lost any more. */
  async synchronize(): Promise<void> {
    await this.#handle.datasync();
  }

  /** Gives it another name, in the place of the file that has it; that, too, is not lost. */
  async rename(path: string, folder: string): Promise<void> {
    await promises.rename(this.#path, path);
    this.#path = path;
    await synchronizeFolder(folder);
  }

  async close(): Promise<void> {
    kept.delete(this);
    await this.#handle.close();
  }

  /** Another process's lines would be lost when the file is written anew, and ours when it was moved away. */
  async #requireAlone(): Promise<void> {
    const [own, named] = await Promise.all([this.#handle.stat(), promises.stat(this.#path).catch(() => undefined)]);
    if (named?.ino === own.ino && own.size === this.#size) return;
    const got = named?.ino === own.ino ? "another one's lines in it" : "it moved, replaced or deleted";
    throw new Error(`Expected ${this.#name} to be left to one process, got ${got}`);
  }
}

/** The names in it are not lost any more. Not every system can: what it cannot must not fail behind a renaming that is done. */
export async function synchronizeFolder(folder: string): Promise<void> {
  const handle = await promises.open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close().catch(() => undefined);
}
