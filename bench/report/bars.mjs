/**
 * Horizontal bars under headings, with quartile whiskers. Each bar is named and its value written out, so that neither
 * colour nor the axis is needed to read it.
 *
 * A row is `{ label, strong, note, kind, value, low, high, text, tip }`; `kind` chooses the fill.
 */
import { axisTitle, drawChart, isNarrow, MUTED, Plot, SMALL, textWidth } from "./chart.mjs";
import { nanosecondsTick } from "./format.mjs";

const BAR = 16;
const AXIS = 38;

/** Those that judge no token are hollow. */
const OUTLINES = new Map([
  ["hmac", "var(--library-text)"],
  ["tags", "var(--peer-text)"],
]);
const FILLED = ["engine", "native", "library", "peer"];

export function barChart({ title, axisTitle: unit, groups, axisFormat = nanosecondsTick }, width) {
  const lines = groups.flatMap(({ heading, rows }) => [...(heading ? [{ heading }] : []), ...rows]).map((line, y) => ({ ...line, y }));
  const rows = lines.filter(({ heading }) => !heading);
  const layout = layoutOf(rows, width);
  const most = Math.max(...rows.map(endOf));
  const heading = { y: "y", text: "heading", fontWeight: 620, dy: 3, ...layout.atLeft };
  const ticks = { ticks: layout.ticks, tickSize: 0 };
  return drawChart({
    ...{ title, width, height: lines.length * layout.rowHeight + AXIS, ...layout.margins },
    x: { domain: [0, most], label: null },
    y: { domain: lines.map(({ y }) => y), type: "band", padding: 0, axis: null },
    marks: [
      Plot.gridX({ ...ticks, stroke: "var(--rule)", strokeOpacity: 1 }),
      Plot.axisX({ ...ticks, tickFormat: axisFormat, fill: MUTED, fontSize: SMALL }),
      axisTitle(unit, 24),
      ...bars(rows, layout),
      ...names(rows, layout),
      Plot.text(
        lines.filter((line) => line.heading),
        heading,
      ),
    ],
  });
}

/** Wide: names to the left of the bars. Narrow: above them. `down` is how far below the middle of its row a bar is. */
function layoutOf(rows, width) {
  const noted = rows.some(({ note }) => note);
  const narrow = isNarrow(width);
  const marginLeft = narrow ? 0 : 16 + Math.max(...rows.map(({ label, note }) => Math.max(textWidth(label, 13.5), textWidth(note, SMALL))));
  const marginRight = 14 + Math.max(...rows.map(({ text }) => textWidth(text)));
  return {
    margins: { marginTop: 0, marginBottom: AXIS, marginLeft, marginRight },
    atLeft: { frameAnchor: "left", textAnchor: "start", dx: -marginLeft },
    ...(narrow ? { ticks: 3, down: noted ? 16 : 10, lineAnchor: "bottom" } : { ticks: 5, down: 0, lineAnchor: "middle" }),
    rowHeight: narrow ? (noted ? 56 : 42) : noted ? 34 : 26,
  };
}

function bars(rows, { rowHeight, down }) {
  const inset = (height) => ({ y: "y", insetTop: (rowHeight - height) / 2 + down, insetBottom: (rowHeight - height) / 2 - down });
  const whisker = { strokeWidth: 1.2, strokeOpacity: 0.75 };
  const bar = {
    x: "value",
    rx: 1.5,
    title: "tip",
    fill: fillOf,
    stroke: ({ kind }) => OUTLINES.get(kind) ?? "none",
    strokeDasharray: "3 2",
  };
  return [
    Plot.barX(rows, { ...inset(BAR), ...bar }),
    Plot.ruleY(rows, { y: "y", x1: "low", x2: "high", dy: down, ...whisker }),
    ...["low", "high"].map((x) => Plot.tickX(rows, { ...inset(6), x, ...whisker })),
    Plot.text(rows, { y: "y", x: endOf, text: "text", textAnchor: "start", dx: 8, dy: down }),
  ];
}

const endOf = ({ value, high }) => Math.max(value, high);
const fillOf = ({ kind }) => `var(--${OUTLINES.has(kind) ? "paper" : FILLED.includes(kind) ? kind : "library"})`;

/** The names, ours in bold; a note is a second line, which the page's style sets apart. */
function names(rows, { down, lineAnchor, atLeft }) {
  const text = ({ label, note }) => (note ? `${label}\n${note}` : label);
  return [true, false].map((bold) =>
    Plot.text(
      rows.filter(({ strong = false }) => strong === bold),
      {
        y: "y",
        text,
        fontSize: 13.5,
        lineHeight: 1.15,
        fontWeight: bold ? 620 : 400,
        lineAnchor,
        dy: down && down - BAR / 2 - 4,
        ...atLeft,
      },
    ),
  );
}
