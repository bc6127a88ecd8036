/**
 * What a token's time is made of: each stage begins where the one before it ended, down to the total, and below it what the
 * hash alone takes, the physical floor.
 *
 * A panel is `{ title, note, parts: [{ name, ns }], total, floor: { name, ns } }`.
 */
import { drawChart, isNarrow, Plot, textWidth } from "./chart.mjs";
import { nanoseconds, percent } from "./format.mjs";
import { html } from "./markup.mjs";

const ROW = 23;
const TITLE = 46;
const VALUE = 46;
const GAP = 20;

const LOOKS = {
  stage: { fill: "var(--library)" },
  hash: { fill: "var(--engine)" },
  total: { fill: "var(--ink)" },
  floor: { fill: "var(--paper)", stroke: "var(--engine)", strokeWidth: 1.4, strokeDasharray: "3 2" },
};

/** Panels stand side by side and share the names; on a narrow page one below the other. */
export function stackChart({ title, panels }, width) {
  const withRest = panels.some(({ parts, total }) => restOf(parts, total) > total / 200);
  const all = panels.map((panel) => ({ ...panel, rows: rowsOf(panel, withRest) }));
  const names = Math.max(...all.flatMap(({ rows }) => rows.map(({ name }) => textWidth(name)))) + 10;
  const length = isNarrow(width) ? width - names : (width - names - GAP * (all.length - 1)) / all.length;
  const drawn = all.map((panel, place) => {
    const left = isNarrow(width) || place === 0 ? names : GAP;
    return html`<div style="flex-grow: ${Math.round(length + left)}">${drawPanel(title, panel, length + left, left)}</div>`;
  });
  return html`<div class="panels">${drawn}</div>`;
}

/** The stages with their beginnings, what no stage accounts for, the total and the floor. */
function rowsOf({ parts, total, floor }, withRest) {
  let from = 0;
  const stages = withRest ? [...parts, { name: "between stages", ns: Math.max(restOf(parts, total), 0) }] : parts;
  const rows = stages.map(({ name, ns }) => {
    from += ns;
    return { name, ns, from: from - ns, kind: name.toLowerCase() === "hmac" ? "hash" : "stage" };
  });
  rows.push({ name: "total", ns: total, from: 0, kind: "total" });
  if (floor) rows.push({ name: "the floor", ns: floor.ns, from: 0, kind: "floor", what: floor.name });
  const tipOf = ({ name, what = name, ns }) => `${what}: ${nanoseconds(ns)} ns, ${percent(ns / total)} of the total`;
  return rows.map((row) => ({ ...row, to: row.from + row.ns, tip: tipOf(row) }));
}

const restOf = (parts, total) => parts.reduce((rest, { ns }) => rest - ns, total);

function drawPanel(title, { title: heading, note, rows, floor }, width, marginLeft) {
  const atTop = { frameAnchor: "top-left", textAnchor: "start", lineAnchor: "bottom", lineHeight: 1.3, dy: -8 };
  const ofKind = (kind) => rows.filter((row) => row.kind === kind);
  return drawChart({
    title: `${title}: ${heading}`,
    ...{ width, marginLeft, marginRight: VALUE, height: TITLE + rows.length * ROW, marginTop: TITLE, marginBottom: 0 },
    x: { axis: null, domain: [0, Math.max(...rows.map(({ to }) => to))] },
    y: { axis: null, type: "band", padding: 0, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.text([`${heading}\n${note}`], { ...atTop, fontWeight: 620 }),
      Plot.ruleX([0], { stroke: "var(--strong-rule)" }),
      floor && Plot.ruleX([floor.ns], { stroke: "var(--engine)", strokeDasharray: "2 3", strokeOpacity: 0.8 }),
      ...Object.keys(LOOKS).flatMap((kind) => drawRows(ofKind(kind), kind, marginLeft > GAP)),
    ],
  });
}

function drawRows(rows, kind, named) {
  const text = { y: "name", fontWeight: kind === "total" ? 620 : 400 };
  return [
    Plot.barX(rows, { y: "name", x1: "from", x2: "to", insetTop: 5, insetBottom: 5, rx: 1, title: "tip", ...LOOKS[kind] }),
    Plot.text(rows, { ...text, x: "to", text: ({ ns }) => nanoseconds(ns), textAnchor: "start", dx: 6 }),
    named ? Plot.text(rows, { ...text, text: "name", frameAnchor: "left", textAnchor: "end", dx: -10 }) : null,
  ];
}
