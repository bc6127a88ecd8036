/** The heap: blocks that never meet, always zero, and given back for good. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Heap } from "../../../src/engine/heap.js";
import { runs } from "../../support/runs.js";

const START = 1000;

function heapOf(pages = 1): { heap: Heap; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 64 });
  return { heap: new Heap(memory, START), memory };
}

describe("the heap", () => {
  it("gives blocks behind its start, aligned to 64 bytes", () => {
    const { heap } = heapOf();
    for (const size of [1, 63, 64, 65, 1000]) {
      const address = heap.allocate(size);
      expect(address).toBeGreaterThanOrEqual(START);
      expect(address % 64).toBe(0);
    }
  });

  it("gives a released block again, wiped", () => {
    const { heap, memory } = heapOf();
    const address = heap.allocate(100);
    new Uint8Array(memory.buffer).fill(0xff, address, address + 128);
    heap.release(address, 100);
    expect(new Uint8Array(memory.buffer, address, 128).every((byte) => byte === 0)).toBe(true);
    expect(heap.allocate(100)).toBe(address);
  });

  it("joins neighbours, in whichever order they are released", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
    ] as const) {
      const { heap } = heapOf();
      const blocks = [heap.allocate(64), heap.allocate(64), heap.allocate(64)] as const;
      heap.allocate(64);
      for (const index of order) heap.release(blocks[index], 64);
      expect(heap.allocate(192)).toBe(blocks[0]);
    }
  });

  it("grows the memory when it must, keeping what is there", () => {
    const { heap, memory } = heapOf();
    const first = heap.allocate(60_000);
    new Uint8Array(memory.buffer)[first] = 7;
    const second = heap.allocate(200_000);
    expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(second + 200_000);
    expect(new Uint8Array(memory.buffer)[first]).toBe(7);
  });

  it("throws when the memory cannot grow, and goes on afterwards", () => {
    const { heap } = heapOf();
    expect(() => heap.allocate(64 * 65536)).toThrow(RangeError);
    expect(heap.allocate(64)).toBeGreaterThanOrEqual(START);
  });

  it("does not grow for ever when blocks come and go", () => {
    const { heap, memory } = heapOf();
    for (let round = 0; round < 10_000; round++) heap.release(heap.allocate(5000), 5000);
    expect(memory.buffer.byteLength).toBe(65536);
  });

  it("never gives two blocks that meet, nor one that is not zero", () => {
    const steps = fc.array(fc.record({ size: fc.integer({ min: 1, max: 30_000 }), release: fc.boolean(), which: fc.nat() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const { heap, memory } = heapOf();
        const held: { address: number; size: number }[] = [];
        for (const { size, release, which } of all) {
          if (release && held.length) {
            const [block] = held.splice(which % held.length, 1);
            if (block) heap.release(block.address, block.size);
            continue;
          }
          const address = heap.allocate(size);
          const bytes = new Uint8Array(memory.buffer, address, size);
          expect(bytes.every((byte) => byte === 0)).toBe(true);
          bytes.fill(0xff);
          for (const other of held) expect(address + size <= other.address || other.address + other.size <= address).toBe(true);
          held.push({ address, size });
        }
      }),
      runs(100),
    );
  });
});
