/**
 * Horizontal bars under headings, with quartile whiskers. Each bar is named and its value written out, so that neither
 * colour nor the axis is needed to read it.
 *
 * A row is `{ label, strong, note, kind, value, low, high, text, tip }`; `kind` chooses the fill.
 */
import { nanosecondsTick } from "./format.mjs";
import { html } from "./markup.mjs";
import { lengthScale, thinned } from "./scale.mjs";
import { textWidth } from "./text.mjs";

const BAR = 16;
const HEADING = 26;
const AXIS = 26;

export function barChart({ title, axisTitle, groups, axisFormat = nanosecondsTick }, width) {
  const rows = groups.flatMap((group) => group.rows);
  const layout = layoutOf(rows, width);
  const scale = lengthScale(Math.max(...rows.map(({ value, high }) => Math.max(value, high))), layout.length);
  const free = width - textWidth(axisTitle, 11.5) - 24;
  const ticks = thinned(scale, 60);

  let y = 0;
  const bands = groups.map((group) => {
    const heading = group.heading && html`<text class="heading" x="0" y="${y + 17}">${group.heading}</text>`;
    if (heading) y += HEADING;
    const bars = group.rows.map((row) => {
      y += layout.rowHeight;
      return bar(row, y - layout.rowHeight, scale, layout);
    });
    y += 8;
    return html`${heading}${bars}`;
  });

  return html`<svg viewBox="0 0 ${width} ${y + AXIS}" role="img" aria-label="${title}"><title>${title}</title>
${ticks.map((tick) => gridLine(layout.left + scale(tick), y, layout.left + scale(tick) < free && axisFormat(tick)))}${bands}
<text class="axis-title" x="${width}" y="${y + 16}" text-anchor="end">${axisTitle}</text></svg>`;
}

/** Wide: names to the left of the bars. Narrow: above them. */
function layoutOf(rows, width) {
  const value = Math.max(...rows.map(({ text }) => textWidth(text, 12.5))) + 14;
  if (width < 600) return { narrow: true, left: 0, length: width - value, rowHeight: 42 };
  const left = Math.max(...rows.map(({ label, note }) => Math.max(textWidth(label, 13.5), textWidth(note, 11.5)))) + 16;
  return { narrow: false, left, length: width - left - value, rowHeight: rows.some(({ note }) => note) ? 34 : 26 };
}

function bar({ label, strong, note, kind, value, low, high, text, tip }, top, scale, { narrow, left, rowHeight }) {
  const barTop = narrow ? top + 20 : top + (rowHeight - BAR) / 2;
  const middle = barTop + BAR / 2;
  const name = narrow
    ? html`<text class="name${strong && " strong"}" x="0" y="${top + 14}">${label}${note && html`<tspan class="note" dx="7">${note}</tspan>`}</text>`
    : html`<text class="name${strong && " strong"}" x="0" y="${note ? middle - 1.5 : middle + 4.5}">${label}</text>${note && html`<text class="note" x="0" y="${middle + 12}">${note}</text>`}`;
  return html`
<g><title>${tip}</title>${name}<rect class="bar ${kind}" x="${fixed(left)}" y="${barTop}" width="${fixed(Math.max(scale(value), 1))}" height="${BAR}" rx="1.5"/>
<path class="whisker" d="M${fixed(left + scale(low))} ${middle}H${fixed(left + scale(high))}M${fixed(left + scale(low))} ${middle - 3}v6M${fixed(left + scale(high))} ${middle - 3}v6"/>
<text class="value" x="${fixed(left + scale(Math.max(value, high)) + 8)}" y="${middle + 4.5}">${text}</text></g>`;
}

/** Without a label where the name of the axis stands. */
function gridLine(x, bottom, label) {
  return html`<path class="grid" d="M${fixed(x)} 0V${bottom}"/>${label && html`<text class="tick" x="${fixed(x)}" y="${bottom + 16}" text-anchor="${x < 8 ? "start" : "middle"}">${label}</text>`}`;
}

const fixed = (value) => Number(value.toFixed(1));
