/** Where the keys of a ring come from, and what a source gives it. */
import type { KeyList } from "./jwks.js";
import type { RingKey } from "./roster.js";

/** A source of keys: `remote()` or `callback()`, or one of `wasm-jwt/keyring/node`. One source may serve several rings. */
export interface RingSource {
  /** What messages call it. */
  readonly name: string;
  /** Seconds between two refreshes for unknown keys; without it, there are none. */
  readonly coolDown?: number;
  /** Seconds until what was loaded is loaded again. */
  readonly maxAge?: number;
  /**
   * Gives the keys there are now.
   * @throws Error that names the source and says what was expected, never what it holds.
   */
  load(request: LoadRequest): Loaded | Promise<Loaded>;
  /** Calls `changed` whenever the keys may have changed; the result ends that. */
  watch?(changed: () => void): () => void;
}

export interface LoadRequest {
  /** The option `allowWeakSecrets` of the ring. */
  readonly allowWeak: boolean;
  /** What the ring has: the version of its last good load. */
  readonly version: string | undefined;
  /** The ring no longer waits. */
  readonly signal: CloseSignal;
}

/** An AbortSignal, for those who have no types of the DOM. */
export interface CloseSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Keys, and a version by which a source may tell later that they are the same. */
interface LoadedKeys extends KeyList {
  readonly version?: string | undefined;
}

/** `"unchanged"`: those of the version that was asked with. */
export type Loaded = LoadedKeys | "unchanged";

/** Wipes secrets that are not wanted after all. */
export function wipeKeys(keys: readonly RingKey[]): void {
  for (const { key } of keys) key.wipe();
}
