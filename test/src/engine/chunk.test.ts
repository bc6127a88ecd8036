/** Chunks: how many tokens they take, and what reading the tokens must not do. */
import { describe, expect, it } from "vitest";
import * as abi from "../../../src/abi.js";
import { Engine } from "../../../src/engine/engine.js";
import { place } from "../../support/place.js";
import { NOW, OTHER_TEST_SECRET, signClaims, signText, TEST_SECRET } from "../../support/tokens.js";

const good = signClaims({ sub: "device" });
const forged = signClaims({ sub: "device" }, undefined, OTHER_TEST_SECRET);

function contextOf(engine: Engine): number {
  return place(engine, { keys: TEST_SECRET }).address;
}

describe("a chunk", () => {
  it("takes no more tokens in a chunk than there are records, and no more bytes than fit", () => {
    const engine = new Engine();
    const address = contextOf(engine);
    const verify = (tokens: unknown[], from: number) =>
      engine.chunks.verifyChunk(address, tokens, from, abi.LARGEST_TOKEN, NOW, new Uint8Array(tokens.length), []);
    const many = Array<string>(2 * abi.CHUNK_TOKENS + 1).fill(good);
    expect(
      [verify(many, 0), verify(many, abi.CHUNK_TOKENS), verify(many, 2 * abi.CHUNK_TOKENS)].map(({ from, count }) => [from, count]),
    ).toEqual([
      [0, abi.CHUNK_TOKENS],
      [abi.CHUNK_TOKENS, abi.CHUNK_TOKENS],
      [2 * abi.CHUNK_TOKENS, 1],
    ]);
    const long = Array<string>(20).fill(signText(`{"x":"${"x".repeat(150_000)}"}`));
    const { count } = verify(long, 0);
    expect(count).toBeGreaterThan(0);
    expect(count * (long[0] as string).length).toBeLessThan(abi.INPUT_BYTES);
  });

  it("always takes one token at least, of the largest size", () => {
    const engine = new Engine();
    const address = contextOf(engine);
    for (const token of ["A".repeat(abi.LARGEST_TOKEN), "é".repeat(abi.LARGEST_TOKEN), "A".repeat(abi.LARGEST_TOKEN + 1)]) {
      expect(
        engine.chunks.verifyChunk(address, [token, token, token], 0, abi.LARGEST_TOKEN, NOW, new Uint8Array(3), []).count,
      ).toBeGreaterThan(0);
    }
  });

  it("has the codes and texts of its tokens at their numbers in the batch", () => {
    const engine = new Engine();
    const address = contextOf(engine);
    const codes = new Uint8Array(4).fill(99);
    const texts: unknown[] = [];
    const tokens = [good, forged, Buffer.from(good), 7];
    const chunk = engine.chunks.verifyChunk(address, tokens, 1, 8192, NOW, codes, texts);
    expect([chunk.from, chunk.count, chunk.accepted]).toEqual([1, 3, 1]);
    expect([...codes]).toEqual([99, abi.BAD_SIGNATURE, abi.ACCEPTED, abi.MALFORMED]);
    expect(texts).toEqual([undefined, forged, good, undefined]);
    expect([0, 1, 2].map((index) => engine.chunks.code(index))).toEqual([...codes.subarray(1)]);
  });

  it.each<[string, (engine: Engine) => unknown]>([
    ["judges another", (engine) => engine.chunks.verifyOne(0, good, 8192, NOW)],
    ["grows the memory", (engine) => engine.memory.allocate(64)],
  ])("whose reading %s is refused, and leaves nothing of its tokens", (_, use) => {
    const engine = new Engine();
    const address = contextOf(engine);
    const tokens = [good, ""];
    Object.defineProperty(tokens, 1, { get: () => use(engine) });
    const verify = (list: unknown[]) => engine.chunks.verifyChunk(address, list, 0, 8192, NOW, new Uint8Array(list.length), []);
    expect(() => verify(tokens)).toThrow("no use of the engine within the reading");
    expect(engine.memory.bytes.subarray(abi.INPUT, abi.INPUT + abi.INPUT_BYTES).every((byte) => byte === 0)).toBe(true);
    expect(verify([good]).accepted).toBe(1);
  });

  it("tells of each token the key that judged it, and the claim that its rejection is about", () => {
    const engine = new Engine();
    const { address, keys } = place(engine, { keys: TEST_SECRET, requiredClaims: ["door"] });
    const tokens = [signText('{"door":1}'), signText("{}")];
    const codes = new Uint8Array(2);
    expect(engine.chunks.verifyChunk(address, tokens, 0, 8192, NOW, codes, []).hasFaults).toBe(true);
    expect([...codes]).toEqual([abi.ACCEPTED, abi.CLAIM_MISSING]);
    expect([engine.chunks.key(0), engine.chunks.key(1)]).toEqual([keys.defaultKey, keys.defaultKey]);
    expect(engine.chunks.claim(1)).toBe(abi.CLAIM_OTHER);
  });
});
