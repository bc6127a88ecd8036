/**
 * Lines over a scale, one a contender, times on a logarithmic axis: equal distances are equal ratios. Lines are named where
 * they end; on a narrow page by a letter, and the names stand below.
 *
 * A series is `{ name, kind, points: [{ x, low, median, high, tip }] }`.
 */
import { axisTitle, drawChart, drawn, isNarrow, MUTED, Plot, SMALL, textWidth } from "./chart.mjs";
import { count, nanosecondsTick } from "./format.mjs";
import { spread } from "./labels.mjs";
import { html } from "./markup.mjs";

const AREA = { marginTop: 26, marginBottom: 44, marginLeft: 52 };
const HEIGHT = 330;
/** The first and last points stand a little inside the area. */
const INSET = { insetLeft: 14, insetRight: 8, padding: 0 };
const LABEL_GAP = 16;
const TICK_GAP = 56;

const LOOKS = new Map([
  ["engine", { colour: "var(--engine)", text: "var(--engine)", strokeWidth: 2.4 }],
  ["engine soft", { colour: "var(--engine)", text: "var(--engine)" }],
  ["native", { colour: "var(--native)", text: "var(--native-text)", strokeDasharray: "7 3" }],
  ["library", { colour: "var(--library)", text: "var(--library-text)" }],
  ["hmac", { colour: "var(--library)", text: "var(--library-text)", strokeDasharray: "2 3" }],
]);

const lookOf = (kind) => LOOKS.get(kind) ?? LOOKS.get("library");

/** `x` is `{ title, steps, format }`; with `steps`, values are spread evenly. */
export function lineChart({ title, series, x }, width) {
  const narrow = isNarrow(width);
  const named = series.map((line, place) => ({ ...line, label: narrow ? letter(place) : line.name }));
  const points = series.flatMap((line) => line.points);
  const places = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  const times = [Math.min(...points.map(({ low }) => low)) / 1.12, Math.max(...points.map(({ high }) => high)) * 1.08];
  const marginRight = Math.max(...named.map(({ label }) => textWidth(label))) + 26;
  const chart = drawChart({
    ...{ title, width, height: HEIGHT + AREA.marginTop + AREA.marginBottom, ...AREA, marginRight },
    x: { ...(x.steps ? { type: "point", domain: places } : { type: "log", domain: [places[0], places.at(-1)] }), ...INSET },
    y: { type: "log", domain: times, label: null },
    marks: [...axes(places, times, x, width), ...named.flatMap(drawLine), endLabels(named)],
  });
  return html`${chart}${narrow && html`<ol class="letters" type="a">${series.map(({ name }) => html`<li>${name}</li>`)}</ol>`}`;
}

function axes(places, times, { title, format = count }, width) {
  const rules = { ticks: oneTwoFive(times), tickSize: 0 };
  const words = { fill: MUTED, fontSize: SMALL };
  // Not `tickFormat`: on a logarithmic axis Plot would leave some of them without it.
  return [
    Plot.gridY({ ...rules, stroke: "var(--rule)", strokeOpacity: 1 }),
    Plot.axisY({ ...words, ...rules, text: nanosecondsTick, label: "ns per token", labelArrow: "none" }),
    Plot.ruleY([times[0]], { stroke: "var(--strong-rule)" }),
    Plot.axisX({ ...words, ticks: apart(places, width), text: format, tickSize: 4, stroke: "var(--strong-rule)", label: null }),
    axisTitle(title, 28),
  ];
}

/** 1, 2, 5, 10, …, or what Plot would mark where these are too few. */
function oneTwoFive([low, high]) {
  const ticks = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) ticks.push(power, 2 * power, 5 * power);
  const inside = ticks.filter((tick) => tick >= low && tick <= high);
  return inside.length > 2 ? inside : undefined;
}

/** Leaves out places, evenly from the first, until there is room for what they are called. */
function apart(places, width) {
  const every = Math.ceil((TICK_GAP * places.length) / width);
  return places.filter((_, index) => index % every === 0);
}

function drawLine({ name, kind, points }) {
  const { colour, text, ...look } = lookOf(kind);
  const point = { x: "x", y: "median", r: 3, fill: colour, stroke: "var(--paper)", strokeWidth: 1.2 };
  return [
    Plot.line(points, { x: "x", y: "median", stroke: colour, strokeWidth: 1.6, ...look }),
    Plot.ruleX(points, { x: "x", y1: "low", y2: "high", stroke: colour, strokeWidth: 1.2, strokeOpacity: 0.7 }),
    Plot.dot(points, { ...point, title: ({ tip }) => `${name}, ${tip}` }),
  ];
}

/** Names to the right of the area, as near to the ends of their lines as they can stand, and leaders to them. */
function endLabels(series) {
  return drawn(({ x, y }, { width, marginRight, height, marginBottom, marginTop }) => {
    const ends = series.map(({ points }) => ({ x: x(points.at(-1).x) + 6, y: y(points.at(-1).median) }));
    const wanted = ends.map((end) => end.y);
    const heights = spread(wanted, LABEL_GAP, marginTop + 2, height - marginBottom);
    return series.map(({ label, kind }, place) => {
      const to = Math.max(width - marginRight + 8, ends[place].x);
      const weight = kind === "engine" ? 620 : 400;
      return html`<path d="M${ends[place].x} ${ends[place].y}L${to} ${heights[place]}" stroke="var(--strong-rule)" stroke-width="0.8"></path>
<text x="${to + 5}" y="${heights[place]}" dy="0.32em" text-anchor="start" font-weight="${weight}" fill="${lookOf(kind).text}">${label}</text>`;
    });
  });
}

const letter = (place) => String.fromCharCode(97 + place);
