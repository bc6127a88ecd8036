/** Keys that change: what a verifier asks of a key ring. A ring is one kind of source; the verifier knows no more of it. */
import type { SecretKey } from "./secret.js";

/**
 * The keys of one moment; it never changes. Another set of keys is another object, by which a verifier knows that it has to load
 * them.
 */
export interface KeySnapshot {
  /**
   * Copies of the keys, for one verifier to load and wipe: a snapshot may be loaded by many, its own bytes stay as they are. Keys
   * that were wiped since, having left their ring, are left out.
   */
  load(): readonly SecretKey[];
}

/** Where a verifier gets its keys, once for each call. */
export interface KeySource {
  /** The keys that are valid at `now`, in seconds: the same object for as long as they are the same keys. Does not throw. */
  at(now: number): KeySnapshot;
  /** Told that a token selected none of the keys. Returns at once and does not throw. */
  missed?(): void;
}

/** Is this a source of keys, rather than a key? Strings and arrays have an `at` of their own. */
export function isKeySource(value: unknown): value is KeySource {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return "at" in value && typeof value.at === "function";
}
