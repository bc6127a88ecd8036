/** The engine as a whole: one instance, whose blocks come back. */
import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import * as abi from "../../../src/abi.js";
import { Engine } from "../../../src/engine/engine.js";
import { openEngine } from "../../../src/engine/openEngine.js";
import { createVerifier } from "../../../src/index.js";
import { place } from "../../support/place.js";
import { NOW, OTHER_TEST_SECRET, signText, TEST_SECRET } from "../../support/tokens.js";

function contextOf(engine: Engine, secret: Uint8Array): { address: number; size: number } {
  return place(engine, { keys: secret });
}

describe("the engine", () => {
  it("is one for all who ask", () => {
    expect(openEngine()).toBe(openEngine());
  });

  it("gives a released context's place to another, which knows nothing of it", () => {
    const engine = new Engine();
    for (let round = 0; round < 50; round++) {
      const secret = round % 2 ? TEST_SECRET : OTHER_TEST_SECRET;
      const { address, size } = contextOf(engine, secret);
      const tokens = [
        signText(`{"x":"${"x".repeat(90)}"}`, undefined, TEST_SECRET),
        signText(`{"x":"${"x".repeat(90)}"}`, undefined, OTHER_TEST_SECRET),
      ];
      const codes = new Uint8Array(6);
      engine.chunks.verifyChunk(address, [...tokens, ...tokens, ...tokens], 0, 8192, NOW, codes, []);
      expect([...codes]).toEqual(round % 2 ? [0, 7, 0, 7, 0, 7] : [7, 0, 7, 0, 7, 0]);
      engine.memory.release(address, size);
      expect(engine.memory.bytes.subarray(address, address + size).every((byte) => byte === 0)).toBe(true);
    }
  });

  it("keeps nothing of a secret that was read for a refused verifier", () => {
    const secret = randomBytes(48);
    expect(() =>
      createVerifier({
        keys: [
          { secret, kid: "a" },
          { secret: "short", kid: "b" },
        ],
      }),
    ).toThrow(TypeError);
    expect(Buffer.from(openEngine().memory.bytes.buffer).includes(secret.subarray(0, 16))).toBe(false);
  });

  it("hashes names with a seed of its own in each instance", () => {
    const hashes = Array.from({ length: 4 }, () => {
      const engine = new Engine();
      const { keys } = place(engine, { keys: { kid: "a name", secret: TEST_SECRET } });
      const slots = engine.memory.word(keys.table, abi.TABLE_SLOTS) / 4;
      const mask = engine.memory.word(keys.table, abi.TABLE_MASK);
      return engine.memory.words.slice(slots, slots + 2 * (mask + 1)).find((word) => word !== 0);
    });
    expect(new Set(hashes).size).toBeGreaterThan(1);
  });
});

describe("verifiers that nobody holds any more", () => {
  it("give their places back", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const { memory } = openEngine().memory.exports;
    // Each round takes more room than the heap has from the beginning.
    const sizes: number[] = [];
    for (let round = 0; round < 12; round++) {
      for (let index = 0; index < 400; index++) createVerifier({ keys: TEST_SECRET });
      sizes.push(memory.buffer.byteLength);
      for (let turn = 0; turn < 3; turn++) {
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    expect(sizes.at(-1)).toBeLessThan(3 * (sizes[0] as number));
  });
});
