/**
 * Loads a verifier's plan into linear memory: keys that never change once, those of a key ring whenever the ring has another snapshot, with
 * the plan's other options. The context before is wiped and given back once no call judges by it.
 */
import { ALGORITHMS, type Algorithm } from "../base/algorithms.js";
import { wipe } from "../base/wipe.js";
import { type IssuerPlace, placeContext } from "../engine/context.js";
import type { Engine } from "../engine/engine.js";
import { KeyMemory } from "../engine/keyMemory.js";
import { openEngine } from "../engine/openEngine.js";
import { type KeySnapshot, type KeySource, originOf } from "../sources/keySource.js";
import { LoadedContext } from "./loadedContext.js";
import type { Plan } from "./options.js";

export class ContextLoader {
  readonly current: CurrentContext;
  /** Gives everything back; knows nothing of the loader. */
  readonly release: () => void;
  readonly #engine: Engine;
  readonly #plan: Plan;
  readonly #source: KeySource | undefined;
  readonly #issuer: IssuerPlace | undefined;
  #snapshot: KeySnapshot | KeyMemory | undefined;

  /** `keys` are those of a plan without a source, which should not keep them itself: they are wiped once they are in the engine. */
  constructor(engine: Engine, plan: Plan, keys = plan.keys, issuer?: IssuerPlace) {
    this.#engine = engine;
    this.#plan = plan;
    this.#source = plan.source && originOf(plan.source);
    this.#issuer = issuer;
    const current = new CurrentContext();
    this.current = current;
    this.release = () => current.clear();
    if (!plan.source) this.#replace([keys], plan.algorithms);
  }

  /**
   * The context to judge by at `now`, in seconds: until the end of the turn, or for as long as it is held. A later call may have it
   * replaced. `tokens` is how many are to be judged.
   */
  at(now: number, tokens = 1): LoadedContext {
    return this.put(this.ask(now), tokens);
  }

  /** The keys to judge by at `now`; undefined where they never change. Runs the source's code, which may be the caller's own. */
  ask(now: number): KeySnapshot | KeyMemory | undefined {
    return this.#source?.at(now) as KeySnapshot | KeyMemory | undefined;
  }

  /** The context with these keys. */
  put(snapshot: KeySnapshot | KeyMemory | undefined, tokens = 1): LoadedContext {
    if (snapshot !== this.#snapshot) this.#load(snapshot as KeySnapshot | KeyMemory);
    const { context } = this.current;
    context.use(tokens);
    return context;
  }

  /** The keys say what they are for: where no algorithms are given, a token of any may have had a key, or may get one. */
  #load(snapshot: KeySnapshot | KeyMemory): void {
    const algorithms = this.#plan.algorithms.length ? this.#plan.algorithms : (Object.keys(ALGORITHMS) as Algorithm[]);
    this.#replace(snapshot instanceof KeyMemory ? snapshot : [snapshot.load(this.#plan.algorithms)], algorithms);
    this.#snapshot = snapshot;
  }

  /** The new context is complete before the old one goes: if it cannot be placed, as within the reading of a batch, nothing has changed. */
  #replace(given: KeyMemory | [Plan["keys"]], algorithms: readonly Algorithm[]): void {
    const isShared = given instanceof KeyMemory;
    const keys = isShared ? given : new KeyMemory(this.#engine);
    try {
      if (!isShared) {
        openEngine(given[0].map(({ algorithm }) => algorithm));
        keys.put(given);
      }
      const plan = algorithms === this.#plan.algorithms ? this.#plan : { ...this.#plan, algorithms };
      const area = placeContext(this.#engine, plan, keys, isShared, this.#issuer);
      const context = new LoadedContext(this.#engine, area, keys, isShared, this.#plan.keyClaim);
      if (this.#issuer) context.hasOwnHeaders();
      this.current.replace(context);
    } catch (error) {
      if (!isShared) {
        wipe(given[0]);
        keys.release();
      }
      throw error;
    }
  }
}

/** The context in use. It refers to nothing of the caller's, which may hold the verifier: the end of that clears it. */
class CurrentContext {
  #context: LoadedContext | undefined;

  get context(): LoadedContext {
    return this.#context as LoadedContext;
  }

  replace(context: LoadedContext): void {
    this.clear();
    this.#context = context;
  }

  clear(): void {
    this.#context?.retire();
    this.#context = undefined;
  }
}
