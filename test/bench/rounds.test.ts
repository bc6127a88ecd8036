import { describe, expect, it } from "vitest";
import { inRounds, orderOf, takeTurns, timesOf } from "../../bench/rounds.mjs";

const TIMING = { rounds: 4, sliceMs: 0, warmupMs: 0 };

describe("orderOf", () => {
  it("lets another one begin, and goes backwards every other round", () => {
    expect([0, 1, 2, 3].map((round) => orderOf(["a", "b", "c"], round).join(""))).toEqual(["abc", "acb", "cab", "cba"]);
  });

  it("puts everybody at every place", () => {
    const items = ["a", "b", "c", "d", "e"];
    const rounds = Array.from({ length: 2 * items.length }, (_, round) => orderOf(items, round));
    for (const place of items.keys()) expect(new Set(rounds.map((order) => order[place])).size).toBe(items.length);
  });

  it("has no order for nobody", () => {
    expect(orderOf([], 3)).toEqual([]);
  });
});

describe("takeTurns", () => {
  it("runs everybody in every round, in the order of the round", async () => {
    const calls: string[] = [];
    const runner = (name: string) => ({ call: () => void (calls.at(-1) !== name && calls.push(name)), perCall: 1 });
    const { samples, errors, interrupted } = await takeTurns(["a", "b", "c"].map(runner), TIMING);
    // The warm-up is first; who ends one round and begins the next stands here once.
    expect(calls.join("")).toBe("abcabcacbcabcba");
    expect(samples.map(({ wall, cpu }) => [wall.length, cpu.length])).toEqual([
      [4, 4],
      [4, 4],
      [4, 4],
    ]);
    expect(errors).toEqual([undefined, undefined, undefined]);
    expect(interrupted).toBe(false);
  });

  it("awaits promises", async () => {
    let running = 0;
    const call = async () => {
      running++;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
    };
    const { samples, errors } = await takeTurns(
      [
        { call, perCall: 1, isAsync: true },
        { call, perCall: 1, isAsync: true },
      ],
      TIMING,
    );
    expect(errors).toEqual([undefined, undefined]);
    expect(samples.map(({ wall }) => wall.length)).toEqual([4, 4]);
  });

  it("goes on without those who throw", async () => {
    let calls = 0;
    const throwing = () => {
      if (++calls > 2) throw new Error("no more");
    };
    const { samples, errors } = await takeTurns(
      [
        { call: throwing, perCall: 1 },
        { call: () => {}, perCall: 1 },
      ],
      { ...TIMING, sliceMs: 1 },
    );
    expect(errors[0]?.message).toBe("no more");
    expect(errors[1]).toBeUndefined();
    expect(samples[1]?.wall.length).toBe(4);
  });

  it("ends after the round in which it is told to, with what there is", async () => {
    const controller = new AbortController();
    const progress = (share: number) => void (share >= 0.5 && controller.abort());
    const { samples, interrupted } = await takeTurns([{ call: () => {}, perCall: 1 }], { ...TIMING, progress, signal: controller.signal });
    expect(samples[0]?.wall.length).toBe(2);
    expect(interrupted).toBe(true);
  });
});

describe("timesOf", () => {
  it("has the wall times of each by its name", async () => {
    const times = await timesOf({ a: { call: () => {}, perCall: 1 }, b: { call: () => {}, perCall: 1 } }, TIMING);
    expect(Object.entries(times).map(([name, samples]) => [name, samples.length])).toEqual([
      ["a", 4],
      ["b", 4],
    ]);
  });

  it("throws what one of them threw", async () => {
    const call = () => {
      throw new Error("rejects a good token");
    };
    await expect(timesOf({ a: { call: () => {}, perCall: 1 }, b: { call, perCall: 1 } }, TIMING)).rejects.toThrow("rejects a good token");
  });
});

describe("inRounds", () => {
  it("calls each once a round, in the order of the round, and leaves out the warm-up", async () => {
    const calls: string[] = [];
    const measure = (name: string) => async (round: number) => {
      calls.push(name);
      return `${name}${round}`;
    };
    const samples = await inRounds({ a: measure("a"), b: measure("b"), c: measure("c") }, { rounds: 2, warmUp: 1 });
    expect(calls.join("")).toBe("abcacbcab");
    expect(samples).toEqual({ a: ["a1", "a2"], b: ["b1", "b2"], c: ["c1", "c2"] });
  });
});
