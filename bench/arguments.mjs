/** What a command is asked for: how all of them are read, and what `npm run bench` knows. */
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { planOf } from "./plan.mjs";

export const HELP = `Measures wasm-jwt against node:crypto and other libraries.

npm run bench [-- options]

  --full              all sizes, batch sizes, shares of bad tokens, keys, stages, scaling; about ten minutes a Node
  --filter TEXT       only scenarios whose id or title has the text, or contenders whose name has it (and ours)
  --node VERSION ...  on these Nodes, from npm: --node 20 24 26
  --native            native peers as well, where they are installed
  --json FILE         write what was measured, with all samples
  --html FILE         write a report with charts
  --list              list the scenarios and contenders, measure nothing
  --help
`;

/** Something was asked for that cannot be had; the message names the option. */
export class UsageError extends Error {}

const OPTIONS = {
  full: { type: "boolean", default: false },
  filter: { type: "string", default: "" },
  node: { type: "string", multiple: true, default: [] },
  native: { type: "boolean", default: false },
  json: { type: "string" },
  html: { type: "string" },
  list: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
};

/** @throws UsageError */
export function parseArguments(args) {
  const { values, positionals } = parse(OPTIONS, { args, allowPositionals: true });
  const versions = versionsOf(values.node, positionals);
  checkFilter(values);
  for (const name of ["json", "html"]) checkFile(name, values[name]);
  return { ...values, node: versions };
}

/** The flags of a small benchmark; of any other, it ends with status 2. */
export function readFlags(...names) {
  return orExit(() => parse(Object.fromEntries(names.map((name) => [name, { type: "boolean", default: false }]))).values);
}

/** What `read` returns; where it was asked for something that cannot be had, the process says so and ends with status 2. */
export function orExit(read) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

/** @throws UsageError */
export function parse(options, settings = {}) {
  try {
    return parseArgs({ options, ...settings });
  } catch (error) {
    // What follows the first sentence is about arguments that begin with a dash.
    throw new UsageError(error.message.split(". ")[0]);
  }
}

/** `--node 20 24` is an option and its value and one more word: words that are versions belong to `--node`. */
function versionsOf(named, words) {
  if (words.length > 0 && named.length === 0) throw new UsageError(`Expected options only, got ${JSON.stringify(words[0])}`);
  const versions = [...named, ...words];
  for (const version of versions) {
    if (!/^v?\d+(\.\d+){0,2}$/.test(version)) {
      throw new UsageError(`Expected \`--node\` to have versions as 24 or 24.1.0, got ${JSON.stringify(version)}`);
    }
  }
  return [...new Set(versions.map((version) => version.replace(/^v/, "")))];
}

function checkFilter({ full, filter }) {
  const { blocks, stages, scaling } = planOf({ full, filter });
  if (blocks.length > 0 || stages || scaling) return;
  const hint = full ? "" : " of the quick run; there are more with `--full`";
  throw new UsageError(`Expected \`--filter\` to match a scenario or contender${hint}, got ${JSON.stringify(filter)}`);
}

/** Better now than after minutes. */
export function checkFile(name, file) {
  if (file === undefined) return;
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw new UsageError(`Expected \`--${name}\` to be a file in a folder that is there, got ${file}`);
  if (existsSync(file) && statSync(file).isDirectory()) throw new UsageError(`Expected \`--${name}\` to be a file, got the folder ${file}`);
}
