/**
 * What floods of junk do to good tokens: `npm run bench:floods`. Half of all tokens are junk; good ones must all be accepted, about as fast as
 * when there is none.
 */
import { parseArgs } from "node:util";
import * as library from "../dist/index.js";
import { callback, createKeyRing } from "../dist/keyring/index.js";
import { createReplayGuard } from "../dist/revocation/index.js";
import { floodCases, measureFlood } from "./floodCases.mjs";

const PLAN = { rounds: 15, calls: 2000 };

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const figures = [];
for (const flood of floodCases({ ...library, callback, createKeyRing, createReplayGuard }, 2 * PLAN.rounds * PLAN.calls)) {
  figures.push(await measureFlood(flood, PLAN));
}

if (values.json) console.log(JSON.stringify({ node: process.version, figures }));
else {
  console.log(`Node ${process.version}, half of all tokens junk; p99 of good tokens, microseconds`);
  for (const { title, successRate, quiet, flooded, ratio, cost, junk, lookUps, growth } of figures) {
    const times = `${quiet.toFixed(1)} → ${flooded.toFixed(1)}, ${ratio.toFixed(2)}`;
    const costs = `${lookUps === undefined ? "" : `${lookUps} look-ups for ${junk} junk tokens, `}${Math.round(growth / 1024)} KB`;
    const each = `a good token takes ${cost.good.toFixed(1)}, junk ${cost.junk.toFixed(1)}`;
    console.log(`  ${title.padEnd(42)} ${(100 * successRate).toFixed(2)} % accepted   ${times.padEnd(18)} ${each.padEnd(40)} ${costs}`);
  }
}
process.exitCode = figures.every(({ successRate }) => successRate === 1) ? 0 : 1;
