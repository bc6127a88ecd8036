/**
 * The figures the README promises, on this machine and this Node: `npm run bench:figures [-- --json FILE] [-- --quick]`.
 *
 * Every contender must accept all good tokens and reject all tampered ones before it is timed.
 */
import { createHmac, createSecretKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { createVerifier } from "../dist/index.js";
import { AUDIENCE, checksOf, ISSUER, NOW, SECRET, SETS, signToken, tokensOf } from "./fleet.mjs";
import { loadRival } from "./rivals.mjs";
import { median, ratio, timeRounds } from "./rounds.mjs";

const { values: options } = parseArgs({ options: { json: { type: "string" }, quick: { type: "boolean" }, only: { type: "string" } } });
const BATCH = 256;
const POOL = 20_480;
const timing = options.quick ? { rounds: 9, sliceMs: 20, warmupMs: 150 } : { rounds: 21, sliceMs: 40, warmupMs: 300 };
const fastJwt = await loadRival("fast-jwt");
const keyObject = createSecretKey(SECRET);

/** Walks through a pool in batches, so that no contender sees the same token twice running. */
function inBatches(pool, work) {
  let from = 0;
  return () => {
    if (from + BATCH > pool.length) from = 0;
    work(pool.slice(from, from + BATCH));
    from += BATCH;
  };
}

function contendersFor(set, pool) {
  const checks = checksOf(set);
  const verifier = createVerifier({ keys: SECRET, ...checks, currentDate: NOW });
  const rival = fastJwt.createVerifier({
    key: SECRET,
    algorithms: ["HS256"],
    cache: false,
    clockTimestamp: NOW * 1000,
    ...(checks.issuer ? { allowedIss: checks.issuer, allowedAud: checks.audience } : {}),
  });
  prove((token) => verifier.verify(token).ok, pool);
  prove((token) => {
    try {
      return Boolean(rival(token));
    } catch {
      return false;
    }
  }, pool);
  let sink = 0;
  const expect = (count) => {
    if (count !== BATCH) throw new Error(`Expected ${BATCH} accepted tokens, got ${count}`);
  };
  return {
    verdict: inBatches(pool, (tokens) => expect(verifier.verifyBatch(tokens).accepted)),
    "verdict + claims": inBatches(pool, (tokens) => {
      const batch = verifier.verifyBatch(tokens);
      for (let index = 0; index < batch.length; index++) sink += batch.claims(index).exp;
      expect(batch.accepted);
    }),
    "single + claims": inBatches(pool, (tokens) => {
      for (const token of tokens) sink += verifier.verify(token).claims.exp;
    }),
    "fast-jwt": inBatches(pool, (tokens) => {
      for (const token of tokens) sink += rival(token).exp;
    }),
    createHmac: inBatches(pool, (tokens) => {
      for (const token of tokens) {
        sink += createHmac("sha256", keyObject)
          .update(token.slice(0, token.length - 44))
          .digest()[0];
      }
    }),
  };
}

/** All good tokens pass, and none whose signature has one other character. */
function prove(accepts, pool) {
  const tampered = (token) => token.slice(0, -3) + (token.at(-3) === "A" ? "B" : "A") + token.slice(-2);
  for (const token of pool.slice(0, 512)) {
    if (!accepts(token)) throw new Error("A contender rejects a good token");
    if (accepts(tampered(token))) throw new Error("A contender accepts a tampered token");
  }
}

/** Batches that are all bad in one way, against the same tokens when good. */
function rejectingFor(pool) {
  const verifier = createVerifier({ keys: SECRET, issuer: ISSUER, audience: AUDIENCE, currentDate: NOW });
  const accepting = (tokens) => verifier.verifyBatch(tokens).accepted;
  const flat = (text) => Buffer.from(text).toString("latin1");
  const forged = pool.map((token) => flat(`${token.slice(0, -10)}${token.at(-10) === "A" ? "B" : "A"}${token.slice(-9)}`));
  const expired = pool.map((_, index) => signToken({ ...SETS.mid(index), exp: NOW - 10 }));
  const malformed = pool.map((token) => flat(`${token.slice(0, 100)}*${token.slice(101)}`));
  const reject = (tokens) => {
    if (accepting(tokens)) throw new Error("A bad token was accepted");
  };
  return {
    accepting: inBatches(pool, accepting),
    "bad signature": inBatches(forged, reject),
    expired: inBatches(expired, reject),
    malformed: inBatches(malformed, reject),
  };
}

/** Small and mid tokens in turn. */
function sizes() {
  const contenders = ["small", "mid"].map((set) => {
    const verifier = createVerifier({ keys: SECRET, ...checksOf(set), currentDate: NOW });
    return [set, inBatches(tokensOf(set, POOL), (tokens) => verifier.verifyBatch(tokens))];
  });
  return timeRounds(Object.fromEntries(contenders), BATCH, timing);
}

/** The same tokens as batches of 1,000 and as one of 1,000,000. */
function scalingFor(pool) {
  const verifier = createVerifier({ keys: SECRET, issuer: ISSUER, audience: AUDIENCE, currentDate: NOW });
  const million = Array.from({ length: 1_000_000 }, (_, index) => pool[index % pool.length]);
  const thousands = Array.from({ length: 1000 }, (_, index) => million.slice(1000 * index, 1000 * index + 1000));
  const times = { thousand: [], million: [] };
  for (let round = 0; round < 5; round++) {
    let start = performance.now();
    for (const tokens of thousands) verifier.verifyBatch(tokens);
    times.thousand.push(performance.now() - start);
    start = performance.now();
    verifier.verifyBatch(million);
    times.million.push(performance.now() - start);
  }
  return times;
}

const results = {
  node: process.version,
  cpu: cpus()[0].model,
  date: new Date().toISOString().slice(0, 10),
  batch: BATCH,
  times: {},
  figures: {},
};
const note = (name, value, goal) => {
  results.figures[name] = { value, goal };
  console.log(`  ${name.padEnd(64)} ${value.toFixed(2).padStart(8)}${goal === undefined ? "" : `   (goal ${goal})`}`);
};
const newer = Number(process.versions.node.split(".")[0]) > 20;

console.log(`Node ${process.version}, ${cpus()[0].model}, batches of ${BATCH}\n`);
for (const set of ["mid", "small", "big"]) {
  if (options.only && options.only !== set) continue;
  const pool = tokensOf(set, POOL);
  const times = timeRounds(contendersFor(set, pool), BATCH, timing);
  results.times[set] = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
  console.log(`${set}, ${pool[0].length} bytes, ns per token`);
  for (const [name, values] of Object.entries(times)) console.log(`  ${name.padEnd(64)} ${median(values).toFixed(0).padStart(8)}`);
  note(
    `${set}: verdict, times faster than fast-jwt`,
    ratio(times, "fast-jwt", "verdict").median,
    set === "mid" ? (newer ? 10 : 9) : undefined,
  );
  note(
    `${set}: verdict, times faster than createHmac`,
    ratio(times, "createHmac", "verdict").median,
    set === "mid" ? (newer ? 3.3 : 3) : undefined,
  );
  note(
    `${set}: claims read, times faster than fast-jwt`,
    ratio(times, "fast-jwt", "verdict + claims").median,
    set === "mid" ? (newer ? 5 : 4.8) : undefined,
  );
  note(
    `${set}: single with claims, times faster than fast-jwt`,
    ratio(times, "fast-jwt", "single + claims").median,
    set === "mid" ? 2 : undefined,
  );
  if (set === "mid") {
    const rejecting = timeRounds(rejectingFor(pool), BATCH, timing);
    for (const kind of ["bad signature", "expired", "malformed"])
      note(`mid: cost of rejecting (${kind}) to accepting`, ratio(rejecting, kind, "accepting").median, "<= 1");
    const scaling = scalingFor(pool);
    note("mid: one batch of 1,000,000 to batches of 1,000", ratio(scaling, "million", "thousand").median, "0.9 to 1.1");
  }
  console.log("");
}
if (!options.only) note("small verdict to mid verdict", ratio(sizes(), "small", "mid").median, "<= 0.55");
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
