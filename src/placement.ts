/**
 * Where a verifier's plan lies in linear memory. Keys that never change are placed once; those of a key ring anew, with the plan's
 * other options, whenever the ring hands out another snapshot. The block before is wiped and given back, once nobody judges by it.
 */
import { ALGORITHMS, type Algorithm } from "./algorithms.js";
import { placeContext, type VerifyingContext } from "./context.js";
import type { Engine } from "./engine.js";
import type { KeySnapshot } from "./keys/source.js";
import { openEngine } from "./openEngine.js";
import { algorithmsOf, type Plan } from "./options.js";
import type { PublicKeys } from "./outside.js";

export class Placement {
  readonly place: Place;
  readonly #engine: Engine;
  readonly #plan: Plan;
  #snapshot: KeySnapshot | undefined;

  constructor(engine: Engine, plan: Plan) {
    this.#engine = engine;
    // The keys are in the engine; their wiped copies are not worth keeping.
    this.#plan = { ...plan, keys: [] };
    this.place = new Place();
    if (!plan.source) this.place.replace(new Block(engine, placeContext(engine, plan)));
  }

  /**
   * The block to judge by at `now`, in seconds: until the end of the turn, or for as long as it is held. A later call may have it
   * replaced.
   */
  at(now: number): Block {
    const snapshot = this.#plan.source?.at(now);
    if (snapshot !== this.#snapshot) this.#load(snapshot as KeySnapshot);
    return this.place.block;
  }

  /** The new context is complete before the old one goes: if it cannot be placed, as within the reading of a batch, nothing has changed. */
  #load(snapshot: KeySnapshot): void {
    const keys = snapshot.load();
    openEngine(keys.map((key) => key.algorithm));
    const context = placeContext(this.#engine, { ...this.#plan, keys, algorithms: this.#algorithmsFor(keys) });
    this.place.replace(new Block(this.#engine, context));
    this.#snapshot = snapshot;
  }

  /** Without any key no algorithm is ruled out: such tokens are KEY_NOT_FOUND, which is what they lack. */
  #algorithmsFor(keys: Plan["keys"]): readonly Algorithm[] {
    if (this.#plan.algorithms.length) return this.#plan.algorithms;
    return keys.length ? algorithmsOf(keys) : (Object.keys(ALGORITHMS) as Algorithm[]);
  }
}

/** Has the block in use. It knows nothing of the caller's, which may hold the verifier whose end clears it. */
class Place {
  #block: Block | undefined;

  get block(): Block {
    return this.#block as Block;
  }

  replace(block: Block): void {
    this.clear();
    this.#block = block;
  }

  clear(): void {
    this.#block?.retire();
    this.#block = undefined;
  }
}

/**
 * A context in linear memory, with its public keys. Its address is good for as long as it is in use: behind that, another verifier's
 * rules may lie there.
 */
export class Block {
  readonly address: number;
  readonly publicKeys: PublicKeys;
  /** Every key can be used without a promise. */
  readonly isSynchronous: boolean;
  readonly #engine: Engine;
  readonly #size: number;
  #holders = 0;
  #isRetired = false;

  constructor(engine: Engine, { address, size, publicKeys }: VerifyingContext) {
    this.#engine = engine;
    this.address = address;
    this.#size = size;
    this.publicKeys = publicKeys;
    this.isSynchronous = [...publicKeys.values()].every((key) => key.isSynchronous);
  }

  /** Does what takes more than a turn; until it is done, and also if it fails, the block stays as it is, whatever replaces it. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#holders++;
    try {
      return await work();
    } finally {
      this.#holders--;
      this.#releaseIfUnused();
    }
  }

  /** Nobody is to begin judging by it any more: it is wiped and given back, now or when its last holder is done. */
  retire(): void {
    this.#isRetired = true;
    this.#releaseIfUnused();
  }

  #releaseIfUnused(): void {
    if (this.#isRetired && this.#holders === 0) this.#engine.release(this.address, this.#size);
  }
}
