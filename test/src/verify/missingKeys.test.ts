/** What a verifier asks of a source whose keys tokens miss, and what it tells it after that. */
import "../../support/followFakes.js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createVerifier } from "../../../src/index.js";
import type { KeySource } from "../../../src/sources/keySource.js";
import { tokenOf } from "../../support/ring.js";
import { NOW } from "../../support/tokens.js";

afterEach(() => {
  vi.useRealTimers();
});

/** A source without keys, and what it was asked and told. */
function setUp(supply: (names: readonly string[]) => unknown, more: Partial<KeySource> = {}) {
  const asked: string[][] = [];
  const told: string[][] = [];
  const snapshot = { load: () => [] };
  const keys = {
    at: () => snapshot,
    supply: (names: readonly string[]) => {
      asked.push([...names]);
      return supply(names) as boolean;
    },
    proved: (names: readonly string[]) => told.push([...names]),
    ...more,
  } as KeySource;
  return { asked, told, verifier: createVerifier({ keys, currentDate: NOW }) };
}

const thrown = () => {
  throw new Error("broken");
};

describe("a source", () => {
  it.each<[string, () => unknown]>([
    ["has keys", () => true],
    ["has none", () => false],
    ["promises keys", async () => true],
    ["promises none", async () => false],
    ["throws", thrown],
    ["is rejected", () => Promise.reject(new Error("broken"))],
    ["answers with something else", () => null],
  ])("that %s is told once of each name that it was asked for, in every call", async (_, supply) => {
    const { asked, told, verifier } = setUp(supply);
    const tokens = ["a", "b", "a", "c"].map((name) => tokenOf(name));
    verifier.verify(tokens[0] as string);
    verifier.verifyBatch(tokens);
    expect((await verifier.verifyAsync(tokens[1] as string)).ok).toBe(false);
    expect([...(await verifier.verifyBatchAsync(tokens)).codes]).toEqual([6, 6, 6, 6]);
    expect(asked).toEqual([["a"], ["a", "b", "c"], ["b"], ["a", "b", "c"]]);
    expect(told).toEqual(asked);
  });

  it("is told so as well where its keys cannot be placed", async () => {
    let fails = false;
    const at = () => {
      if (fails) throw new Error("no keys");
      return { load: () => [] };
    };
    for (const answer of [true, Promise.resolve(true)]) {
      fails = false;
      const { asked, told, verifier } = setUp(
        () => {
          fails = true;
          return answer;
        },
        { at },
      );
      await expect(verifier.verifyBatchAsync([tokenOf("a")])).rejects.toThrow("no keys");
      expect(told).toEqual(asked);
    }
  });

  it("is told so as well where it promises, and the keys of another one cannot be placed", async () => {
    let fails = false;
    const names = { asked: [] as string[], told: [] as string[] };
    const sourceOf = (supply: () => boolean | Promise<boolean>): KeySource => ({
      at: () => {
        if (fails) throw new Error("no keys");
        return { load: () => [] };
      },
      supply: (all) => {
        names.asked.push(...all);
        return supply();
      },
      proved: (all) => names.told.push(...all),
    });
    const failing = sourceOf(() => {
      fails = true;
      return true;
    });
    const issuers = [
      { issuer: "a", keys: sourceOf(async () => true) },
      { issuer: "b", keys: failing },
    ];
    const verifier = createVerifier({ issuers, currentDate: NOW });
    const tokens = [tokenOf("1", { iss: "a" }), tokenOf("2", { iss: "b" })];
    await expect(verifier.verifyBatchAsync(tokens)).rejects.toThrow("no keys");
    fails = false;
    expect(() => verifier.verifyBatch(tokens)).toThrow("no keys");
    expect(names.asked).toHaveLength(4);
    expect([...names.told].sort()).toEqual([...names.asked].sort());
  });

  it("is asked for a thousand names at a time, so that a flood has its cost known before it goes on", () => {
    const { asked, verifier } = setUp(() => false);
    verifier.verifyBatch(Array.from({ length: 2500 }, (_, index) => tokenOf(`made up ${index}`)));
    expect(asked.map(({ length }) => length)).toEqual([1024, 1024, 452]);
  });

  it.each<[string, Partial<KeySource>]>([
    ["supply", { supply: () => new Promise(() => undefined) }],
    ["refresh", { refresh: () => new Promise(() => undefined) }],
  ])("whose `%s` never settles holds tokens for half a minute and no longer", async (_, members) => {
    vi.useFakeTimers();
    const { verifier } = setUp(() => false, members);
    let isOver = false;
    const verdict = verifier.verifyAsync(tokenOf("a")).finally(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(29_000);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await verdict).toEqual({ ok: false, code: "KEY_NOT_FOUND" });
  });
});
