/**
 * What it costs to make a verifier of one secret, for those who make one for each request: `npm run bench:creation`. Microseconds each, with
 * what it takes to collect them; and the memory that is left of many that were made and dropped in one turn, before the runtime was told
 * that they are gone.
 */
import { randomBytes } from "node:crypto";
import { createVerifier } from "../dist/index.js";
import { readFlags } from "./arguments.mjs";
import { printFigures } from "./table.mjs";

const COUNT = 20_000;
/** Made in one turn, as in a request; the runtime collects between them. */
const A_TURN = 10;

const flags = readFlags("json");
const secrets = Array.from({ length: COUNT }, () => randomBytes(32));

const megabytes = memoryLeft();
const microseconds = await time();
printFigures(
  flags,
  { count: COUNT, microseconds, megabytes },
  {
    title: "verifiers of one secret",
    rows: [
      ["one made and collected, µs", microseconds.toFixed(1)],
      [`left of ${COUNT} made in one turn, MB`, megabytes.toFixed(1)],
    ],
  },
);

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
