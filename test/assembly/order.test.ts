/** The order in which tokens are hashed has no bearing on the order of their verdicts. */
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { NOW, signText, TEST_SECRET } from "../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW, maxTokenLength: 262144 });

function tokenOf(number: number, length: number, good = true): string {
  const token = signText(`{"sub":"${number}","x":"${"x".repeat(length)}"}`);
  return good ? token : token.slice(0, -10) + (token.at(-10) === "A" ? "B" : "A") + token.slice(-9);
}

describe("tokens of any length", () => {
  it.each<[string, number[]]>([
    ["from short to long", [1, 50, 100, 200, 400, 800, 1600, 3200, 6400]],
    ["from long to short", [6400, 3200, 1600, 800, 400, 200, 100, 50, 1]],
    ["all alike", [10, 10, 10, 10, 10, 10, 10]],
    ["one very long among short ones", [1, 1, 1, 150000, 1, 1, 1]],
    ["one very long alone", [180000]],
    ["one block apart", [0, 48, 96, 144, 192, 240, 288]],
    ["up and down", [500, 1, 400, 2, 300, 3, 200, 4, 100]],
  ])("%s keep their places", (_, lengths) => {
    const good = lengths.map((_, index) => index % 3 !== 1);
    const tokens = lengths.map((length, index) => tokenOf(index, length, good[index]));
    const batch = verifier.verifyBatch(tokens);
    expect([...batch.codes]).toEqual(good.map((right) => (right ? 0 : 7)));
    expect(lengths.map((_, index) => batch.subject(index))).toEqual(good.map((right, index) => (right ? String(index) : undefined)));
  });

  it("leave no trace in the next batch, which is shorter", () => {
    verifier.verifyBatch(Array.from({ length: 100 }, (_, index) => tokenOf(index, 10 * index)));
    expect([...verifier.verifyBatch([tokenOf(1, 5), "x", tokenOf(2, 500, false)]).codes]).toEqual([0, 2, 7]);
    expect([...verifier.verifyBatch(["x", "y", "z"]).codes]).toEqual([2, 2, 2]);
    expect([...verifier.verifyBatch([]).codes]).toEqual([]);
  });
});
