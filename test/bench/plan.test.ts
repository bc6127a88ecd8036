import { describe, expect, it } from "vitest";
import { OURS, planOf, type Scenario } from "../../bench/plan.mjs";

const scenariosOf = (wanted: Parameters<typeof planOf>[0]): Scenario[] => planOf(wanted).blocks.flatMap(({ scenarios }) => scenarios);
const valuesOf = (group: string, field: keyof Scenario) => [
  ...new Set(
    scenariosOf({ full: true })
      .filter((each) => each.group === group)
      .map((each) => each[field]),
  ),
];

describe("the plan", () => {
  it.each([false, true])("has ids that are each there once (full: %s)", (full) => {
    const ids = scenariosOf({ full }).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([false, true])("gives every block fifteen rounds at least (full: %s)", (full) => {
    for (const { timing } of planOf({ full }).blocks) expect(timing.rounds).toBeGreaterThanOrEqual(15);
  });

  it("is mid tokens in batches of 256 first of all", () => {
    for (const full of [false, true]) expect(scenariosOf({ full })[0]).toMatchObject({ id: "mid/256/0/1", group: "main" });
  });

  it.each([
    ["main", "set", ["mid", "small", "big"]],
    ["size", "set", ["small", "mid", "big"]],
    ["batch", "batch", [1, 4, 16, 64, 256, 1024, 4096]],
    ["million", "batch", [1000, 1_000_000]],
    ["keys", "keys", [1, 16, 1000, 1_000_000]],
    ["algorithm", "algorithm", ["HS512", "HS384"]],
    ["public", "algorithm", ["RS256", "ES256", "EdDSA"]],
  ] as const)("varies in group %s the %s", (group, field, expected) => {
    expect(valuesOf(group, field)).toEqual(expected);
  });

  it("has ours, at once and by promise, beside the platform and libraries for each public algorithm", () => {
    for (const { algorithm, contenders } of scenariosOf({ full: true }).filter(({ group }) => group === "public")) {
      expect(contenders).toEqual(expect.arrayContaining([OURS, "wasm-jwt, verdict by promise", "crypto.verify", "fast-jwt", "jose"]));
      expect(contenders.includes("jsonwebtoken")).toBe(algorithm !== "EdDSA");
    }
  });

  it("has all shares of bad tokens when full", () => {
    expect(new Set(valuesOf("bad", "bad"))).toEqual(new Set([0, 0.01, 0.5, 1]));
  });

  it("has in the full run all that is in the quick one", () => {
    const full = new Set(scenariosOf({ full: true }).map(({ id }) => id));
    expect(scenariosOf({ full: false }).filter(({ id }) => !full.has(id))).toEqual([]);
  });
});

describe("a filter", () => {
  it("keeps the scenarios with the text in their ids, whole", () => {
    const found = scenariosOf({ filter: "/sign" });
    expect(found.map(({ id }) => id)).toEqual(["mid/256/1/1/bad/signature", "mid/256/0/1/sign"]);
    expect(found[1]?.contenders).toEqual(["wasm-jwt, signBatch", "fast-jwt, signer"]);
  });

  it("keeps the scenarios with the text in their titles, in any case", () => {
    expect(scenariosOf({ filter: "FRESH PROCESS" }).map(({ group }) => group)).toEqual(["cold"]);
  });

  it("keeps the contenders with the text in their names, and ours beside them", () => {
    expect(scenariosOf({ filter: "noble" }).map(({ contenders }) => contenders)).toEqual([[OURS, "noble-hashes"]]);
  });

  it.each([
    ["RS256", ["RS256"]],
    ["/public", ["RS256", "ES256", "EdDSA"]],
  ])("%j keeps the algorithms %j", (filter, algorithms) => {
    expect(scenariosOf({ full: true, filter }).map(({ algorithm }) => algorithm)).toEqual(algorithms);
  });

  it.each([
    ["scaling", { blocks: [], scaling: true, stages: false }],
    ["stages", { blocks: [], scaling: false, stages: true }],
    ["no such thing", { blocks: [], scaling: false, stages: false }],
  ])("%j keeps what is so called", (filter, expected) => {
    expect(planOf({ full: true, filter })).toMatchObject(expected);
  });
});
