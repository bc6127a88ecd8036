/**
 * Observable Plot without a browser: a chart as SVG for a page. Its colours are those of the page (`var(--…)`), so that it is right in
 * light, in dark and on paper. Importing this file installs what it needs when that is missing.
 */
import { loadPackage } from "../packages.mjs";
import { html, trusted } from "./markup.mjs";

export const Plot = await loadPackage("@observablehq/plot");
const { parseHTML } = await loadPackage("linkedom");
const { document } = parseHTML("<html></html>");

export const MUTED = "var(--muted)";
export const SMALL = 11.5;

/** `title` is what the chart is called where it cannot be seen; the rest are the options of `Plot.plot`. */
export function drawChart({ title, ...options }) {
  const svg = Plot.plot({ document, color: { type: "identity" }, ...options });
  const box = svg.getAttribute("viewBox");
  return html`<svg viewBox="${box}" role="img" aria-label="${title}"><title>${title}</title>${trusted(shapesOf(svg))}</svg>`;
}

/** A mark that only the scales can place: `draw(scales, dimensions)` gives its markup, in which every element is closed. */
export const drawn = (draw) => (_index, scales, _values, dimensions) => {
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  group.innerHTML = html`${draw(scales, dimensions)}`.toString();
  return group;
};

/** What an axis shows, under its right end. */
export const axisTitle = (text, dy) =>
  Plot.text([text], { frameAnchor: "bottom-right", textAnchor: "end", lineAnchor: "top", dy, fill: MUTED, fontSize: SMALL });

/** Plot's style sheet is for charts that stand alone; an image with a title has no parts to be named. */
function shapesOf(svg) {
  svg.querySelector("style")?.remove();
  for (const part of svg.querySelectorAll("[aria-label],[aria-hidden]")) {
    part.removeAttribute("aria-label");
    part.removeAttribute("aria-hidden");
  }
  // SVG may have quotation marks in a text; this page escapes them, as `html` does.
  return svg.innerHTML.replace(/>[^<]+</g, (text) => text.replaceAll('"', "&quot;"));
}

/** A chart for a narrow page has its names elsewhere. */
export const isNarrow = (width) => width < 600;

/** How wide a text will be, in pixels: an estimate on the safe side, since nothing is measured here. */
export const textWidth = (text = "", size = 12.5) => text.length * size * 0.6;
