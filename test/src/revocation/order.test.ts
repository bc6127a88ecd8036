import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inMilliseconds, isJustAfter, justAfter } from "../../../src/revocation/order.js";
import { runs } from "../../support/runs.js";
import { NOW } from "../../support/tokens.js";

/** What clocks show: in milliseconds, or finer. */
const milliseconds = fc.integer({ min: 0, max: 4e12 }).map((time) => time / 1000);
const finer = fc.double({ min: 0, max: 4e9, noNaN: true });

describe("the time just after another", () => {
  it("is half a millisecond later", () => {
    expect([NOW, NOW + 0.123, NOW + 0.999].map(justAfter)).toEqual([NOW + 0.0005, NOW + 0.1235, NOW + 0.9995]);
  });

  it("is later, by little, and known as such, whatever the clock shows, also of its own kind and written as JSON", () => {
    fc.assert(
      fc.property(fc.oneof(milliseconds, finer, milliseconds.map(justAfter)), (time) => {
        const after = justAfter(time);
        expect(after).toBeGreaterThan(time);
        expect(after - time).toBeLessThan(0.0011);
        expect(isJustAfter(JSON.parse(JSON.stringify(after)))).toBe(true);
      }),
      runs(2000),
    );
  });

  it("is none that a clock in milliseconds shows, nor a number of rotations", () => {
    fc.assert(fc.property(milliseconds, (time) => void expect(isJustAfter(time)).toBe(false)));
    expect([0, 1, 2, 1e11, Number.POSITIVE_INFINITY].some(isJustAfter)).toBe(false);
  });
});

describe("a time in milliseconds", () => {
  it("is the time itself, if it is one", () => {
    fc.assert(
      fc.property(milliseconds, (time) => void expect(inMilliseconds(time)).toBe(time)),
      runs(2000),
    );
  });

  it("is not later than the time, and less than a millisecond earlier", () => {
    fc.assert(
      fc.property(finer, (time) => {
        expect(inMilliseconds(time)).toBeLessThanOrEqual(time);
        expect(time - inMilliseconds(time)).toBeLessThan(0.001001);
      }),
      runs(2000),
    );
  });
});
