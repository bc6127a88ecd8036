/**
 * All keys of a ring at one time of its life, and their snapshots: which of them are valid when. A roster never changes; a ring
 * swaps one for another.
 */
import type { Algorithm } from "../base/algorithms.js";
import { holding, wipe } from "../base/wipe.js";
import type { Key } from "../engine/key.js";
import { defaultsAmong } from "../keys/nameless.js";
import { OPEN_ALGORITHMS, OpenKey } from "../keys/open.js";
import type { KeySnapshot } from "../sources/keySource.js";

/** A key that a ring holds, for each of its algorithms: the bytes of a secret are the ring's own until they are wiped. */
export class HeldKey {
  readonly kid: string;
  readonly thumbprint: string;
  readonly isDefault: boolean;
  /** Its name is its thumbprint, because it was given none. */
  readonly isNameless: boolean;
  /** What it is for, or may come to be for where nothing says it. */
  readonly algorithms: readonly Algorithm[];
  /** Some verifier's algorithms do not say what the key is for, so that it does not use it. */
  isLeftOpen = false;
  #keys: readonly Key[] | OpenKey | undefined;

  constructor(keys: readonly Key[] | OpenKey, thumbprint: string) {
    const { kid, isDefault } = keys instanceof OpenKey ? keys : (keys[0] as Key);
    this.kid = kid ?? thumbprint;
    this.thumbprint = thumbprint;
    this.isDefault = isDefault;
    this.isNameless = kid === undefined;
    this.algorithms = keys instanceof OpenKey ? OPEN_ALGORITHMS : keys.map(({ algorithm }) => algorithm);
    this.#keys = keys;
  }

  /** Nothing says what it is for but verifiers. */
  get isOpen(): boolean {
    return this.#keys instanceof OpenKey;
  }

  /**
   * The keys to load, with copies of secrets, for a verifier that allows these algorithms. None where they leave it open, or once it is wiped:
   * zeros would be a secret that everybody knows.
   */
  copies(algorithms: readonly Algorithm[]): readonly Key[] {
    const named = { kid: this.kid, isDefault: this.isDefault };
    if (this.#keys instanceof OpenKey) {
      const key = this.#keys.bind(algorithms);
      if (!key) this.isLeftOpen = true;
      return key ? [{ ...key, ...named }] : [];
    }
    return (this.#keys ?? []).map((key) => (key.secret ? { ...key, ...named, secret: new Uint8Array(key.secret) } : { ...key, ...named }));
  }

  wipe(): void {
    if (this.#keys && !(this.#keys instanceof OpenKey)) wipe(this.#keys);
    this.#keys = undefined;
  }

  /** Could either stand for the other? */
  isSameAs(other: HeldKey): boolean {
    return (
      this.kid === other.kid &&
      this.thumbprint === other.thumbprint &&
      this.isDefault === other.isDefault &&
      this.isNameless === other.isNameless &&
      this.isOpen === other.isOpen &&
      this.algorithms.join() === other.algorithms.join()
    );
  }

  /** Could a token mean either? */
  isRivalOf(other: HeldKey): boolean {
    return this.kid === other.kid && this.algorithms.some((algorithm) => other.algorithms.includes(algorithm));
  }
}

/** A key and when it is valid: from `nbf` on, before `exp`, in seconds. */
export interface RingKey {
  /** What messages call it: `keys[3]`. */
  readonly name: string;
  readonly key: HeldKey;
  readonly nbf: number;
  readonly exp: number;
}

/** Wipes secrets that are not wanted after all. */
export function wipeKeys(keys: readonly RingKey[]): void {
  for (const { key } of keys) key.wipe();
}

export class Roster {
  readonly keys: readonly RingKey[];
  /** The moments at which a key begins or ends, ascending. They part time into windows, each with a snapshot of its own. */
  readonly #boundaries: readonly number[];
  readonly #snapshots: (Snapshot | undefined)[];
  /** The window met last, `[from, until)`: that of the clock, for as long as no key begins or ends. */
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #latest: Snapshot | undefined;

  constructor(keys: readonly RingKey[]) {
    this.keys = keys;
    const moments = keys.flatMap(({ nbf, exp }) => [nbf, exp]).filter(Number.isFinite);
    this.#boundaries = [...new Set(moments)].sort((left, right) => left - right);
    this.#snapshots = new Array(this.#boundaries.length + 1);
  }

  /** The keys that are valid at `now`: one object for each window, however often and in whatever order it is asked for. */
  at(now: number): Snapshot {
    if (this.#latest && now >= this.#from && now < this.#until) return this.#latest;
    const next = this.#boundaries.findIndex((moment) => moment > now);
    const window = next < 0 ? this.#boundaries.length : next;
    this.#from = this.#boundaries[window - 1] ?? Number.NEGATIVE_INFINITY;
    this.#until = this.#boundaries[window] ?? Number.POSITIVE_INFINITY;
    this.#latest = this.#snapshots[window] ??= new Snapshot(
      this.keys.filter(({ nbf, exp }) => nbf <= this.#from && this.#from < exp),
      this.#from,
      this.#until,
    );
    return this.#latest;
  }
}

/** The keys of one window. */
class Snapshot implements KeySnapshot {
  readonly from: number;
  readonly until: number;
  readonly #keys: readonly HeldKey[];

  constructor(keys: readonly RingKey[], from: number, until: number) {
    this.#keys = keys.map(({ key }) => key);
    this.from = from;
    this.until = until;
  }

  get size(): number {
    return this.#keys.length;
  }

  load(algorithms: readonly Algorithm[] = []): readonly Key[] {
    const keys = holding(wipe, (copies: (Key & Pick<HeldKey, "isNameless">)[]) => {
      for (const held of this.#keys) for (const key of held.copies(algorithms)) copies.push({ ...key, isNameless: held.isNameless });
      return copies;
    });
    const isOnly = this.#keys.length === 1;
    const defaults = defaultsAmong(keys);
    return keys.map((key) => ({ ...key, isDefault: isOnly || defaults.has(key) }));
  }
}
