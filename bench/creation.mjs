/**
 * What it costs to make a verifier of one secret, for those who make one for each request: `npm run bench:creation`. Microseconds each, with
 * what it takes to collect them; and the memory that is left of many that were made and dropped in one turn, before the runtime was told
 * that they are gone.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { createVerifier } from "../dist/index.js";

const COUNT = 20_000;
/** Made in one turn, as in a request; the runtime collects between them. */
const A_TURN = 10;

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const secrets = Array.from({ length: COUNT }, () => randomBytes(32));

const megabytes = memoryLeft();
const microseconds = await time();

if (values.json) console.log(JSON.stringify({ node: process.version, count: COUNT, microseconds, megabytes }));
else {
  console.log(`Node ${process.version}`);
  console.log(`  a verifier, made and collected   ${microseconds.toFixed(1)} µs`);
  console.log(`  left of ${COUNT} made in one turn  ${megabytes.toFixed(1)} MB`);
}

function memoryLeft() {
  createVerifier({ keys: secrets[0] });
  const before = used();
  for (const keys of secrets) createVerifier({ keys });
  return (used() - before) / 1e6;
}

function used() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function time() {
  await make();
  const start = performance.now();
  await make();
  return ((performance.now() - start) / COUNT) * 1000;
}

async function make() {
  for (const [index, keys] of secrets.entries()) {
    createVerifier({ keys });
    if (index % A_TURN === 0) await new Promise(setImmediate);
  }
}
