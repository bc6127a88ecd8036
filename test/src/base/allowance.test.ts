/** A limit on how often something is done. */
import { describe, expect, it } from "vitest";
import { Allowance } from "../../../src/base/allowance.js";

const taken = (allowance: Allowance, now: number) => {
  let count = 0;
  while (allowance.take(now)) count++;
  return count;
};

describe("an allowance", () => {
  it("is so many at once, and so many a second after that", () => {
    const allowance = new Allowance(10, 2, 100);
    expect([taken(allowance, 100), taken(allowance, 100.25), taken(allowance, 101.5), taken(allowance, 999)]).toEqual([10, 0, 3, 10]);
  });

  it("does not count what is given back, and never grows beyond its most", () => {
    const allowance = new Allowance(2, 1, 0);
    allowance.giveBack();
    expect(taken(allowance, 0)).toBe(2);
    allowance.giveBack();
    expect([allowance.left(0), taken(allowance, 0)]).toEqual([1, 1]);
  });

  it("is not refilled by a time before the last one", () => {
    const allowance = new Allowance(1, 1, 100);
    expect([taken(allowance, 100), taken(allowance, 50), taken(allowance, 100.5), taken(allowance, 101.5)]).toEqual([1, 0, 0, 1]);
  });
});
