/** What a verifier does: tokens in, verdicts out. */
import type { JwtClaims } from "../base/claims.js";
import type { VerifierStats } from "./stats.js";
import type { Acceptance, BatchVerdicts, Verdict } from "./verdict.js";

/**
 * Judges tokens by one set of keys and rules. A bad token is a verdict, never an exception. Where a key is public and the runtime has no
 * `node:crypto`, only the promises can be kept: the others throw a TypeError then, whatever the token.
 *
 * Each method may be taken out of it, and handed to `map`. It takes no options: those of another library, given after the token, are a
 * TypeError.
 */
export interface Verifier<Claims = JwtClaims> {
  /**
   * What is wrong with keys of a JWK set that were left out, by their places and members, never by what is in them. A ring tells that itself
   * (`status()`).
   */
  readonly problems: readonly string[];
  /** Judges one token: a string or its bytes. Anything else is MALFORMED. */
  verify(token: string | Uint8Array): Verdict<Claims>;
  /**
   * Judges any number of tokens, in order.
   * @throws TypeError when `tokens` is no array; never because of what is in it.
   */
  verifyBatch(tokens: readonly (string | Uint8Array)[]): BatchVerdicts<Claims>;
  /**
   * Judges one token and returns what is accepted.
   * @throws JwtError with the verdict's `code`.
   */
  verifyOrThrow(token: string | Uint8Array): Acceptance<Claims>;
  /** As `verify`, a signature of a public key being verified on the runtime's thread pool. Rejects for no token. */
  verifyAsync(token: string | Uint8Array): Promise<Verdict<Claims>>;
  /**
   * As `verifyBatch`, signatures of public keys being verified side by side on the runtime's thread pool. All tokens are read at once and
   * judged by the time of the call.
   * @throws TypeError (as a rejection) when `tokens` is no array.
   */
  verifyBatchAsync(tokens: readonly (string | Uint8Array)[]): Promise<BatchVerdicts<Claims>>;
  /** What it has done since it was made, as a new object of plain numbers. Loads nothing and does not throw. */
  stats(): VerifierStats;
}
