/** The page: one file that needs no network and no script. Versions of Node are tabs made of radio buttons. */
import { closing } from "./closing.mjs";
import { nodeName } from "./format.mjs";
import { html, trusted } from "./markup.mjs";
import { headline, opening } from "./opening.mjs";
import { runSection } from "./run.mjs";
import { STYLE } from "./style.mjs";

export function page(results) {
  const { runs, native } = results;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>wasm-jwt benchmark, ${results.date}</title>
<meta name="description" content="${headline(results)}">
<style>${trusted(STYLE)}${trusted(tabStyle(runs.length))}</style>
</head>
<body><main>
${opening(results)}
${runs.length > 1 && runs.map((run, place) => html`<input class="choice" type="radio" name="node" id="node-${place}" aria-label="${nodeName(run)}"${place === runs.length - 1 && trusted(" checked")}>`)}
${runs.length > 1 && html`<nav class="tabs" aria-label="Version of Node">${runs.map((run, place) => html`<label for="node-${place}">${nodeName(run)}</label>`)}</nav>`}
${runs.map((run, place) => html`<section class="run" id="run-${place}">${runSection(run, native)}</section>`)}
${closing(results)}
</main></body>
</html>
`;
}

/** Shows the run that is chosen and marks its tab. */
function tabStyle(length) {
  return Array.from(
    { length },
    (_, place) => `
#node-${place}:not(:checked) ~ #run-${place} { display: none }
#node-${place}:checked ~ .tabs label[for="node-${place}"] { color: var(--ink); font-weight: 620; border-color: var(--strong-rule); background: var(--panel) }
#node-${place}:focus-visible ~ .tabs label[for="node-${place}"] { outline: 2px solid var(--engine); outline-offset: 2px }`,
  ).join("");
}
