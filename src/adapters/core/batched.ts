/** Tokens of requests that arrive together are judged together. */
import { createBatcher } from "../../verify/batcher.js";
import { VerifierPort } from "../../verify/port.js";
import type { Verdict } from "../../verify/verdict.js";

/** What judges tokens: a verifier, a batcher, or a wrapper around either. A rejection of the promise is an error of the server, and no request passes for it. */
export interface TokenVerifier<Claims> {
  verifyAsync(token: string): Promise<Verdict<Claims>>;
}

const batchers = new WeakMap<object, TokenVerifier<never>>();

/** The batcher of a verifier that has a port, one for all adapters that have it; anything else as it is. */
export function batched<Claims>(verifier: TokenVerifier<Claims>): TokenVerifier<Claims> {
  if (!VerifierPort.of(verifier)) return verifier;
  const known = batchers.get(verifier);
  if (known) return known;
  const batcher = createBatcher<Claims>(verifier);
  batchers.set(verifier, batcher as TokenVerifier<never>);
  return batcher;
}
