/**
 * What each step of the pipeline costs, in ns per token: `npm run bench:stages [-- --set mid] [-- --json FILE]`.
 *
 * A build of the engine with an entrance to each step (`engine.ts`) is run over a chunk that it has judged as a whole before. Steps
 * take turns; the figure is the median of the rounds. What a step costs alone is not quite what it costs among the others:
 * the processor hides part of one behind another, so the last row is what is left of the whole, and can be negative.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { commandLine, root } from "../../scripts/command.mjs";
import { engineModule } from "../../scripts/engineText.mjs";
import { checksOf, NOW, SECRET, tokensOf } from "../fleet.mjs";
import { median } from "../statistics.mjs";

const TOKENS = 256;
/** So many times as many tokens take turns in the whole: none is met twice running. */
const POOLS = 40;
const ROUNDS = 2001;
const WARM_UP_MS = 300;
/** Tokens that take turns in the kernel's own figure. */
const LANES = 5;

/** The cost of each step for one set of tokens (`fleet.mjs`). */
export async function measureStages(set) {
  const { abi, createVerifier, openEngine, KeyMemory, parseOptions, placeContext, recordOf, writeTokens } = await library();
  const engine = openEngine();
  const { memory } = engine;
  const { exports } = memory;
  const rules = { keys: SECRET, ...checksOf(set), currentDate: NOW };
  const all = tokensOf(set, TOKENS * POOLS);
  const pools = Array.from({ length: POOLS }, (_, number) => all.slice(TOKENS * number, TOKENS * (number + 1)));
  const pool = pools[0];
  const verifier = createVerifier(rules);
  const plan = parseOptions(rules);
  const keys = new KeyMemory(engine);
  keys.put([plan.keys]);
  const context = placeContext(engine, plan, keys).address;
  const end = () => memory.word(recordOf(TOKENS - 1), abi.RECORD_START) + pool[TOKENS - 1].length;

  const texts = [];
  const copy = (tokens = pool) => writeTokens(memory, tokens, 0, TOKENS, abi.LARGEST_TOKEN, texts);
  let turn = 0;
  const whole = () => verifier.verifyBatch(pools[turn++ % POOLS]).accepted;
  const judgeAll = (tokens) => {
    copy(tokens);
    if (exports.verifyTokens(context, TOKENS, NOW) !== TOKENS) throw new Error("Expected the stages' tokens to be accepted");
  };
  // These last, so that what tokens have in common is remembered, and nothing of their own.
  for (const tokens of pools.toReversed()) judgeAll(tokens);
  const compressions = exports.compressions(TOKENS) / TOKENS;
  const blocks = Math.ceil((compressions * TOKENS) / LANES);

  const steps = {
    whole,
    copy: () => copy(),
    split: () => exports.split(TOKENS),
    header: () => exports.header(context, TOKENS),
    hmac: () => exports.hash(TOKENS),
    compare: () => exports.compare(TOKENS),
    decode: () => exports.decode(TOKENS),
    scan: () => exports.scan(context, TOKENS),
    policy: () => exports.judge(context, TOKENS, NOW),
    wipe: () => exports.wipe(end()),
    kernel: () => exports.kernel(blocks),
  };
  // Hashing pads over the signatures, and wiping empties the input: each step finds it freshly written.
  const prepare = { whole: () => {}, copy: () => {} };
  const times = timeSteps(steps, (name) => (prepare[name] ?? steps.copy)());
  const { whole: total, kernel, ...parts } = times;
  const rest = total - Object.values(parts).reduce((sum, value) => sum + value, 0);
  return {
    set,
    tokenBytes: pool[0].length,
    compressions,
    total,
    parts: [...Object.entries(parts), ["call and result", rest]].map(([name, ns]) => ({ name, ns })),
    floor: { name: `${compressions} compressions, five side by side`, ns: kernel },
  };
}

/** Median ns per token by step. */
function timeSteps(steps, prepare) {
  const names = Object.keys(steps);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const round = (first) => {
    names.forEach((_, turn) => {
      const name = names[(first + turn) % names.length];
      prepare(name);
      const start = performance.now();
      steps[name]();
      times[name].push(((performance.now() - start) * 1e6) / TOKENS);
    });
  };
  for (const start = performance.now(); performance.now() - start < WARM_UP_MS; ) round(0);
  for (const name of names) times[name].length = 0;
  for (let index = 0; index < ROUNDS; index++) round(index);
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

let bundled;

/** The library's inside, bundled around an engine of its own. */
function library() {
  bundled ??= bundle();
  return bundled;
}

async function bundle() {
  const wasm = join(root, "build/stages.wasm");
  const bundle = join(root, "build/stages.mjs");
  mkdirSync(join(root, "build"), { recursive: true });
  execFileSync(...commandLine("assemblyscript", "asc", "--config", "bench/stages/asconfig.json", "--target", "stages"), {
    cwd: root,
    stdio: "ignore",
  });
  const engine = { name: "engine", setup: ({ onLoad }) => onLoad({ filter: /\.wasm$/ }, () => ({ contents: engineModule(wasm) })) };
  await build({
    absWorkingDir: root,
    entryPoints: ["bench/stages/host.ts"],
    outfile: bundle,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    plugins: [engine],
  });
  return import(pathToFileURL(bundle));
}

async function main() {
  const { values } = parseArgs({ options: { set: { type: "string", multiple: true }, json: { type: "string" } } });
  const stages = [];
  for (const set of values.set ?? ["small", "mid", "big"]) stages.push(await measureStages(set));
  for (const stage of stages) print(stage);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(stages, null, 2)}\n`);
}

function print({ set, tokenBytes, total, parts, floor }) {
  console.log(`\n${set}, ${tokenBytes} bytes, Node ${process.version}: ns per token`);
  for (const { name, ns } of [...parts, { name: "whole", ns: total }]) console.log(`  ${name.padEnd(44)}${ns.toFixed(1).padStart(8)}`);
  console.log(`  floor: ${floor.name.padEnd(37)}${floor.ns.toFixed(1).padStart(8)}`);
}

if (process.argv[1] === import.meta.filename) await main();
