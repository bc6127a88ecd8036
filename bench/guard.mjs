/**
 * Guards against regressions: `npm run bench:guard` fails when a verdict on mid tokens, in batches of 256, is not at least 2.5 times as
 * fast as a bare `createHmac` in the same process. A few seconds; when it is close, once more and longer.
 */
import { measureBlock } from "./block.mjs";
import { OURS } from "./plan.mjs";
import { ratioOf } from "./statistics.mjs";

const LEAST = 2.5;
/** Below this share of it, noise is no explanation. */
const CLOSE = 0.85;
const TIMING = { rounds: 25, sliceMs: 40, warmupMs: 400 };
const AGAIN = { rounds: 51, sliceMs: 60, warmupMs: 800 };

const scenario = {
  id: "guard",
  group: "main",
  algorithm: "HS256",
  set: "mid",
  batch: 256,
  bad: 0,
  keys: 1,
  contenders: [OURS, "createHmac"],
};

let found = await measureRatio(TIMING);
if (found.median < LEAST && found.median >= CLOSE * LEAST) {
  console.log(`${describe(found)}: close, once more`);
  found = await measureRatio(AGAIN);
}
if (found.median < LEAST) {
  console.error(`Regression: ${describe(found)}, expected at least ${LEAST}`);
  process.exitCode = 1;
} else {
  console.log(`${describe(found)}, at least ${LEAST} expected`);
}

async function measureRatio(timing) {
  const { scenarios, failed } = await measureBlock({ scenarios: [scenario], timing }, { progress: () => {} });
  if (failed.length > 0) throw new Error(failed.map(({ contender, reason }) => `${contender} ${reason}`).join("; "));
  const [ours, bare] = scenario.contenders.map((name) => scenarios[0].results.find(({ contender }) => contender === name).wall);
  return ratioOf(bare, ours);
}

function describe({ median, low, high }) {
  return `a verdict is ${median.toFixed(2)} times (${low.toFixed(2)}–${high.toFixed(2)}) as fast as createHmac on Node ${process.version}`;
}
