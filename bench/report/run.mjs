/** What one Node has measured, chart by chart. A chart whose numbers are not in the file is left out. */
import { coldStart, hashing, nativePeers, publicKeys, rejecting, repeated, signing, throughput } from "./barFigures.mjs";
import { figure } from "./figure.mjs";
import { nodeName } from "./format.mjs";
import { alongAxes, scaling } from "./lineFigures.mjs";
import { html } from "./markup.mjs";
import { scenarioTable } from "./scenarioTable.mjs";
import { scenariosOf } from "./select.mjs";
import { stages } from "./stageFigure.mjs";

export function runSection(run, native) {
  const each = (group, draw) => scenariosOf(run, group).map(draw);
  return html`<h2>${nodeName(run)}</h2>
${each("main", throughput)}${alongAxes(run)}${rejecting(run)}${stages(run)}${scaling(run)}
${each("public", publicKeys)}${each("cold", coldStart)}${each("sign", signing)}${each("hmac", hashing)}${each("repeated", repeated)}${nativePeers(run, native)}
${everything(run)}`;
}

/** Every scenario with every contender, whatever was drawn of them. */
function everything({ scenarios }) {
  if (scenarios.length === 0) return undefined;
  return figure({
    title: "Every scenario",
    text: scenarios.length === 1 ? "The one that was run." : `All ${scenarios.length}, as they were run.`,
    tables: scenarios.map(scenarioTable),
    kind: "all",
  });
}
