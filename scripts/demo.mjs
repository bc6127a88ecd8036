/**
 * The demo: a fleet file of device tokens signed by node:crypto, verified by the engine and by a plain node:crypto
 * verifier, every verdict compared. `npm run demo [-- --count N] [-- --seed N]`.
 */

import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { createVerifier, verdictName } from "../dist/index.js";
import { AUDIENCE, fleet, ISSUER, SECRET } from "./demo/fleet.mjs";
import { createPlainVerifier } from "./demo/plainVerifier.mjs";

const { values } = parseArgs({ options: { count: { type: "string", default: "200000" }, seed: { type: "string", default: "1" } } });
const count = Number(values.count);
const seed = Number(values.seed);
if (!Number.isInteger(count) || count < 1) fail(`Expected \`--count\` to be a whole number of tokens, got ${values.count}`);
if (!Number.isInteger(seed)) fail(`Expected \`--seed\` to be a whole number, got ${values.seed}`);

const BATCH = 1024;
const now = Math.floor(Date.now() / 1000);
const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-demo-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const bold = (text) => styleText("bold", text);
const dim = (text) => styleText("dim", text);
const whole = (number) => Math.round(number).toLocaleString("en-US");

console.log(bold("\n  wasm-jwt") + dim("  a fleet of device tokens, judged twice\n"));
const { file, expected } = await writeFleet();
const tokens = readFileSync(file, "latin1").split("\n").slice(0, count);

const verifier = createVerifier({ keys: SECRET, issuer: ISSUER, audience: AUDIENCE, currentDate: now });
const plain = createPlainVerifier({ secret: SECRET, issuer: ISSUER, audience: AUDIENCE, now });
const engineCodes = [];
const plainCodes = [];
let engineMs = 0;
let plainMs = 0;
for (let from = 0; from < count; from += BATCH) {
  const batch = tokens.slice(from, from + BATCH);
  // The two take turns, each going first every other time, so that both meet the machine in the same mood.
  for (const turn of (from / BATCH) % 2 ? ["plain", "engine"] : ["engine", "plain"]) {
    const start = performance.now();
    if (turn === "engine") {
      const verdicts = verifier.verifyBatch(batch);
      engineMs += performance.now() - start;
      for (const code of verdicts.codes) engineCodes.push(verdictName(code));
    } else {
      const codes = batch.map(plain);
      plainMs += performance.now() - start;
      plainCodes.push(...codes);
    }
  }
  progress("judging", (from + batch.length) / count);
}

printCounts();
const disagreements = engineCodes.filter((code, index) => code !== plainCodes[index] || code !== expected[index]).length;
const rate = (ms) => `${whole((count / ms) * 1000).padStart(10)} tokens/s`;
console.log(`  engine, batches of ${whole(BATCH)}    ${bold(rate(engineMs))}`);
console.log(`  node:crypto + JSON.parse   ${rate(plainMs)}`);
console.log(`  ratio                      ${bold(`${(plainMs / engineMs).toFixed(1).padStart(10)} times`)}\n`);
const verdict = `${whole(count)} verdicts compared, ${whole(disagreements)} disagree`;
console.log(disagreements === 0 ? styleText("green", `  ✔ ${verdict}\n`) : styleText("red", `  ✘ ${verdict}\n`));
process.exitCode = disagreements === 0 ? 0 : 1;

/** Writes the fleet file; what each line was made to be is kept beside it. */
async function writeFleet() {
  const path = join(folder, "fleet.txt");
  const stream = createWriteStream(path);
  const made = [];
  let lines = [];
  for (const { token, expected: code } of fleet(count, now, seed)) {
    made.push(code);
    lines.push(token);
    if (lines.length < BATCH && made.length < count) continue;
    if (!stream.write(`${lines.join("\n")}\n`)) await once(stream, "drain");
    lines = [];
    progress("signing with node:crypto", made.length / count);
  }
  stream.end();
  await once(stream, "close");
  const megabytes = (statSync(path).size / 1e6).toFixed(1);
  console.log(`  ${whole(count)} tokens, ${megabytes} MB, signed by node:crypto\n`);
  return { file: path, expected: made };
}

/** A table of codes with bars on a logarithmic scale: the rare ones are what one looks for. */
function printCounts() {
  const counts = new Map();
  for (const code of engineCodes) counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const [code, number] of [...counts].sort((a, b) => b[1] - a[1])) {
    const bar = "█".repeat(Math.max(1, Math.round((24 * Math.log10(number + 1)) / Math.log10(count + 1))));
    const colour = code === "ACCEPTED" ? "green" : "yellow";
    console.log(`  ${code.padEnd(24)} ${whole(number).padStart(10)}  ${styleText(colour, bar)}`);
  }
  console.log("");
}

/** One line that is written over, on a terminal only. */
function progress(what, share) {
  if (!process.stderr.isTTY) return;
  const filled = Math.round(share * 30);
  process.stderr.write(`\r  ${what} ${"▰".repeat(filled)}${"▱".repeat(30 - filled)} ${Math.round(share * 100)} %`);
  if (share >= 1) process.stderr.write(`\r${" ".repeat(78)}\r`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
