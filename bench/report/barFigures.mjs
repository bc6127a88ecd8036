/** What is compared contender by contender, as bars: throughput, and the cost of what is not everyday work. */

import { quartiles } from "../statistics.mjs";
import { barChart } from "./bars.mjs";
import { inOrder, KINDS, noteOf, VERDICT } from "./contenders.mjs";
import { figure } from "./figure.mjs";
import { amount, nanoseconds, sentenceList, tokensPerSecond } from "./format.mjs";
import { scenarioTable } from "./scenarioTable.mjs";
import { findScenario, samplesOf, scenariosOf } from "./select.mjs";
import { numberTable } from "./table.mjs";

const SHORTER = "The shorter the better.";

/** Bars of tokens a second: the longer the better. */
export function throughput(scenario) {
  const row = (result) => {
    const { low, median, high } = quartiles(result.wall);
    return { ...nameOf(result), value: 1e9 / median, low: 1e9 / high, high: 1e9 / low, text: tokensPerSecond(median), tip: tipOf(result) };
  };
  const chart = {
    title: `Tokens a second by contender: ${scenario.title}`,
    axisTitle: "tokens/s",
    axisFormat: amount,
    groups: byKind(scenario, row),
  };
  return figure({
    title: `Throughput: ${scenario.title}`,
    text: "Tokens a second on one core; the longer the better. Whiskers are the quartiles of the rounds.",
    draw: (width) => barChart(chart, width),
    tables: [scenarioTable(scenario)],
  });
}

export const signing = (scenario) => costs(scenario, { title: capital(scenario.title) });

/** Not throughput: promises take more than one core. */
export const publicKeys = (scenario) =>
  costs(scenario, {
    title: `Public keys: ${scenario.algorithm}`,
    text: `${capital(scenario.title)}: a signature costs what the platform takes for it, and the rest is judged beside it.`,
  });

export const hashing = (scenario) => costs(scenario, { title: "HMAC alone", text: `${capital(scenario.title)}.` });

export const repeated = (scenario) =>
  costs(scenario, { title: "The case for a cache", text: `${capital(scenario.title)}: whoever remembers tokens need not verify them.` });

export function coldStart(scenario) {
  return costs(scenario, {
    title: "Cold start",
    text: `${capital(scenario.title)}: nothing is compiled or warm yet.`,
    tables: [scenarioTable(scenario), ...phaseTable(scenario)],
  });
}

/** What comes before the first batch, where it was timed. */
function phaseTable({ results }) {
  const timed = results.filter(({ phases }) => phases?.length > 0);
  if (timed.length === 0) return [];
  const middle = (phases, name) => quartiles(phases.map((phase) => phase[name])).median.toFixed(1);
  return [
    numberTable({
      caption: "Before the first batch, medians in ms",
      head: ["", "import", "create", "first verdict"],
      rows: timed.map(({ contender, kind, phases }) => ({
        kind,
        cells: [contender, ...["importMs", "createMs", "firstMs"].map((name) => middle(phases, name))],
      })),
    }),
  ];
}

/** Programs that need no JavaScript, beside our verdict on the same tokens. */
export function nativePeers(run, native) {
  const sets = [...new Set((native?.results ?? []).map(({ set }) => set))];
  return sets.map((set) => {
    const ours = samplesOf(findScenario(run, { set }, [VERDICT]), VERDICT, "cpu");
    const peers = native.results
      .filter((result) => result.set === set)
      .map((result) => ({ ...result, wall: result.cpu, kind: result.what === "verify" ? "peer" : "tags" }));
    const results = [...(ours ? [{ contender: VERDICT, kind: "engine", wall: ours }] : []), ...peers];
    return costs(
      { title: `${set} tokens, native programs`, results },
      {
        title: `Native programs: ${set} tokens`,
        text: "In processes of their own, so compare medians, not rounds; CPU time, ours as well, since the machine was not equally free.",
      },
    );
  });
}

/** What it costs to say no: the same tokens, good, and bad in one way each. */
export function rejecting(run) {
  const scenarios = scenariosOf(run, "bad").filter(({ block, defect }) => defect || block?.includes("defect"));
  if (scenarios.length < 2) return undefined;
  const names = inOrder([...new Set(scenarios.flatMap(({ results }) => results.map(({ contender }) => contender)))]);
  const groups = names.map((name) => ({
    heading: name,
    rows: scenarios
      .map(({ defect, results }) => ({ defect, result: results.find(({ contender }) => contender === name) }))
      .filter(({ result }) => result?.wall.length > 0)
      .map(({ defect, result }) => ({
        ...nameOf(result),
        label: defect ? `rejected: ${defect}` : "accepted",
        note: undefined,
        strong: false,
        ...timesOf(result),
      })),
  }));
  return figure({
    title: "What rejecting costs",
    text: `The same tokens, all good, then all bad in one way: ${sentenceList(scenarios.map(({ defect }) => defect).filter(Boolean))}. ${SHORTER}`,
    draw: (width) => barChart({ title: "ns per token accepted or rejected, by contender", axisTitle: "ns per token", groups }, width),
    tables: scenarios.map(scenarioTable),
  });
}

/** Bars of ns per token: the shorter the better. */
function costs(scenario, { title, text = "", tables = [scenarioTable(scenario)] }) {
  const groups = byKind(scenario, (result) => ({ ...nameOf(result, scenario.group), ...timesOf(result) }));
  return figure({
    title,
    text: `${text} ${SHORTER}`.trim(),
    draw: (width) => barChart({ title: `ns per token by contender: ${scenario.title}`, axisTitle: "ns per token", groups }, width),
    tables,
  });
}

/** The fastest first under the heading of their kind; ours before all. */
function byKind({ results }, row) {
  const kinds = [...new Set([...Object.keys(KINDS), ...results.map(({ kind }) => kind)])];
  return kinds
    .map((kind) => ({
      heading: KINDS[kind] ?? kind,
      rows: results
        .filter((result) => result.kind === kind && result.wall.length > 0)
        .map((result) => ({ result, middle: quartiles(result.wall).median }))
        .sort((a, b) => a.middle - b.middle)
        .map(({ result }) => row(result)),
    }))
    .filter(({ rows }) => rows.length > 0);
}

function nameOf({ contender, kind }, group) {
  return { label: contender, strong: kind === "engine", note: noteOf(contender, group), kind };
}

function timesOf(result) {
  const { low, median, high } = quartiles(result.wall);
  return { value: median, low, high, text: `${nanoseconds(median)} ns`, tip: tipOf(result) };
}

function tipOf({ contender, wall, version }) {
  const { low, median, high } = quartiles(wall);
  const name = version ? `${contender} ${version}` : contender;
  return `${name}: ${nanoseconds(median)} ns per token (quartiles ${nanoseconds(low)} to ${nanoseconds(high)}), ${tokensPerSecond(median)} tokens/s`;
}

const capital = (text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
