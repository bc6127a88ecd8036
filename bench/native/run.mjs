/**
 * Times native programs on the tokens the benchmark is about: `node bench/native/run.mjs [--json FILE] [--sets small,mid,big]
 * [--rounds N]`. Peers whose packages are not there are listed, and the rest goes on.
 *
 * A program proves itself, warms up and prints a few rounds each time it is started. All are started in turn, in an order that
 * changes, so that no peer gets all of a good or a bad minute.
 */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFile, orExit, parse, UsageError } from "../arguments.mjs";
import { checksOf, POOL, SECRET, SETS, tokensOf } from "../fleet.mjs";
import { machine } from "../machine.mjs";
import { showProgress } from "../progress.mjs";
import { orderOf } from "../rounds.mjs";
import { quantile } from "../statistics.mjs";
import { buildPeers } from "./build.mjs";
import { PEERS } from "./peers.mjs";
import { findFault, writeFleet } from "./prove.mjs";
import { startPeer } from "./start.mjs";

const PASSES = 5;

/**
 * `progress` is told how far it is. A `signal` ends the program that is running, and the sets that were done are returned.
 *
 * @param {{
 *   progress?: (share: number, text: string) => void,
 *   rounds?: number,
 *   sets?: readonly string[],
 *   peers?: readonly import("./peers.mjs").Peer[],
 *   count?: number,
 *   output?: string,
 *   versionOf?: (name: string) => Promise<string | undefined>,
 *   signal?: AbortSignal,
 * }} settings
 */
export async function measureNative({
  progress = () => {},
  rounds = 20,
  sets = ["small", "mid", "big"],
  peers = PEERS,
  count = POOL,
  output,
  versionOf,
  signal,
} = {}) {
  const { built, missing, failed } = await buildPeers({ peers, output, versionOf, progress: (text) => progress(0, text), signal });
  const results = [];
  const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-native-"));
  try {
    const key = join(folder, "key.hex");
    writeFileSync(key, SECRET.toString("hex"));
    for (const [number, set] of sets.entries()) {
      if (built.length === 0 || signal?.aborted) break;
      const fleet = writeFleet(folder, { set, tokens: tokensOf(set, count), key, checks: checksOf(set) });
      const report = (share, text) => progress((number + share) / sets.length, `${set} tokens, ${text}`);
      const timed = await timeSet(built, fleet, { rounds, report, signal });
      results.push(...timed.results.map((result) => ({ ...result, set })));
      failed.push(...timed.failed.map((failure) => ({ ...failure, set })));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { machine: machine(), results, missing, failed };
}

/** All peers with the tokens of one set. Who has failed is not timed any further. */
async function timeSet(peers, fleet, { rounds, report, signal }) {
  const runs = [];
  for (const peer of peers) {
    report(0, `proving ${peer.contender}`);
    runs.push({ peer, wall: [], cpu: [], fault: await findFault(peer, fleet, signal) });
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const inThisPass = Math.floor(((pass + 1) * rounds) / PASSES) - Math.floor((pass * rounds) / PASSES);
    if (inThisPass === 0) continue;
    for (const run of orderOf(runs, pass)) {
      if (run.fault || signal?.aborted) continue;
      report(pass / PASSES, run.peer.contender);
      await timeRounds(run, { ...fleet, rounds: inThisPass }, signal);
    }
  }
  if (signal?.aborted) return { results: [], failed: [] };
  return {
    results: runs
      .filter(({ fault }) => !fault)
      .map(({ peer: { contender, version, what }, wall, cpu }) => ({ contender, version, what, wall, cpu })),
    failed: runs.filter(({ fault }) => fault).map(({ peer: { contender }, fault }) => ({ contender, reason: fault })),
  };
}

async function timeRounds(run, given, signal) {
  const { rounds, reason } = await startPeer(run.peer.program, given, signal);
  run.fault = reason;
  for (const { wall, cpu } of rounds ?? []) {
    run.wall.push(wall);
    run.cpu.push(cpu);
  }
}

/** Run by itself it prints a table. */
async function main() {
  const { json, sets, rounds } = orExit(readOptions);
  const bar = showProgress("Native peers", [{ title: "building", weight: 1 }]);
  const native = await measureNative({ progress: bar.begin(0), rounds, sets });
  bar.end();
  printTable(native);
  if (json) writeFileSync(json, `${JSON.stringify(native)}\n`);
}

function readOptions() {
  const names = Object.keys(SETS);
  const { values } = parse({ json: { type: "string" }, sets: { type: "string" }, rounds: { type: "string" } });
  const sets = values.sets?.split(",");
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const unknown = sets?.find((set) => !names.includes(set));
  if (unknown !== undefined) throw new UsageError(`Expected \`--sets\` to be of ${names.join(", ")}, got ${JSON.stringify(unknown)}`);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new UsageError(`Expected \`--rounds\` to be a whole number from 1, got ${JSON.stringify(values.rounds)}`);
  }
  checkFile("json", values.json);
  return { json: values.json, sets, rounds };
}

function printTable({ results, missing, failed }) {
  const row = (name, version, ...numbers) => name.padEnd(22) + version.padEnd(12) + numbers.map((number) => number.padStart(9)).join("");
  for (const set of new Set(results.map(({ set }) => set))) {
    console.log(`\n${row(`${set} tokens, ns each`, "version", "median", "lower", "upper", "CPU time")}`);
    for (const { contender, version, what, wall, cpu } of results.filter((result) => result.set === set)) {
      const numbers = [quantile(wall, 0.5), quantile(wall, 0.25), quantile(wall, 0.75), quantile(cpu, 0.5)];
      console.log(
        row(contender, version, ...numbers.map((number) => `${Math.round(number)}`)) + (what === "tags" ? "  signature alone" : ""),
      );
    }
  }
  for (const { contender, package: name } of missing) console.log(`\nNot there: ${contender}, it needs ${name} (bench/native/install.sh)`);
  for (const { contender, set, reason } of failed) console.log(`\nFailed: ${contender}${set ? ` on ${set} tokens` : ""} ${reason}`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
