/**
 * Keys in linear memory: their records, found by name. Secrets become midstates there, several at a time, and are wiped; a public key has
 * its name and algorithm there, the key itself stays with the host under the address of its record.
 */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../algorithms.js";
import type { Engine } from "../engine.js";
import { NameTable } from "../nameTable.js";
import { LINE, Records, recordSize } from "../records.js";
import { utf8Bytes } from "../text.js";
import type { Key } from "./key.js";
import type { SecretKey } from "./secret.js";

/** The longest secret whose midstates are made several at a time: one block of SHA-256. */
const ONE_BLOCK = 64;

export class PlacedKeys {
  readonly #engine: Engine;
  readonly #records: Records;
  #names: NameTable | undefined;
  #publicRecords: Set<number> | undefined;
  #defaultKey = 0;
  #defaultName: string | undefined;
  /** Public keys that only a promise verifies with. */
  #asynchronous = 0;
  /** Keys are being read, which may run the caller's code. */
  #isReading = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#records = new Records(engine);
  }

  /** The address of the table of names, or 0 where no key has had one. */
  get table(): number {
    return this.#names?.address ?? 0;
  }

  /** The address of the record for tokens that name no key, or 0. */
  get defaultKey(): number {
    return this.#defaultKey;
  }

  /** The name of that key, if it has one. */
  get defaultName(): string | undefined {
    return this.#defaultName;
  }

  get isSynchronous(): boolean {
    return this.#asynchronous === 0;
  }

  /** How many keys have names. */
  get size(): number {
    return this.#names?.size ?? 0;
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return this.#records.bytes + (this.#names?.bytes ?? 0);
  }

  /** The table, if there are to be names: what refers to it needs its address before there are. */
  open(): void {
    this.#names ??= new NameTable(this.#engine);
  }

  /**
   * Places keys of algorithms that the engine has been opened for; the copies of their secrets are wiped. They come in batches, and are
   * there all at once when the last one is loaded; of two with one name the later is there. If one cannot be placed, nothing has changed.
   */
  put(batches: Iterable<readonly Key[]>): void {
    this.#requireRest();
    const placed: number[] = [];
    const named: number[] = [];
    let isDefault = 0;
    let defaultName: string | undefined;
    this.#isReading = true;
    try {
      for (const keys of batches) {
        for (const [index, record] of this.#load(keys, placed).entries()) {
          const key = keys[index] as Key;
          if (key.kid !== undefined) named.push(record);
          if (key.isDefault) [isDefault, defaultName] = [record, key.kid];
        }
      }
      if (named.length) this.open();
      this.#names?.reserve(named.length);
    } catch (error) {
      for (const record of placed) this.#free(record);
      throw error;
    } finally {
      this.#isReading = false;
    }
    this.#names?.enter(named, (record) => this.#free(record));
    if (isDefault) [this.#defaultKey, this.#defaultName] = [isDefault, defaultName];
  }

  /** Takes a key out by its name and wipes it; says whether it was there. */
  remove(kid: string): boolean {
    this.#requireRest();
    const name = nameBytes(kid);
    const record = name && this.#names?.remove(name);
    if (!record) return false;
    this.#free(record);
    return true;
  }

  /** Takes a key out of the table and keeps it: no token selects it until it is restored. The address of its record, or 0. */
  park(kid: string): number {
    this.#requireRest();
    return this.#names?.remove(utf8Bytes(kid)) ?? 0;
  }

  /** Puts a parked key back. */
  restore(record: number): void {
    this.#requireRest();
    this.#names?.reserve(1);
    this.#names?.enter([record], (displaced) => this.#free(displaced));
  }

  /** Wipes a parked key. */
  discard(record: number): void {
    this.#requireRest();
    this.#free(record);
  }

  has(kid: string): boolean {
    const name = nameBytes(kid);
    return Boolean(name && this.#names?.find(name));
  }

  /** Has a token named this key since it was asked last? */
  takeUse(kid: string): boolean {
    const record = this.#names?.find(utf8Bytes(kid));
    if (!record) return false;
    const { bytes } = this.#engine;
    const wasUsed = bytes[record + abi.KEY_USED] === 1;
    bytes[record + abi.KEY_USED] = 0;
    // A remembered header selects its key without a look-up, which alone notes a use.
    if (wasUsed) this.#names?.changeVersion();
    return wasUsed;
  }

  /**
   * Takes all keys out. The table of names stays where it is.
   * @throws Error within the reading of keys, those read so far having been placed.
   */
  clear(): void {
    this.#requireRest();
    if (!this.#names) return;
    this.#names.clear();
    this.#releaseRecords();
  }

  /** Gives everything back; `wereUsed` says whether a token may have been judged by the keys. */
  release(wereUsed = true): void {
    this.#releaseRecords(wereUsed);
    this.#names?.release();
    this.#names = undefined;
  }

  /** What has been placed of keys that are still being read must not be taken from under them. */
  #requireRest(): void {
    if (this.#isReading) throw new Error("Expected no change of a key table within the reading of its keys");
  }

  #releaseRecords(wereUsed = true): void {
    for (const record of this.#publicRecords ?? []) this.#engine.publicKeys.delete(record);
    this.#publicRecords = undefined;
    this.#records.release(wereUsed);
    this.#defaultKey = this.#asynchronous = 0;
    this.#defaultName = undefined;
  }

  /** Loads keys into records of their own, which are appended to `placed` as well, before anything can fail. */
  #load(keys: readonly Key[], placed: number[]): number[] {
    const records: number[] = [];
    let short: SecretKey[] = [];
    let shortRecords: number[] = [];
    const loadShort = () => {
      this.#engine.loadKeys(shortRecords, short);
      short = [];
      shortRecords = [];
    };
    for (const key of keys) {
      const record = this.#place(key);
      placed.push(record);
      records.push(record);
      if (!key.secret) {
        this.#engine.publicKeys.set(record, key.verification);
        this.#publicRecords ??= new Set();
        this.#publicRecords.add(record);
        if (!key.verification.isSynchronous) this.#asynchronous++;
      } else if (key.algorithm === "HS256" && key.secret.length <= ONE_BLOCK) {
        short.push(key);
        shortRecords.push(record);
        if (short.length === abi.CHUNK_TOKENS) loadShort();
      } else {
        this.#engine.loadKey(record, ALGORITHMS[key.algorithm].engine, key.secret);
      }
    }
    loadShort();
    for (const key of keys) key.secret?.fill(0);
    return records;
  }

  /** A record with all but the key itself. */
  #place({ algorithm, kid }: Key): number {
    const { keyBytes, engine: number } = ALGORITHMS[algorithm];
    // Three bytes a character are room enough; only a long name is measured.
    const nameRoom = kid === undefined ? 0 : kid.length > 16 ? utf8Bytes(kid).length : 3 * kid.length;
    const size = recordSize(keyBytes + nameRoom);
    const record = this.#records.take(size);
    const { bytes, words, text } = this.#engine;
    words[(record + abi.KEY_ALGORITHM) / 4] = number;
    bytes[record + abi.KEY_LINES] = size / LINE;
    if (kid === undefined) return record;
    words[(record + abi.KEY_NAME) / 4] = record + keyBytes;
    words[(record + abi.KEY_NAME_LENGTH) / 4] = text.utf8Write(kid, record + keyBytes);
    return record;
  }

  #free(record: number): void {
    const { bytes, publicKeys } = this.#engine;
    if (this.#publicRecords?.delete(record)) {
      if (!publicKeys.get(record)?.isSynchronous) this.#asynchronous--;
      publicKeys.delete(record);
    }
    this.#records.give(record, LINE * (bytes[record + abi.KEY_LINES] as number));
  }
}

/** The bytes of a name, if a key can have it: a lone surrogate would become another character, a long name has no room. */
function nameBytes(kid: string): Uint8Array | undefined {
  if (kid.length > abi.LARGEST_KID || !kid.isWellFormed()) return undefined;
  const bytes = utf8Bytes(kid);
  return bytes.length <= abi.LARGEST_KID ? bytes : undefined;
}
