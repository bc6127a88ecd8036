/** Keys in linear memory: their records, found by name. They come all of a call or none, and are wiped when they go. */
import * as abi from "../abi.js";
import { utf8Bytes } from "../runtime/text.js";
import type { Engine } from "./engine.js";
import type { Key } from "./key.js";
import { KeyRecords } from "./keyRecords.js";
import type { Memory } from "./memory.js";
import { NameTable } from "./nameTable.js";

const NO_DEFAULTS: ReadonlyMap<number, string | undefined> = new Map();

export class KeyMemory {
  readonly #memory: Memory;
  readonly #records: KeyRecords;
  #names: NameTable | undefined;
  /** The keys for tokens that name none, in their order, by the addresses of their records: their names, if they have any. */
  #defaults: ReadonlyMap<number, string | undefined> = NO_DEFAULTS;
  #named = 0;
  /** Keys are being read, which may run the caller's code. */
  #isReading = false;

  constructor(engine: Engine) {
    this.#memory = engine.memory;
    this.#records = new KeyRecords(engine);
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
    return this.#records.isSynchronous;
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
    this.#names ??= new NameTable(this.#memory);
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
        for (const [index, record] of this.#records.load(keys, placed).entries()) {
          const key = keys[index] as Key;
          if (key.kid !== undefined) named.push(record);
          if (key.isDefault) defaults.set(record, key.kid);
        }
      }
      if (placed.length > 1) defaults = this.#apart(defaults, placed);
      if (named.length) this.open();
      this.#names?.reserve(named.length);
    } catch (error) {
      for (const record of placed) this.#records.free(record);
      throw error;
    } finally {
      this.#isReading = false;
    }
    if (defaults.size) {
      this.#records.chain([...defaults.keys()]);
      this.#defaults = defaults;
    }
    this.#named += named.length;
    this.#names?.enter(named, (record) => this.#freeNamed(record));
    this.#records.settle(named);
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
    this.#named -= this.#records.chainOf(record).length;
    return record;
  }

  /** Puts parked keys back. */
  restore(record: number): void {
    this.#requireRest();
    this.#names?.reserve(1);
    this.#named += this.#records.chainOf(record).length;
    this.#names?.enter([record], (displaced) => this.#freeNamed(displaced));
  }

  /** Wipes parked keys. */
  discard(record: number): void {
    this.#requireRest();
    for (const each of this.#records.chainOf(record)) this.#records.free(each);
  }

  has(kid: string): boolean {
    const name = nameBytes(kid);
    return Boolean(name && this.#names?.find(name));
  }

  /** Has a token borne this name since it was asked last? */
  takeUse(kid: string): boolean {
    const record = this.#names?.find(utf8Bytes(kid));
    if (!record) return false;
    const wasUsed = this.#records.takeUse(record);
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

  #releaseRecords(wereUsed?: boolean): void {
    this.#records.release(wereUsed);
    this.#defaults = NO_DEFAULTS;
  }

  /** Keys for tokens that name none, in records of their own: a record is followed by others of its name, or by others of these. */
  #apart(defaults: ReadonlyMap<number, string | undefined>, placed: number[]): Map<number, string | undefined> {
    const apart = new Map<number, string | undefined>();
    for (const [record, kid] of defaults) apart.set(kid === undefined ? record : this.#records.copy(record, placed), kid);
    return apart;
  }

  #freeNamed(first: number): void {
    const all = this.#records.chainOf(first);
    this.#named -= all.length;
    for (const record of all) this.#records.free(record);
  }
}

/** The bytes of a name, if a key can have it: a lone surrogate would become another character, a long name has no room. */
function nameBytes(kid: string): Uint8Array | undefined {
  if (kid.length > abi.LARGEST_KID || !kid.isWellFormed()) return undefined;
  const bytes = utf8Bytes(kid);
  return bytes.length <= abi.LARGEST_KID ? bytes : undefined;
}
