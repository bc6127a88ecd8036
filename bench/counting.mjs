/**
 * What a verifier's counters cost: `npm run bench:counting`. Nanoseconds a token of counting alone, one token at a time and in batches of
 * which all, or nine of ten, are accepted.
 */
import { build } from "esbuild";
import { readFlags } from "./arguments.mjs";
import { inRounds } from "./rounds.mjs";
import { median } from "./statistics.mjs";
import { printFigures } from "./table.mjs";

const BATCH = 1024;
const TOKENS = 2_000_000;
const ROUNDS = 15;
const REJECTED = 7;

const { outputFiles } = await build({
  entryPoints: [new URL("../src/verify/stats.ts", import.meta.url).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const { Counters } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const allGood = new Uint8Array(BATCH);
const someBad = Uint8Array.from(allGood, (_, index) => (index % 10 === 0 ? REJECTED : 0));

const ways = {
  "one by one": (counters) => {
    for (let token = 0; token < TOKENS; token++) counters.countOne(token % 10 === 0 ? REJECTED : 0);
  },
  "batches, all accepted": batches(allGood),
  "batches, a tenth rejected": batches(someBad),
};

function batches(codes) {
  const accepted = codes.filter((code) => code === 0).length;
  return (counters) => {
    for (let token = 0; token < TOKENS; token += BATCH) counters.countBatch(codes, accepted, 0);
  };
}

/** @throws Error when tokens were not all counted. */
function time(count) {
  const counters = new Counters();
  const start = performance.now();
  count(counters);
  const nanoseconds = ((performance.now() - start) / TOKENS) * 1e6;
  if (counters.read().tokens < TOKENS) throw new Error(`Expected ${TOKENS} tokens to be counted, got ${counters.read().tokens}`);
  return nanoseconds;
}

const flags = readFlags("json");
const measures = Object.entries(ways).map(([name, count]) => [name, () => time(count)]);
const samples = await inRounds(Object.fromEntries(measures), { rounds: ROUNDS });
const figures = Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, median(all)]));
const rows = Object.entries(figures).map(([name, nanoseconds]) => [name, nanoseconds.toFixed(2)]);
printFigures(flags, { figures }, { title: "nanoseconds a token", rows });
