/** Records: none over another, always zero, and used again. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEngine } from "../../../src/engine/openEngine.js";
import { LINE, Records, recordSize } from "../../../src/engine/records.js";
import { runs } from "../../support/runs.js";

const engine = openEngine();

describe("the size of a record", () => {
  it.each([
    [0, 128],
    [1, 128],
    [128, 128],
    [129, 192],
    [192, 192],
    [193, 256],
    [144 + 256, 448],
  ])("that is to hold %i bytes is %i: whole lines, two at least", (length, size) => {
    expect(recordSize(length)).toBe(size);
  });
});

describe("records", () => {
  const isZero = (address: number, size: number) => engine.memory.bytes.subarray(address, address + size).every((byte) => byte === 0);

  it("begin a line each, are of zeros, and lie over no other, whatever comes and goes", () => {
    const size = fc.constantFrom(128, 128, 128, 192, 256, 448, 4096).map((bytes) => ({ take: bytes }));
    const step = fc.oneof(
      size,
      size,
      fc.nat().map((index) => ({ give: index })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const records = new Records(engine.memory);
        const live = new Map<number, number>();
        for (const each of steps) {
          if ("take" in each) {
            const address = records.take(each.take);
            expect(address % LINE).toBe(0);
            expect(isZero(address, each.take)).toBe(true);
            engine.memory.bytes.fill(0xff, address, address + each.take);
            live.set(address, each.take);
          } else if (live.size) {
            const [address, bytes] = [...live][each.give % live.size] as [number, number];
            live.delete(address);
            records.give(address, bytes);
            expect(isZero(address, bytes)).toBe(true);
          }
          const total = [...live.values()].reduce((sum, bytes) => sum + bytes, 0);
          expect(records.bytes).toBeGreaterThanOrEqual(total);
        }
        const spans = [...live].sort(([left], [right]) => left - right);
        spans.forEach(([address, bytes], index) => {
          expect(address + bytes).toBeLessThanOrEqual(spans[index + 1]?.[0] ?? Number.POSITIVE_INFINITY);
          expect(engine.memory.bytes.subarray(address, address + bytes).every((byte) => byte === 0xff)).toBe(true);
        });
        records.release();
        expect(records.bytes).toBe(0);
        for (const [address, bytes] of spans) expect(isZero(address, bytes)).toBe(true);
      }),
      runs(100),
    );
  });

  it("that are given back are taken again, by those of their size", () => {
    const records = new Records(engine.memory);
    const [short, long] = [records.take(128), records.take(192)];
    records.give(short, 128);
    records.give(long, 192);
    const { bytes } = records;
    expect([records.take(192), records.take(128)]).toEqual([long, short]);
    expect(records.bytes).toBe(bytes);
    records.release();
  });

  it("take little more than they need, few of them as well as many", () => {
    const records = new Records(engine.memory);
    for (let count = 1; count <= 30_000; count++) {
      records.take(128);
      if (count > 4) expect(records.bytes).toBeLessThanOrEqual(Math.min(2 * 128 * count, 128 * count + 1048576));
    }
    records.release();
  });

  it("that cannot be had throw, and leave those that there are", () => {
    const records = new Records(engine.memory);
    const address = records.take(128);
    engine.memory.bytes[address] = 1;
    expect(() => records.take(2 ** 33)).toThrow(RangeError);
    expect([engine.memory.bytes[address], records.bytes]).toEqual([1, 128]);
    expect(records.take(128)).toBeGreaterThan(address);
    records.release();
  });
});
