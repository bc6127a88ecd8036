/** Goals are judged as their text says; what is written from a file is the same whenever it is written. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GOALS, greatestStage, judgeGoal } from "../../bench/goals.mjs";
import { parseResults } from "../../bench/report/parse.mjs";
import { withFigures } from "../../bench/report/readmeFigures.mjs";
import { renderResults } from "../../bench/report/resultsPage.mjs";
import { canDraw } from "./drawing.js";
import { contendersOf, results, run } from "./sample.js";

const README = "before\n\n<!-- figures -->\nold\n<!-- end of figures -->\n\nafter\n";

function judged(title: string, of = run(), native: unknown = results().native) {
  const goal = GOALS.find((one) => one.title === title);
  if (!goal) throw new Error(`Expected a goal ${title}`);
  return judgeGoal(goal, of, native);
}

describe("a goal", () => {
  it.each([
    ["mid, verdict, against fast-jwt without cache", 10.5, false],
    ["mid, verdict, against bare createHmac", 4, true],
    ["mid, whole object, against fast-jwt", 5.25, false],
    ["small, verdict, against fast-jwt", 10, false],
    ["mid, one by one, claims read, against fast-jwt", 4.2, true],
    ["mid, all signatures bad, against fast-jwt", 20, true],
    ["mid, signBatch, against fast-jwt’s signer", 5, true],
    ["mid, RS256, verdict, against fast-jwt", 1.2, true],
    ["mid, RS256, verdict, as a share of a bare crypto.verify", 1.05, true],
    ["mid, verdict, against Rust jsonwebtoken", 4.5, true],
    ["mid, the HMAC alone, as a share of ipsec-mb AVX ×4", 0.75, true],
  ])("is judged by its own scenario: %s", (title, ratio, reached) => {
    expect(judged(title)?.ratio.median).toBeCloseTo(ratio);
    expect(judged(title)?.reached).toBe(reached);
  });

  it("can differ from Node to Node, and be absent on one", () => {
    const title = "mid, verdict, against fast-jwt without cache";
    expect(judged(title, run("v20.19.0"))).toMatchObject({ goal: 10, reached: true });
    expect(judged(title, run("v24.0.0"))).toMatchObject({ goal: 11, reached: false });
    expect(judged(title, run("v22.0.0"))).not.toHaveProperty("goal");
  });

  it("that is a share is missed by what is above it, and no stage of HS256 is blamed", () => {
    const slower = run();
    const scenario = slower.scenarios.find(({ group }) => group === "public") as { results: { contender: string; wall: number[] }[] };
    for (const result of scenario.results) if (result.contender === "wasm-jwt, verdict") result.wall = [21_200, 42_400, 63_600];
    const title = "mid, RS256, verdict, as a share of a bare crypto.verify";
    expect(judged(title, slower)).toMatchObject({ goal: 1.05, reached: false });
    const page = renderResults(results([slower]));
    expect(page).toContain(`| ${title} | **1.06, over 1.05** |`);
    expect(page).toContain(`- ${title}, Node 24.1.0: 1.06 of 1.05\n`);
  });

  it("is not judged by what was not measured", () => {
    expect(judged("mid, ES256, verdict, against fast-jwt")).toBeUndefined();
    expect(judged("big, whole object, against fast-jwt")).toBeUndefined();
    expect(judged("mid, verdict, against libjwt (C)")).toBeUndefined();
    expect(judged("mid, verdict, against Rust jsonwebtoken", run(), null)).toBeUndefined();
  });

  it("takes the ratio inside each round, not of medians", () => {
    const drifting = run();
    const main = drifting.scenarios[0] as { results: { contender: string; wall: number[] }[] };
    for (const result of main.results) {
      if (result.contender === "wasm-jwt, verdict") result.wall = [100, 1000, 10];
      if (result.contender === "createHmac") result.wall = [300, 4000, 50];
    }
    expect(judged("mid, verdict, against bare createHmac", drifting)?.ratio).toEqual({ low: 3.5, median: 4, high: 4.5 });
  });

  it("falls back on the machine of the goals for ipsec-mb", () => {
    expect(judged("mid, the HMAC alone, as a share of ipsec-mb AVX ×4", run(), null)?.ratio.median).toBeCloseTo(60 / 571);
    expect(renderResults({ ...results(), native: null })).toContain("571 ns, its time on the machine of the goals, stands in");
  });
});

describe("the greatest stage", () => {
  it("counts of the HMAC only what exceeds the kernel", () => {
    expect(greatestStage(run(), "mid")).toEqual({ name: "scan", ns: 25 });
  });

  it("is unknown where no stages were timed", () => {
    expect(greatestStage(run(), "big")).toBeUndefined();
    expect(greatestStage({ ...run(), stages: undefined }, "mid")).toBeUndefined();
  });
});

describe("RESULTS.md", () => {
  it("has every contender of the scenarios, the goals and what failed", () => {
    const page = renderResults(results());
    for (const contender of contendersOf(results()).filter((name) => name !== "node:crypto by hand")) expect(page).toContain(contender);
    expect(page).toContain("| mid, verdict, against fast-jwt without cache | 10.50, reached 10 | **10.50, short of 11** |");
    expect(page).toContain(
      "- mid, verdict, against fast-jwt without cache, Node 24.1.0: 10.50 of 11; most time beyond the hash kernel: scan, 25 ns",
    );
    expect(page).toContain("accepts a tampered token");
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it("is the same for the same file", () => {
    expect(renderResults(results())).toBe(renderResults(results()));
  });

  it("lets no text of the file out of its cell", () => {
    const [main, ...others] = run().scenarios;
    const page = renderResults({ ...results(), runs: [{ ...run(), scenarios: [{ ...main, title: "a | b\n# c <b>" }, ...others] }] });
    expect(page).toContain("**a \\| b # c \\<b>**");
  });
});

describe("the figures of the README", () => {
  it("stand between the markers and leave the rest alone", () => {
    const readme = withFigures(README, results());
    expect(readme).toMatch(/^before\n\n<!-- figures -->\nMeasured on 2026-11-24/);
    expect(readme).toMatch(/\n<!-- end of figures -->\n\nafter\n$/);
    expect(readme).not.toContain("old");
    expect(readme).toContain("| mid: **wasm-jwt, verdict** | 200 | 200 |");
  });

  it("are the same when written again", () => {
    const once = withFigures(README, results());
    expect(withFigures(once, results())).toBe(once);
  });

  it("need both markers", () => {
    expect(() => withFigures("no markers", results())).toThrow("<!-- figures -->");
    expect(() => withFigures("<!-- end of figures --><!-- figures -->", results())).toThrow("<!-- figures -->");
  });
});

describe("parseResults", () => {
  it.each([
    ["{", "to be JSON"],
    ["null", "format 1"],
    ['{"format":2,"runs":[]}', "got format 2"],
    ['{"format":1}', "format 1"],
  ])("refuses %s", (text, message) => {
    expect(() => parseResults(text, "file.json")).toThrow(message);
    expect(() => parseResults(text, "file.json")).toThrow("file.json");
  });
});

describe("node bench/results.mjs", () => {
  const script = fileURLToPath(new URL("../../bench/results.mjs", import.meta.url));
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wasm-jwt-results-"));
    writeFileSync(join(folder, "bench.json"), JSON.stringify(results()));
    writeFileSync(join(folder, "README.md"), README);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function writeTwice(args: string[], names: string[]) {
    const read = () => names.map((name) => readFileSync(join(folder, name), "utf8"));
    const all = [script, "bench.json", "--out", "RESULTS.md", "--readme", "README.md", ...args];
    execFileSync(process.execPath, all, { cwd: folder });
    const once = read();
    execFileSync(process.execPath, all, { cwd: folder });
    expect(read()).toEqual(once);
  }

  it("writes the same bytes when run again", () => {
    writeTwice([], ["RESULTS.md", "README.md"]);
  });

  it.skipIf(!canDraw)("draws the same report when run again", () => {
    writeTwice(["--html", "report.html"], ["RESULTS.md", "README.md", "report.html"]);
  });

  it.each([
    [[], "Expected one file"],
    [["missing.json"], "missing.json"],
    [["README.md"], "to be JSON"],
    [["bench.json", "--speed"], "--speed"],
  ])("refuses %j", (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [script, ...args, "--readme", "README.md"], { cwd: folder, encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
