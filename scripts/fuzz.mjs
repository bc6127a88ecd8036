/**
 * Runs the property suite over and over with fresh seeds until time is up: `npm run fuzz -- --minutes 10`. A failure ends
 * it with exit code 1 and the seed that shows it again: `FUZZ_SEED=… npx vitest run test/property`.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    scale: { type: "string", default: "4" },
    project: { type: "string", default: "release" },
  },
});
const minutes = Number(values.minutes);
const scale = Number(values.scale);
if (!(minutes > 0) || !(scale > 0)) {
  console.error("Expected --minutes and --scale to be numbers, more than 0");
  process.exit(2);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const manifest = require.resolve("vitest/package.json");
const vitest = join(dirname(manifest), require(manifest).bin.vitest);

const end = Date.now() + minutes * 60_000;
let rounds = 0;
let tests = 0;
while (Date.now() < end) {
  const seed = randomInt(2 ** 31);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, "run", "--project", values.project, "--reporter=json", "--testTimeout", String(10 * 60_000), "test/property"],
    { cwd: root, env: { ...process.env, FUZZ_SEED: String(seed), FUZZ_SCALE: String(scale) }, encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  const report = readReport(stdout);
  if (status !== 0 || !report?.success || report.numTotalTests === 0) {
    for (const failure of failures(report)) console.error(failure);
    if (!report) console.error(stdout + stderr);
    console.error(`Failed with seed ${seed}, scale ${scale}, after ${rounds} good rounds.`);
    process.exit(1);
  }
  rounds++;
  tests += report.numPassedTests;
  console.log(`round ${rounds}: seed ${seed}, ${report.numPassedTests} properties held at ${scale} times the runs of a full test`);
}
console.log(`${rounds} rounds, ${tests} properties held, none failed.`);

function readReport(text) {
  const start = text.indexOf("{");
  try {
    return JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
}

function failures(report) {
  const cases = report?.testResults.flatMap((file) => file.assertionResults) ?? [];
  return cases
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join("\n")}`);
}
