import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const RUN = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));

function bench(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("npm run bench", () => {
  it.each([
    ["--node", ["--node", "latest"], 'Expected `--node` to have versions as 24 or 24.1.0, got "latest"'],
    ["--node", ["--node", "20", "all"], 'got "all"'],
    ["--filter", ["--filter", "no such thing"], "Expected `--filter` to match a scenario or contender of the quick run"],
    ["--json", ["--json", "/no/such/folder/file.json"], "Expected `--json` to be a file in a folder that is there"],
    ["--html", ["--html", fileURLToPath(new URL(".", import.meta.url))], "Expected `--html` to be a file, got the folder"],
    ["--fulll", ["--fulll"], "--fulll"],
    ["--json", ["--json"], "--json"],
    ["a word", ["full"], 'Expected options only, got "full"'],
  ])("names %s and exits with 2 when it is wrong", (_, args, message) => {
    const { status, stdout, stderr } = bench(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  it("explains itself", () => {
    const { status, stdout } = bench("--help");
    expect(status).toBe(0);
    for (const option of ["--full", "--filter", "--node", "--native", "--json", "--html", "--list"]) expect(stdout).toContain(option);
  });

  it("lists what it would measure", () => {
    const { status, stdout } = bench("--list", "--full", "--filter", "batches of 4,096");
    expect(status).toBe(0);
    expect(stdout).toContain("mid/4096/0/1/batch");
    expect(stdout).not.toContain("mid/256");
  });
});
