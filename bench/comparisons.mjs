/** Ratios between scenarios that were timed in the same rounds. */
import { DEFECT_NAMES } from "./fleet.mjs";
import { OURS } from "./plan.mjs";
import { ratioOf } from "./statistics.mjs";

/** Title, the scenario that is above the line, the one below. */
const PAIRS = [
  ["small to mid", "small/256/0/1/size", "mid/256/0/1/size"],
  ["big to mid", "big/256/0/1/size", "mid/256/0/1/size"],
  ...DEFECT_NAMES.map((defect) => [`rejecting (${defect}) to accepting`, `mid/256/1/1/bad/${defect}`, "mid/256/0/1/bad/accepted"]),
  ["one batch of 1,000,000 to batches of 1,000", "mid/1000000/0/1/million", "mid/1000/0/1/million"],
];

/** `[{ title, contender, ratio: { median, low, high } }]`, for ours and fast-jwt where both scenarios have them. */
export function comparisonsOf({ scenarios }) {
  const wallOf = (id, name) => scenarios.find((each) => each.id === id)?.results.find(({ contender }) => contender === name)?.wall;
  return PAIRS.flatMap(([title, above, below]) =>
    [OURS, "fast-jwt"].flatMap((contender) => {
      const [slow, fast] = [wallOf(above, contender), wallOf(below, contender)];
      return slow && fast ? [{ title, contender, ratio: ratioOf(slow, fast) }] : [];
    }),
  );
}
