/** A verifier as a runner of `rounds.mjs`, over good tokens: each that it does not accept is an error. */
import { walk } from "./block.mjs";

const over = (tokens, batch, run) => walk({ run }, { fleet: { tokens, good: tokens.map(() => 1) }, batch });

export const inBatches = (verifier, tokens, batch) => over(tokens, batch, (some) => verifier.verifyBatch(some).accepted);

export const oneByOne = (verifier, tokens) => over(tokens, 1, ([token]) => Number(verifier.verify(token).ok));
