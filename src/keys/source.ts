/** Keys that change: what a verifier asks of a key ring. A ring is one kind of source; the verifier knows no more of it. */
import type { Key } from "./key.js";

/**
 * The keys of one moment; it never changes. Another set of keys is another object, by which a verifier knows that it has to load
 * them.
 */
export interface KeySnapshot {
  /**
   * The keys, copies of the secrets for one verifier to load and wipe: a snapshot may be loaded by many, its own bytes stay as they
   * are. Keys that were wiped since, having left their ring, are left out.
   */
  load(): readonly Key[];
}

/** Where a verifier gets its keys, once for each call. */
export interface KeySource {
  /** The keys that are valid at `now`, in seconds: the same object for as long as they are the same keys. Does not throw. */
  at(now: number): KeySnapshot;
  /** Told that a token selected none of the keys. Returns at once and does not throw. */
  missed?(): void;
  /**
   * Asks for the keys that there are by now, because a token selected none of those known; called instead of `missed` by those who can
   * wait, who judge such tokens once more when it is fulfilled. It may refuse to ask. Is never rejected.
   */
  refresh?(): Promise<unknown>;
}

/** Is this a source of keys, rather than a key? Strings and arrays have an `at` of their own. */
export function isKeySource(value: unknown): value is KeySource {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return "at" in value && typeof value.at === "function";
}
