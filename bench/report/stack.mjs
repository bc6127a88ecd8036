/**
 * What a token's time is made of: each stage begins where the one before it ended, down to the total, and below it what the
 * hash alone takes, the physical floor.
 *
 * A panel is `{ title, note, parts: [{ name, ns }], total, floor: { name, ns } }`.
 */
import { nanoseconds, percent } from "./format.mjs";
import { html } from "./markup.mjs";
import { lengthScale } from "./scale.mjs";
import { textWidth } from "./text.mjs";

const ROW = 23;
const BAR = 13;
const TITLE = 46;
const GAP = 28;
const VALUE = 46;

/** Panels stand side by side and share the names; on a narrow page one below the other. */
export function stackChart({ title, panels }, width) {
  const narrow = width < 600;
  const withRest = panels.some(({ parts, total }) => restOf(parts, total) > total / 200);
  const drawable = panels.map((panel) => ({ ...panel, rows: rowsOf(panel, withRest) }));
  const names = Math.max(...drawable.flatMap(({ rows }) => rows.map(({ name }) => textWidth(name, 12)))) + 10;
  const height = ({ rows }) => TITLE + rows.length * ROW + 26;
  const panelWidth = narrow ? width - names : (width - names - GAP * (panels.length - 1)) / panels.length;

  let top = 0;
  const drawn = drawable.map((panel, place) => {
    const left = narrow ? names : names + place * (panelWidth + GAP);
    const body = drawPanel(panel, { left, top, length: panelWidth - VALUE, names: narrow || place === 0 });
    if (narrow) top += height(panel);
    return body;
  });
  const total = narrow ? top : Math.max(...drawable.map(height));
  return html`<svg viewBox="0 0 ${width} ${total}" role="img" aria-label="${title}"><title>${title}</title>${drawn}</svg>`;
}

/** The stages with their beginnings, what no stage accounts for, the total and the floor. */
function rowsOf({ parts, total, floor }, withRest) {
  let from = 0;
  const rows = parts.map(({ name, ns }) => {
    from += ns;
    return { name, ns, from: from - ns, kind: name.toLowerCase() === "hmac" ? "hash" : "stage" };
  });
  if (withRest) rows.push({ name: "between stages", ns: Math.max(restOf(parts, total), 0), from, kind: "stage" });
  rows.push({ name: "total", ns: total, from: 0, kind: "total" });
  if (floor) rows.push({ name: floor.name, ns: floor.ns, from: 0, kind: "floor" });
  return rows;
}

const restOf = (parts, total) => parts.reduce((rest, { ns }) => rest - ns, total);

function drawPanel({ rows, ...panel }, { left, top, length, names }) {
  const scale = lengthScale(Math.max(...rows.map(({ from, ns }) => from + ns)), length);
  const bottom = top + TITLE + rows.length * ROW;
  const floor = panel.floor && html`<path class="floor-line" d="M${fixed(left + scale(panel.floor.ns))} ${top + TITLE - 4}V${bottom}"/>`;
  return html`<text class="heading" x="${fixed(left)}" y="${top + 15}">${panel.title}</text><text class="note" x="${fixed(left)}" y="${top + 31}">${panel.note}</text>
<path class="base" d="M${fixed(left)} ${top + TITLE - 4}V${bottom}"/>${floor}
${rows.map((row, place) => drawRow(row, { y: top + TITLE + place * ROW, left, scale, total: panel.total, names }))}`;
}

function drawRow({ name, ns, from, kind }, { y, left, scale, total, names }) {
  const middle = y + ROW / 2 - 1;
  const start = left + scale(from);
  return html`<g><title>${name}: ${nanoseconds(ns)} ns, ${percent(ns / total)} of the total</title>
${names && html`<text class="stage-name ${kind}" x="${fixed(left - 10)}" y="${middle + 4}" text-anchor="end">${name}</text>`}
<rect class="part ${kind}" x="${fixed(start)}" y="${middle - BAR / 2}" width="${fixed(Math.max(scale(ns), 1))}" height="${BAR}" rx="1"/>
<text class="value ${kind}" x="${fixed(start + scale(ns) + 6)}" y="${middle + 4}">${nanoseconds(ns)}</text></g>`;
}

const fixed = (value) => Number(value.toFixed(1));
