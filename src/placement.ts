/**
 * Where a verifier's plan lies in linear memory. Keys that never change are placed once; those of a key ring anew, with the plan's
 * other options, whenever the ring hands out another snapshot. The block before is wiped and given back.
 */
import { ALGORITHMS, type Algorithm } from "./algorithms.js";
import { type Context, placeContext } from "./context.js";
import type { Engine } from "./engine.js";
import type { KeySnapshot } from "./keys/source.js";
import { openEngine } from "./openEngine.js";
import { algorithmsOf, type Plan } from "./options.js";

const ALL_ALGORITHMS = Object.keys(ALGORITHMS) as Algorithm[];

export class Placement {
  readonly block: Block;
  readonly #engine: Engine;
  readonly #plan: Plan;
  #snapshot: KeySnapshot | undefined;

  constructor(engine: Engine, plan: Plan) {
    this.#engine = engine;
    // The keys are in the engine; their wiped copies are not worth keeping.
    this.#plan = { ...plan, keys: [] };
    this.block = new Block(engine);
    if (!plan.source) this.block.replace(placeContext(engine, plan));
  }

  /** The address of the context to judge by at `now`, in seconds. */
  at(now: number): number {
    const snapshot = this.#plan.source?.at(now);
    if (snapshot !== this.#snapshot) this.#load(snapshot as KeySnapshot);
    return this.block.address;
  }

  /** The new context is complete before the old one goes: if it cannot be placed, as within the reading of a batch, nothing has changed. */
  #load(snapshot: KeySnapshot): void {
    const keys = snapshot.load();
    openEngine(keys.map((key) => key.algorithm));
    this.block.replace(placeContext(this.#engine, { ...this.#plan, keys, algorithms: this.#algorithmsFor(keys) }));
    this.#snapshot = snapshot;
  }

  /** Without any key no algorithm is ruled out: such tokens are KEY_NOT_FOUND, which is what they lack. */
  #algorithmsFor(keys: Plan["keys"]): readonly Algorithm[] {
    if (this.#plan.algorithms.length) return this.#plan.algorithms;
    return keys.length ? algorithmsOf(keys) : ALL_ALGORITHMS;
  }
}

/** The block of the context in use. It knows nothing of the caller's, which may hold the verifier whose end releases it. */
class Block {
  readonly #engine: Engine;
  #context: Context | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get address(): number {
    return (this.#context as Context).address;
  }

  replace(context: Context): void {
    this.release();
    this.#context = context;
  }

  /** Wipes it and gives it back. */
  release(): void {
    if (this.#context) this.#engine.release(this.#context.address, this.#context.size);
    this.#context = undefined;
  }
}
