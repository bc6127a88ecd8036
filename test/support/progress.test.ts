/** How far a run is: said every ten seconds where no terminal shows it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Progress, progress } from "./progress.js";

const specifications = [{ moduleId: "a" }, { moduleId: "b" }, { moduleId: "c" }];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("progress", () => {
  it("counts files, tests and seconds, every ten of them", () => {
    const { reporter, lines } = started();
    reporter.onTestModuleEnd(moduleOf(2, 0));
    vi.advanceTimersByTime(10_000);
    reporter.onTestModuleEnd(moduleOf(40, 0));
    vi.advanceTimersByTime(19_999);
    expect(lines).toEqual(["1 of 3 files, 2 tests, 10 s", "2 of 3 files, 42 tests, 20 s"]);
  });

  it("says how many failed", () => {
    const { reporter, lines } = started();
    reporter.onTestModuleEnd(moduleOf(5, 3));
    vi.advanceTimersByTime(10_000);
    expect(lines).toEqual(["1 of 3 files, 5 tests, 3 failed, 10 s"]);
  });

  it("ends with the run", () => {
    const { reporter, lines } = started();
    reporter.onTestRunEnd();
    vi.advanceTimersByTime(60_000);
    expect(lines).toEqual([]);
  });

  it.each([
    ["of a terminal is left to the reporter that draws there", true, ["default", {}], 0],
    ["is added where the terminal has a report that draws nothing", true, ["json", {}], 1],
    ["is added where there is no terminal", false, ["default", {}], 1],
  ])("%s", (_, isTTY, reporter, added) => {
    const reporters: unknown[] = [reporter];
    const terminal = vi.spyOn(process, "stdout", "get").mockReturnValue({ isTTY } as typeof process.stdout);
    configure(reporters);
    configure(reporters);
    terminal.mockRestore();
    expect(reporters.filter((each) => each instanceof Progress)).toHaveLength(added);
  });
});

function started() {
  const lines: string[] = [];
  const reporter = new Progress((line) => lines.push(line));
  reporter.onTestRunStart(specifications);
  return { reporter, lines };
}

function moduleOf(count: number, failed: number) {
  const tests = Array.from({ length: count });
  return { children: { allTests: (state?: string) => tests.slice(0, state === "failed" ? failed : count).values() } } as never;
}

/** As vitest calls the plugin once for each project. */
function configure(reporters: unknown[]): void {
  const { configureVitest } = progress() as unknown as { configureVitest(context: object): void };
  configureVitest({ vitest: { config: { reporters } } });
}
