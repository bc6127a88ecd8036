/** A file that is written at its end, and how it takes another one's place. */
import { type BigIntStats, promises } from "node:fs";

type Handle = Awaited<ReturnType<typeof promises.open>>;

export class AppendFile {
  readonly #handle: Handle;
  #path: string;
  #written = 0;
  /** Which file it is, whatever its name. */
  readonly identity: string;

  private constructor(handle: Handle, path: string, identity: string) {
    this.#handle = handle;
    this.#path = path;
    this.identity = identity;
  }

  /** Opens a file to go on after what is in it; makes it if it is not there, for its owner only. */
  static async open(path: string): Promise<AppendFile> {
    const handle = await promises.open(path, "a", 0o600);
    try {
      return new AppendFile(handle, path, identityOf(await handle.stat({ bigint: true })));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** So many bytes have been written to it here. */
  get written(): number {
    return this.#written;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  /** Appends bytes, which may be lost until `synchronize`. Where it fails, some of them may be there. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) from += (await this.#handle.write(bytes, from)).bytesWritten;
    this.#written += bytes.length;
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
    await this.#handle.close();
  }
}

/** Tells the file from all others, as long as it is open. */
export function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** Makes the names in a folder durable. Not every system can do that; where it cannot, a renaming that is done must not fail. */
export async function synchronizeFolder(folder: string): Promise<void> {
  const handle = await promises.open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close().catch(() => undefined);
}
