/** One run: the whole plan on this Node, as a `Run` of the JSON file. */
import { existsSync } from "node:fs";
import { measureBlock } from "./block.mjs";
import { measureCold } from "./cold.mjs";
import { contenderNamed, PACKAGES } from "./contenders/index.mjs";
import { load, machine, versions } from "./machine.mjs";
import { installPackages } from "./packages.mjs";
import { planOf } from "./plan.mjs";
import { showProgress } from "./progress.mjs";
import { measureScaling } from "./scaling.mjs";

const STAGES = new URL("stages/index.mjs", import.meta.url);
const STAGE_SETS = ["small", "mid", "big"];

export async function measure({ full, filter }, signal) {
  const plan = planOf({ full, filter });
  installPackages(packagesOf(plan));
  const start = performance.now();
  const before = load();
  const found = { scenarios: [], failed: [] };
  let interrupted = false;

  const steps = [
    ...plan.blocks.map((block) => ({ title: titleOf(block), weight: secondsOf(block), work: blockWork(block) })),
    ...(plan.scaling ? [{ title: "scaling", weight: 70, work: scalingWork }] : []),
    ...(plan.stages && stagesThere() ? [{ title: "stages", weight: 30, work: stagesWork }] : []),
  ];
  const bar = showProgress(`Node ${process.version}`, steps);
  for (const [number, { work }] of steps.entries()) {
    if (signal.aborted) break;
    const { failed, interrupted: cut, ...parts } = await work({ progress: bar.begin(number), signal });
    found.failed.push(...(failed ?? []));
    found.scenarios.push(...(parts.scenarios ?? []).filter(({ results }) => results.length > 0));
    if (parts.series) found.scaling = parts.series;
    if (parts.stages) found.stages = parts.stages;
    interrupted ||= cut;
  }
  bar.end();

  return {
    node: process.version,
    v8: process.versions.v8,
    machine: machine(),
    load: { before, after: load() },
    versions: versions(),
    seconds: Math.round((performance.now() - start) / 1000),
    full,
    ...(filter ? { filter } : {}),
    timing: plan.timing,
    ...(interrupted || signal.aborted ? { interrupted: true } : {}),
    ...found,
  };
}

function packagesOf({ blocks, scaling }) {
  const scenarios = blocks.flatMap((block) => block.scenarios);
  const packages = scenarios.flatMap(({ contenders, group }) => contenders.map((name) => contenderNamed(name, group).package));
  return scaling ? PACKAGES : [...new Set(packages)].filter(Boolean);
}

const blockWork = (block) => (tools) => (block.name === "cold" ? measureCold : measureBlock)(block, tools);

const scalingWork = (tools) => measureScaling(tools);

async function stagesWork({ progress, signal }) {
  const { measureStages } = await import(STAGES.href);
  const stages = [];
  for (const set of STAGE_SETS) {
    if (signal.aborted) return { stages, interrupted: true };
    stages.push(await measureStages(set));
    progress(stages.length / STAGE_SETS.length);
  }
  return { stages };
}

function stagesThere() {
  const there = existsSync(STAGES);
  if (!there) console.error("Skipped: there is no bench/stages/index.mjs");
  return there;
}

const titleOf = ({ name, scenarios }) => (scenarios.length === 1 ? scenarios[0].title : name);

function secondsOf({ name, scenarios, timing: { rounds, sliceMs, warmupMs } }) {
  const runners = scenarios.reduce((sum, { contenders }) => sum + contenders.length, 0);
  return runners * (name === "cold" ? rounds * 0.12 : (rounds * sliceMs + warmupMs) / 1000);
}
