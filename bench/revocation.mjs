/**
 * What it costs to look up whether tokens are revoked: `npm run bench:revocation`. Verifiers with a list of a million entries, with an
 * empty one and with none take turns, and differences are taken round by round; then the same of single calls. With `--sweep`, the list is
 * made to vanish, and the steps of that are timed.
 */
import { parseArgs } from "node:util";
import { createVerifier } from "../dist/index.js";
import { createRevocationList } from "../dist/revocation/index.js";
import { AUDIENCE, ISSUER, NOW, SECRET, SETS, signToken } from "./fleet.mjs";

const ENTRIES = 1_000_000;
const TOKENS = 20_480;
const BATCH = 1024;
const SINGLE = 2048;
const ROUNDS = 40;
const WARM_UP = 5;

/** An id like those of tokens, of 36 characters, that none of them has. */
function revokedId(number) {
  const mixed = (Math.imul(number + 1, 2654435761) >>> 0).toString(16).padStart(8, "0");
  return `${mixed}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

const median = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];

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
const tokens = Array.from({ length: TOKENS }, (_, index) => signToken({ ...SETS.mid(index), iss: ISSUER }));
const batches = Array.from({ length: TOKENS / BATCH }, (_, number) => tokens.slice(number * BATCH, (number + 1) * BATCH));

/** Nanoseconds a token. @throws Error when one is rejected. */
function timeBatches(verifier) {
  const from = performance.now();
  let accepted = 0;
  for (const batch of batches) accepted += verifier.verifyBatch(batch).accepted;
  if (accepted !== TOKENS) throw new Error(`Expected ${TOKENS} tokens to be accepted, got ${accepted}`);
  return ((performance.now() - from) / TOKENS) * 1e6;
}

function timeSingle(verifier, round) {
  const from = performance.now();
  for (let index = 0; index < SINGLE; index++) {
    if (!verifier.verify(tokens[(round * SINGLE + index) % TOKENS]).ok) throw new Error("Expected a token to be accepted");
  }
  return ((performance.now() - from) / SINGLE) * 1e6;
}

function compare(time) {
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    Object.fromEntries(Object.entries(verifiers).map(([name, verifier]) => [name, time(verifier, round)])),
  ).slice(WARM_UP);
  const more = (name) => median(rounds.map((times) => times[name] - times.none));
  return { none: median(rounds.map((times) => times.none)), empty: more("empty"), million: more("million") };
}

/** The longest step of the sweep, in milliseconds, and how many there were: what the list's own timers do is timed. */
async function sweep() {
  now = NOW + 100_000;
  while (list.size > 0) await new Promise((resolve) => setTimer(resolve, 100));
  return { longestMs: Math.max(...steps), medianMs: median(steps), steps: steps.length };
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, sweep: { type: "boolean", default: false } } });
const batch = compare(timeBatches);
const single = compare(timeSingle);
const figures = { node: process.version, entriesPerSecond: perSecond, bytesPerEntry: bytes, batch, single };
if (values.sweep) figures.sweep = await sweep();

if (values.json) console.log(JSON.stringify(figures));
else {
  const line = (name, { none, empty, million }) =>
    console.log(`  ${name.padEnd(32)}${million.toFixed(1)} ns a token more, an empty list ${empty.toFixed(1)} (of ${Math.round(none)})`);
  console.log(`Node ${process.version}, mid tokens, none revoked`);
  console.log(`  entries added a second          ${Math.round(perSecond).toLocaleString("en-US")}`);
  console.log(`  bytes an entry                  ${bytes.toFixed(1)}`);
  line(`batches of ${BATCH}, a million`, batch);
  line("single calls, a million", single);
  if (values.sweep) {
    const { longestMs, medianMs, steps: count } = figures.sweep;
    console.log(`  longest step as all vanish      ${longestMs.toFixed(2)} ms, median ${medianMs.toFixed(2)}, of ${count}`);
  }
}
