/**
 * Writes the README's table of figures from what `bench:figures -- --json` left, one file for each Node:
 * `node bench/readme.mjs FILE...`. Figures are never written by hand.
 */
import { readFileSync, writeFileSync } from "node:fs";

const README = new URL("../README.md", import.meta.url);
const BEGIN = "<!-- figures -->";
const END = "<!-- end of figures -->";
const LABELS = {
  verdict: "**wasm-jwt, verdict**",
  "verdict + claims": "**wasm-jwt, claims read**",
  "single + claims": "**wasm-jwt, one by one, claims read**",
  "fast-jwt": "fast-jwt 6, no cache",
  createHmac: "bare `createHmac(KeyObject)` and digest, nothing judged",
};

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Expected files written by `npm run bench:figures -- --json FILE`, got none");
  process.exit(2);
}
const runs = files.map((file) => JSON.parse(readFileSync(file, "utf8"))).sort((a, b) => major(a) - major(b));

const readme = readFileSync(README, "utf8");
const [before, rest] = readme.split(BEGIN);
const after = rest.includes(END) ? rest.slice(rest.indexOf(END) + END.length) : rest;
writeFileSync(README, `${before}${BEGIN}\n${section()}\n${END}${after}`);

function major({ node }) {
  return Number(node.slice(1).split(".")[0]);
}

function section() {
  const [{ cpu, date, batch }] = runs;
  return `Measured on ${date}, one core of a shared ${cpu} server, distinct HS256 tokens in batches of ${batch}, all claims judged; ns per token, medians
of an alternating run. Small tokens are 148 bytes, mid 323, big about 1080. Yours: \`npm run bench:figures\`.

${table(
  ["ns per token", ...runs.map(({ node }) => node.replace("v", "Node "))],
  ["small", "mid", "big"].flatMap((set) =>
    ["verdict", "verdict + claims", "single + claims", "fast-jwt", "createHmac"].map((name) => [
      `${set}: ${LABELS[name]}`,
      ...runs.map(({ times }) => Math.round(times[set][name]).toLocaleString("en-US")),
    ]),
  ),
)}

${table(
  ["ratio, round by round", ...runs.map(({ node }) => node.replace("v", "Node "))],
  Object.keys(runs[0].figures).map((name) => [name, ...runs.map(({ figures }) => figures[name].value.toFixed(2))]),
)}
`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}
