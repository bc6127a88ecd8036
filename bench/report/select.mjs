/**
 * Finds what a run has measured. Scenarios are known by what they are, not by their ids: a quick run, a filtered one or an
 * interrupted one has some of them only, and whoever asks for one must cope with `undefined`.
 */

const MAIN_BATCH = 256;
/** Warm batches that differ only in the fields below; other groups are cases of their own. */
const COMPARABLE = ["main", "size", "batch", "bad", "keys"];
const PLAIN = { algorithm: "HS256", set: "mid", batch: MAIN_BATCH, bad: 0, keys: 1, defect: undefined };
const AXES = { size: "tokenBytes", batch: "batch", bad: "bad", keys: "keys" };

/** The scenario that fits `wanted` in all fields and has timed all of `contenders`; that of the main group if there are several. */
export function findScenario(run, wanted, contenders = []) {
  const { group, ...fields } = wanted;
  const fitting = run.scenarios.filter(
    (scenario) =>
      (group ? scenario.group === group : COMPARABLE.includes(scenario.group)) &&
      matches(scenario, group ? fields : { ...PLAIN, ...fields }) &&
      contenders.every((contender) => samplesOf(scenario, contender)),
  );
  return fitting.find((scenario) => scenario.group === "main") ?? fitting[0];
}

/**
 * The scenarios that differ along one axis alone, in its order. Those timed in the same rounds go first; where they have no
 * point, another of their group or a main one stands in.
 */
export function alongAxis(run, group) {
  const axis = AXES[group];
  const others = Object.entries(PLAIN).filter(([field]) => field !== axis && !(group === "size" && field === "set"));
  const fitting = run.scenarios.filter(
    (scenario) => [group, "main"].includes(scenario.group) && matches(scenario, Object.fromEntries(others)),
  );
  const byPlace = new Map();
  const rank = (scenario) => (scenario?.block === group ? 2 : scenario?.group === group ? 1 : scenario ? 0 : -1);
  for (const scenario of fitting) if (rank(scenario) > rank(byPlace.get(scenario[axis]))) byPlace.set(scenario[axis], scenario);
  return { axis, scenarios: [...byPlace.values()].sort((a, b) => a[axis] - b[axis]) };
}

export const scenariosOf = (run, group) => run.scenarios.filter((scenario) => scenario.group === group);

/** ns per token, one a round; undefined when the contender was not timed in this scenario. */
export function samplesOf(scenario, contender, clock = "wall") {
  const samples = scenario?.results.find((result) => result.contender === contender)?.[clock];
  return samples?.length ? samples : undefined;
}

export const stagesOf = (run, set) => run.stages?.find((stages) => stages.set === set);

/** A native program's samples of CPU time: `what` is "verify" or "tags". */
export function nativeSamples(native, contender, set, what) {
  const samples = native?.results.find((result) => result.contender === contender && result.set === set && result.what === what)?.cpu;
  return samples?.length ? samples : undefined;
}

function matches(scenario, fields) {
  return Object.entries(fields).every(([field, value]) => scenario[field] === value);
}
