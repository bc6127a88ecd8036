/**
 * What floods of junk do to good tokens: `npm run bench:floods`. Half of all tokens are junk; good ones must all be accepted, about as fast as
 * when there is none.
 */
import * as library from "../dist/index.js";
import { callback, createKeyRing } from "../dist/keyring/index.js";
import { createReplayGuard } from "../dist/revocation/index.js";
import { readFlags } from "./arguments.mjs";
import { floodCases, measureFlood } from "./floodCases.mjs";
import { printFigures, whole } from "./table.mjs";

const PLAN = { rounds: 15, calls: 2000 };

const flags = readFlags("json");
const figures = [];
for (const flood of floodCases({ ...library, callback, createKeyRing, createReplayGuard }, 2 * PLAN.rounds * PLAN.calls)) {
  figures.push(await measureFlood(flood, PLAN));
}

printFigures(
  flags,
  { figures },
  {
    title: "half of all tokens junk; p99 of good tokens and what tokens take, microseconds",
    head: ["accepted, %", "quiet", "flooded", "ratio", "a good token", "junk", "look-ups", "junk tokens", "KB more"],
    rows: figures.map(({ title, successRate, quiet, flooded, ratio, cost, junk, lookUps, growth }) => [
      ...[title, (100 * successRate).toFixed(2), quiet.toFixed(1), flooded.toFixed(1), ratio.toFixed(2)],
      ...[cost.good.toFixed(1), cost.junk.toFixed(1), lookUps === undefined ? "–" : whole(lookUps), whole(junk), whole(growth / 1024)],
    ]),
  },
);
process.exitCode = figures.every(({ successRate }) => successRate === 1) ? 0 : 1;
