/** The first page: the result in a sentence, what ran where and how, what failed, and the ratios of all versions of Node. */

import { comparisonsOf } from "../comparisons.mjs";
import { GOALS, judgeGoal } from "../goals.mjs";
import { median, ratioOf } from "../statistics.mjs";
import { FAST_JWT, HMAC, VERDICT } from "./contenders.mjs";
import { duration, nanoseconds, nodeName, ratioText, sentenceList, tokensPerSecond } from "./format.mjs";
import { html } from "./markup.mjs";
import { findScenario, samplesOf } from "./select.mjs";
import { numberTable } from "./table.mjs";

export function opening(results) {
  return html`<header><p class="kicker">wasm-jwt, the benchmark</p><h1>${headline(results)}</h1>${lead(results)}</header>
<div class="columns">${facts(results)}${method(results)}</div>${failures(results)}${ratios(results)}${comparisons(results)}`;
}

/** The scenario that the headline is about, in the newest Node that has it. */
export function headScenario({ runs }) {
  for (const run of [...runs].reverse()) {
    const scenario = findScenario(run, { set: "mid" }, [VERDICT]) ?? run.scenarios.find((one) => samplesOf(one, VERDICT));
    if (scenario) return { run, scenario };
  }
  return undefined;
}

/** The result in one sentence, without markup. */
export function headline(results) {
  const head = headScenario(results);
  if (!head) return "This run has not timed the engine.";
  const { scenario } = head;
  const ours = samplesOf(scenario, VERDICT);
  const against = (rival) => samplesOf(scenario, rival) && ratioText(ratioOf(samplesOf(scenario, rival), ours).median);
  const comparisons = [
    [against(FAST_JWT), `times the throughput of fast-jwt`],
    [against(HMAC), "times that of a bare createHmac"],
  ].filter(([ratio]) => ratio);
  const rate = `One core judges ${tokensPerSecond(median(ours)).replace(/\sM$/, " million")} tokens a second`;
  if (comparisons.length === 0) return `${rate}.`;
  return `${rate}: ${sentenceList(comparisons.map(([ratio, what]) => `${ratio} ${comparisons.length === 1 ? what.replace("that", "the throughput") : what}`))}.`;
}

function lead(results) {
  const head = headScenario(results);
  if (!head) return undefined;
  const { run, scenario } = head;
  const others = results.runs
    .filter((one) => one !== run)
    .map((one) => ({ name: nodeName(one), found: findScenario(one, { set: scenario.set }, [VERDICT, FAST_JWT]) }))
    .filter(({ found }) => found)
    .map(({ name, found }) => `${ratioText(ratioOf(samplesOf(found, FAST_JWT), samplesOf(found, VERDICT)).median)} times on ${name}`);
  const time = nanoseconds(median(samplesOf(scenario, VERDICT)));
  return html`<p class="lead">${time} ns for a verdict, signature and all claims judged, on distinct tokens of ${scenario.tokenBytes} bytes in batches of ${scenario.batch}; ${nodeName(run)}.${
    others.length > 0 && html` Against <span class="nowrap">fast-jwt</span> it is ${sentenceList(others)}.`
  }</p>`;
}

function facts({ date, command, runs }) {
  const versions = Object.entries(Object.assign({}, ...runs.map((run) => run.versions)));
  const seconds = runs.reduce((sum, run) => sum + (run.seconds ?? 0), 0);
  const rows = [
    ["Machine", unique(runs.map(({ machine }) => machineText(machine)))],
    ["Runtime", runs.map(runtimeText)],
    ["Versions", versions.length > 0 ? [versions.map(([name, version]) => `${name} ${version}`).join(", ")] : []],
    ["Date", [[date, seconds > 0 && `measured in ${duration(seconds)}`].filter(Boolean).join(", ")]],
    ["Reproduce", command ? [html`<code>${command}</code>`] : []],
  ].filter(([, lines]) => lines.some(Boolean));
  return html`<section><h2>What ran</h2><dl class="facts">${rows.map(([name, lines]) => html`<dt>${name}</dt>${lines.map((line) => html`<dd>${line}</dd>`)}`)}</dl></section>`;
}

function runtimeText(run) {
  const load = run.load && `load ${run.load.before} before, ${run.load.after} after`;
  return [nodeName(run), load].filter(Boolean).join(": ");
}

export function machineText({ cpu, cores, memoryGiB, os, arch } = {}) {
  return [cpu, cores && `${cores} cores`, memoryGiB && `${memoryGiB} GiB`, os, arch].filter(Boolean).join(", ");
}

function method({ runs }) {
  return html`<section><h2>How it was measured</h2><ol>${methodLines(runs).map((line) => html`<li>${line}</li>`)}</ol></section>`;
}

/** The method in five lines. */
export function methodLines(runs) {
  const timing = unique(
    runs.map(({ timing: one }) => one && `${one.rounds} rounds of ${one.sliceMs} ms after ${one.warmupMs} ms of warm-up`).filter(Boolean),
  );
  return [
    "Contenders take turns within every round, in an order that rotates; a ratio is taken inside a round, since a shared machine drifts.",
    `Times are medians and quartiles of ${timing.length > 0 ? `up to ${sentenceList(timing)}` : "all rounds"}, ns per token on one core; CPU time is kept beside wall time.`,
    "Tokens are distinct, flat strings, of HS256 with one secret of 32 bytes unless another algorithm is named; every contender checks the same claims and gets its best form of key.",
    "Before it is timed, a contender must accept every good token and reject every tampered one; accepted tokens are counted in the timed path.",
    "Native programs run in processes of their own on the same tokens; a ratio with one of them divides medians.",
  ];
}

/** `{ contender, where, reason }` for whoever was not timed because of what it did. */
export function failuresOf({ runs, native }) {
  return [
    ...runs.flatMap((run) =>
      run.failed.map(({ contender, scenario, reason }) => ({ contender, where: `${nodeName(run)}, ${scenario}`, reason })),
    ),
    ...(native?.failed ?? []).map(({ contender, set, reason }) => ({ contender, where: set ? `native, ${set} tokens` : "native", reason })),
  ];
}

function failures(results) {
  const { runs, native } = results;
  const failed = failuresOf(results);
  const missing = native?.missing ?? [];
  const cut = results.interrupted || runs.some(({ interrupted }) => interrupted);
  const filters = unique(runs.map(({ filter }) => filter).filter(Boolean));
  const busy = runs.filter(({ load, machine }) => load?.before > (machine?.cores ?? 1) / 2);
  return html`<section><h2>What failed, what is missing</h2>${busy.length > 0 && html`<p>The machine was busy before it began (${sentenceList(busy.map((run) => `load ${run.load.before}, ${nodeName(run)}`))}): times are longer than they could be; trust the ratios.</p>`}${cut && html`<p class="failed">The run was interrupted: what is here is not all.</p>`}${filters.length > 0 && html`<p>Only what matches “${sentenceList(filters)}” was run.</p>`}${
    failed.length > 0
      ? html`<ul>${failed.map(({ contender, where, reason }) => html`<li><span class="failed">${contender}</span>, ${where}: ${reason}. Not timed there.</li>`)}</ul>`
      : runs.length > 0 && html`<p>Nothing failed: every contender accepted all good tokens and rejected all tampered ones.</p>`
  }${missing.length > 0 && html`<p>Not measured, since their packages were not there: ${sentenceList(missing.map(({ contender, package: name }) => `${contender} (${name})`))}.</p>`}</section>`;
}

/** The same ratios for each Node, with the quartiles of the rounds. */
function ratios({ runs, native }) {
  const rows = GOALS.map((goal) => ({ goal, judged: runs.map((run) => judgeGoal(goal, run, native)) })).filter(({ judged }) =>
    judged.some(Boolean),
  );
  if (rows.length === 0) return undefined;
  return html`<section><h2>Ratios</h2><p>How many times longer the rival takes than wasm-jwt, round by round; beside it the quartiles. Where there are none, medians of two processes are divided. A share is better under 1.</p>
${numberTable({ caption: "Time of the rival divided by ours", head: ["", ...runs.map(nodeName)], rows: rows.map(({ goal, judged }) => [goal.title, ...judged.map(ratioCell)]) })}</section>`;
}

function ratioCell(judged) {
  if (!judged) return undefined;
  const { low, median: middle, high } = judged.ratio;
  return html`${ratioText(middle)}${low !== high && html` <small>${ratioText(low)}–${ratioText(high)}</small>`}`;
}

/** What one contender pays in one case for each unit it pays in another, timed in the same rounds. */
function comparisons({ runs }) {
  const found = runs.map((run) => new Map(comparisonsOf(run).map(({ title, contender, ratio }) => [`${title}, ${contender}`, ratio])));
  const names = unique(found.flatMap((ratios) => [...ratios.keys()]));
  if (names.length === 0) return undefined;
  const cell = (ratio) => ratio && ratioCell({ ratio });
  return numberTable({
    caption: "Each contender against itself: the time of one case divided by that of another",
    head: ["", ...runs.map(nodeName)],
    rows: names.map((name) => [name, ...found.map((ratios) => cell(ratios.get(name)))]),
  });
}

const unique = (values) => [...new Set(values)];
