/** The report holds what was measured, as text that cannot become markup, and needs nothing from elsewhere. */
import { describe, expect, it } from "vitest";
import { spread } from "../../bench/report/labels.mjs";
import { html } from "../../bench/report/markup.mjs";
import { canDraw } from "./drawing.js";
import { contendersOf, results, run } from "./sample.js";

const escaped = (text: string) => html`${text}`.toString();

type Report = typeof import("../../bench/report/index.mjs");
const { renderReport } = canDraw ? await import("../../bench/report/index.mjs") : ({} as Report);

const page = canDraw ? renderReport(results()) : "";

describe.skipIf(!canDraw)("the report", () => {
  it("names every contender of the file, also one that failed", () => {
    for (const contender of contendersOf(results())) expect(page).toContain(escaped(contender));
  });

  it("says the result, the machine, the versions, the load, the date and the command", () => {
    for (const text of [
      "5.00 million tokens a second: 10.5 times the throughput of fast-jwt and 4.00 times that of a bare createHmac",
      "AMD EPYC, 2 cores",
      "fast-jwt 6.3.6",
      "load 0.4 before, 1.2 after",
      "2026-11-24",
      "npm run bench -- --full --node 20 24",
      "accepts a tampered token",
      "libjwt-dev",
    ])
      expect(page).toContain(text);
  });

  it("has a chart with a title for every part", () => {
    const charts = [...page.matchAll(/<svg[^>]*role="img" aria-label="([^"]+)"><title>([^<]+)<\/title>/g)];
    expect(page.match(/<svg/g)).toHaveLength(charts.length);
    for (const part of [
      "Throughput",
      "By size of token",
      "By size of batch",
      "By share of bad tokens",
      "By number of keys",
      "Stage by stage",
      "Scaling: batch size",
      "Public keys: RS256",
      "Cold start",
      "HMAC alone",
      "Native programs",
      "What rejecting costs",
    ])
      expect(page).toContain(`<h3>${part}`);
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it("refers to nothing outside and has no script", () => {
    expect(page).not.toMatch(/https?:|\bsrc=|url\(|@import|<link|<script|<iframe/i);
  });

  it("opens what it closes", () => {
    const open: string[] = [];
    for (const [, slash, name, end] of page.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
      if (end || ["meta", "input"].includes(name as string)) continue;
      if (slash) expect(open.pop()).toBe(name);
      else open.push(name as string);
    }
    expect(open).toEqual([]);
  });

  it("takes all text of the file as text", () => {
    const attack = `<script>alert("x")</script>'&`;
    const poisoned = JSON.parse(JSON.stringify(results()), (_, value) => (typeof value === "string" ? `${attack}${value}` : value));
    const page = renderReport({ ...poisoned, runs: [...poisoned.runs, ...results().runs] });
    expect(page).not.toContain("<script");
    expect(page).not.toContain(`"x"`);
    expect(page).toContain(escaped(attack));
  });

  it.each(["stages", "scaling", "load", "versions", "machine", "timing", "failed", "scenarios", "seconds", "v8"])(
    "renders without %s",
    (part) => {
      const cut = { ...run(), [part]: undefined };
      expect(renderReport({ ...results(), runs: [cut] })).not.toMatch(/NaN|Infinity|undefined/);
    },
  );

  it.each(["native", "command", "date", "runs"])("renders a file without %s", (part) => {
    expect(renderReport({ ...results(), [part]: undefined })).not.toMatch(/NaN|Infinity|undefined/);
  });

  it.each(["main", "size", "batch", "bad", "keys", "public", "cold", "sign", "hmac"])(
    "renders with scenarios of the group %s alone",
    (group) => {
      const only = { ...run(), scenarios: run().scenarios.filter((scenario) => scenario.group === group) };
      expect(renderReport({ ...results(), runs: [only] })).not.toMatch(/NaN|Infinity|undefined/);
    },
  );

  it("renders a contender that was not timed", () => {
    const [main, ...others] = run().scenarios;
    const empty = { contender: "new-jwt", kind: "library", wall: [], cpu: [] };
    const page = renderReport({
      ...results(),
      runs: [{ ...run(), scenarios: [{ ...main, results: [...(main?.results ?? []), empty] }, ...others] }],
    });
    expect(page).toContain("new-jwt");
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("says that a run was interrupted", () => {
    expect(renderReport({ ...results(), runs: [{ ...run(), interrupted: true }] })).toContain("interrupted");
  });

  it("does not claim what the file denies", () => {
    const [main, ...others] = run().scenarios;
    const faster = { contender: "new-jwt", kind: "library", wall: [50, 100, 150], cpu: [] };
    expect(page).toContain("In every warm scenario measured, a verdict is faster than every JWT library measured");
    expect(page).toContain("In every scenario of public keys measured, a verdict is faster than every JWT library measured.");
    const denied = renderReport({
      ...results(),
      runs: [{ ...run(), scenarios: [{ ...main, results: [...(main?.results ?? []), faster] }, ...others] }],
    });
    expect(denied).not.toContain("In every warm scenario measured, a verdict is faster");
    expect(denied).toContain("not than new-jwt on Node 24.1.0, mid in main (100 ns to our 200)");
  });
});

/** The first chart that is so called. */
function chartOf(title: string) {
  const start = page.indexOf(`aria-label="${title}`);
  return page.slice(start, page.indexOf("</svg>", start));
}

/** The attributes of the marks whose tips begin with a text. */
function marksOf(chart: string, shape: string, tip: string): Record<string, number>[] {
  const marks = [...chartOf(chart).matchAll(new RegExp(`<${shape}([^>]*)><title>${tip}`, "g"))];
  return marks.map(([, attributes]) =>
    Object.fromEntries([...(attributes as string).matchAll(/([a-z]+)="([-\d.]+)"/g)].map(([, name, value]) => [name, Number(value)])),
  );
}

/** The one of them, or the one in a place. */
function markOf(chart: string, shape: string, tip: string, place = 0) {
  const mark = marksOf(chart, shape, tip)[place];
  if (!mark) throw new Error(`Expected a ${shape} of ${tip} in ${chart}`);
  return (name: string) => mark[name] as number;
}

describe.skipIf(!canDraw)("the charts", () => {
  it("have bars from one start, as long as what they stand for", () => {
    const [verdict, object] = ["wasm-jwt, verdict", "wasm-jwt, object"].map((name) => markOf("Tokens a second", "rect", name));
    expect(verdict?.("width")).toBeCloseTo(2 * (object?.("width") as number), 1);
    expect(verdict?.("x")).toBe(object?.("x"));
  });

  it("have lines on which equal distances are equal ratios", () => {
    const distances = [0, 1, 2].map((place) => {
      const [ours, theirs] = ["wasm-jwt, verdict", "fast-jwt"].map((name) =>
        markOf("ns per token, by size of token", "circle", name, place),
      );
      return (ours?.("cy") as number) - (theirs?.("cy") as number);
    });
    expect(distances[0]).toBeGreaterThan(50);
    for (const distance of distances) expect(distance).toBeCloseTo(distances[0] as number, 1);
  });

  it("name lines at their ends, at the height of the last point", () => {
    const chart = "ns per token, by size of token";
    const heights = ["wasm-jwt, verdict", "fast-jwt"].map((name) => {
      const [, height] = new RegExp(`<text[^>]* y="([\\d.]+)"[^>]*>${name}</text>`).exec(chartOf(chart)) ?? [];
      expect(Number(height)).toBeCloseTo(markOf(chart, "circle", name, 2)("cy"), 3);
      return Number(height);
    });
    expect(heights[0]).toBeGreaterThan(heights[1] as number);
  });

  it("have stages that begin where the one before them ended, down to the total", () => {
    const chart = "ns per token by stage, against the floor: mid";
    const [copy, hmac, total] = ["copy", "hmac", "total"].map((name) => markOf(chart, "rect", name));
    expect(hmac?.("x")).toBeCloseTo((copy?.("x") as number) + (copy?.("width") as number), 1);
    expect(hmac?.("width")).toBeCloseTo(0.6 * (total?.("width") as number), 1);
    expect(total?.("x")).toBe(copy?.("x"));
  });

  it("draw a contender of an unknown kind as a library", () => {
    const [main, ...others] = run().scenarios;
    const odd = { contender: "odd-jwt", kind: "odd", wall: [50], cpu: [] };
    const page = renderReport({ ...results(), runs: [{ ...run(), scenarios: [{ ...main, results: [odd] }, ...others] }] });
    expect(page).toMatch(/<rect[^>]* fill="var\(--library\)"[^>]*><title>odd-jwt/);
    expect(page).toContain(">odd-jwt</text>");
  });
});

describe("labels", () => {
  it("keep their order and their distance, around their common middle", () => {
    expect(spread([100, 102, 300], 20, 0, 400)).toEqual([91, 111, 300]);
  });

  it("stay inside", () => {
    expect(spread([0, 1, 2], 20, 0, 400)).toEqual([0, 20, 40]);
    expect(spread([400, 399], 20, 0, 400)).toEqual([400, 380]);
  });
});
