/** Which sources to ask for the keys that tokens name and the verifier does not have: its own, or those of the issuers that the tokens name. */
import { ACCEPTED, BAD_SIGNATURE, ISSUER_NOT_FOUND, KEY_NOT_FOUND, KEY_UNAVAILABLE, MALFORMED, TOKEN_TOO_LONG } from "../abi.js";
import { attempt, settled } from "../base/attempt.js";
import { REGISTERED_CLAIMS } from "../base/codes.js";
import { partMember } from "../base/own.js";
import type { Engine } from "../engine/engine.js";
import { readKeyName } from "../engine/keyName.js";
import { LONGEST, within } from "../runtime/deadline.js";
import { type ChangeCounter, type KeySource, ownSource, sourcesOfPlan } from "../sources/keySource.js";
import type { Judging } from "./judging.js";
import type { Plan } from "./options.js";

/** Names whose keys a source may get, and the tokens that bear them: their numbers, and beside each its name. */
export interface Wanted {
  readonly source: KeySource;
  readonly names: Set<string>;
  readonly numbers: number[];
  readonly nameOf: string[];
}

/** A source is asked for so many keys at a time: what a batch of made-up names costs is known before the next are asked for. */
const MOST_NAMES = 1024;

/** Codes of tokens that name no issuer. What stands beside them as its number is that of an earlier token. */
const OF_NO_ISSUER: readonly (number | undefined)[] = [TOKEN_TOO_LONG, MALFORMED, ISSUER_NOT_FOUND];

const NONE: ReadonlyMap<KeySource, Promise<unknown>> = new Map();
const NO_SOURCES: ReadonlySet<KeySource> = new Set();

type Counter = ChangeCounter & { readonly overdue: ReadonlySet<KeySource> };

export class MissingKeys {
  readonly #engine: Engine;
  readonly #plan: Plan;
  readonly hasSources: boolean;
  readonly #haveSuppliers: boolean;
  /** Sources that can be renewed, the counters that know which of them have to be, and those that have to be asked one by one. */
  readonly #renewable: ReadonlySet<KeySource>;
  readonly #counters: readonly Counter[];
  readonly #uncounted: readonly KeySource[];

  constructor(engine: Engine, plan: Plan) {
    this.#engine = engine;
    this.#plan = plan;
    const sources = sourcesOfPlan(plan);
    this.hasSources = sources.length > 0;
    this.#haveSuppliers = sources.some(({ supply }) => supply !== undefined);
    const renewable = sources.filter(({ fresh }) => fresh !== undefined);
    this.#renewable = renewable.length ? new Set(renewable) : NO_SOURCES;
    this.#counters = renewable.length === 0 ? [] : [...new Set(renewable.map(({ changes }) => changes).filter(knowsOverdue))];
    this.#uncounted = renewable.filter(({ changes }) => !knowsOverdue(changes));
  }

  /**
   * Undefined where all keys are young enough to be used; else fulfilled when those that are not have been renewed, as far as they could be.
   * Only sources that are `named` are waited for, which is asked where there is one to be renewed: that one issuer's does not answer is no
   * affair of another's tokens.
   */
  renewal(named?: () => ReadonlySet<KeySource>): Promise<unknown> | undefined {
    const renewals = this.#renewals(named);
    return renewals.size ? Promise.all([...renewals.values()].map((renewal) => patiently(() => renewal))) : undefined;
  }

  /** The sources that have to be renewed before callers that can wait use their keys. Begins to renew them. */
  late(): ReadonlySet<KeySource> {
    const renewals = this.#renewals();
    for (const renewal of renewals.values()) void settled(() => renewal);
    return new Set(renewals.keys());
  }

  #renewals(named?: () => ReadonlySet<KeySource>): ReadonlyMap<KeySource, Promise<unknown>> {
    if (this.#renewable.size === 0) return NONE;
    for (const counter of this.#counters) counter.expire?.();
    if (this.#uncounted.length === 0 && this.#counters.every(({ overdue }) => overdue.size === 0)) return NONE;
    const overdue = this.#counters.flatMap((counter) => [...counter.overdue]).map(ownSource);
    const sources = [...overdue.filter((source) => this.#renewable.has(source)), ...this.#uncounted];
    const isNamed = named && sources.length ? named() : undefined;
    const renewals = new Map<KeySource, Promise<unknown>>();
    for (const source of sources) {
      if (isNamed && !isNamed.has(source)) continue;
      attempt(() => {
        const renewal = source.fresh?.();
        if (renewal !== undefined) renewals.set(source, renewal);
      });
    }
    return renewals;
  }

  /** The source of the keys that a token was judged by; undefined where it names no issuer, or has keys without a source. */
  sourceOf(batch: Judging, number: number): KeySource | undefined {
    return OF_NO_ISSUER.includes(batch.codes[number]) ? undefined : this.#planOf(batch, number).source;
  }

  /** The sources that tokens of a batch missed a key of. */
  sourcesOf(batch: Judging): readonly KeySource[] {
    const sources = missedOf(batch).map((number) => this.#planOf(batch, number).source);
    return [...new Set(sources.filter((source) => source !== undefined))];
  }

  /** Tells these sources so. What they do about it is no affair of the tokens'. */
  tell(batch: Judging): void {
    for (const source of this.sourcesOf(batch)) attempt(() => source.missed?.());
  }

  /** The names that such tokens bear, by the sources that can get the keys. */
  wanted(batch: Judging): readonly Wanted[] {
    const all: Wanted[] = [];
    if (!this.#haveSuppliers) return all;
    const latest = new Map<KeySource, Wanted>();
    for (const number of missedOf(batch)) {
      const { source } = this.#planOf(batch, number);
      const name = source?.supply && this.#nameIn(batch, number);
      if (source === undefined || name === undefined) continue;
      let entry = latest.get(source);
      if (!entry || (entry.names.size === MOST_NAMES && !entry.names.has(name))) {
        entry = { source, names: new Set(), numbers: [], nameOf: [] };
        latest.set(source, entry);
        all.push(entry);
      }
      entry.names.add(name);
      entry.numbers.push(number);
      entry.nameOf.push(name);
    }
    return all;
  }

  /** Tells the source which of the names that it was asked for had an authentic token. */
  tellProved({ source, names, numbers, nameOf }: Wanted, { codes }: Pick<Judging, "codes">): void {
    if (!source.proved) return;
    const authentic = new Set(nameOf.filter((_, index) => isAuthentic(codes[numbers[index] as number] as number)));
    attempt(() => source.proved?.([...names], authentic));
  }

  /** Marks those tokens whose key could not be looked up: that there is none is not known. */
  markUnavailable(batch: Judging): void {
    for (const number of missedOf(batch)) {
      const { source } = this.#planOf(batch, number);
      if (!source?.isUnavailable) continue;
      const name = source.supply && this.#nameIn(batch, number);
      let isUnavailable = false;
      attempt(() => {
        isUnavailable = source.isUnavailable?.(name) === true;
      });
      if (isUnavailable) batch.codes[number] = KEY_UNAVAILABLE;
    }
  }

  /** Tokens that are judged again bear the name that they bore. */
  #nameIn(batch: Judging, number: number): string | undefined {
    batch.names ??= new Map();
    if (!batch.names.has(number)) batch.names.set(number, this.#readName(batch, number));
    return batch.names.get(number);
  }

  #readName(batch: Judging, number: number): string | undefined {
    const { keyClaim } = this.#planOf(batch, number);
    const isRegistered = (REGISTERED_CLAIMS as readonly (string | undefined)[]).includes(keyClaim);
    return readKeyName(this.#engine, batch.texts[number] as string, keyClaim, isRegistered);
  }

  #planOf({ issuers }: Judging, number: number): Plan {
    return (issuers && this.#plan.issuers[issuers[number] as number]) ?? this.#plan;
  }
}

function knowsOverdue(counter: ChangeCounter | undefined): counter is Counter {
  return counter !== undefined && partMember(counter, "overdue") !== undefined;
}

/** The numbers of the tokens whose key was not found. */
export function missedOf({ codes }: Pick<Judging, "codes">): number[] {
  const numbers: number[] = [];
  for (let number = codes.indexOf(KEY_NOT_FOUND); number !== -1; number = codes.indexOf(KEY_NOT_FOUND, number + 1)) numbers.push(number);
  return numbers;
}

/** Has a token with this code proved to be of its key? */
function isAuthentic(code: number): boolean {
  return code === ACCEPTED || (code > BAD_SIGNATURE && code !== ISSUER_NOT_FOUND && code !== KEY_UNAVAILABLE);
}

/** What a source's promise comes to; undefined where it fails, or takes longer than any source of ours does. */
export function patiently<Value>(begin: () => Promise<Value> | undefined): Promise<Value | undefined> {
  const late = () => new Error(`Expected a source of keys to answer within ${LONGEST} seconds`);
  return settled(() => within(LONGEST, Promise.resolve(begin()), late));
}
