/**
 * A verifier of several issuers: each has a context of its own, with its own rules and keys, and a token is judged by that of the issuer
 * it names, as by a verifier of that issuer alone. The name selects the context and proves nothing.
 */
import * as abi from "../abi.js";
import { partMember } from "../base/own.js";
import { type Context, placeRoot } from "../engine/context.js";
import type { Engine } from "../engine/engine.js";
import { PlacedKeys } from "../engine/keyMemory.js";
import { NameTable } from "../engine/nameTable.js";
import { Records, recordSize } from "../engine/records.js";
import { utf8Bytes } from "../runtime/text.js";
import type { ChangeCounter, KeySnapshot, KeySource } from "../sources/keySource.js";
import { type Plan, withoutKeys } from "./options.js";
import { type Block, type Placed, Placement } from "./placement.js";

/** Contexts are 64 bytes apart: numbers between two addresses are free for classes of shapes. */
const MOST_CLASSES = 63;
/** Keys are placed so often in one call, should that have others placed in their stead. */
const MOST_TURNS = 8;
/** The context shares its shapes with none. */
const NO_CLASS = 0;

export class IssuersPlacement {
  readonly release: () => void;
  readonly #engine: Engine;
  readonly #root: Context;
  readonly #placements: readonly Placement[];
  /** The records of each issuer's names. */
  readonly #records: readonly number[][];
  readonly #watch: Watch;
  #placed: PlacedIssuers;

  constructor(engine: Engine, plans: readonly Plan[]) {
    this.#engine = engine;
    const names = new NameTable(engine);
    const records = new Records(engine);
    this.#root = placeRoot(engine, names.address);
    const classes = new ShapeClasses(this.#root.address);
    const placements: Placement[] = [];
    this.release = releaser(engine, this.#root, placements, names, records);
    try {
      for (const [number, plan] of plans.entries()) {
        placements.push(new Placement(engine, withoutKeys(plan), plan.keys, { number, shapeClass: classes.of(plan) }));
      }
      this.#placements = placements;
      this.#records = plans.map(({ expected }) => expected.issuer.map((issuer) => placeName(engine, records, issuer)));
      const all = this.#records.flat();
      names.reserve(all.length);
      names.enter(all, () => undefined);
    } catch (error) {
      this.release();
      throw error;
    }
    this.#placed = new PlacedIssuers(this.#root.address, []);
    this.#watch = new Watch(plans);
  }

  /** Every issuer's block as it is at `now`, in seconds. */
  at(now: number, _tokens?: number): Placed {
    this.#watch.expire();
    if (this.#watch.isUnchanged(now)) return this.#placed;
    const count = this.#watch.begin();
    // What a source runs may have this verifier judge by another time: all are asked before the first is placed.
    const asked = this.#placements.map((placement) => placement.ask(now));
    const blocks = this.#put(asked);
    if (!this.#placed.isOf(blocks)) this.#placed = new PlacedIssuers(this.#root.address, blocks);
    this.#watch.note(
      count,
      asked.filter((snapshot): snapshot is KeySnapshot => snapshot !== undefined && !(snapshot instanceof PlacedKeys)),
    );
    return this.#placed;
  }

  /** The blocks with these keys, which are the ones that the engine knows then. To load keys may run anybody's code as well, which places others. */
  #put(asked: readonly (KeySnapshot | PlacedKeys | undefined)[]): readonly Block[] {
    try {
      for (let turn = 0; turn < MOST_TURNS; turn++) {
        const blocks = this.#placements.map((placement, number) => this.#enter(number, placement.put(asked[number])));
        if (this.#placements.every(({ place }, number) => place.block === blocks[number])) return blocks;
      }
      throw new Error("Expected sources of keys not to have the verifier judge while they load them");
    } catch (error) {
      // Those before the one that failed have changed: the next call must not take all for unchanged.
      this.#watch.begin();
      throw error;
    }
  }

  #enter(number: number, block: Block): Block {
    for (const record of this.#records[number] as number[]) this.#engine.words[(record + abi.ISSUER_CONTEXT) / 4] = block.address;
    return block;
  }
}

/** The blocks of all issuers at one time: what a token was judged by can be told from it later, whatever has been placed since. */
class PlacedIssuers implements Placed {
  readonly address: number;
  readonly needsKeys: boolean;
  readonly #blocks: readonly Block[];
  /** Those that may need a promise, now or later: keys of a table may come. */
  readonly #unsure: readonly Block[];
  #byContext: ReadonlyMap<number, Block> | undefined;

  constructor(address: number, blocks: readonly Block[]) {
    this.address = address;
    this.#blocks = blocks;
    this.needsKeys = blocks.some((block) => block.needsKeys);
    this.#unsure = blocks.filter((block) => block.isShared || !block.isSynchronous);
  }

  isOf(blocks: readonly Block[]): boolean {
    return blocks.length === this.#blocks.length && blocks.every((block, number) => block === this.#blocks[number]);
  }

  /** Asked for each token: not of a thousand blocks. */
  get isSynchronous(): boolean {
    return this.#unsure.every((block) => block.isSynchronous);
  }

  blockOf(context: number): Block {
    this.#byContext ??= new Map(this.#blocks.map((block) => [block.address, block]));
    return this.#byContext.get(context) as Block;
  }

  blockOfIssuer(issuer: number): Block {
    return this.#blocks[issuer] as Block;
  }
}

/** Knows without asking each of a thousand sources whether one of them has other keys. */
class Watch {
  readonly #counters: readonly ChangeCounter[];
  /** Some source does not say when it changes. */
  readonly #isBlind: boolean;
  /** Removes keys that are too old: of many sources at once where their counter can. */
  readonly #expirable: readonly Pick<KeySource, "expire">[];
  #count = -1;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(plans: readonly Plan[]) {
    const sources = [...new Set(plans.map(({ source }) => source).filter((source) => source !== undefined))];
    this.#counters = [...new Set(sources.map(({ changes }) => changes).filter((counter) => counter !== undefined))];
    this.#isBlind = sources.some(({ changes }) => changes === undefined);
    this.#expirable = [
      ...new Set(sources.map((source) => (source.changes && partMember(source.changes, "expire") ? source.changes : source))),
    ];
  }

  expire(): void {
    for (const each of this.#expirable) each.expire?.();
  }

  isUnchanged(now: number): boolean {
    return !this.#isBlind && now >= this.#from && now < this.#until && this.#sum() === this.#count;
  }

  /** Nothing is known until `note` is given the count that this returns: keys that change in between are not overlooked. */
  begin(): number {
    this.#until = Number.NEGATIVE_INFINITY;
    return this.#sum();
  }

  note(count: number, snapshots: readonly KeySnapshot[]): void {
    this.#count = count;
    this.#from = Math.max(Number.NEGATIVE_INFINITY, ...snapshots.map(({ from }) => from ?? Number.NEGATIVE_INFINITY));
    this.#until = Math.min(Number.POSITIVE_INFINITY, ...snapshots.map(({ until }) => until ?? Number.POSITIVE_INFINITY));
  }

  #sum(): number {
    return this.#counters.reduce((sum, { count }) => sum + count, 0);
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

function placeName(engine: Engine, records: Records, issuer: string): number {
  const name = utf8Bytes(issuer);
  const record = records.take(recordSize(abi.ISSUER_BYTES + name.length));
  engine.words[(record + abi.KEY_NAME) / 4] = record + abi.ISSUER_BYTES;
  engine.words[(record + abi.KEY_NAME_LENGTH) / 4] = name.length;
  engine.bytes.set(name, record + abi.ISSUER_BYTES);
  return record;
}

/** Gives everything back; knows nothing of the placement, whose end it is called at. */
function releaser(engine: Engine, root: Context, placements: readonly Placement[], names: NameTable, records: Records): () => void {
  const places = placements as Placement[];
  return () => {
    for (const { place } of places) place.clear();
    engine.release(root.address, root.size);
    names.release();
    records.release();
  };
}
