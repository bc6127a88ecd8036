/** What the engine judges by: rules and keys in linear memory, for as long as a call judges by them. */
import { type Context, placeHeaders, release } from "../engine/context.js";
import type { Engine } from "../engine/engine.js";
import type { KeyMemory } from "../engine/keyMemory.js";
import { keyNameOf } from "./keyName.js";

/** What the engine judges by at a time. */
export interface LoadedRules {
  readonly address: number;
  /** Every key can be used without a promise. */
  readonly isSynchronous: boolean;
  /** Must it be noted which key a token was accepted with, because the token alone does not tell? */
  readonly needsKeys: boolean;
  /** The context at an address by which a token was judged: to be held while the platform verifies its signature. */
  contextAt(address: number): LoadedContext;
  /** The context by which tokens of an issuer are judged, if there are several. */
  contextOfIssuer(issuer: number | undefined): LoadedContext;
}

const NONE: Context = { address: 0, size: 0 };

/**
 * A context in linear memory, with its keys. Its address is good for as long as it is in use: after that, another verifier's
 * rules may lie there.
 */
export class LoadedContext implements LoadedRules {
  readonly address: number;
  readonly needsKeys: boolean;
  readonly #engine: Engine;
  readonly #area: Context;
  readonly #keys: KeyMemory;
  /** The keys are those of a table, which outlives the context. */
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

  constructor(engine: Engine, area: Context, keys: KeyMemory, isShared: boolean, keyClaim: string | undefined) {
    this.#engine = engine;
    this.address = area.address;
    this.#area = area;
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

  /** It was placed with room for headers. */
  hasOwnHeaders(): void {
    this.#headers = NONE;
  }

  /** Where the memory cannot grow, headers are parsed as before. */
  #rememberHeaders(): void {
    try {
      this.#headers = placeHeaders(this.#engine, this.#area, this.#keys);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#headers = NONE;
    }
  }

  contextAt(): LoadedContext {
    return this;
  }

  contextOfIssuer(): LoadedContext {
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

  /** Until it is let go of, it stays as it is, whatever replaces it. */
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
    release(this.#engine, this.#area, this.#isUsed);
    // Nothing is remembered by the place of the headers.
    if (this.#headers?.size) release(this.#engine, this.#headers, false);
    if (!this.isShared) this.#keys.release(this.#isUsed);
  }
}
