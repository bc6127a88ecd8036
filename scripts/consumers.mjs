/**
 * The packed package as its users load it: `npm run consumers`. Installs compilers, bundlers and test runners from npm in a temporary folder and
 * has each of them build and run one real program. Prints a table, or JSON with `--json`; `--only TEXT` runs those whose name contains the text.
 * Fails if one fails.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./command.mjs";
import { casesFor, PACKAGES } from "./consumers/cases.mjs";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, only: { type: "string", default: "" } } });
/** The longest that one command may take, in milliseconds. */
const TIMEOUT = 120_000;

const folder = realpathSync(mkdtempSync(join(tmpdir(), "wasm-jwt-consumers-")));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const subpaths = Object.entries(manifest.exports).flatMap(([subpath, { types }]) => (types ? [join(manifest.name, subpath)] : []));
const cases = casesFor(subpaths).filter(({ name }) => name.includes(values.only));
if (cases.length === 0) throw new Error(`Expected --only to be part of a consumer's name, got ${values.only}`);

install();
const results = await runAll(cases);
console.log(values.json ? JSON.stringify(results, null, 2) : tableOf(results));
process.exitCode = results.some(({ outcome }) => outcome === "failed") ? 1 : 0;

/** Packs the package and installs it beside all that the cases need, in one project. */
function install() {
  const [{ filename }] = JSON.parse(npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
  const used = new Set(cases.flatMap(({ commands }) => commands.map(([name]) => name)));
  const isNeeded = (name) => used.has(name) || !cases.every(({ commands }) => commands.every(([tool]) => tool.startsWith("typescript")));
  const dependencies = Object.fromEntries(Object.entries(PACKAGES).filter(([name]) => isNeeded(name)));
  dependencies[manifest.name] = `file:./${filename}`;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  npm(folder, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--loglevel=error");
}

function npm(cwd, ...args) {
  // With a shell, since npm is a script of its own on Windows.
  const { status, stdout } = spawnSync(`npm ${args.map((arg) => `"${arg}"`).join(" ")}`, {
    ...{ cwd, shell: true, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  });
  if (status !== 0) throw new Error(`Expected \`npm ${args[0]}\` to succeed, got exit status ${status}`);
  return stdout;
}

async function runAll(waiting) {
  const results = new Map();
  const queue = [...waiting.entries()];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [number, each] = next;
      results.set(number, { name: each.name, ...(await run(each, join(folder, "cases", String(number)))) });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return waiting.map((_, number) => results.get(number));
}

async function run({ files, commands, flags = [], says, since }, home) {
  if (since && !isSince(since)) return { outcome: "skipped", seconds: 0, output: `needs Node ${since.join(".")}` };
  const start = performance.now();
  mkdirSync(home, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home, file), text);
  let output = "";
  let passed = true;
  for (const [tool, ...args] of commands) {
    const ended = passed && (await command(home, [...flags, ...(tool === "node" ? [] : [commandOf(tool)]), ...args]));
    if (!ended) break;
    output = ended.output;
    passed = ended.status === 0;
  }
  passed &&= output.includes(says);
  return { outcome: passed ? "passed" : "failed", seconds: (performance.now() - start) / 1000, ...(passed ? {} : { output }) };
}

function isSince([major, minor]) {
  const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The script of a package's command. */
function commandOf(name) {
  const file = join(folder, "node_modules", name, "package.json");
  const { bin } = JSON.parse(readFileSync(file, "utf8"));
  return join(dirname(file), typeof bin === "string" ? bin : (bin.tsc ?? bin[name]));
}

/** Runs this very Node; the end of what it prints, and its exit status. */
function command(cwd, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("close", (status) => resolve({ status, output: output.trim() }));
  });
}

function tableOf(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, outcome, seconds, output }) => {
    const cost = outcome === "skipped" ? output : `${seconds.toFixed(1)} s`;
    return `${outcome === "failed" ? "FAILED " : outcome.padEnd(7)} ${name.padEnd(width)}  ${cost}`;
  });
  const failed = rows.filter(({ outcome }) => outcome === "failed");
  const told = failed.map(({ name, output }) => `\n${name}:\n${output}\n`);
  const count = (outcome) => rows.filter((row) => row.outcome === outcome).length;
  return [...lines, ...told, "", `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`].join("\n");
}
