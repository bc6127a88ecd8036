/** One block of the plan: its contenders made, proved and timed; what came of it as scenarios of the JSON file. */
import { setImmediate } from "node:timers/promises";
import { contenderNamed } from "./contenders/index.mjs";
import { makeFleet, POOL } from "./fleet.mjs";
import { prove } from "./prove.mjs";
import { takeTurns } from "./rounds.mjs";
import { median } from "./statistics.mjs";

/** A call works through at least so many tokens: the timer has no part in what is measured. */
const TOKENS_PER_CALL = 256;

/** Returns `{ scenarios, failed, interrupted }`. */
export async function measureBlock({ scenarios, timing }, { progress, signal }) {
  const failed = [];
  const runners = [];
  const fleets = new Map();
  for (const scenario of scenarios) {
    const fleet = fleetOf(scenario, fleets);
    for (const name of scenario.contenders) {
      // A signal is heard only where the event loop turns.
      await setImmediate();
      if (signal?.aborted) break;
      try {
        runners.push({ scenario, name, ...(await prepareRunner(scenario, contenderNamed(name, scenario.group), fleet)) });
      } catch (error) {
        failed.push({ contender: name, scenario: scenario.id, reason: error.message });
      }
    }
  }
  const { samples, errors, interrupted } = await takeTurns(runners, { ...timing, progress, signal });
  runners.forEach(({ scenario, name }, place) => {
    if (errors[place]) failed.push({ contender: name, scenario: scenario.id, reason: errors[place].message });
  });
  const resultsOf = (scenario) =>
    [...runners.keys()].filter((place) => runners[place].scenario === scenario && !errors[place] && samples[place].wall.length > 0);
  return {
    failed,
    interrupted,
    scenarios: scenarios.map((scenario) =>
      describe(
        scenario,
        fleetOf(scenario, fleets),
        resultsOf(scenario).map((place) => resultOf(runners[place], samples[place])),
      ),
    ),
  };
}

/** A scenario of the JSON file. */
export function describe({ contenders, timing, pool, ...scenario }, { tokens }, results) {
  return { ...scenario, tokenBytes: Math.round(median(tokens.slice(0, 1000).map(({ length }) => length))), results };
}

/** Scenarios with the same tokens share them. */
export function fleetOf({ set, algorithm, keys, bad, defect, pool = POOL }, known = new Map()) {
  const name = JSON.stringify([set, algorithm, keys, bad, defect, pool]);
  if (!known.has(name)) known.set(name, makeFleet({ set, algorithm, keys, bad, count: pool, ...(defect ? { defect } : {}) }));
  return known.get(name);
}

async function prepareRunner({ batch }, contender, fleet) {
  const { load, make, isAsync = false, judges = true } = contender;
  const instance = await make(await load(), fleet.context);
  await prove(instance, fleet, judges);
  return { kind: contender.kind, isAsync, ...walk(instance, { fleet, batch, isAsync, judges }) };
}

/**
 * Walks through a pool in batches, so that nobody sees the same token twice running, and holds every batch against the number of
 * tokens that should be accepted.
 *
 * @param {Pick<import("./prove.mjs").Instance, "run" | "prepare">} instance
 * @param {{ fleet: { tokens: readonly string[], good: Uint8Array }, batch: number, isAsync?: boolean, judges?: boolean }} settings
 * @returns {{ call: () => any, perCall: number }}
 */
export function walk({ run, prepare = (token) => token }, { fleet: { tokens, good }, batch, isAsync = false, judges = true }) {
  const { batches, expected } = cut(tokens.map(prepare), judges ? good : good.map(() => 1), batch);
  const turns = Math.ceil(TOKENS_PER_CALL / batch);
  let place = 0;
  const check = (count) => {
    if (count !== expected[place]) throw new Error(`accepts ${count} tokens of a batch with ${expected[place]} good ones`);
    place = place + 1 < batches.length ? place + 1 : 0;
  };
  const call = () => {
    for (let turn = 0; turn < turns; turn++) check(run(batches[place]));
  };
  const callAsync = async () => {
    for (let turn = 0; turn < turns; turn++) check(await run(batches[place]));
  };
  return { call: isAsync ? callAsync : call, perCall: turns * batch };
}

/** Batches and their numbers of good tokens; a batch larger than the pool goes round it. */
function cut(items, good, batch) {
  const batches = [];
  const expected = [];
  for (let from = 0; from === 0 || from + batch <= items.length; from += batch) {
    const numbers = Array.from({ length: batch }, (_, index) => (from + index) % items.length);
    batches.push(numbers.map((number) => items[number]));
    expected.push(numbers.reduce((sum, number) => sum + good[number], 0));
  }
  return { batches, expected };
}

const rounded = (values) => values.map((value) => Math.round(value * 10) / 10);

export function resultOf({ name, kind }, { wall, cpu, ...rest }) {
  return { contender: name, kind, wall: rounded(wall), cpu: rounded(cpu), ...rest };
}
