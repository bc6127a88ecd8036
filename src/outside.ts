/**
 * Signatures that the engine leaves to the platform: which of the tokens that are OUTSIDE are authentic? Only those go back to the
 * engine, which judges their claims.
 */
import type { OutsideToken } from "./engine.js";
import type { VerificationKey } from "./platform.js";
import { lendBytes, useCopies } from "./signedBytes.js";

/** The keys of a context, by the addresses of their records. */
export type PublicKeys = ReadonlyMap<number, VerificationKey>;

/**
 * So many that no thread runs out of jobs and falls asleep: with 64 a batch of RS256 took 5 to 15 % longer, with 1024 no less. No more, so
 * that a batch of a million is no million promises.
 */
const MOST_IN_FLIGHT = 256;

export function isAuthentic(token: OutsideToken, keys: PublicKeys): boolean {
  const key = keys.get(token.key);
  return key !== undefined && lendBytes(token, (input, signature) => key.verify(input, signature));
}

export async function isAuthenticAsync(token: OutsideToken, keys: PublicKeys): Promise<boolean> {
  const key = keys.get(token.key);
  return key !== undefined && useCopies(token, (input, signature) => key.verifyAsync(input, signature));
}

/** The authentic ones, in their order; verified side by side. */
export async function authenticTokens(tokens: readonly OutsideToken[], keys: PublicKeys): Promise<OutsideToken[]> {
  const authentic = new Uint8Array(tokens.length);
  let next = 0;
  const work = async () => {
    while (next < tokens.length) {
      const index = next++;
      if (await isAuthenticAsync(tokens[index] as OutsideToken, keys)) authentic[index] = 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_IN_FLIGHT, tokens.length) }, work));
  return tokens.filter((_, index) => authentic[index] === 1);
}
