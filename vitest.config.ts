import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin, type TestProjectConfiguration } from "vitest/config";
import { engineModule } from "./scripts/engineText.mjs";
import { progress } from "./test/support/progress.js";

const FILES = readdirSync(new URL("test", import.meta.url), { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts"));
/** What is timed runs by itself, when all else is done, one file at a time. */
const TIMED = FILES.filter((file) => file.endsWith(".timed.test.ts"));
/** Of these there are fewer runs, or fewer processes, in `npm test` (test/support/runs.ts, test/cli/command.ts). */
const REPEATED = FILES.filter((file) => /\/(support\/runs|command)\.js"/.test(textOf(file)));
/** What no byte of the engine decides. */
const WITHOUT_ENGINE = /^test\/(package|cli|architecture|bench|examples|support)\/|\/(adapters|sessions|revocation\/node)\//;
/** What it decides above all: kernels, what reads its records, and verdicts that the plain verifier gives as well. */
const OF_ENGINE = FILES.filter(
  (file) => /^test\/(assembly|conformance|src\/engine)\//.test(file) || /\/(reference\/\w+|arbitraries|abi)\.js"/.test(textOf(file)),
);

/**
 * `npm test` is all of substance in two minutes: every file over the release engine, and what is about the engine over the debug one.
 * `npm run test:full` (`--mode full`) is what that leaves out: all runs of each property, all else over the debug engine, and what is timed.
 */
export default defineConfig(({ mode }) => {
  const full = mode === "full";
  const release = FILES.filter((file) => !TIMED.includes(file));
  const debug = release.filter((file) => !WITHOUT_ENGINE.test(file));
  const isLong = (file: string) => REPEATED.includes(file);
  const projects = full
    ? [
        project("release", release.filter(isLong), full),
        project(
          "debug",
          debug.filter((file) => isLong(file) || !OF_ENGINE.includes(file)),
          full,
        ),
        project("timed", TIMED, full),
      ]
    : [
        project("release", release, full),
        project(
          "debug",
          debug.filter((file) => OF_ENGINE.includes(file)),
          full,
        ),
      ];
  // A worker for each core: vitest would leave one to itself, which has little to do.
  return { test: { maxWorkers: "100%", projects } };
});

function project(name: "release" | "debug" | "timed", files: string[], full: boolean): TestProjectConfiguration {
  return {
    plugins: [engine(name === "debug" ? "engine.debug.wasm" : "engine.wasm"), progress()],
    test: {
      name,
      include: files,
      // What ran before in the same process would be measured, too.
      isolate: name === "timed",
      setupFiles: "test/support/ownModules.ts",
      testTimeout: 60_000,
      hookTimeout: 120_000,
      env: { FUZZ_SCALE: process.env.FUZZ_SCALE ?? (full ? "1" : "0.2") },
      ...(name === "timed" && { maxWorkers: 1, sequence: { groupOrder: 1 } }),
    },
  };
}

/** Gives tests the engine as the build does: from its source, in which a `.wasm` import is its text. */
function engine(file: string): Plugin {
  const path = fileURLToPath(new URL(`build/${file}`, import.meta.url));
  const source = fileURLToPath(new URL("src/runtime/engineModule.ts", import.meta.url));
  return {
    name: "engine",
    enforce: "pre",
    resolveId: (id) => (id === "#engine" ? source : id.endsWith(".wasm") ? "\0engine" : null),
    load: (id) => (id === "\0engine" ? engineModule(path) : null),
  };
}

function textOf(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}
