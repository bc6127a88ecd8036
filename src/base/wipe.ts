/** Copies of secrets, from the moment they are made until the engine has them: where something fails in between, they are wiped. */

/** A key, which has a secret or none. */
interface Keyed {
  readonly secret?: Uint8Array | undefined;
}

/** Forgets the secrets of keys that are not used. */
export function wipe(keys: Iterable<Keyed>): void {
  for (const { secret } of keys) secret?.fill(0);
}

export function wipeBytes(copies: Iterable<Uint8Array | undefined>): void {
  for (const copy of copies) copy?.fill(0);
}

/**
 * All or none: runs what makes copies, and puts each among those `held` before anything else can fail. If it throws, all of them are
 * forgotten.
 */
export function holding<Held, Result>(forget: (held: readonly Held[]) => void, make: (held: Held[]) => Result): Result {
  const held: Held[] = [];
  try {
    return make(held);
  } catch (error) {
    forget(held);
    throw error;
  }
}
