/** How the cost of a token moves: with its size, the batch, bad tokens and keys. Lines, one a contender. */

import { quartiles } from "../statistics.mjs";
import { inOrder, VERDICT } from "./contenders.mjs";
import { figure } from "./figure.mjs";
import { count, nanoseconds, percent, sentenceList } from "./format.mjs";
import { lineChart } from "./lines.mjs";
import { alongAxis } from "./select.mjs";
import { numberTable } from "./table.mjs";

const AXES = [
  {
    group: "size",
    title: "By size of token",
    text: (scenarios) => `${sizesOf(scenarios)}. The larger the token, the more of its time is the hash, which nobody is spared.`,
    x: { title: "bytes a token" },
  },
  {
    group: "batch",
    title: "By size of batch",
    text: () => "Libraries verify token by token, whatever the batch; the engine shares a call.",
    x: { title: "tokens a batch" },
  },
  {
    group: "bad",
    title: "By share of bad tokens",
    text: () => "Bad in mixed ways: forged, expired, malformed. Steps are not to scale.",
    x: { title: "bad tokens", steps: true, format: percent },
  },
  {
    group: "keys",
    title: "By number of keys",
    text: () => "With several keys, a token names its own by kid.",
    x: { title: "keys" },
  },
];

function sizesOf(scenarios) {
  const [first, ...others] = scenarios.map(({ set, tokenBytes }) => `${set} ${tokenBytes}`);
  return sentenceList([`In bytes: ${first}`, ...others]);
}

export const alongAxes = (run) => AXES.map((axis) => along(run, axis));

/** Lines for all contenders that were timed at two places of the axis at least; the table has the others too. */
function along(run, { group, title, text, x }) {
  const { axis, scenarios } = alongAxis(run, group);
  const results = scenarios.flatMap((scenario) =>
    scenario.results.filter(({ wall }) => wall.length > 0).map((result) => ({ ...result, x: scenario[axis] })),
  );
  const lines = inOrder([...new Set(results.map(({ contender }) => contender))]).map((name) => {
    const own = results.filter(({ contender }) => contender === name);
    return { name, kind: lineKind(own[0]), points: own.map((result) => pointOf(result, x)) };
  });
  const series = lines.filter(({ points }) => points.length > 1);
  if (series.length === 0) return undefined;
  return figure({
    title,
    text: `${text(scenarios)} The lower the better.`,
    draw: (width) => lineChart({ title: `ns per token, ${title.toLowerCase()}`, series, x }, width),
    tables: [seriesTable(`Median ns per token, ${title.toLowerCase()}`, lines, x)],
  });
}

const SCALING = { "batch size": "tokens a batch", "token bytes": "bytes a token" };

/** A chart for each axis that was walked along in small steps. */
export function scaling({ scaling: all = [] }) {
  return [...new Set(all.map(({ axis }) => axis))].map((axis) => {
    const x = { title: SCALING[axis] ?? axis };
    const series = all
      .filter((one) => one.axis === axis && one.points.length > 0)
      .map(({ contender, points }) => ({
        name: contender,
        kind: lineKind({ contender }),
        points: points.map((point) => pointOf(point, x)),
      }));
    if (series.length === 0) return undefined;
    return figure({
      title: `Scaling: ${axis}`,
      draw: (width) => lineChart({ title: `ns per token over ${axis}`, series, x }, width),
      tables: [seriesTable(`Median ns per token over ${axis}`, series, x)],
    });
  });
}

const NATIVE = /crypto|createHmac/;

/** A series of the file names its contender only. Our verdict has a line of its own. */
function lineKind({ contender, kind = kindByName(contender) }) {
  return kind === "engine" && contender !== VERDICT ? "engine soft" : kind;
}

const kindByName = (contender) => (contender.startsWith("wasm-jwt") ? "engine" : NATIVE.test(contender) ? "native" : "library");

function pointOf({ x, wall }, { title, format = count }) {
  const { low, median, high } = quartiles(wall);
  const tip = `${format(x)} ${title}: ${nanoseconds(median)} ns (quartiles ${nanoseconds(low)} to ${nanoseconds(high)})`;
  return { x, low, median, high, tip };
}

function seriesTable(caption, lines, { title, format = count }) {
  const places = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const at = (points, place) => points.find(({ x }) => x === place)?.median;
  const cell = (value) => (value === undefined ? undefined : nanoseconds(value));
  // Contenders are columns: places are many and contenders few, so that this fits a page.
  return numberTable({
    caption,
    head: [title, ...lines.map(({ name }) => name)],
    rows: places.map((place) => [format(place), ...lines.map(({ points }) => cell(at(points, place)))]),
  });
}
