/** Rotation under load: a million tokens of old and new keys, the ring being swapped a thousand times. */
import { expect, it } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { testJwk, testSecret } from "../../support/ring.js";
import { NOW, signClaims } from "../../support/tokens.js";

const SWAPS = 1000;
const TOKENS_OF_A_KEY = 256;

/** Tokens of one key, each another. Every eighth is signed with the next key. */
function tokensOf(key: number): string[] {
  return Array.from({ length: TOKENS_OF_A_KEY }, (_, number) => {
    const secret = testSecret(`key ${number % 8 === 5 ? key + 1 : key}`);
    return signClaims({ sub: `device ${key} ${number}` }, { alg: "HS256", kid: `key ${key}` }, secret);
  });
}

it("gives a million tokens the verdicts of the keys there are, whichever were there before", () => {
  const ring = createKeyRing({ keys: [testJwk("key 0")] });
  const verifier = createVerifier({ keys: ring, currentDate: NOW });
  const pools = [tokensOf(0), tokensOf(1), tokensOf(2)];
  let wrong = 0;
  let judged = 0;
  for (let swap = 1; swap <= SWAPS; swap++) {
    ring.add(testJwk(`key ${swap}`));
    if (swap > 1) ring.remove(`key ${swap - 2}`);
    pools.push(tokensOf(swap + 2));
    // The key that has just gone, the two that overlap, the one that is to come; two at a time take turns in the batch.
    const batch = pools.slice(-5, -1).flat();
    const order = batch.map((_, place) => (place * 389) % batch.length);
    const verdicts = verifier.verifyBatch(order.map((place) => batch[place] as string));
    const firstKey = Math.max(0, swap - 2);
    for (const [index, place] of order.entries()) {
      const key = firstKey + Math.floor(place / TOKENS_OF_A_KEY);
      const isThere = key === swap || key === swap - 1;
      const expected = isThere ? (place % 8 === 5 ? 7 : 0) : 6;
      if (verdicts.codes[index] !== expected) wrong++;
    }
    judged += order.length;
  }
  expect(judged).toBeGreaterThan(1_000_000);
  expect(wrong).toBe(0);
}, 300_000);
