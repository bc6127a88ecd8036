/**
 * Checks all that can be told without running the code: format and lint, types, dead code, and the package as it would be
 * published. Runs everything before it fails; `npm run check` builds first.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, root } from "./command.mjs";

const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-check-"));
try {
  const tarball = join(folder, pack());
  const checks = [
    ["Biome: format, lint, order and direction of imports", "@biomejs/biome", "biome", "check", "--error-on-warnings", "."],
    ["tsc: the library and its tests", "typescript", "tsc", "--project", "tsconfig.json"],
    ["tsc: the engine", "typescript", "tsc", "--project", "assembly/tsconfig.json"],
    ["knip: unused files, exports and dependencies", "knip", "knip"],
    ["publint: the package", "publint", "publint", "run", "--strict", tarball],
    ["attw: the package's types", "@arethetypeswrong/cli", "attw", "--profile", "esm-only", "--no-emoji", tarball],
  ];
  const failed = checks.filter(([title, ...command]) => !passes(title, commandLine(...command)));
  console.log(failed.length ? `\n${failed.length} of ${checks.length} checks failed` : "\nAll checks passed");
  process.exitCode = failed.length ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Packs the package into `folder`; returns the tarball's name. */
function pack() {
  // With a shell, since npm is a script of its own on Windows.
  const { status, stdout } = spawnSync(`npm pack --json --ignore-scripts --pack-destination "${folder}"`, {
    cwd: root,
    shell: true,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error("Expected `npm pack` to succeed");
  return JSON.parse(stdout)[0].filename;
}

function passes(title, [file, args]) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const passed = status === 0;
  console.log(`${passed ? "passed" : "FAILED"}  ${title} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (!passed) console.log(`\n${stdout}${stderr}`);
  return passed;
}
