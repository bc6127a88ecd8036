/** The report holds what was measured, as text that cannot become markup, and needs nothing from elsewhere. */
import { describe, expect, it } from "vitest";
import { renderReport } from "../../bench/report/index.mjs";
import { html } from "../../bench/report/markup.mjs";
import { lengthScale, logScale, stepScale, thinned } from "../../bench/report/scale.mjs";
import { spread } from "../../bench/report/text.mjs";
import { contendersOf, results, run } from "./sample.js";

const escaped = (text: string) => html`${text}`.toString();

describe("the report", () => {
  it("names every contender of the file, also one that failed", () => {
    const page = renderReport(results());
    for (const contender of contendersOf(results())) expect(page).toContain(escaped(contender));
  });

  it("says the result, the machine, the versions, the load, the date and the command", () => {
    const page = renderReport(results());
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
    const page = renderReport(results());
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
    expect(renderReport(results())).not.toMatch(/https?:|\bsrc=|url\(|@import|<link|<script|<iframe/i);
  });

  it("opens what it closes", () => {
    const open: string[] = [];
    for (const [, slash, name, end] of renderReport(results()).matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
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
    expect(renderReport(results())).toContain("In every warm scenario measured, a verdict is faster than every JWT library measured");
    expect(renderReport(results())).toContain(
      "In every scenario of public keys measured, a verdict is faster than every JWT library measured.",
    );
    const page = renderReport({
      ...results(),
      runs: [{ ...run(), scenarios: [{ ...main, results: [...(main?.results ?? []), faster] }, ...others] }],
    });
    expect(page).not.toContain("In every warm scenario measured, a verdict is faster");
    expect(page).toContain("not than new-jwt on Node 24.1.0, mid in main (100 ns to our 200)");
  });
});

describe("the scales", () => {
  it("map the ends of a length to its ends", () => {
    const scale = lengthScale(1234, 500);
    expect([scale(0), scale(1234)]).toEqual([0, 500]);
    expect(scale.ticks).toEqual([0, 500, 1000]);
  });

  it("map the ends of decades to the ends, and equal ratios to equal distances", () => {
    const scale = logScale([1, 4096], [50, 650], 2);
    expect(scale(1)).toBeCloseTo(50);
    expect(scale(4096)).toBeCloseTo(650);
    expect(scale(64)).toBeCloseTo(350);
    expect(scale.ticks).toHaveLength(13);
    expect(logScale([30, 7000], [300, 0]).ticks).toEqual([50, 100, 200, 500, 1000, 2000, 5000]);
  });

  it("stand where they start when there is one value only", () => {
    expect(logScale([5, 5], [10, 90])(5)).toBe(10);
    expect(stepScale([5], [10, 90])(5)).toBe(10);
  });

  it("spread steps evenly", () => {
    const scale = stepScale([0, 0.01, 1], [0, 100]);
    expect([0, 0.01, 1].map(scale)).toEqual([0, 50, 100]);
  });

  it("leave out ticks that crowd", () => {
    expect(thinned(logScale([1, 4096], [0, 120], 2), 25)).toEqual([1, 8, 64, 512, 4096]);
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
