/** How often things are tried: by one scale. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);

afterEach(() => void vi.unstubAllEnvs());

/** The module as it is where the scale is another. */
async function scaled(scale: string) {
  vi.resetModules();
  vi.stubEnv("FUZZ_SCALE", scale);
  return await import("./runs.js");
}

describe("a scale", () => {
  it.each([
    ["0.2", 60, 1, 52, false],
    ["0.3", 90, 1, 77, false],
    ["1", 300, 1, 256, true],
    ["4", 1200, 4, 256, true],
  ])("of %s", async (scale, many, one, some, full) => {
    const { times, runs, someOf, IS_FULL } = await scaled(scale);
    expect([times(300), times(1), runs(300).numRuns, IS_FULL]).toEqual([many, one, many, full]);
    expect(someOf(BYTES)).toHaveLength(some);
  });

  it("less than 1 chooses from all of a list", async () => {
    const { someOf } = await scaled("0.2");
    expect(someOf(BYTES).slice(0, 4)).toEqual([0, 5, 10, 15]);
    expect(someOf(BYTES).at(-1)).toBe(255);
    expect(someOf([7])).toEqual([7]);
  });
});

describe("properties", () => {
  const folder = fileURLToPath(new URL("../", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

  it("have no number of runs of their own, which no scale would reach", () => {
    // A sample with a seed is the same list each time.
    const own = files.filter((file) => /\{ numRuns: \d+(?:,(?! seed)| \})/.test(readFileSync(`${folder}${file}`, "utf8")));
    expect(own).toEqual([]);
    expect(files.length).toBeGreaterThan(200);
  });
});
