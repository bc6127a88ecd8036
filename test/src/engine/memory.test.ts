/** Linear memory: one field at a time, views that stay true when it grows, and one user of its areas at a time. */
import { describe, expect, it } from "vitest";
import { RECORD_BYTES, RECORDS } from "../../../src/abi.js";
import { Engine } from "../../../src/engine/engine.js";
import { Memory, recordOf } from "../../../src/engine/memory.js";
import { place } from "../../support/place.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";

const good = signClaims({ sub: "device" });
const open = () => new Memory(() => undefined);

describe("a field", () => {
  it.each([
    ["word", "setWord", [0, 1, 2 ** 31, 2 ** 32 - 1], 4],
    ["double", "setDouble", [0, -0.5, 1e300, Number.POSITIVE_INFINITY], 8],
    ["byte", "setByte", [0, 1, 128, 255], 1],
  ] as const)("that is a %s is what was written, at its offset, and touches none beside it", (read, write, values, size) => {
    const memory = open();
    const address = memory.allocate(64);
    for (const value of values) {
      memory.bytes.fill(0xff, address, address + 64);
      memory[write](address, 2 * size, value);
      expect([memory[read](address, 2 * size), memory[read](address + 2 * size)]).toEqual([value, value]);
      const beside = memory.bytes.slice(address, address + 64).filter((_, index) => index < 2 * size || index >= 3 * size);
      expect(beside.every((byte) => byte === 0xff)).toBe(true);
    }
  });

  it("lies in little-endian order, as the engine reads it", () => {
    const memory = open();
    const address = memory.allocate(64);
    memory.setWord(address, 4, 0x01020304);
    expect([...memory.bytes.subarray(address + 4, address + 8)]).toEqual([4, 3, 2, 1]);
  });

  it("can be beyond two gigabytes", () => {
    const words = { 805306368: 7 } as unknown as Uint32Array;
    const doubles = { 402653184: 0.5 } as unknown as Float64Array;
    expect(Memory.prototype.word.call({ words } as Memory, 0xbffffffc, 4)).toBe(7);
    expect(Memory.prototype.double.call({ doubles } as Memory, 0xbffffff8, 8)).toBe(0.5);
  });

  it("of a token's record is found by the token's number", () => {
    expect([recordOf(0), recordOf(3)]).toEqual([RECORDS, RECORDS + 3 * RECORD_BYTES]);
  });
});

describe("memory", () => {
  it("that grows has its views made anew, with what was in it", () => {
    const memory = open();
    const address = memory.allocate(64);
    memory.setDouble(address, 8, 0.25);
    const { bytes } = memory;
    memory.allocate(bytes.length);
    expect(bytes.length).toBe(0);
    expect(memory.exports.memory.buffer.byteLength).toBe(memory.bytes.length);
    expect([memory.double(address, 8), memory.word(address, 12)]).toEqual([0.25, 0x3fd00000]);
    const end = memory.bytes.length - 16;
    expect(memory.text.utf8Write("text", end)).toBe(4);
    expect(memory.text.latin1Slice(end, end + 4)).toBe("text");
  });

  it("judges on when its memory has grown", () => {
    const engine = new Engine();
    const before = place(engine, { keys: TEST_SECRET });
    const bytes = engine.memory.exports.memory.buffer.byteLength;
    engine.memory.allocate(bytes);
    expect(engine.memory.exports.memory.buffer.byteLength).toBeGreaterThan(bytes);
    const after = place(engine, { keys: TEST_SECRET });
    for (const { address } of [before, after]) {
      const codes = new Uint8Array(2);
      engine.chunks.verifyChunk(address, [good, `${good}A`], 0, 8192, NOW, codes, []);
      expect([...codes]).toEqual([0, 7]);
    }
  });

  it("counts its uses, and has one at a time while it is locked", () => {
    const memory = open();
    const { generation } = memory;
    memory.lockAreas();
    expect(memory.generation).toBe(generation + 1);
    for (const use of [() => memory.takeAreas(), () => memory.lockAreas(), () => memory.allocate(64)]) {
      expect(use).toThrow("Expected no use of the engine");
    }
    memory.unlockAreas();
    memory.takeAreas();
    expect(memory.generation).toBe(generation + 2);
  });

  it("has forgotten what is remembered of keys when a used block goes, and then alone", () => {
    let forgotten = 0;
    const memory = new Memory(() => forgotten++);
    const [used, unused] = [memory.allocate(64), memory.allocate(64)];
    memory.release(unused, 64, false);
    expect(forgotten).toBe(0);
    memory.release(used, 64);
    expect(forgotten).toBe(1);
  });
});
