/**
 * The speeds this project set out to reach, as data, and how each is computed from the JSON of a benchmark.
 *
 * A ratio is the time of the rival divided by ours, round by round within one scenario: its median and quartiles. Native
 * programs are timed in a process of their own, so that medians are divided instead, of CPU time: the wall clock would count who else was busy then. A goal with `atMost` turns it
 * round: our time as a share of the other's.
 */
import { CRYPTO_VERIFY, FAST_JWT, FAST_JWT_SIGNER, HMAC, OBJECT, ONE_BY_ONE, SIGN_BATCH, VERDICT } from "./report/contenders.mjs";
import { nodeMajor } from "./report/format.mjs";
import { findScenario, nativeSamples, samplesOf, stagesOf } from "./report/select.mjs";
import { ratioOf, ratioOfMedians } from "./statistics.mjs";

/**
 * `scenario` are the fields a scenario must have, `atLeast` or `atMost` the goal, for each major version of Node where they
 * differ. A version that is not named has no goal.
 */
export const GOALS = [
  {
    title: "mid, verdict, against fast-jwt without cache",
    scenario: { set: "mid" },
    ours: VERDICT,
    rival: FAST_JWT,
    atLeast: { 20: 10, 24: 11, 26: 10 },
  },
  { title: "mid, verdict, against bare createHmac", scenario: { set: "mid" }, ours: VERDICT, rival: HMAC, atLeast: 3.5 },
  { title: "mid, whole object, against fast-jwt", scenario: { set: "mid" }, ours: OBJECT, rival: FAST_JWT, atLeast: 5.5 },
  { title: "small, verdict, against fast-jwt", scenario: { set: "small" }, ours: VERDICT, rival: FAST_JWT, atLeast: 14 },
  { title: "big, verdict, against fast-jwt", scenario: { set: "big" }, ours: VERDICT, rival: FAST_JWT, atLeast: 5 },
  { title: "big, whole object, against fast-jwt", scenario: { set: "big" }, ours: OBJECT, rival: FAST_JWT, atLeast: 2 },
  { title: "mid, one by one, claims read, against fast-jwt", scenario: { set: "mid" }, ours: ONE_BY_ONE, rival: FAST_JWT, atLeast: 3 },
  {
    title: "mid, all signatures bad, against fast-jwt",
    scenario: { set: "mid", bad: 1, defect: "signature" },
    ours: VERDICT,
    rival: FAST_JWT,
    atLeast: 18,
  },
  {
    title: "mid, HS512, verdict, against fast-jwt",
    scenario: { group: "algorithm", algorithm: "HS512", set: "mid" },
    ours: VERDICT,
    rival: FAST_JWT,
    atLeast: 5,
  },
  {
    title: "big, HS512, verdict, against bare createHmac",
    scenario: { group: "algorithm", algorithm: "HS512", set: "big" },
    ours: VERDICT,
    rival: HMAC,
    atLeast: 1,
  },
  ...["RS256", "ES256", "EdDSA"].flatMap((algorithm) => {
    const common = { scenario: { group: "public", algorithm, set: "mid" }, ours: VERDICT };
    return [
      { ...common, title: `mid, ${algorithm}, verdict, against fast-jwt`, rival: FAST_JWT, atLeast: 1 },
      { ...common, title: `mid, ${algorithm}, verdict, as a share of a bare crypto.verify`, rival: CRYPTO_VERIFY, atMost: 1.05 },
    ];
  }),
  {
    title: "mid, signBatch, against fast-jwt’s signer",
    scenario: { group: "sign", set: "mid" },
    ours: SIGN_BATCH,
    rival: FAST_JWT_SIGNER,
    atLeast: 4,
  },
  {
    title: "mid, verdict, against Rust jsonwebtoken",
    scenario: { set: "mid" },
    ours: VERDICT,
    native: "Rust jsonwebtoken",
    what: "verify",
    atLeast: 4,
  },
  { title: "mid, verdict, against libjwt (C)", scenario: { set: "mid" }, ours: VERDICT, native: "libjwt", what: "verify", atLeast: 10 },
  { title: "mid, verdict, against golang-jwt", scenario: { set: "mid" }, ours: VERDICT, native: "golang-jwt", what: "verify", atLeast: 13 },
  {
    title: "mid, the HMAC alone, as a share of ipsec-mb AVX ×4",
    set: "mid",
    stage: "hmac",
    native: "ipsec-mb AVX ×4",
    what: "tags",
    measuredBefore: 571,
    atMost: 1,
  },
];

/** `{ ratio, goal, reached }` in a run; undefined where what it needs was not measured. `goal` is undefined if there is none. */
export function judgeGoal(goal, run, native) {
  const ratio = ratioFor(goal, run, native);
  if (!ratio) return undefined;
  const wanted = wantedOf(goal, run);
  if (wanted === undefined) return { ratio };
  return { ratio, goal: wanted, reached: goal.atMost === undefined ? ratio.median >= wanted : ratio.median <= wanted };
}

function wantedOf({ atLeast, atMost }, run) {
  const wanted = atLeast ?? atMost;
  return typeof wanted === "object" ? wanted[nodeMajor(run)] : wanted;
}

function ratioFor(goal, run, native) {
  if (goal.stage) return stageRatio(goal, run, native);
  if (goal.native) return nativeRatio(goal, run, native);
  const scenario = findScenario(run, goal.scenario, [goal.ours, goal.rival]);
  const [ours, theirs] = [goal.ours, goal.rival].map((name) => samplesOf(scenario, name));
  return scenario && (goal.atMost === undefined ? ratioOf(theirs, ours) : ratioOf(ours, theirs));
}

function nativeRatio({ scenario: wanted, ours, native: rival, what }, run, native) {
  const scenario = findScenario(run, wanted, [ours]);
  const theirs = nativeSamples(native, rival, wanted.set, what);
  return scenario && theirs && ratioOfMedians(theirs, samplesOf(scenario, ours, "cpu"));
}

/** Without a native measurement on this machine, what the machine of the goals took stands in. */
function stageRatio({ set, stage, native: rival, what, measuredBefore }, run, native) {
  const ours = stagesOf(run, set)?.parts.find(({ name }) => name.toLowerCase() === stage)?.ns;
  return ours && ratioOfMedians([ours], nativeSamples(native, rival, set, what) ?? [measuredBefore]);
}

/** The set of tokens whose stages a goal is about: they are those of HS256. */
export const stageSetOf = (goal) => goal.set ?? (goal.scenario.algorithm ? undefined : goal.scenario.set);

/**
 * Where most of a token's time goes beyond the hash, `{ name, ns }`: of the HMAC only what exceeds the bare kernel counts.
 * Undefined where the stages were not timed.
 */
export function greatestStage(run, set) {
  const stages = stagesOf(run, set);
  if (!stages) return undefined;
  const beyond = stages.parts.map(({ name, ns }) => ({ name, ns: name.toLowerCase() === "hmac" ? ns - (stages.floor?.ns ?? 0) : ns }));
  return beyond.reduce((greatest, part) => (part.ns > greatest.ns ? part : greatest));
}

/** Whether the other's time is that of the goals' machine, because it was not measured here. */
export function standsIn({ measuredBefore, native: rival, set, what }, native) {
  return measuredBefore !== undefined && !nativeSamples(native, rival, set, what);
}
