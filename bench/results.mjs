/**
 * Writes what people read from what a benchmark measured: `node bench/results.mjs FILE.json` makes bench/RESULTS.md and the
 * figures of the README. `--out FILE` and `--readme FILE` write elsewhere, `--html FILE` draws the report as well. Figures
 * are never written by hand.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseResults } from "./report/parse.mjs";
import { withFigures } from "./report/readmeFigures.mjs";
import { renderResults } from "./report/resultsPage.mjs";

const USAGE = "node bench/results.mjs FILE.json [--out FILE.md] [--readme FILE.md] [--html FILE.html]";

try {
  await write(readOptions());
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

function readOptions() {
  const string = { type: "string" };
  const { values, positionals } = parseArgs({ options: { out: string, readme: string, html: string }, allowPositionals: true });
  if (positionals.length !== 1)
    throw new TypeError(`Expected one file written by \`npm run bench -- --json FILE\`, got ${positionals.length}: ${USAGE}`);
  return { file: positionals[0], out: besideThis("RESULTS.md"), readme: besideThis("../README.md"), ...values };
}

async function write({ file, out, readme, html }) {
  const results = parseResults(readFileSync(file, "utf8"), file);
  const written = { [readme]: withFigures(readFileSync(readme, "utf8"), results), [out]: renderResults(results) };
  // What draws it is installed by its import.
  if (html) written[html] = (await import("./report/index.mjs")).renderReport(results);
  for (const [name, text] of Object.entries(written)) {
    writeFileSync(name, text);
    console.log(`Written: ${name}`);
  }
}

function besideThis(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
