/**
 * All keys of a ring at one time of its life, and their snapshots: which of them are valid when. A roster never changes; a ring
 * swaps one for another.
 */
import type { Algorithm } from "../algorithms.js";
import type { Key } from "../keys/key.js";
import { defaultsAmong } from "../keys/nameless.js";
import type { KeySnapshot } from "../keys/source.js";

/** A key that a ring holds: the bytes of a secret are the ring's own until they are wiped. */
export class HeldKey {
  readonly kid: string;
  readonly thumbprint: string;
  readonly algorithm: Algorithm;
  readonly isDefault: boolean;
  /** Its name is its thumbprint, because it was given none. */
  readonly isNameless: boolean;
  #key: Key | undefined;

  constructor(key: Key, kid: string, thumbprint: string) {
    this.kid = kid;
    this.thumbprint = thumbprint;
    this.algorithm = key.algorithm;
    this.isDefault = key.isDefault;
    this.isNameless = key.kid === undefined;
    this.#key = key;
  }

  /** The key to load, a copy of a secret; undefined once it is wiped: zeros would be a secret that everybody knows. */
  copy(isDefault: boolean): Key | undefined {
    if (!this.#key) return undefined;
    const named = { kid: this.kid, isDefault };
    return this.#key.secret ? { ...this.#key, ...named, secret: new Uint8Array(this.#key.secret) } : { ...this.#key, ...named };
  }

  wipe(): void {
    this.#key?.secret?.fill(0);
    this.#key = undefined;
  }

  /** Could either stand for the other? */
  isSameAs(other: HeldKey): boolean {
    return (
      this.kid === other.kid &&
      this.thumbprint === other.thumbprint &&
      this.isDefault === other.isDefault &&
      this.isNameless === other.isNameless &&
      this.#key?.algorithm === other.#key?.algorithm
    );
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

  load(): readonly Key[] {
    const defaults = defaultsAmong(this.#keys);
    return this.#keys.flatMap((key) => key.copy(defaults.has(key)) ?? []);
  }
}
