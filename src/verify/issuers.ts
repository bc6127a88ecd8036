/**
 * A verifier of several issuers: each has a context of its own, with its own rules and keys, and a token is judged by that of the issuer
 * it names, as by a verifier of that issuer alone. The name selects the context and proves nothing.
 */
import { type Context, placeRoot, release } from "../engine/context.js";
import type { Engine } from "../engine/engine.js";
import { IssuerTable } from "../engine/issuerTable.js";
import { KeyMemory } from "../engine/keyMemory.js";
import type { KeySnapshot } from "../sources/keySource.js";
import { ContextLoader } from "./contextLoader.js";
import type { LoadedContext, LoadedRules } from "./loadedContext.js";
import { type Plan, withoutKeys } from "./options.js";
import { SourceWatch } from "./sourceWatch.js";

/** Contexts are 64 bytes apart: numbers between two addresses are free for classes of shapes. */
const MOST_CLASSES = 63;
/** Keys are loaded so often in one call, should that have others loaded in their stead. */
const MOST_TURNS = 8;
/** The context shares its shapes with none. */
const NO_CLASS = 0;

export class IssuersLoader {
  readonly release: () => void;
  readonly #table: IssuerTable;
  readonly #root: Context;
  readonly #loaders: readonly ContextLoader[];
  /** The records of each issuer's names. */
  readonly #records: readonly number[][];
  readonly #watch: SourceWatch;
  #loaded: LoadedIssuers;

  constructor(engine: Engine, plans: readonly Plan[]) {
    const table = new IssuerTable(engine);
    this.#table = table;
    this.#root = placeRoot(engine, table.address);
    const classes = new ShapeClasses(this.#root.address);
    const loaders: ContextLoader[] = [];
    this.release = releaser(engine, this.#root, loaders, table);
    try {
      for (const [number, plan] of plans.entries()) {
        loaders.push(new ContextLoader(engine, withoutKeys(plan), plan.keys, { number, shapeClass: classes.of(plan) }));
      }
      this.#loaders = loaders;
      const records = table.enter(plans.flatMap(({ expected }) => expected.issuer));
      this.#records = plans.map(({ expected }) => records.splice(0, expected.issuer.length));
    } catch (error) {
      this.release();
      throw error;
    }
    this.#loaded = new LoadedIssuers(this.#root.address, []);
    this.#watch = new SourceWatch(plans);
  }

  /** Every issuer's context as it is at `now`, in seconds. */
  at(now: number, _tokens?: number): LoadedRules {
    this.#watch.expire();
    if (this.#watch.isUnchanged(now)) return this.#loaded;
    const count = this.#watch.begin();
    // What a source runs may have this verifier judge by another time: all are asked before the first is loaded.
    const asked = this.#loaders.map((loader) => loader.ask(now));
    const contexts = this.#put(asked);
    if (!this.#loaded.isOf(contexts)) this.#loaded = new LoadedIssuers(this.#root.address, contexts);
    this.#watch.note(
      count,
      asked.filter((snapshot): snapshot is KeySnapshot => snapshot !== undefined && !(snapshot instanceof KeyMemory)),
    );
    return this.#loaded;
  }

  /** The contexts with these keys; the engine knows them then. To load keys may run a caller's code as well, which loads others. */
  #put(asked: readonly (KeySnapshot | KeyMemory | undefined)[]): readonly LoadedContext[] {
    try {
      for (let turn = 0; turn < MOST_TURNS; turn++) {
        const contexts = this.#loaders.map((loader, number) => this.#enter(number, loader.put(asked[number])));
        if (this.#loaders.every(({ current }, number) => current.context === contexts[number])) return contexts;
      }
      throw new Error("Expected sources of keys not to have the verifier judge while they load them");
    } catch (error) {
      // Those before the one that failed have changed: the next call must not take all for unchanged.
      this.#watch.begin();
      throw error;
    }
  }

  #enter(number: number, context: LoadedContext): LoadedContext {
    for (const record of this.#records[number] as number[]) this.#table.assign(record, context.address);
    return context;
  }
}

/** The contexts of all issuers at one time: what a token was judged by can be told from it later, whatever has been loaded since. */
class LoadedIssuers implements LoadedRules {
  readonly address: number;
  readonly needsKeys: boolean;
  readonly #contexts: readonly LoadedContext[];
  /** Those that may need a promise, now or later: keys of a table may come. */
  readonly #unsure: readonly LoadedContext[];
  #byAddress: ReadonlyMap<number, LoadedContext> | undefined;

  constructor(address: number, contexts: readonly LoadedContext[]) {
    this.address = address;
    this.#contexts = contexts;
    this.needsKeys = contexts.some((context) => context.needsKeys);
    this.#unsure = contexts.filter((context) => context.isShared || !context.isSynchronous);
  }

  isOf(contexts: readonly LoadedContext[]): boolean {
    return contexts.length === this.#contexts.length && contexts.every((context, number) => context === this.#contexts[number]);
  }

  /** Asked for each token: not of a thousand contexts. */
  get isSynchronous(): boolean {
    return this.#unsure.every((context) => context.isSynchronous);
  }

  contextAt(address: number): LoadedContext {
    this.#byAddress ??= new Map(this.#contexts.map((context) => [context.address, context]));
    return this.#byAddress.get(address) as LoadedContext;
  }

  contextOfIssuer(issuer: number): LoadedContext {
    return this.#contexts[issuer] as LoadedContext;
  }
}

/** Contexts may share shapes where the same claims are required: expected values and times are judged each time. */
class ShapeClasses {
  readonly #base: number;
  readonly #classes = new Map<string, number>();

  constructor(base: number) {
    this.#base = base;
  }

  of({ requiredClaims }: Plan): number {
    const key = JSON.stringify(requiredClaims);
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    if (this.#classes.size === MOST_CLASSES) return NO_CLASS;
    const shapeClass = this.#base + this.#classes.size;
    this.#classes.set(key, shapeClass);
    return shapeClass;
  }
}

/** Gives everything back; knows nothing of the verifier, whose end it is called at. */
function releaser(engine: Engine, root: Context, loaders: readonly ContextLoader[], table: IssuerTable): () => void {
  return () => {
    for (const { current } of loaders) current.clear();
    release(engine, root, true);
    table.release();
  };
}
