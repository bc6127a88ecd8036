/** The last lines of a CI run: which tests failed, where, and how. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failuresOf, type Outcome, summary } from "../../scripts/totals.mjs";
import { root } from "./project.js";

const passed: Outcome = { status: "passed", fullName: "a verifier accepts", failureMessages: [] };
const failed: Outcome = { status: "failed", fullName: "a verifier refuses", failureMessages: ["Error: expected 1 to be 2\n    at line 3"] };

describe("the summary of several runs", () => {
  it("names nothing when all passed", () => {
    expect(summary([run("node-20", 2, 0), run("node-22", 3, 0)])).toBe("5 passed, 0 failed");
  });

  it("names each failed test with its run, its file and its error, before the totals", () => {
    expect(summary([run("node-20", 1, 0, [passed]), run("node-22", 1, 1, [passed, failed])])).toBe(
      `FAILED [node-22] ${join("test", "a.test.ts")} > a verifier refuses\n    Error: expected 1 to be 2\n        at line 3\n\n2 passed, 1 failed`,
    );
  });

  it("names a file that could not be loaded", () => {
    const testResults = [{ name: join(root, "test/a.test.ts"), status: "failed", message: "Cannot find module", assertionResults: [] }];
    expect(failuresOf({ success: false, numPassedTests: 0, numFailedTests: 0, testResults })).toEqual([
      { title: join("test", "a.test.ts"), error: "    Cannot find module" },
    ]);
  });

  it("names a file whose hook failed after its tests had passed", () => {
    const testResults = [{ name: join(root, "test/a.test.ts"), status: "failed", message: "teardown", assertionResults: [passed] }];
    expect(failuresOf({ success: false, numPassedTests: 1, numFailedTests: 0, testResults })).toHaveLength(1);
  });

  it("says that a run failed for no test's fault", () => {
    const { run: name, report } = run("node-20", 1, 0);
    expect(summary([{ run: name, report: { ...report, success: false } }])).toBe(
      "FAILED [node-20] no test, but the run: see what it printed\n\n1 passed, 0 failed",
    );
  });

  it("shows the first lines of a long error only", () => {
    const long = { ...failed, failureMessages: [Array.from({ length: 100 }, (_, line) => `line ${line} ${"x".repeat(1000)}`).join("\n")] };
    const [failure] = failuresOf(run("node-20", 0, 1, [long]).report);
    expect(failure?.error.split("\n")).toHaveLength(12);
    expect(failure?.error.length).toBeLessThan(7000);
  });

  it("is printed from a folder of reports", () => {
    const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-totals-"));
    writeFileSync(join(folder, "node-20.json"), JSON.stringify(run("", 1, 1, [passed, failed]).report));
    const { stdout } = spawnSync(process.execPath, ["scripts/totals.mjs", folder], { cwd: root, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect(stdout).toMatch(/^FAILED \[node-20\] .*a verifier refuses\n[\s\S]*\n1 passed, 1 failed\n$/);
  });
});

function run(name: string, numPassedTests: number, numFailedTests: number, assertionResults = [passed]) {
  const status = numFailedTests ? "failed" : "passed";
  const testResults = [{ name: join(root, "test/a.test.ts"), status, message: "", assertionResults }];
  return { run: name, report: { success: !numFailedTests, numPassedTests, numFailedTests, testResults } };
}
