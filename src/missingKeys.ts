/** Whom to ask for the keys that tokens name and nobody has: the sources of a verifier, or of the issuers that the tokens name. */
import { KEY_NOT_FOUND, KEY_UNAVAILABLE } from "./abi.js";
import { attempt, settled } from "./attempt.js";
import { within } from "./deadline.js";
import { keyNameOf } from "./keyName.js";
import type { KeySource } from "./keys/source.js";
import type { Plan } from "./options.js";

/** A source has its own deadlines; one of the caller's may have none, and is not waited for any longer, in seconds. */
const LONGEST = 30;
const tooLate = () => new Error(`Expected a source of keys to answer within ${LONGEST} s`);

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

export class MissingKeys {
  readonly #plan: Plan;
  readonly hasSources: boolean;
  readonly #haveSuppliers: boolean;
  /** Those whose keys may be too old to be used by who can wait. */
  readonly #renewable: readonly KeySource[];

  constructor(plan: Plan) {
    this.#plan = plan;
    const sources = [plan, ...plan.issuers].map(({ source }) => source).filter((source) => source !== undefined);
    this.hasSources = sources.length > 0;
    this.#haveSuppliers = sources.some(({ supply }) => supply !== undefined);
    this.#renewable = [...new Set(sources)].filter(({ fresh }) => fresh !== undefined);
  }

  /** Undefined where all keys are young enough to be used; else fulfilled when those that are not have been renewed, as far as they could be. */
  renewal(): Promise<unknown> | undefined {
    if (!this.#renewable.length) return undefined;
    const waits: Promise<unknown>[] = [];
    for (const source of this.#renewable) {
      attempt(() => {
        const wait = source.fresh?.();
        if (wait !== undefined) waits.push(settled(() => within(LONGEST, wait, tooLate)));
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
