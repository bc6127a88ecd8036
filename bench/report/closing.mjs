/** What may be said of these figures, and what not. Claims about who is faster are checked against the file. */
import { median } from "../statistics.mjs";
import { OBJECT, VERDICT } from "./contenders.mjs";
import { nanoseconds, nodeName, sentenceList } from "./format.mjs";
import { html } from "./markup.mjs";
import { nativeSamples, samplesOf, stagesOf } from "./select.mjs";

const EVERYBODY = "every JWT library measured and than the calls of node:crypto";
const LISTED = 5;

const CLAIMS = [
  { when: "warm scenario", ours: VERDICT, kinds: ["library", "native"], what: "a verdict", whom: EVERYBODY },
  {
    when: "warm scenario",
    ours: OBJECT,
    kinds: ["library"],
    what: "a verdict with all claims read as an object",
    whom: "every JWT library measured",
  },
  // The platform's own signature is no rival there: ours waits for it as well.
  { when: "scenario of public keys", ours: VERDICT, kinds: ["library"], what: "a verdict", whom: "every JWT library measured" },
  { when: "cold start", ours: VERDICT, kinds: ["library", "native"], what: "the first batch of verdicts", whom: EVERYBODY },
];
/** Groups of scenarios by what a claim calls them; all others are warm scenarios. */
const KIND_OF = { cold: "cold start", public: "scenario of public keys" };

export function closing(results) {
  return html`<section class="figure closing"><h2>What may be said</h2><ul>${[
    ...CLAIMS.map((claim) => standing(claim, results)),
    ofManyCores(results),
    againstTheProcessor(results),
    "A library builds an object for every token; a verdict does not. Who reads all claims should compare “object” with the libraries.",
    "Absolute times are those of this machine and drift by a tenth; ratios drift less. What counts is a run on yours.",
  ]
    .filter(Boolean)
    .map((line) => html`<li>${line}</li>`)}</ul></section>`;
}

/** Faster than all, or where not and by whom, the worst first. */
function standing({ when, ours, kinds, what, whom }, { runs }) {
  const scenarios = runs.flatMap((run) =>
    run.scenarios
      .filter(({ group }) => (KIND_OF[group] ?? "warm scenario") === when)
      .map((scenario) => ({ run, scenario, own: samplesOf(scenario, ours) })),
  );
  const compared = scenarios
    .filter(({ own }) => own)
    .flatMap(({ run, scenario, own }) =>
      scenario.results
        .filter(({ kind, wall }) => kinds.includes(kind) && wall.length > 0)
        .map(({ contender, wall }) => ({ run, scenario, contender, theirs: median(wall), own: median(own) })),
    );
  if (compared.length === 0) return undefined;
  const slower = compared.filter(({ theirs, own }) => theirs <= own).sort((a, b) => a.theirs / a.own - b.theirs / b.own);
  if (slower.length === 0) return `In every ${when} measured, ${what} is faster than ${whom}.`;
  const told = slower.slice(0, LISTED).map(exceptionText);
  if (slower.length > LISTED) told.push(`${slower.length - LISTED} more`);
  return `In ${compared.length - slower.length} of ${compared.length} comparisons (${when}) ${what} is faster than ${whom}; not than ${sentenceList(told)}.`;
}

function exceptionText({ run, scenario, contender, theirs, own }) {
  return `${contender} on ${nodeName(run)}, ${scenario.title} (${nanoseconds(theirs)} ns to our ${nanoseconds(own)})`;
}

function ofManyCores({ runs }) {
  if (!runs.some(({ scenarios }) => scenarios.some(({ group }) => group === "public"))) return undefined;
  return "Signatures of public keys are the platform’s. What answers by promise, as jose does, spreads them over several cores: compare it with ours by promise, or by CPU time.";
}

/** SHA-NI is out of WebAssembly's reach. */
function againstTheProcessor({ runs, native }) {
  const unit = nativeSamples(native, "ipsec-mb SHA-NI", "mid", "tags");
  const run = runs.findLast((one) => stagesOf(one, "mid"));
  const ours = run && stagesOf(run, "mid").parts.find(({ name }) => name.toLowerCase() === "hmac")?.ns;
  const general = "SHA-NI, the processor’s own SHA-256 unit, is faster than any WebAssembly can be";
  if (!unit || !ours) return `${general}: what wins here is that nothing else is done per token.`;
  return `${general}: it takes ${nanoseconds(median(unit))} ns for the HMAC of a mid token, where the engine takes ${nanoseconds(ours)} (${nodeName(run)}). What wins here is that nothing else is done per token.`;
}
