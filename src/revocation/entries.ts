/**
 * The entries of a revocation list in linear memory: packed records without a line of the cache each, found by what they revoke. They
 * come and go one by one, and vanish a few at a time.
 */
import * as abi from "../abi.js";
import { bare } from "../base/own.js";
import type { Engine } from "../engine/engine.js";
import { NameTable } from "../engine/nameTable.js";
import { Records, recordSize } from "../engine/records.js";
import { utf8Bytes, utf8Text } from "../runtime/text.js";
import type { RevocationEntry, RevokedSubject, TokenIdentity } from "./entry.js";

const LEAST_SLOTS = 64;
const LEAST_SLAB = 32768;
const LARGEST_SLAB = 1048576;
const MOST_ISSUERS = 65535;
/** Entries are placed so many at a time. */
const STEP = 1024;
/** How many slots a sweep looks at. */
export const SWEPT_SLOTS = 256;

interface Form {
  readonly kind: number;
  readonly name: string;
  readonly iss: string | undefined;
  /** Tokens issued before this, in seconds; of a single token there is none. */
  readonly before: number | undefined;
  /** When the entry ends, in seconds. */
  readonly until: number | undefined;
}

export class Entries {
  /** Of the list's own few words, which stay where they are. */
  readonly address: number;
  readonly #engine: Engine;
  readonly #issuerRecords: Records;
  readonly #issuerNames: NameTable;
  readonly #numbers = new Map<string, number>();
  readonly #issuers: string[] = [""];
  readonly #slabs: { readonly address: number; readonly size: number }[] = [];
  /**
   * The record given back last, by its size; it has the address of the one before in place of its end. An array of a million of them would
   * take 40 ms to grow.
   */
  readonly #free = new Map<number, number>();
  #slabBytes = 0;
  #next = 0;
  #end = 0;
  #slots = 0;
  #cursor = 0;
  #isReleased = false;
  #latestView: DataView = new DataView(new ArrayBuffer(0));

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#issuerRecords = new Records(engine);
    this.#issuerNames = new NameTable(engine);
    this.address = engine.allocate(abi.REVOCATIONS_BYTES);
    this.#word(abi.REVOCATIONS_ISSUERS, this.#issuerNames.address);
    this.#grow(LEAST_SLOTS);
  }

  /** How many entries there are. */
  get size(): number {
    if (this.#isReleased) return 0;
    return this.#engine.words[(this.address + abi.REVOCATIONS_COUNT) / 4] as number;
  }

  /** How many slots they have. */
  get slots(): number {
    return this.#slots;
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return (
      this.#slabBytes +
      (abi.SLOT_BYTES + 1) * this.#slots +
      abi.TAG_GROUP +
      this.#issuerRecords.bytes +
      this.#issuerNames.bytes +
      abi.REVOCATIONS_BYTES
    );
  }

  /**
   * Adds entries that `parseEntry` has checked.
   * @throws RangeError when the memory cannot grow, or for one issuer too many; those before it are there then.
   */
  add(entries: readonly RevocationEntry[]): void {
    for (let from = 0; from < entries.length; from += STEP) this.#place(entries.slice(from, from + STEP).map(formOf));
  }

  /** Adds a token of no issuer in particular, unless it is there; says whether it was not. */
  admit(jti: string, exp: number): boolean {
    const before = this.size;
    this.#place([{ kind: abi.REVOKED_TOKEN, name: jti, iss: undefined, before: undefined, until: exp }]);
    return this.size > before;
  }

  has(jti: string): boolean {
    return this.#find(abi.REVOKED_TOKEN, 0, jti) !== 0;
  }

  /** The entries that name the token in some way, whenever it was issued. */
  concerning({ iss, sub, jti, kid }: TokenIdentity): RevocationEntry[] {
    const names: [number, string | undefined][] = [
      [abi.REVOKED_TOKEN, jti],
      [abi.REVOKED_SUBJECT, sub],
      [abi.REVOKED_KEY, kid],
      [abi.REVOKED_ISSUE, ""],
    ];
    const issuers = [0, iss === undefined ? undefined : this.#numbers.get(iss)].filter((number) => number !== undefined);
    return names
      .flatMap(([kind, name]) => issuers.map((issuer) => (name === undefined ? 0 : this.#find(kind, issuer, name))))
      .filter((record) => record !== 0)
      .map((record) => this.#read(record));
  }

  /** The entries for a subject: those of an issuer and of any, or of each issuer where none is named. */
  ofSubject(sub: string, iss: string | undefined): RevokedSubject[] {
    const named = iss === undefined ? [...this.#numbers.values()] : [this.#numbers.get(iss)];
    return [0, ...named]
      .map((issuer) => (issuer === undefined ? 0 : this.#find(abi.REVOKED_SUBJECT, issuer, sub)))
      .filter((record) => record !== 0)
      .map((record) => this.#read(record) as RevokedSubject);
  }

  /**
   * Looks at the next `SWEPT_SLOTS` slots, and takes out the entries whose end is before `now`, in seconds. Returns the greatest end of
   * those; -Infinity where there are none.
   */
  sweep(now: number): number {
    if (this.#isReleased) return Number.NEGATIVE_INFINITY;
    const count = Math.min(SWEPT_SLOTS, this.#slots);
    this.#engine.takeAreas();
    const second = Math.min(Math.max(Math.floor(now), 0), abi.REVOKED_FOREVER);
    const gone = this.#engine.exports.sweepRevocations(this.address, this.#cursor, count, second);
    let latest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < gone; index++) {
      const record = this.#engine.words[wordOf(index)] as number;
      latest = Math.max(latest, this.#engine.words[(record + abi.REVOKED_UNTIL) / 4] as number);
      this.#give(record);
    }
    this.#cursor = (this.#cursor + count) % this.#slots;
    return latest;
  }

  /** All entries, in no order. What changes while they are read may be among them or not; what does not, is. */
  *[Symbol.iterator](): Generator<RevocationEntry> {
    const { words } = this.#engine;
    const slots = this.#word(abi.REVOCATIONS_SLOTS) / 4;
    const records = new Uint32Array(this.size);
    let count = 0;
    for (let slot = 0; slot < this.#slots; slot++) {
      const record = words[slots + (abi.SLOT_BYTES / 4) * slot + 1] as number;
      if (record) records[count++] = record;
    }
    // A record that was given back meanwhile has what it had, but for an end long past, or is a newer entry's.
    for (const record of records) yield this.#read(record);
  }

  /** Gives everything back. A sweep that is due may still come: there is nothing left then. */
  release(): void {
    this.#isReleased = true;
    for (const { address, size } of this.#slabs.splice(0)) this.#engine.release(address, size);
    this.#engine.release(this.#word(abi.REVOCATIONS_SLOTS), abi.SLOT_BYTES * this.#slots);
    this.#engine.release(this.#word(abi.REVOCATIONS_TAGS), this.#slots + abi.TAG_GROUP);
    this.#issuerNames.release();
    this.#issuerRecords.release();
    this.#engine.release(this.address, abi.REVOCATIONS_BYTES);
  }

  #place(forms: readonly Form[]): void {
    this.#reserve(forms.length);
    const numbers = forms.map(({ iss }) => this.#numberOf(iss));
    this.#engine.takeAreas();
    const records: number[] = [];
    for (const [index, form] of forms.entries()) records.push(this.#write(form, numbers[index] as number));
    const { words, exports } = this.#engine;
    for (const [index, record] of records.entries()) words[wordOf(index)] = record;
    exports.enterRevocations(this.address, records.length);
    for (const index of records.keys()) {
      const unneeded = words[wordOf(index)] as number;
      if (unneeded) this.#give(unneeded);
    }
  }

  #write({ kind, name, before, until }: Form, issuer: number): number {
    const length = this.#engine.text.utf8Write(name, abi.PAYLOADS);
    const record = this.#take(recordBytes(kind, length));
    const { words, bytes } = this.#engine;
    words[(record + abi.REVOKED_UNTIL) / 4] = until === undefined ? abi.REVOKED_FOREVER : Math.min(Math.ceil(until), abi.REVOKED_FOREVER);
    words[(record + abi.REVOKED_WHAT) / 4] = whatOf(kind, issuer, length);
    if (kind !== abi.REVOKED_TOKEN) this.#view.setFloat64(record + abi.REVOKED_BEFORE, before as number, true);
    bytes.copyWithin(nameAt(record, kind), abi.PAYLOADS, abi.PAYLOADS + length);
    return record;
  }

  #read(record: number): RevocationEntry {
    const { words, bytes } = this.#engine;
    const what = words[(record + abi.REVOKED_WHAT) / 4] as number;
    const kind = what >>> 30;
    const start = nameAt(record, kind);
    const name = utf8Text(bytes.slice(start, start + ((what >>> 16) & 0x3fff)));
    const until = words[(record + abi.REVOKED_UNTIL) / 4] as number;
    const before = kind === abi.REVOKED_TOKEN ? undefined : this.#view.getFloat64(record + abi.REVOKED_BEFORE, true);
    return entryOf({
      kind,
      name,
      iss: what & 0xffff ? this.#issuers[what & 0xffff] : undefined,
      before,
      until: until === abi.REVOKED_FOREVER ? undefined : until,
    });
  }

  #find(kind: number, issuer: number, name: string): number {
    const bytes = utf8Bytes(name);
    if (bytes.length > abi.LONGEST_REVOKED) return 0;
    this.#engine.takeAreas();
    this.#engine.bytes.set(bytes, abi.PAYLOADS);
    return this.#engine.exports.findRevocation(this.address, kind, issuer, abi.PAYLOADS, bytes.length) >>> 0;
  }

  /** The number of an issuer, new ones being entered. They stay: there are few, beside what they have revoked. */
  #numberOf(iss: string | undefined): number {
    if (iss === undefined) return 0;
    const known = this.#numbers.get(iss);
    if (known !== undefined) return known;
    const number = this.#issuers.length;
    if (number > MOST_ISSUERS) throw new RangeError(`Expected entries of at most ${MOST_ISSUERS} issuers`);
    const name = utf8Bytes(iss);
    this.#issuerNames.reserve(1);
    const record = this.#issuerRecords.take(recordSize(abi.ISSUER_BYTES + name.length));
    const { words, bytes } = this.#engine;
    words[record / 4] = number;
    words[(record + abi.KEY_NAME) / 4] = record + abi.ISSUER_BYTES;
    words[(record + abi.KEY_NAME_LENGTH) / 4] = name.length;
    bytes.set(name, record + abi.ISSUER_BYTES);
    this.#issuerNames.enter([record], () => undefined);
    this.#issuers.push(iss);
    this.#numbers.set(iss, number);
    return number;
  }

  /** Seven slots of eight may be taken: sixteen are looked at at once. */
  #reserve(more: number): void {
    const wanted = this.size + more;
    if (8 * wanted > 7 * this.#slots) this.#grow(2 ** Math.ceil(Math.log2((8 * wanted) / 7)));
  }

  #grow(slots: number): void {
    const old = { slots: this.#word(abi.REVOCATIONS_SLOTS), tags: this.#word(abi.REVOCATIONS_TAGS), count: this.#slots };
    const address = this.#engine.allocate(abi.SLOT_BYTES * slots);
    const tags = this.#engine.allocate(slots + abi.TAG_GROUP);
    if (old.slots) {
      this.#engine.exports.moveRevocations(this.address, address, tags, slots - 1);
      this.#engine.release(old.slots, abi.SLOT_BYTES * old.count);
      this.#engine.release(old.tags, old.count + abi.TAG_GROUP);
    } else {
      this.#word(abi.REVOCATIONS_SLOTS, address);
      this.#word(abi.REVOCATIONS_TAGS, tags);
      this.#word(abi.REVOCATIONS_MASK, slots - 1);
    }
    this.#slots = slots;
    this.#cursor = 0;
  }

  #take(size: number): number {
    const free = this.#free.get(size);
    if (free) {
      this.#free.set(size, this.#engine.words[(free + abi.REVOKED_UNTIL) / 4] as number);
      return free;
    }
    if (this.#end - this.#next < size) this.#takeSlab();
    const address = this.#next;
    this.#next += size;
    return address;
  }

  #give(record: number): void {
    const what = this.#engine.words[(record + abi.REVOKED_WHAT) / 4] as number;
    const size = recordBytes(what >>> 30, (what >>> 16) & 0x3fff);
    this.#engine.words[(record + abi.REVOKED_UNTIL) / 4] = this.#free.get(size) ?? 0;
    this.#free.set(size, record);
  }

  /** A sixteenth of what there is: so much of it is unused at most, and there are few slabs all the same. */
  #takeSlab(): void {
    const share = Math.floor(this.#slabBytes / (16 * LEAST_SLAB)) * LEAST_SLAB;
    const size = Math.min(Math.max(share, LEAST_SLAB), LARGEST_SLAB);
    this.#next = this.#engine.allocate(size);
    this.#end = this.#next + size;
    this.#slabs.push({ address: this.#next, size });
    this.#slabBytes += size;
  }

  /** The memory may have grown since. */
  get #view(): DataView {
    const { buffer } = this.#engine.bytes;
    if (this.#latestView.buffer !== buffer) this.#latestView = new DataView(buffer);
    return this.#latestView;
  }

  #word(field: number, value?: number): number {
    const word = (this.address + field) / 4;
    if (value !== undefined) this.#engine.words[word] = value;
    return this.#engine.words[word] as number;
  }
}

function wordOf(index: number): number {
  return (abi.RECORDS + abi.RECORD_BYTES * index + abi.RECORD_KEY) / 4;
}

function nameAt(record: number, kind: number): number {
  return record + abi.REVOKED_BEFORE + (kind === abi.REVOKED_TOKEN ? 0 : 8);
}

/** Of a record, in whole words. */
function recordBytes(kind: number, length: number): number {
  return Math.ceil(nameAt(length, kind) / 4) * 4;
}

function whatOf(kind: number, issuer: number, length: number): number {
  return ((((kind << 14) | length) << 16) | issuer) >>> 0;
}

function formOf(entry: RevocationEntry): Form {
  const { iss, exp: until } = entry;
  if ("jti" in entry) return { kind: abi.REVOKED_TOKEN, name: entry.jti, iss, before: undefined, until };
  if ("sub" in entry) return { kind: abi.REVOKED_SUBJECT, name: entry.sub, iss, before: entry.before, until };
  if ("kid" in entry) return { kind: abi.REVOKED_KEY, name: entry.kid, iss, before: entry.before ?? Number.POSITIVE_INFINITY, until };
  return { kind: abi.REVOKED_ISSUE, name: "", iss, before: entry.before, until };
}

function entryOf({ kind, name, iss, before, until }: Form): RevocationEntry {
  const of = { ...(iss !== undefined && { iss }), ...(until !== undefined && { exp: until }) };
  if (kind === abi.REVOKED_TOKEN) return bare({ jti: name, ...of });
  if (kind === abi.REVOKED_SUBJECT) return bare({ sub: name, before: before as number, ...of });
  if (kind === abi.REVOKED_ISSUE) return bare({ before: before as number, ...of });
  return bare(before === Number.POSITIVE_INFINITY ? { kid: name, ...of } : { kid: name, before: before as number, ...of });
}
