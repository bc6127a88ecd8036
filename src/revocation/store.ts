/** Where revocations are kept besides in memory, and what a list gives to who keeps them. */
import { optionError } from "../errors.js";
import { isPart, partMember } from "../own.js";
import type { RevocationEntry } from "./entry.js";

/** A file (`wasm-jwt/revocation/node`), or what several machines share. One store serves one list. */
export interface RevocationStore {
  /** What messages call it. */
  readonly name: string;
  /** Nothing is revoked but by way of its one list, which never grows stale. */
  readonly isOwn?: boolean;
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

/** A list, as its store sees it. */
export interface RevocationSink {
  /** Adds what is revoked elsewhere, or was before. Entries are checked: a TypeError says what is wrong with one. */
  apply(entries: readonly RevocationEntry[]): void;
  /** All entries there are. */
  snapshot(): Iterable<RevocationEntry>;
  /** How many those are, vanished ones among them that have not been swept yet. */
  size(): number;
  /** Said whenever the list is known to have all there is: the time of it counts for `maxStaleness`, and what failed before is past. */
  synced(): void;
  /** Said of what failed, and of what was wrong with the data: it is reported, and in `health()` until `synced()` is said. */
  failed(error: Error): void;
}

const METHODS = ["open", "append", "close"] as const;

/**
 * A store with its own members and those of its class.
 * @throws TypeError that names the option, and what of a store it lacks.
 */
export function ownStore(store: RevocationStore): RevocationStore {
  if (typeof store !== "object" || store === null || Array.isArray(store)) throw optionError("store", "`file()` or another store", store);
  const name = partMember(store, "name");
  if (typeof name !== "string" || name === "") throw optionError("store.name", "a non-empty string", name);
  for (const method of METHODS) if (!isPart(store, method)) throw optionError(`store.${method}`, "a function", partMember(store, method));
  return {
    name,
    isOwn: partMember(store, "isOwn") ?? false,
    open: (list) => store.open(list),
    append: (entries) => store.append(entries),
    close: () => store.close(),
  };
}
