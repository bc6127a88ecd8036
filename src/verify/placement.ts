/**
 * Where a verifier's plan lies in linear memory. Keys that never change are placed once; those of a key ring anew, with the plan's
 * other options, whenever the ring hands out another snapshot. The block before is wiped and given back, once no call judges by it.
 */

import { ALGORITHMS, type Algorithm } from "../base/algorithms.js";
import { wipe } from "../base/wipe.js";
import { type Context, type IssuerPlace, placeContext, placeHeaders } from "../engine/context.js";
import type { Engine } from "../engine/engine.js";
import { PlacedKeys } from "../engine/keyMemory.js";
import { openEngine } from "../engine/openEngine.js";
import { type KeySnapshot, type KeySource, originOf } from "../sources/keySource.js";
import { keyNameOf } from "./keyName.js";
import type { Plan } from "./options.js";

/** What the engine judges by at a time. */
export interface Placed {
  readonly address: number;
  /** Every key can be used without a promise. */
  readonly isSynchronous: boolean;
  /** Must it be noted which key a token was accepted with, because the token alone does not tell? */
  readonly needsKeys: boolean;
  /** The block of a context by which a token was judged: to be held while the platform verifies its signature. */
  blockOf(context: number): Block;
  /** The block by which tokens of an issuer are judged, if there are several. */
  blockOfIssuer(issuer: number | undefined): Block;
}

export class Placement {
  readonly place: Place;
  /** Gives everything back; knows nothing of the placement. */
  readonly release: () => void;
  readonly #engine: Engine;
  readonly #plan: Plan;
  readonly #source: KeySource | undefined;
  readonly #issuer: IssuerPlace | undefined;
  #snapshot: KeySnapshot | PlacedKeys | undefined;

  /** `keys` are those of a plan without a source, which should not keep them itself: they are wiped once they are in the engine. */
  constructor(engine: Engine, plan: Plan, keys = plan.keys, issuer?: IssuerPlace) {
    this.#engine = engine;
    this.#plan = plan;
    this.#source = plan.source && originOf(plan.source);
    this.#issuer = issuer;
    const place = new Place();
    this.place = place;
    this.release = () => place.clear();
    if (!plan.source) this.#replace([keys], plan.algorithms);
  }

  /**
   * The block to judge by at `now`, in seconds: until the end of the turn, or for as long as it is held. A later call may have it
   * replaced. `tokens` is how many are to be judged.
   */
  at(now: number, tokens = 1): Block {
    return this.put(this.ask(now), tokens);
  }

  /** The keys to judge by at `now`; undefined where they never change. Code of the source's runs, which may be anybody's. */
  ask(now: number): KeySnapshot | PlacedKeys | undefined {
    return this.#source?.at(now) as KeySnapshot | PlacedKeys | undefined;
  }

  /** The block with these keys. */
  put(snapshot: KeySnapshot | PlacedKeys | undefined, tokens = 1): Block {
    if (snapshot !== this.#snapshot) this.#load(snapshot as KeySnapshot | PlacedKeys);
    const { block } = this.place;
    block.use(tokens);
    return block;
  }

  /** The keys say what they are for: where no algorithms are given, a token of any may have had a key, or may get one. */
  #load(snapshot: KeySnapshot | PlacedKeys): void {
    const algorithms = this.#plan.algorithms.length ? this.#plan.algorithms : (Object.keys(ALGORITHMS) as Algorithm[]);
    this.#replace(snapshot instanceof PlacedKeys ? snapshot : [snapshot.load(this.#plan.algorithms)], algorithms);
    this.#snapshot = snapshot;
  }

  /** The new context is complete before the old one goes: if it cannot be placed, as within the reading of a batch, nothing has changed. */
  #replace(given: PlacedKeys | [Plan["keys"]], algorithms: readonly Algorithm[]): void {
    const isShared = given instanceof PlacedKeys;
    const keys = isShared ? given : new PlacedKeys(this.#engine);
    try {
      if (!isShared) {
        openEngine(given[0].map(({ algorithm }) => algorithm));
        keys.put(given);
      }
      const plan = algorithms === this.#plan.algorithms ? this.#plan : { ...this.#plan, algorithms };
      const context = placeContext(this.#engine, plan, keys, isShared, this.#issuer);
      const block = new Block(this.#engine, context, keys, isShared, this.#plan.keyClaim);
      if (this.#issuer) block.hasOwnHeaders();
      this.place.replace(block);
    } catch (error) {
      if (!isShared) {
        wipe(given[0]);
        keys.release();
      }
      throw error;
    }
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

const NONE: Context = { address: 0, size: 0 };

/**
 * A context in linear memory, with its keys. Its address is good for as long as it is in use: after that, another verifier's
 * rules may lie there.
 */
export class Block implements Placed {
  readonly address: number;
  readonly needsKeys: boolean;
  readonly #engine: Engine;
  readonly #context: Context;
  readonly #keys: PlacedKeys;
  /** The keys are those of a table, which outlives the block. */
  readonly isShared: boolean;
  /** The claim that names keys, in place of `kid`. */
  readonly #keyClaim: string | undefined;
  readonly #haveNames: boolean;
  /** The names of the keys for tokens that name none, by the addresses of their records. */
  readonly #defaultNames: ReadonlyMap<number, string | undefined>;
  /** What it remembers headers in; undefined until it has any. */
  #headers: Context | undefined;
  #isUsed = false;
  #holders = 0;
  #isRetired = false;

  constructor(engine: Engine, context: Context, keys: PlacedKeys, isShared: boolean, keyClaim: string | undefined) {
    this.#engine = engine;
    this.address = context.address;
    this.#context = context;
    this.#keys = keys;
    this.isShared = isShared;
    this.#keyClaim = keyClaim;
    this.#haveNames = keys.table !== 0;
    this.#defaultNames = keys.defaultNames;
    this.needsKeys = this.#haveNames && this.#defaultNames.size > 1;
  }

  get isSynchronous(): boolean {
    return this.#keys.isSynchronous;
  }

  /**
   * Tokens are going to be judged by it. From the second one on it remembers headers: for a verifier made for one token, the room for them
   * would cost more than it saves.
   */
  use(tokens: number): void {
    if (!this.#headers && (this.#isUsed || tokens > 1)) this.#rememberHeaders();
    this.#isUsed = true;
  }

  /** Its context was placed with room for headers. */
  hasOwnHeaders(): void {
    this.#headers = NONE;
  }

  /** Where the memory cannot grow, headers are parsed as before. */
  #rememberHeaders(): void {
    try {
      this.#headers = placeHeaders(this.#engine, this.#context, this.#keys);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#headers = NONE;
    }
  }

  blockOf(): Block {
    return this;
  }

  blockOfIssuer(): Block {
    return this;
  }

  /**
   * The name of the key that a token was accepted with, whatever has become of the keys since; undefined where it has none. `key` is the address
   * that its record had, where that `needsKeys`.
   */
  keyNameOf(token: string, key: number | undefined): string | undefined {
    if (!this.#haveNames) return undefined;
    const [only] = this.#defaultNames.values();
    return keyNameOf(token, this.#keyClaim) ?? (this.needsKeys ? this.#defaultNames.get(key ?? 0) : only);
  }

  /** Until it is let go of, the block stays as it is, whatever replaces it. */
  hold(): void {
    this.#holders++;
  }

  letGo(): void {
    this.#holders--;
    this.#releaseIfUnused();
  }

  /** No call may begin judging by it any more: it is wiped and given back, now or when its last holder is done. */
  retire(): void {
    this.#isRetired = true;
    this.#releaseIfUnused();
  }

  #releaseIfUnused(): void {
    if (!this.#isRetired || this.#holders > 0) return;
    if (this.#isUsed) this.#engine.release(this.address, this.#context.size);
    else this.#engine.releaseUnused(this.address, this.#context.size);
    if (this.#headers?.size) this.#engine.releaseUnused(this.#headers.address, this.#headers.size);
    if (!this.isShared) this.#keys.release(this.#isUsed);
  }
}
