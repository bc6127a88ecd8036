/**
 * The benchmark: `npm run bench [-- --full] [-- --filter TEXT] …`; `--help` tells the rest. It measures here, or on several Nodes one after the
 * other, prints tables and writes what it is asked to. Ctrl-C ends it early with what it has; a second one at once.
 */
import { existsSync, writeFileSync } from "node:fs";
import { HELP, orExit, parseArguments } from "./arguments.mjs";
import { measure } from "./measure.mjs";
import { planOf } from "./plan.mjs";
import { showProgress } from "./progress.mjs";
import { nodeOf, runOn, versionNumbers } from "./runtimes.mjs";
import { tableOf } from "./table.mjs";

const NATIVE = new URL("native/run.mjs", import.meta.url);
const REPORT = new URL("report/index.mjs", import.meta.url);

/** The exit status of a process that Ctrl-C ended. */
const INTERRUPTED = 130;

const options = readArguments(process.argv.slice(2));
const colours = Boolean(process.stdout.isTTY && !process.env.NO_COLOR);
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, endEarly);

if (process.send) await answerParent();
else await main();

async function main() {
  const runs = options.node.length > 0 ? await runEverywhere() : [await measure(options, stop.signal)];
  if (options.node.length === 0) console.log(`\n${tableOf(runs[0], { colours })}`);
  const resultsWith = (native) => ({
    format: 1,
    date: new Date().toISOString().slice(0, 10),
    command: commandOf(options),
    ...(stop.signal.aborted ? { interrupted: true } : {}),
    runs,
    native,
  });
  // Building native programs takes minutes in which no signal is heard: what there is is safe by then.
  if (options.native && options.json) writeResults(resultsWith(null));
  const results = resultsWith(options.native && !stop.signal.aborted ? await runNative() : null);
  if (options.json) {
    writeResults(results);
    console.log(`Written: ${options.json}`);
  }
  if (options.html) await writeReport(results);
  if (runs.length === 0) process.exitCode = 1;
  if (stop.signal.aborted) process.exitCode = INTERRUPTED;
}

function endEarly() {
  if (stop.signal.aborted) process.exit(INTERRUPTED);
  if (!process.send) console.error("\nEnding after this round; once more to end at once.");
  stop.abort();
}

/** What one has to call for the same; where it was written to does not matter. */
function commandOf({ full, filter, node, native }) {
  const args = [
    ...(full ? ["--full"] : []),
    ...(filter ? ["--filter", JSON.stringify(filter)] : []),
    ...(node.length > 0 ? ["--node", ...node] : []),
    ...(native ? ["--native"] : []),
  ];
  return ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" ");
}

/** A child of `runOn`: the run goes to the parent, and with the parent it ends. */
async function answerParent() {
  process.once("disconnect", () => process.exit(1));
  const run = await measure(options, stop.signal);
  process.removeAllListeners("disconnect");
  process.send(run, () => process.disconnect());
}

async function runEverywhere() {
  const args = [...(options.full ? ["--full"] : []), ...(options.filter ? ["--filter", options.filter] : [])];
  const runs = [];
  for (const version of options.node) {
    if (stop.signal.aborted) break;
    try {
      const run = await runOn(nodeOf(version), args, stop.signal);
      console.log(`\n${tableOf(run, { colours })}\n`);
      runs.push(run);
    } catch (error) {
      console.error(`Node ${version} is left out: ${error.message}`);
      process.exitCode = 1;
    }
  }
  return runs.sort((a, b) => compareNumbers(versionNumbers(a.node), versionNumbers(b.node)));
}

function compareNumbers(left, right) {
  const place = left.findIndex((number, index) => number !== right[index]);
  return place < 0 ? 0 : left[place] - right[place];
}

async function runNative() {
  if (!existsSync(NATIVE)) {
    console.error("Skipped: there is no bench/native/run.mjs");
    return null;
  }
  const { measureNative } = await import(NATIVE.href);
  const bar = showProgress("Native peers", [{ title: "building", weight: 1 }]);
  try {
    return await measureNative({ progress: bar.begin(0), signal: stop.signal });
  } catch (error) {
    console.error(`Native peers are left out: ${error.message}`);
    process.exitCode = 1;
    return null;
  } finally {
    bar.end();
  }
}

async function writeReport(results) {
  if (!existsSync(REPORT)) {
    console.error("Skipped: there is no bench/report/index.mjs");
    return;
  }
  const { renderReport } = await import(REPORT.href);
  writeFileSync(options.html, renderReport(results));
  console.log(`Written: ${options.html}`);
}

function writeResults(results) {
  writeFileSync(options.json, `${JSON.stringify(results)}\n`);
}

function readArguments(args) {
  const parsed = orExit(() => parseArguments(args));
  if (parsed.help) leave(HELP);
  if (parsed.list) leave(listOf(parsed));
  return parsed;
}

function leave(text) {
  process.stdout.write(text);
  process.exit(0);
}

function listOf(asked) {
  const { blocks, stages, scaling } = planOf(asked);
  const scenarios = blocks.flatMap((block) => block.scenarios);
  const lines = scenarios.map(({ id, title, contenders }) => `${id.padEnd(32)} ${title}\n${" ".repeat(33)}${contenders.join(" · ")}`);
  return `${[...lines, ...(scaling ? ["scaling"] : []), ...(stages ? ["stages"] : [])].join("\n")}\n`;
}
