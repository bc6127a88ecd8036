import { describe, expect, it } from "vitest";
import { differenceOf, median, quantile, ratioOf } from "../../bench/statistics.mjs";

describe("quantile", () => {
  it.each([
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 2, 3], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.25, 2],
    [[10, 20], 0.75, 17.5],
    [[7], 0.25, 7],
    [[1, 2, 3], 0, 1],
    [[1, 2, 3], 1, 3],
  ])("of %j at %d is %d", (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });

  it("orders numbers as numbers and leaves the samples as they are", () => {
    const values = [100, 9, 20];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 9, 20]);
  });
});

describe("ratioOf", () => {
  it("divides round by round, so that a drift of both cancels out", () => {
    expect(ratioOf([20, 40, 80, 160], [10, 20, 40, 80])).toEqual({ median: 2, low: 2, high: 2 });
  });

  it("is the median and the quartiles of the ratios", () => {
    expect(ratioOf([10, 20, 30, 40, 50], [10, 10, 10, 10, 10])).toEqual({ median: 3, low: 2, high: 4 });
  });

  it("takes the rounds that both have", () => {
    expect(ratioOf([10, 20, 30], [10, 10])).toEqual({ median: 1.5, low: 1.25, high: 1.75 });
    expect(ratioOf([10, 20], [10, 10, 10])).toEqual({ median: 1.5, low: 1.25, high: 1.75 });
  });
});

describe("differenceOf", () => {
  it("subtracts round by round, so that a drift of both cancels out", () => {
    expect(differenceOf([13, 23, 43, 83], [10, 20, 40, 80])).toEqual({ median: 3, low: 3, high: 3 });
  });
});
