/** The entries of a revocation list or replay guard, which lie in linear memory: what is said of them there, and what it means. */
import * as abi from "../abi.js";
import { bare } from "../base/own.js";
import type { Engine } from "../engine/engine.js";
import { IssuerTable } from "../engine/issuerTable.js";
import type { Revocation } from "../engine/revocationRecords.js";
import { RevocationTable } from "../engine/revocationTable.js";
import type { RevocationEntry, RevokedSubject, TokenIdentity } from "./entry.js";

const MOST_ISSUERS = 65535;
/** Entries are placed so many at a time. */
const STEP = 1024;

export class Entries {
  readonly #table: RevocationTable;
  readonly #issuerTable: IssuerTable;
  readonly #numbers = new Map<string, number>();
  readonly #issuers: string[] = [""];

  constructor(engine: Engine) {
    this.#issuerTable = new IssuerTable(engine);
    this.#table = new RevocationTable(engine, this.#issuerTable.address);
  }

  /** Where the engine finds them: it stays. */
  get address(): number {
    return this.#table.address;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#table.size;
  }

  /** How many slots they have. */
  get slots(): number {
    return this.#table.slots;
  }

  /** Bytes of linear memory. */
  get bytes(): number {
    return this.#table.bytes + this.#issuerTable.bytes;
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
    return this.#table.find(abi.REVOKED_TOKEN, 0, jti) !== undefined;
  }

  /** The entries that name the token in some way, whenever it was issued. */
  concerning({ iss, sub, jti, kid }: TokenIdentity): RevocationEntry[] {
    const names: [number, string | undefined][] = [
      [abi.REVOKED_TOKEN, jti],
      [abi.REVOKED_SUBJECT, sub],
      [abi.REVOKED_KEY, kid],
      [abi.REVOKED_ISSUE, ""],
    ];
    const issuers = [0, iss === undefined ? undefined : this.#numbers.get(iss)];
    return names.flatMap(([kind, name]) => this.#found(kind, issuers, name));
  }

  /** The entries for a subject: those of an issuer and of any, or of each issuer where none is named. */
  ofSubject(sub: string, iss: string | undefined): RevokedSubject[] {
    const named = iss === undefined ? [...this.#numbers.values()] : [this.#numbers.get(iss)];
    return this.#found(abi.REVOKED_SUBJECT, [0, ...named], sub) as RevokedSubject[];
  }

  /**
   * Looks at the next `SWEPT_SLOTS` slots, and takes out the entries whose end is before `now`, in seconds. Returns the greatest end of
   * those; -Infinity where there are none.
   */
  sweep(now: number): number {
    return this.#table.sweep(now);
  }

  /** All entries, in no order. What changes while they are read may be among them or not; what does not, is. */
  *[Symbol.iterator](): Generator<RevocationEntry> {
    for (const revocation of this.#table) yield this.#entryOf(revocation);
  }

  /** Gives everything back. A sweep that is due may still come: there is nothing left then. */
  release(): void {
    this.#table.release();
    this.#issuerTable.release();
  }

  #place(forms: readonly Form[]): void {
    this.#table.reserve(forms.length);
    this.#table.enter(forms.map((form) => ({ ...form, issuer: this.#numberOf(form.iss) })));
  }

  /** The entries of a name, if there is one, for the issuers that have numbers. */
  #found(kind: number, issuers: readonly (number | undefined)[], name: string | undefined): RevocationEntry[] {
    return issuers
      .map((issuer) => (issuer === undefined || name === undefined ? undefined : this.#table.find(kind, issuer, name)))
      .filter((found) => found !== undefined)
      .map((found) => this.#entryOf(found));
  }

  #entryOf(revocation: Revocation): RevocationEntry {
    return entryOf({ ...revocation, iss: revocation.issuer ? this.#issuers[revocation.issuer] : undefined });
  }

  /** The number of an issuer, new ones being entered. They stay: there are few, beside what they have revoked. */
  #numberOf(iss: string | undefined): number {
    if (iss === undefined) return 0;
    const known = this.#numbers.get(iss);
    if (known !== undefined) return known;
    const number = this.#issuers.length;
    if (number > MOST_ISSUERS) throw new RangeError(`Expected entries of at most ${MOST_ISSUERS} issuers`);
    const [record] = this.#issuerTable.enter([iss]) as [number];
    this.#issuerTable.assign(record, number);
    this.#issuers.push(iss);
    this.#numbers.set(iss, number);
    return number;
  }
}

interface Form extends Omit<Revocation, "issuer"> {
  readonly iss: string | undefined;
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
