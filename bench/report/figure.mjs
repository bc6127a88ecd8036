/** A chart with what belongs to it: its heading, a sentence, the same chart for narrow pages, and the table of its numbers. */
import { html } from "./markup.mjs";

const WIDE = 840;
const NARROW = 352;

/** `draw(width)` gives the chart; `tables` hold every number that it shows. */
export function figure({ title, text, draw, tables = [], kind }) {
  return html`<section class="figure"><h3>${title}</h3>${text && html`<p>${text}</p>`}
${draw && html`<figure><div class="wide">${draw(WIDE)}</div><div class="narrow">${draw(NARROW)}</div></figure>`}
${tables.length > 0 && html`<details${kind && html` class="${kind}"`}><summary>The numbers</summary>${tables}</details>`}</section>`;
}
