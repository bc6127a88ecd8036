/**
 * What it costs to look up whether tokens are revoked: `npm run bench:revocation`. Verifiers with a list of a million entries, with an
 * empty one and with none take turns, and differences are taken round by round; then the same of single calls. With `--sweep`, the list is
 * made to vanish, and the steps of that are timed.
 */
import { createVerifier } from "../dist/index.js";
import { createRevocationList } from "../dist/revocation/index.js";
import { readFlags } from "./arguments.mjs";
import { AUDIENCE, ISSUER, NOW, SECRET, tokensOf } from "./fleet.mjs";
import { timesOf } from "./rounds.mjs";
import { inBatches, oneByOne } from "./runners.mjs";
import { differenceOf, median } from "./statistics.mjs";
import { printFigures, whole } from "./table.mjs";

const ENTRIES = 1_000_000;
const TOKENS = 20_480;
const BATCH = 1024;
const TIMING = { rounds: 41, sliceMs: 30, warmupMs: 300 };

/** An id like those of tokens, of 36 characters, that none of them has. */
function revokedId(number) {
  const mixed = (Math.imul(number + 1, 2654435761) >>> 0).toString(16).padStart(8, "0");
  return `${mixed}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** Milliseconds that each of the list's timers took. */
const steps = [];
const setTimer = globalThis.setTimeout;
globalThis.setTimeout = (work, ...others) =>
  setTimer(
    () => {
      const from = performance.now();
      work();
      steps.push(performance.now() - from);
    },
    ...others,
  );

let now = NOW;
const list = createRevocationList({ currentDate: () => now });
const start = performance.now();
for (let from = 0; from < ENTRIES; from += 1000) {
  list.apply(Array.from({ length: 1000 }, (_, index) => ({ jti: revokedId(from + index), iss: ISSUER, exp: NOW + 3600 })));
}
const perSecond = (ENTRIES / (performance.now() - start)) * 1000;
const bytes = list.health().bytes / ENTRIES;

const rules = { keys: { kid: "key-1", secret: SECRET }, issuer: ISSUER, audience: AUDIENCE, currentDate: NOW };
const verifiers = {
  none: createVerifier(rules),
  empty: createVerifier({ ...rules, revocation: createRevocationList() }),
  million: createVerifier({ ...rules, revocation: list }),
};
const tokens = tokensOf("mid", TOKENS);

/** Nanoseconds a token without a list, and how many more with one, round by round. */
async function compare(runnerOf) {
  const runners = Object.entries(verifiers).map(([name, verifier]) => [name, runnerOf(verifier)]);
  const { none, empty, million } = await timesOf(Object.fromEntries(runners), TIMING);
  return { none: median(none), empty: differenceOf(empty, none), million: differenceOf(million, none) };
}

/** The longest step of the sweep, in milliseconds, and how many there were: what the list's own timers do is timed. */
async function sweep() {
  now = NOW + 100_000;
  while (list.size > 0) await new Promise((resolve) => setTimer(resolve, 100));
  return { longestMs: Math.max(...steps), medianMs: median(steps), steps: steps.length };
}

const flags = readFlags("json", "sweep");
const batch = await compare((verifier) => inBatches(verifier, tokens, BATCH));
const single = await compare((verifier) => oneByOne(verifier, tokens));
const sweeping = flags.sweep ? await sweep() : undefined;

const spread = ({ median: middle, low, high }) => [middle.toFixed(1), `${low.toFixed(1)}–${high.toFixed(1)}`];
const row = (name, { none, empty, million }) => [name, ...spread(million), ...spread(empty), whole(none)];
printFigures(
  flags,
  { entriesPerSecond: perSecond, bytesPerEntry: bytes, batch, single, ...(sweeping ? { sweep: sweeping } : {}) },
  {
    title: "mid tokens, none revoked; ns a token more than without a list",
    head: ["a million", "quartiles", "an empty list", "quartiles", "of"],
    rows: [
      ["entries added a second", whole(perSecond)],
      ["bytes an entry", bytes.toFixed(1)],
      row(`batches of ${BATCH}`, batch),
      row("single calls", single),
      ...(sweeping ? [[`longest of ${sweeping.steps} steps as all vanish, ms`, sweeping.longestMs.toFixed(2)]] : []),
      ...(sweeping ? [["median of them, ms", sweeping.medianMs.toFixed(2)]] : []),
    ],
  },
);
