/** `bench/RESULTS.md` from the JSON of a benchmark. The same file gives the same bytes. */
import { comparisonsOf } from "../comparisons.mjs";
import { GOALS, greatestStage, judgeGoal, stageSetOf, standsIn } from "../goals.mjs";
import { median } from "../statistics.mjs";
import { inOrder } from "./contenders.mjs";
import { duration, nanoseconds, nodeName, ratioText } from "./format.mjs";
import { markdownTable, plain } from "./markdown.mjs";
import { failuresOf, headline, machineText, methodLines } from "./opening.mjs";
import { completed } from "./parse.mjs";
import { samplesOf } from "./select.mjs";

export function renderResults(file) {
  const results = completed(file);
  const sections = [opening, method, failures, goals, comparisons, stages, scenarios, native];
  return `${sections
    .map((section) => section(results))
    .filter(Boolean)
    .join("\n\n")}\n`;
}

function opening(results) {
  const { date, command, runs } = results;
  const versions = Object.entries(Object.assign({}, ...runs.map((run) => run.versions)));
  const facts = [
    ...unique(runs.map(({ machine }) => machineText(machine))).map((machine) => `Machine: ${machine}`),
    ...runs.map((run) => `${nodeName(run)}${run.v8 ? `, V8 ${run.v8}` : ""}${loadText(run)}; measured in ${duration(run.seconds ?? 0)}`),
    `Versions: ${versions.map(([name, version]) => `${name} ${version}`).join(", ")}`,
  ];
  return `# Results

${plain(headline(results))} Measured on ${plain(date)} by \`${command}\`; this file was written from its JSON by \`bench/results.mjs\`.

${facts.map((fact) => `- ${plain(fact)}`).join("\n")}`;
}

const loadText = ({ load }) => (load ? `, load ${load.before} before and ${load.after} after` : "");

function method({ runs }) {
  return `## Method

${methodLines(runs)
  .map((line) => `- ${line}`)
  .join("\n")}`;
}

function failures(results) {
  const { runs, interrupted, native: peers } = results;
  const lines = [
    ...(interrupted || runs.some((run) => run.interrupted) ? ["The run was interrupted: what is here is not all."] : []),
    ...failuresOf(results).map(({ contender, where, reason }) => `${contender}, ${where}: ${reason}. Not timed there.`),
    ...(peers?.missing ?? []).map(({ contender, package: name }) => `${contender} was not measured: ${name} was not there.`),
  ];
  return lines.length > 0 && `## What failed, what is missing\n\n${lines.map((line) => `- ${plain(line)}`).join("\n")}`;
}

/** Reached or short, for each Node; then where the time goes of those that are short. */
function goals(results) {
  const { runs, native: peers } = results;
  const judged = GOALS.map((goal) => ({ goal, found: runs.map((run) => judgeGoal(goal, run, peers)) })).filter(({ found }) =>
    found.some(Boolean),
  );
  if (judged.length === 0) return undefined;
  const notes = [
    "Times of the rival divided by ours, medians of the ratios round by round. With native programs, which run in processes of their own, medians of CPU time are divided. A share is our time divided by the other’s.",
    ...judged
      .filter(({ goal }) => standsIn(goal, peers))
      .map(
        ({ goal }) => `${goal.native} was not measured here: ${goal.measuredBefore} ns, its time on the machine of the goals, stands in.`,
      ),
  ];
  const shortcomings = judged.flatMap(({ goal, found }) =>
    found.flatMap((one, place) => (one?.reached === false ? [shortcoming(goal, one, runs[place])] : [])),
  );
  return `## Goals

${notes.join(" ")}

${markdownTable(
  ["", ...runs.map(nodeName)],
  judged.map(({ goal, found }) => [goal.title, ...found.map((one) => one && goalCell(goal, one))]),
)}${shortcomings.length > 0 ? `\n\nShort of the goal:\n\n${shortcomings.map((line) => `- ${line}`).join("\n")}` : ""}`;
}

function goalCell({ atMost }, { ratio, goal, reached }) {
  // To the second decimal, so that a goal just missed does not look reached.
  const value = ratio.median.toFixed(2);
  if (goal === undefined) return value;
  if (atMost !== undefined) return reached ? `${value}, within ${goal}` : `**${value}, over ${goal}**`;
  return reached ? `${value}, reached ${goal}` : `**${value}, short of ${goal}**`;
}

function shortcoming(goal, { ratio, goal: wanted }, run) {
  const found = `${goal.title}, ${nodeName(run)}: ${ratio.median.toFixed(2)} of ${wanted}`;
  const set = stageSetOf(goal);
  if (set === undefined) return plain(found);
  const stage = greatestStage(run, set);
  const where = stage ? `most time beyond the hash kernel: ${stage.name}, ${nanoseconds(stage.ns)} ns` : "the stages were not timed";
  return plain(`${found}; ${where}`);
}

function comparisons({ runs }) {
  const found = runs.map((run) => new Map(comparisonsOf(run).map(({ title, contender, ratio }) => [`${title}, ${contender}`, ratio])));
  const names = unique(found.flatMap((ratios) => [...ratios.keys()]));
  if (names.length === 0) return undefined;
  const cell = (ratio) => ratio && ratioText(ratio.median);
  return `## One case to another

The time of a contender in one case divided by its time in another, round by round.

${markdownTable(
  ["", ...runs.map(nodeName)],
  names.map((name) => [name, ...found.map((ratios) => cell(ratios.get(name)))]),
)}`;
}

function stages({ runs }) {
  const timed = runs.filter((run) => run.stages?.length > 0);
  if (timed.length === 0) return undefined;
  return `## Stage by stage, ns per token\n\n${timed.map(stageTable).join("\n\n")}`;
}

function stageTable(run) {
  const columns = run.stages.map(
    ({ parts, total, floor }) =>
      new Map([...parts, { name: "total", ns: total }, ...(floor ? [floor] : [])].map(({ name, ns }) => [name, ns])),
  );
  const names = unique(columns.flatMap((column) => [...column.keys()]));
  const cell = (ns) => (ns === undefined ? undefined : nanoseconds(ns));
  return markdownTable(
    [nodeName(run), ...run.stages.map(({ set, tokenBytes }) => `${set}, ${tokenBytes} bytes`)],
    names.map((name) => [name, ...columns.map((column) => cell(column.get(name)))]),
  );
}

const GROUP_TITLES = {
  main: "Main",
  size: "By size of token",
  batch: "By size of batch",
  million: "A million at once",
  bad: "Bad tokens",
  keys: "By number of keys",
  algorithm: "By algorithm",
  public: "Public keys",
  repeated: "The same tokens again",
  cold: "Cold start",
  sign: "Signing",
  hmac: "HMAC alone",
};

/** Every scenario, every contender; medians of wall time. */
function scenarios({ runs }) {
  const all = runs.flatMap((run) => run.scenarios);
  const groups = unique(all.map(({ group }) => group));
  if (groups.length === 0) return undefined;
  const table = (group) => {
    const ids = unique(all.filter((scenario) => scenario.group === group).map(({ id }) => id));
    return `### ${GROUP_TITLES[group] ?? plain(group)}\n\n${markdownTable(
      ["", ...runs.map(nodeName)],
      ids.flatMap((id) => scenarioRows(runs, id)),
    )}`;
  };
  return `## ns per token\n\nMedians.\n\n${groups.map(table).join("\n\n")}`;
}

/** A line for the scenario, then one a contender. */
function scenarioRows(runs, id) {
  const found = runs.map((run) => run.scenarios.find((scenario) => scenario.id === id));
  const { title } = found.find(Boolean);
  const names = inOrder(unique(found.flatMap((scenario) => scenario?.results.map(({ contender }) => contender) ?? [])));
  const cell = (samples) => samples && nanoseconds(median(samples));
  return [
    [`**${title}**`, ...runs.map(() => "")],
    ...names.map((name) => [name, ...found.map((scenario) => cell(samplesOf(scenario, name)))]),
  ];
}

function native({ native: peers }) {
  if (!peers?.results.length) return undefined;
  const rows = peers.results
    .filter(({ cpu }) => cpu.length > 0)
    .map(({ contender, version, set, what, cpu }) => [
      [contender, version].filter(Boolean).join(" "),
      set,
      what === "verify" ? "token verified" : "tag only",
      nanoseconds(median(cpu)),
    ]);
  return `## Native programs, ns of CPU time per token

In processes of their own, on the same tokens; medians. What makes tags only judges nothing.

${markdownTable(["", "tokens", "what", "ns"], rows)}${peers.machine ? `\n\nOn ${plain(machineText(peers.machine))}.` : ""}`;
}

const unique = (values) => [...new Set(values)];
