/**
 * Keys in linear memory: their records, found by name. Secrets become midstates there, several at a time, and are wiped; a public key has
 * its name and algorithm there, the key itself stays with the host under the address of its record.
 */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../base/algorithms.js";
import type { VerificationKey } from "../runtime/platform.js";
import { utf8Bytes } from "../runtime/text.js";
import type { Engine } from "./engine.js";
import type { Key, SecretKey } from "./key.js";
import { NameTable } from "./nameTable.js";
import { LINE, Records, recordSize } from "./records.js";

const NO_DEFAULTS: ReadonlyMap<number, string | undefined> = new Map();

/** The longest secret whose midstates are made several at a time: one block of SHA-256. */
const ONE_BLOCK = 64;

export class KeyMemory {
  readonly #engine: Engine;
  readonly #records: Records;
  #names: NameTable | undefined;
  #publicRecords: Set<number> | undefined;
  /** The keys for tokens that name none, in their order, by the addresses of their records: their names, if they have any. */
  #defaults: ReadonlyMap<number, string | undefined> = NO_DEFAULTS;
  #named = 0;
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

  /** The address of the first record for tokens that name no key, or 0. */
  get defaultKey(): number {
    const [first] = this.#defaults.keys();
    return first ?? 0;
  }

  /** The names of the keys for such tokens, by the addresses of their records. */
  get defaultNames(): ReadonlyMap<number, string | undefined> {
    return this.#defaults;
  }

  get isSynchronous(): boolean {
    return this.#asynchronous === 0;
  }

  /** How many keys have names. */
  get size(): number {
    return this.#named;
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
   * there all at once when the last one is loaded. They take the places of all that have had their names; of two with one name and
   * algorithm the later is there. If one cannot be placed, nothing has changed. Where some are for tokens that name no key, no other ones may
   * come or go later: verifiers know these by their addresses.
   */
  put(batches: Iterable<readonly Key[]>): void {
    this.#requireRest();
    const placed: number[] = [];
    const named: number[] = [];
    let defaults = new Map<number, string | undefined>();
    this.#isReading = true;
    try {
      for (const keys of batches) {
        for (const [index, record] of this.#load(keys, placed).entries()) {
          const key = keys[index] as Key;
          if (key.kid !== undefined) named.push(record);
          if (key.isDefault) defaults.set(record, key.kid);
        }
      }
      if (placed.length > 1) defaults = this.#apart(defaults, placed);
      if (named.length) this.open();
      this.#names?.reserve(named.length);
    } catch (error) {
      for (const record of placed) this.#free(record);
      throw error;
    } finally {
      this.#isReading = false;
    }
    if (defaults.size) this.#setDefaults(defaults);
    this.#named += named.length;
    this.#names?.enter(named, (record) => this.#freeNamed(record));
    for (const record of named) this.#engine.bytes[record + abi.KEY_FRESH] = 0;
  }

  /** Takes the keys of a name out and wipes them; says whether there were any. */
  remove(kid: string): boolean {
    this.#requireRest();
    const name = nameBytes(kid);
    const record = name && this.#names?.remove(name);
    if (!record) return false;
    this.#freeNamed(record);
    return true;
  }

  /**
   * Takes the keys of a name out of the table and keeps them: no token selects them until they are restored. The address of the first one's
   * record, or 0.
   */
  park(kid: string): number {
    this.#requireRest();
    const record = this.#names?.remove(utf8Bytes(kid)) ?? 0;
    this.#named -= this.#namesakes(record).length;
    return record;
  }

  /** Puts parked keys back. */
  restore(record: number): void {
    this.#requireRest();
    this.#names?.reserve(1);
    this.#named += this.#namesakes(record).length;
    this.#names?.enter([record], (displaced) => this.#freeNamed(displaced));
  }

  /** Wipes parked keys. */
  discard(record: number): void {
    this.#requireRest();
    for (const each of this.#namesakes(record)) this.#free(each);
  }

  has(kid: string): boolean {
    const name = nameBytes(kid);
    return Boolean(name && this.#names?.find(name));
  }

  /** Has a token borne this name since it was asked last? */
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
    this.#named = 0;
    this.#releaseRecords();
  }

  /** Gives everything back; `wereUsed` says whether a token may have been judged by the keys. */
  release(wereUsed = true): void {
    this.#releaseRecords(wereUsed);
    this.#names?.release();
    this.#names = undefined;
    this.#named = 0;
  }

  /** What has been placed of keys that are still being read must not be taken from under them, nor what verifiers know by its address. */
  #requireRest(): void {
    if (this.#isReading) throw new Error("Expected no change of a key table within the reading of its keys");
    if (this.#defaults.size) throw new Error("Expected no change of keys of which some are for tokens that name none");
  }

  #releaseRecords(wereUsed = true): void {
    for (const record of this.#publicRecords ?? []) this.#engine.publicKeys.delete(record);
    this.#publicRecords = undefined;
    this.#records.release(wereUsed);
    this.#asynchronous = 0;
    this.#defaults = NO_DEFAULTS;
  }

  /** Keys for tokens that name none, in records of their own: a record is followed by others of its name, or by others of these. */
  #apart(defaults: ReadonlyMap<number, string | undefined>, placed: number[]): Map<number, string | undefined> {
    const apart = new Map<number, string | undefined>();
    for (const [record, kid] of defaults) apart.set(kid === undefined ? record : this.#copy(record, placed), kid);
    return apart;
  }

  #copy(record: number, placed: number[]): number {
    const size = LINE * (this.#engine.bytes[record + abi.KEY_LINES] as number);
    const copy = this.#records.take(size);
    const { bytes, words, publicKeys } = this.#engine;
    bytes.copyWithin(copy, record, record + size);
    words[(copy + abi.KEY_NAME) / 4] = (words[(record + abi.KEY_NAME) / 4] as number) - record + copy;
    placed.push(copy);
    const verification = publicKeys.get(record);
    if (verification) this.#noteVerification(copy, verification);
    return copy;
  }

  #setDefaults(defaults: ReadonlyMap<number, string | undefined>): void {
    const records = [...defaults.keys()];
    for (const [index, record] of records.entries()) this.#engine.words[(record + abi.KEY_NEXT) / 4] = records[index + 1] ?? 0;
    this.#defaults = defaults;
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
        this.#noteVerification(record, key.verification);
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

  /** The key itself stays with the host. */
  #noteVerification(record: number, verification: VerificationKey): void {
    this.#engine.publicKeys.set(record, verification);
    this.#publicRecords ??= new Set();
    this.#publicRecords.add(record);
    if (!verification.isSynchronous) this.#asynchronous++;
  }

  /** A record with all but the key itself. */
  #place({ algorithm, kid }: Key): number {
    const { keyBytes, engine: number } = ALGORITHMS[algorithm];
    // Three bytes a character are room enough; only a long name is measured.
    const nameRoom = kid === undefined ? 0 : kid.length > 16 ? utf8Bytes(kid).length : 3 * kid.length;
    const size = recordSize(keyBytes + nameRoom);
    const record = this.#records.take(size);
    const { bytes, words, text } = this.#engine;
    bytes[record + abi.KEY_ALGORITHM] = number;
    bytes[record + abi.KEY_LINES] = size / LINE;
    if (kid === undefined) return record;
    words[(record + abi.KEY_NAME) / 4] = record + keyBytes;
    words[(record + abi.KEY_NAME_LENGTH) / 4] = text.utf8Write(kid, record + keyBytes);
    bytes[record + abi.KEY_FRESH] = 1;
    return record;
  }

  /** A record and those after it that have the same name. */
  #namesakes(first: number): readonly number[] {
    const all: number[] = [];
    for (let record = first; record; record = this.#engine.words[(record + abi.KEY_NEXT) / 4] as number) all.push(record);
    return all;
  }

  #freeNamed(first: number): void {
    const all = this.#namesakes(first);
    this.#named -= all.length;
    for (const record of all) this.#free(record);
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
