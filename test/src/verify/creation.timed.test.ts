/** What it costs to make a verifier for each request: measured by itself, as `npm run bench:creation` shows it. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../../bench/creation.mjs", import.meta.url));

describe("verifiers of one secret", { retry: 2 }, () => {
  it("that are made and dropped take 40 microseconds each, and 20,000 of one turn leave 30 MB at most", () => {
    const figures = JSON.parse(execFileSync(process.execPath, ["--expose-gc", script, "--json"], { encoding: "utf8" }));
    console.log(
      `a verifier: ${figures.microseconds.toFixed(1)} µs; left of ${figures.count} made in one turn: ${figures.megabytes.toFixed(1)} MB`,
    );
    expect(figures.count).toBe(20_000);
    expect(figures.megabytes).toBeLessThan(30);
    expect(figures.microseconds).toBeLessThan(40);
  });
});
