/** What may be said of these figures, and what not. Claims about who is faster are checked against the file. */
import { median } from "../statistics.mjs";
import { OBJECT, VERDICT } from "./contenders.mjs";
import { nanoseconds, nodeName, sentenceList } from "./format.mjs";
import { html } from "./markup.mjs";
import { COMPARABLE, nativeSamples, samplesOf, stagesOf } from "./select.mjs";

export function closing(results) {
  return html`<section class="figure closing"><h2>What may be said</h2><ul>${[
    ...standing(results, VERDICT, ["library", "native"], "a verdict", "every JWT library measured and than the calls of node:crypto"),
    ...standing(results, OBJECT, ["library"], "a verdict with all claims read as an object", "every JWT library measured"),
    ...againstTheProcessor(results),
    "A library builds an object for every token; a verdict does not. Who reads all claims should compare “object” with the libraries.",
    "Absolute times are those of this machine and drift by a tenth; ratios drift less. What counts is a run on yours.",
  ].map((line) => html`<li>${line}</li>`)}</ul></section>`;
}

/** Faster than all, or where not and by whom. */
function standing({ runs }, ours, kinds, what, all) {
  const exceptions = [];
  let compared = 0;
  for (const run of runs) {
    for (const scenario of run.scenarios) {
      const own = samplesOf(scenario, ours);
      if (!own || !COMPARABLE.includes(scenario.group)) continue;
      for (const { contender, kind, wall } of scenario.results) {
        if (!kinds.includes(kind) || wall.length === 0) continue;
        compared++;
        if (median(wall) <= median(own)) exceptions.push({ run, scenario, contender, theirs: median(wall), own: median(own) });
      }
    }
  }
  if (compared === 0) return [];
  if (exceptions.length === 0) return [`In every scenario measured, ${what} is faster than ${all}.`];
  const told = exceptions.map(
    ({ run, scenario, contender, theirs, own }) =>
      `${contender} on ${nodeName(run)}, ${scenario.title} (${nanoseconds(theirs)} ns to our ${nanoseconds(own)})`,
  );
  return [`In ${compared - exceptions.length} of ${compared} comparisons ${what} is faster than ${all}; not than ${sentenceList(told)}.`];
}

/** SHA-NI is out of WebAssembly's reach. */
function againstTheProcessor({ runs, native }) {
  const unit = nativeSamples(native, "ipsec-mb SHA-NI", "mid", "tags");
  const run = runs.findLast((one) => stagesOf(one, "mid"));
  const ours = run && stagesOf(run, "mid").parts.find(({ name }) => name.toLowerCase() === "hmac")?.ns;
  const general = "SHA-NI, the processor’s own SHA-256 unit, is faster than any WebAssembly can be";
  if (!unit || !ours) return [`${general}: what wins here is that nothing else is done per token.`];
  return [
    `${general}: it takes ${nanoseconds(median(unit))} ns for the HMAC of a mid token, where the engine takes ${nanoseconds(ours)} (${nodeName(run)}). What wins here is that nothing else is done per token.`,
  ];
}
