/** A table of numbers: the first column names the row, the others stand right, digit below digit. */
import { html } from "./markup.mjs";

/** `rows` are lists of cells; a row may carry `kind` to be set apart. */
export function numberTable({ caption, head, rows }) {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(tableRow)}</tbody></table></div>`;
}

function tableRow(row) {
  const { cells, kind } = Array.isArray(row) ? { cells: row } : row;
  const [name, ...numbers] = cells;
  return html`<tr${kind && html` class="${kind}"`}><th scope="row">${name}</th>${numbers.map((cell) => html`<td>${cell ?? "–"}</td>`)}</tr>`;
}
