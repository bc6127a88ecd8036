/** Where revocations are kept besides in memory, and what a list offers to the store that keeps them. */
import { attempt } from "../base/attempt.js";
import { optionalFunction, requireFunction, requireObject, requireText } from "../base/check.js";

import { partMember } from "../base/own.js";

import type { RevocationEntry } from "./entry.js";

/** A file (`wasm-jwt/revocation/node`), or what several machines share. One store serves one list. */
export interface RevocationStore {
  /** What messages call it. */
  readonly name: string;
  /** Nothing is revoked but by way of its one list, which never grows stale. */
  readonly isOwn?: boolean;
  /** Names the process that writes what this store only reads, for `health()`; undefined where this one writes. */
  readonly following?: string | undefined;
  /**
   * Does the list have what was acknowledged elsewhere until a moment ago? While this is false, the list is stale. It is asked for each
   * look-up: it must be quick, must not throw, and must not call the list.
   */
  isCurrent?(): boolean;
  /**
   * Gives the list all there is, and from then on what comes from elsewhere. A list whose store promises is stale until that is fulfilled.
   * @throws Error that names the store and says what was expected.
   */
  open(list: RevocationSink): void | Promise<void>;
  /** Keeps what was revoked here: fulfilled once it cannot be lost any more. */
  append(entries: readonly RevocationEntry[]): Promise<void>;
  /** Ends all that is under way, appending first what it was given. */
  close(): Promise<void>;
}

/** What a list knows of time, in seconds, for a store to keep: a restart must not make it believe a clock that is ahead. */
export interface Passed {
  /** A time that has surely come. It follows a clock that was set ahead only after a week. */
  readonly time: number;
  /** The greatest `exp` of the entries that were left out since they had ended; -Infinity where there were none. */
  readonly forgotten: number;
}

/** A list, as its store sees it. */
export interface RevocationSink {
  /** Adds what is revoked elsewhere, or was before. Entries are checked: a TypeError says what is wrong with one. */
  apply(entries: readonly RevocationEntry[]): void;
  /** All entries there are, but for those that have ended. */
  snapshot(): Iterable<RevocationEntry>;
  /** How many those are, vanished ones among them that have not been swept yet. */
  size(): number;
  /** Said whenever the list is known to have all there is: the time of it counts for `maxStaleness`, and what failed before is past. */
  synced(): void;
  /** What to keep besides the entries, and to write anew from time to time. */
  passed?(): Passed;
  /** Gives a list that has just been opened what was kept, with `time` moved on by what has surely passed since. */
  resume?(passed: Passed): void;
  /** Said of what failed, and of what was wrong with the data: it is reported, and in `health()` until `synced()` is said. */
  failed(error: Error): void;
}

const METHODS = ["open", "append", "close"] as const;

/** A store that has all members, undefined ones included: none is found on what all objects have. */
export type OwnStore = { readonly [Name in keyof Required<RevocationStore>]: RevocationStore[Name] };

/**
 * A store with its own members and those of its class, as they are when they are asked for.
 * @throws TypeError that names the option, and what of a store it lacks.
 */
export function ownStore(store: RevocationStore): OwnStore {
  requireObject(store, "store", "`file()` or another store");
  const name = partMember(store, "name");
  requireText(name, "store.name");
  for (const method of METHODS) requireFunction(partMember(store, method), `store.${method}`);
  const isCurrent = optionalFunction(partMember(store, "isCurrent"), "store.isCurrent");
  return {
    name,
    get isOwn() {
      return partMember(store, "isOwn") === true;
    },
    get following() {
      return partMember(store, "following");
    },
    isCurrent: isCurrent && (() => succeeds(() => store.isCurrent?.() === true)),
    open: (list) => store.open(list),
    append: (entries) => store.append(entries),
    close: () => store.close(),
  };
}

/** A store that fails has not said yes. */
function succeeds(ask: () => boolean): boolean {
  let answer = false;
  attempt(() => {
    answer = ask();
  });
  return answer;
}
