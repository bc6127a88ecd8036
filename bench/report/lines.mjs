/**
 * Lines over a scale, one a contender, times on a logarithmic axis: equal distances are equal ratios. Lines are named where
 * they end; on a narrow page by a letter, and the names stand below.
 *
 * A series is `{ name, kind, points: [{ x, low, median, high, tip }] }`.
 */
import { count, nanosecondsTick } from "./format.mjs";
import { html } from "./markup.mjs";
import { logScale, stepScale, thinned } from "./scale.mjs";
import { spread, textWidth } from "./text.mjs";

const TOP = 26;
const AXIS = 42;
const LABEL_GAP = 16;
const LEGEND_LINE = 19;

/** `x` is `{ title, kind: "log" | "log2" | "steps", format, marked }`; `marked` puts the ticks where the points are. */
export function lineChart({ title, series, x, axisTitle = "ns per token" }, width) {
  const narrow = width < 600;
  const area = areaOf(series, width, narrow);
  const across = acrossScale(x, series, area);
  const down = downScale(series, area);
  const legendTop = area.bottom + AXIS + 6;
  const height = narrow ? legendTop + series.length * LEGEND_LINE + 4 : area.bottom + AXIS;
  const ends = series.map(({ points }) => ({ x: across(points.at(-1).x), y: down(points.at(-1).median) }));
  const labels = spread(
    ends.map(({ y }) => y),
    LABEL_GAP,
    area.top + 2,
    area.bottom,
  );

  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><title>${title}</title>
${rules(down, area)}${axis(across, x, area)}
${series.map((line) => drawLine(line, across, down, narrow))}
${series.map((line, place) => endLabel(narrow ? letter(place) : line.name, line.kind, ends[place], labels[place], area))}
${narrow && series.map((line, place) => html`<text class="legend ${line.kind}" x="0" y="${legendTop + place * LEGEND_LINE + 10}"><tspan class="letter">${letter(place)}</tspan><tspan x="20">${line.name}</tspan></text>`)}
<text class="axis-title" x="0" y="11">${axisTitle}</text></svg>`;
}

function areaOf(series, width, narrow) {
  const names = narrow ? 26 : Math.max(...series.map(({ name }) => textWidth(name, 12.5))) + 30;
  const height = narrow ? 300 : 330;
  return { left: 52, right: width - names, top: TOP, bottom: TOP + height };
}

/** The first and last points stand a little inside the area. */
function acrossScale({ kind, marked }, series, { left, right }) {
  const values = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b);
  const range = [left + 14, right - 8];
  if (kind === "steps") return stepScale(values, range);
  const scale = logScale([values[0], values.at(-1)], range, kind === "log2" ? 2 : 10);
  return marked ? Object.assign(scale, { ticks: values }) : scale;
}

function downScale(series, { top, bottom }) {
  const points = series.flatMap((line) => line.points);
  const low = Math.min(...points.map((point) => point.low));
  const high = Math.max(...points.map((point) => point.high));
  return logScale([low / 1.12, high * 1.08], [bottom, top]);
}

/** Only a wide page has a pointer to rest on a point. */
function drawLine({ name, kind, points }, across, down, narrow) {
  const at = ({ x, median }) => `${fixed(across(x))} ${fixed(down(median))}`;
  return html`<g class="line ${kind}"><path class="way" d="M${points.map(at).join("L")}"/>
${points.map((point) => {
  const x = fixed(across(point.x));
  return html`<path class="spread" d="M${x} ${fixed(down(point.low))}V${fixed(down(point.high))}"/><circle cx="${x}" cy="${fixed(down(point.median))}" r="3">${!narrow && html`<title>${name}, ${point.tip}</title>`}</circle>`;
})}</g>`;
}

function endLabel(text, kind, end, y, { right }) {
  const from = right + 8;
  return html`<path class="leader" d="M${fixed(end.x + 6)} ${fixed(end.y)}L${fixed(Math.max(from, end.x + 6))} ${fixed(y)}"/><text class="end ${kind}" x="${fixed(from + 5)}" y="${fixed(y + 4)}">${text}</text>`;
}

function rules(down, { left, right }) {
  return thinned(down, 22).map((tick) => {
    const y = fixed(down(tick));
    return html`<path class="grid" d="M${left} ${y}H${fixed(right)}"/><text class="tick" x="${left - 8}" y="${y + 4}" text-anchor="end">${nanosecondsTick(tick)}</text>`;
  });
}

function axis(across, { title, kind, format = count }, { left, right, bottom }) {
  const ticks = kind === "steps" ? across.ticks : thinned(across, 44);
  return html`<path class="base" d="M${left} ${bottom}H${fixed(right)}"/>
${ticks.map((tick) => html`<path class="base" d="M${fixed(across(tick))} ${bottom}v4"/><text class="tick" x="${fixed(across(tick))}" y="${bottom + 18}" text-anchor="middle">${format(tick)}</text>`)}
<text class="axis-title" x="${fixed(right)}" y="${bottom + 37}" text-anchor="end">${title}</text>`;
}

const letter = (place) => String.fromCharCode(97 + place);
const fixed = (value) => Number(value.toFixed(1));
