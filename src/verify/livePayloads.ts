/** What a verdict asks of the memory that its token was judged in. A verdict without it, of a cache or another thread, reads its token. */
export interface LivePayloads {
  /** Counts what was written over: a payload is there for as long as this is what it was when its token was judged. */
  readonly generation: number;
  /** The claims of an accepted token, an object of the caller's own. `record` is the token's number in the chunk judged last. */
  claims(record: number): unknown;
  /** `iss`, `sub` or `jti` of it; undefined where it is absent or no string, null where it must be read from the claims. */
  claimText(record: number, claim: number): string | undefined | null;
  /** Its `exp` in seconds, if it has one. */
  expiry(record: number): number | undefined;
}

/** No generation: the payload is to be read from the token. */
export const GONE = -1;
