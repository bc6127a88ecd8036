/** Whom to ask for the keys that tokens name and nobody has: the sources of a verifier, or of the issuers that the tokens name. */
import { KEY_NOT_FOUND, KEY_UNAVAILABLE } from "./abi.js";
import { attempt, settled } from "./attempt.js";
import { keyNameOf } from "./keyName.js";
import type { ChangeCounter, KeySource } from "./keys/source.js";
import type { Plan } from "./options.js";

/** What there is of a batch to ask by. */
interface Judged {
  readonly codes: Uint8Array;
  readonly texts: readonly unknown[];
  readonly issuers: Uint16Array | undefined;
}

/** Names whose keys a source may get, and the numbers of the tokens that bear them. */
interface Wanted {
  readonly source: KeySource;
  readonly names: Set<string>;
  readonly numbers: number[];
}

type Counter = ChangeCounter & { readonly overdue: ReadonlySet<KeySource> };

export class MissingKeys {
  readonly #plan: Plan;
  readonly hasSources: boolean;
  readonly #haveSuppliers: boolean;
  /** Sources that can be renewed, the counters that know which of them have to be, and those that have to be asked one by one. */
  readonly #renewable: ReadonlySet<KeySource>;
  readonly #counters: readonly Counter[];
  readonly #uncounted: readonly KeySource[];

  constructor(plan: Plan) {
    this.#plan = plan;
    const sources = [plan, ...plan.issuers].map(({ source }) => source).filter((source) => source !== undefined);
    this.hasSources = sources.length > 0;
    this.#haveSuppliers = sources.some(({ supply }) => supply !== undefined);
    const renewable = new Set(sources.filter(({ fresh }) => fresh !== undefined));
    const counters = [...renewable].map(({ changes }) => changes).filter((counter) => counter?.overdue !== undefined);
    this.#renewable = renewable;
    this.#counters = [...new Set(counters as Counter[])];
    this.#uncounted = [...renewable].filter(({ changes }) => changes?.overdue === undefined);
  }

  /** Renews what is too old; undefined where there is nothing to wait for. */
  fresh(): Promise<unknown> | undefined {
    if (this.#renewable.size === 0) return undefined;
    for (const counter of this.#counters) counter.expire?.();
    if (this.#uncounted.length === 0 && this.#counters.every(({ overdue }) => overdue.size === 0)) return undefined;
    const counted = this.#counters.flatMap(({ overdue }) => [...overdue]).filter((source) => this.#renewable.has(source));
    const waits: Promise<unknown>[] = [];
    for (const source of [...counted, ...this.#uncounted]) {
      attempt(() => {
        const wait = source.fresh?.();
        if (wait) waits.push(settled(() => wait));
      });
    }
    return waits.length ? Promise.all(waits) : undefined;
  }

  /** The sources that tokens of a batch missed a key of. */
  sourcesOf(batch: Judged): readonly KeySource[] {
    const sources = missedOf(batch).map((number) => this.#planOf(batch, number).source);
    return [...new Set(sources.filter((source) => source !== undefined))];
  }

  /** Tells these sources so. What they do about it is no affair of the tokens'. */
  tell(batch: Judged): void {
    for (const source of this.sourcesOf(batch)) attempt(() => source.missed?.());
  }

  /** The names that such tokens bear, by the sources that can get the keys. */
  wanted(batch: Judged): Iterable<Wanted> {
    const wanted = new Map<KeySource, Wanted>();
    if (!this.#haveSuppliers) return [];
    for (const number of missedOf(batch)) {
      const { source } = this.#planOf(batch, number);
      const name = source?.supply && this.nameIn(batch, number);
      if (source === undefined || name === undefined) continue;
      const entry = wanted.get(source) ?? { source, names: new Set(), numbers: [] };
      entry.names.add(name);
      entry.numbers.push(number);
      wanted.set(source, entry);
    }
    return wanted.values();
  }

  /** Marks those tokens whose key could not be looked up: that there is none is not known. */
  markUnavailable(batch: Judged): void {
    for (const number of missedOf(batch)) {
      const { source } = this.#planOf(batch, number);
      if (!source?.isUnavailable) continue;
      const name = source.supply && this.nameIn(batch, number);
      let isUnavailable = false;
      attempt(() => {
        isUnavailable = source.isUnavailable?.(name) === true;
      });
      if (isUnavailable) batch.codes[number] = KEY_UNAVAILABLE;
    }
  }

  /** The name by which a token of a batch selects its key. */
  nameIn(batch: Judged, number: number): string | undefined {
    return keyNameOf(batch.texts[number] as string, this.#planOf(batch, number).keyClaim);
  }

  #planOf({ issuers }: Judged, number: number): Plan {
    return (issuers && this.#plan.issuers[issuers[number] as number]) ?? this.#plan;
  }
}

/** The numbers of the tokens whose key was not found. */
export function missedOf({ codes }: Pick<Judged, "codes">): number[] {
  return [...codes.keys()].filter((number) => codes[number] === KEY_NOT_FOUND);
}
