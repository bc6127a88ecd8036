/** A run as tables for the terminal, and the figures of the small benchmarks. */
import { styleText } from "node:util";
import { comparisonsOf } from "./comparisons.mjs";
import { median, ratioOf } from "./statistics.mjs";

export const whole = (value) => Math.round(value).toLocaleString("en-US");
const fixed = (value) => value.toFixed(2);
/** Median and quartiles as cells. */
export const spread = ({ median: middle, low, high }) => [fixed(middle), `${fixed(low)}–${fixed(high)}`];

/** What a small benchmark found: a line that says what, and a row for each figure; with `--json` all of it, for programs. */
export function printFigures({ json }, figures, { title, head = [], rows }) {
  if (json) console.log(JSON.stringify({ node: process.version, ...figures }));
  else console.log([`Node ${process.version}, ${title}`, ...aligned(["", ...head], rows).slice(head.length > 0 ? 0 : 1)].join("\n"));
}

/** `colours` says whether styles are understood where the text goes. */
export function tableOf(run, { colours = false } = {}) {
  const style = (name, text) => (colours ? styleText(name, text, { validateStream: false }) : text);
  const lines = [headingOf(run), ""];
  for (const scenario of run.scenarios) lines.push(...scenarioLines(scenario, style), "");
  lines.push(...seriesLines(run.scaling ?? [], style), ...stageLines(run.stages ?? [], style), ...comparisonLines(run, style));
  for (const { contender, scenario, reason } of run.failed) lines.push(style("red", `failed: ${contender} in ${scenario}: ${reason}`));
  if (run.interrupted) lines.push(style("yellow", "Interrupted: what is above is not all."));
  return lines.join("\n").trimEnd();
}

function headingOf({ node, machine: { cpu, cores, os }, load, timing: { rounds, sliceMs }, seconds }) {
  return [
    `Node ${node} on ${cpu}, ${cores} cores, ${os}; load ${load.before} before, ${load.after} after`,
    `Medians of up to ${rounds} rounds, slices of ${sliceMs} ms, ${whole(seconds)} s in all. Ratios are taken round by round; quartiles behind them.`,
  ].join("\n");
}

function scenarioLines({ title, group, algorithm, tokenBytes, results }, style) {
  const reference = referenceOf(results);
  const head = ["", "ns per token", "tokens/s", "CPU ns", ...(reference ? [`times as fast as ${reference.contender}`] : []), ""];
  const rows = results.map(({ contender, wall, cpu }) => [
    contender,
    whole(median(wall)),
    whole(1e9 / median(wall)),
    whole(median(cpu)),
    ...(reference ? spread(ratioOf(reference.wall, wall)) : []),
  ]);
  const phases = group === "cold" ? phaseLines(results) : [];
  return [style("bold", `${title} (${algorithm}, ${tokenBytes} bytes)`), ...aligned(head, rows, style), ...phases];
}

/** fast-jwt where it is there, else the best of the others. */
function referenceOf(results) {
  const others = results.filter(({ kind }) => kind !== "engine").sort((a, b) => median(a.wall) - median(b.wall));
  return others.find(({ contender }) => contender === "fast-jwt") ?? others[0];
}

const milliseconds = (phases, name) => `${median(phases.map((each) => each[name])).toFixed(1)} ms`;

function phaseLines(results) {
  return results.map(
    ({ contender, phases }) =>
      `  ${contender}: import ${milliseconds(phases, "importMs")}, create ${milliseconds(phases, "createMs")}, first verdict ${milliseconds(phases, "firstMs")}`,
  );
}

function seriesLines(series, style) {
  return [...new Set(series.map(({ axis }) => axis))].flatMap((axis) => {
    const members = series.filter((each) => each.axis === axis);
    const rows = members[0].points.map(({ x }) => [
      whole(x),
      ...members.map(({ points }) => {
        const point = points.find((each) => each.x === x);
        return point ? whole(median(point.wall)) : "–";
      }),
    ]);
    return [style("bold", `ns per token by ${axis}`), ...aligned(["", ...members.map(({ contender }) => contender)], rows, style), ""];
  });
}

function stageLines(stages, style) {
  return stages.flatMap(({ set, tokenBytes, total, parts, floor }) => [
    style("bold", `stages of a ${set} token (${tokenBytes} bytes)`),
    ...aligned(
      ["", "ns"],
      [
        ...parts.map(({ name, ns }) => [name, whole(ns)]),
        ["in all", whole(total)],
        ...(floor ? [[`floor: ${floor.name}`, whole(floor.ns)]] : []),
      ],
      style,
    ),
    "",
  ]);
}

function comparisonLines(run, style) {
  const rows = comparisonsOf(run).map(({ title, contender, ratio }) => [`${title}: ${contender}`, ...spread(ratio)]);
  return rows.length > 0 ? [style("bold", "ratios between scenarios"), ...aligned(["", "ratio", ""], rows, style), ""] : [];
}

/** Columns side by side: the first to the left, the others to the right. */
function aligned(head, rows, style = (_, text) => text) {
  const columns = Math.max(head.length, ...rows.map((row) => row.length));
  const cells = (row) => Array.from({ length: columns }, (_, column) => row[column] ?? "");
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...[head, ...rows].map((row) => cells(row)[column].length)));
  const line = (row) => cells(row).map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
  return [
    style("dim", `  ${line(head).join("  ").trimEnd()}`),
    ...rows
      .map((row) => `  ${line(row).join("  ").trimEnd()}`)
      .map((text) => (text.startsWith("  wasm-jwt") ? style("green", text) : text)),
  ];
}
