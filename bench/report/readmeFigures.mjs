/** The README's section of figures: the main contenders and the main ratios, for each Node. All else is in RESULTS.md. */
import { GOALS, judgeGoal } from "../goals.mjs";
import { median } from "../statistics.mjs";
import { BY_HAND, FAST_JWT, HMAC, OBJECT, ONE_BY_ONE, VERDICT } from "./contenders.mjs";
import { nanoseconds, nodeName, ratioText, sentenceList } from "./format.mjs";
import { markdownTable, plain } from "./markdown.mjs";
import { findScenario, samplesOf } from "./select.mjs";

const SETS = ["small", "mid", "big"];
const LABELS = {
  [VERDICT]: "**wasm-jwt, verdict**",
  [OBJECT]: "**wasm-jwt, claims read as an object**",
  [ONE_BY_ONE]: "**wasm-jwt, one by one, claims read**",
  [FAST_JWT]: "fast-jwt, no cache",
  [BY_HAND]: "`node:crypto` by hand",
  [HMAC]: "bare `createHmac(KeyObject)`, nothing judged",
};

export const BEGIN = "<!-- figures -->";
export const END = "<!-- end of figures -->";

/** `readme` with the text between its markers replaced. */
export function withFigures(readme, results) {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`Expected the README to have ${BEGIN} and, after it, ${END}`);
  return `${readme.slice(0, begin)}${BEGIN}\n${figuresSection(results)}\n\n${readme.slice(end)}`;
}

function figuresSection(results) {
  const { runs } = results;
  const times = timeRows(runs);
  const ratios = ratioRows(results);
  return [
    introduction(results),
    ...(times.length > 0 ? [markdownTable(["ns per token", ...runs.map(nodeName)], times)] : []),
    ...(ratios.length > 0 ? [markdownTable(["time of the rival divided by ours, round by round", ...runs.map(nodeName)], ratios)] : []),
  ].join("\n\n");
}

function introduction({ date, runs }) {
  const sizes = SETS.map((set) => [set, runs.map((run) => findScenario(run, { set }, [VERDICT])).find(Boolean)?.tokenBytes]).filter(
    ([, bytes]) => bytes,
  );
  const machines = [...new Set(runs.map(({ machine }) => machine?.cpu).filter(Boolean))];
  return `Measured on ${plain(date)}, one core of ${plain(sentenceList(machines))}, distinct HS256 tokens in batches of 256, all claims judged; medians.
Bytes a token: ${sentenceList(sizes.map(([set, bytes]) => `${set} ${bytes}`))}. Yours: \`npm run bench\`. All contenders, native programs and the method: [bench/RESULTS.md](bench/RESULTS.md).`;
}

function timeRows(runs) {
  const cell = (run, set, name) => {
    const samples = samplesOf(findScenario(run, { set }, [name]), name);
    return samples && nanoseconds(median(samples));
  };
  return SETS.flatMap((set) =>
    Object.entries(LABELS).map(([name, label]) => [`${set}: ${label}`, ...runs.map((run) => cell(run, set, name))]),
  ).filter(([, ...cells]) => cells.some(Boolean));
}

function ratioRows({ runs, native }) {
  const against = GOALS.filter(({ atMost }) => atMost === undefined);
  return against
    .map((goal) => [goal.title, ...runs.map((run) => judgeGoal(goal, run, native))])
    .filter(([, ...judged]) => judged.some(Boolean))
    .map(([title, ...judged]) => [title, ...judged.map((one) => one && ratioText(one.ratio.median))]);
}
