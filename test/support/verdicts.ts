/** The verdicts of one verifier, in each way that it can be asked: all must say the same. */
import type { Verdict, Verifier } from "../../src/index.js";

export async function verdictsOf(verifier: Verifier, tokens: readonly string[]): Promise<Verdict[][]> {
  return [
    tokens.map((token) => verifier.verify(token)),
    [...verifier.verifyBatch(tokens)],
    await Promise.all(tokens.map((token) => verifier.verifyAsync(token))),
    [...(await verifier.verifyBatchAsync(tokens))],
  ];
}
