/**
 * Signatures that the engine leaves to the platform: which of their tokens are authentic? Only those go back to the
 * engine, which judges their claims.
 */
import type { PlatformToken } from "../engine/chunk.js";
import { lendBytes, useCopies } from "./signedBytes.js";

/**
 * So many that no thread runs out of jobs and falls asleep: with 64 a batch of RS256 took 5 to 15 % longer, with 1024 no less. No more, so
 * that a batch of a million is no million promises.
 */
const MOST_IN_FLIGHT = 256;

export function isAuthentic(token: PlatformToken): boolean {
  const key = token.verification;
  return key !== undefined && lendBytes(token, (input, signature) => key.verify(input, signature));
}

async function isAuthenticAsync(token: PlatformToken): Promise<boolean> {
  const key = token.verification;
  return key !== undefined && useCopies(token, (input, signature) => key.verifyAsync(input, signature));
}

/** The authentic ones, in their order; verified side by side. */
export async function authenticTokens(tokens: readonly PlatformToken[]): Promise<PlatformToken[]> {
  const authentic = new Uint8Array(tokens.length);
  let next = 0;
  const work = async () => {
    while (next < tokens.length) {
      const index = next++;
      if (await isAuthenticAsync(tokens[index] as PlatformToken)) authentic[index] = 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_IN_FLIGHT, tokens.length) }, work));
  return tokens.filter((_, index) => authentic[index] === 1);
}
