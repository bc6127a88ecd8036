/** A verifier's counters in the text that prom-client serves. */
import { AggregatorRegistry, Counter, Gauge, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { VERDICT_NAMES } from "../../../src/base/codes.js";
import { createVerifier } from "../../../src/index.js";
import { exposeStats } from "../../../src/metrics/prometheus.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";

const good = signClaims({ sub: "device" });
const expired = signClaims({ exp: NOW - 60 });

function verifierOf(...batches: string[][]) {
  const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
  for (const tokens of batches) verifier.verifyBatch(tokens);
  return verifier;
}

/** The samples of a text by name and labels; those that are 0 left out. */
async function samplesOf(registry: { metrics(): Promise<string> }): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const samples = lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))] as const);
  expect(new Set(samples.map(([name]) => name)).size).toBe(samples.length);
  return Object.fromEntries(samples.filter(([, value]) => value !== 0));
}

describe("exposeStats of prom-client", () => {
  it("has tokens by code, sizes of batches as a histogram, and keys", async () => {
    const registry = new Registry();
    exposeStats(registry, verifierOf([good], [good, expired, ""], new Array(5000).fill("")), "gateway");
    expect(await samplesOf(registry)).toEqual({
      'wasm_jwt_tokens_total{verifier="gateway",code="ACCEPTED"}': 2,
      'wasm_jwt_tokens_total{verifier="gateway",code="EXPIRED"}': 1,
      'wasm_jwt_tokens_total{verifier="gateway",code="MALFORMED"}': 5001,
      'wasm_jwt_batch_size_bucket{verifier="gateway",le="1"}': 1,
      ...Object.fromEntries([4, 16, 64, 256, 1024, 4096].map((le) => [`wasm_jwt_batch_size_bucket{verifier="gateway",le="${le}"}`, 2])),
      'wasm_jwt_batch_size_bucket{verifier="gateway",le="+Inf"}': 3,
      'wasm_jwt_batch_size_sum{verifier="gateway"}': 5004,
      'wasm_jwt_batch_size_count{verifier="gateway"}': 3,
      'wasm_jwt_keys{verifier="gateway"}': 1,
    });
  });

  it("tells how the revocation list is, where there is one", async () => {
    const registry = new Registry();
    const revocation = createRevocationList();
    revocation.apply([{ jti: "a" }, { jti: "b" }]);
    exposeStats(registry, createVerifier({ keys: TEST_SECRET, revocation }), "gateway");
    expect(await samplesOf(registry)).toMatchObject({ 'wasm_jwt_revocations{verifier="gateway"}': 2 });
    expect(await registry.metrics()).toContain('wasm_jwt_revocation_staleness_seconds{verifier="gateway"} 0');
  });

  it("says what each metric is, and has every code from the beginning", async () => {
    const registry = new Registry();
    exposeStats(registry, verifierOf(), "gateway");
    const text = await registry.metrics();
    expect(text.match(/^# TYPE .*/gm)).toEqual([
      "# TYPE wasm_jwt_tokens_total counter",
      "# TYPE wasm_jwt_batch_size histogram",
      "# TYPE wasm_jwt_keys gauge",
      "# TYPE wasm_jwt_revocations gauge",
      "# TYPE wasm_jwt_revocation_staleness_seconds gauge",
    ]);
    expect(text.match(/^# HELP .+ .+/gm)).toHaveLength(5);
    expect(text.match(/^wasm_jwt_tokens_total\{verifier="gateway",code="[A-Z_]+"\} 0$/gm)).toHaveLength(VERDICT_NAMES.length);
  });

  it("reads when it is asked, and is not set back", async () => {
    const registry = new Registry();
    const verifier = verifierOf([good]);
    exposeStats(registry, verifier, "gateway");
    verifier.verify(good);
    registry.resetMetrics();
    expect(await samplesOf(registry)).toMatchObject({ 'wasm_jwt_tokens_total{verifier="gateway",code="ACCEPTED"}': 2 });
  });

  it("has several verifiers in one registry, beside other metrics, and takes each away", async () => {
    const registry = new Registry();
    new Counter({ name: "others_total", help: "Others.", registers: [registry] }).inc(7);
    const removeA = exposeStats(registry, verifierOf([good]), "a");
    const removeB = exposeStats(registry, verifierOf([expired]), "b");
    const all = await samplesOf(registry);
    expect(all).toMatchObject({
      others_total: 7,
      'wasm_jwt_tokens_total{verifier="a",code="ACCEPTED"}': 1,
      'wasm_jwt_tokens_total{verifier="b",code="EXPIRED"}': 1,
    });
    removeA();
    removeA();
    expect(Object.keys(await samplesOf(registry))).toEqual(Object.keys(all).filter((name) => !name.includes('verifier="a"')));
    removeB();
    expect(await samplesOf(registry)).toEqual({ others_total: 7 });
    expect(registry.getSingleMetric("wasm_jwt_keys")).toBeUndefined();
    exposeStats(registry, verifierOf([good]), "a");
    expect(await samplesOf(registry)).toMatchObject({ 'wasm_jwt_keys{verifier="a"}': 1 });
  });

  it("is there anew in a registry that was cleared", async () => {
    const registry = new Registry();
    const remove = exposeStats(registry, verifierOf([good]), "gateway");
    registry.clear();
    exposeStats(registry, verifierOf([good, good]), "gateway");
    remove();
    expect(await samplesOf(registry)).toMatchObject({ 'wasm_jwt_tokens_total{verifier="gateway",code="ACCEPTED"}': 2 });
  });

  it("has no number of keys where it is not known", async () => {
    const registry = new Registry();
    exposeStats(registry, createVerifier({ keys: { at: () => ({ load: () => [] }) } }), "gateway");
    expect(await registry.metrics()).not.toContain("\nwasm_jwt_keys{");
  });

  it("takes default labels, and a registry for OpenMetrics", async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as typeof registry.contentType);
    registry.setDefaultLabels({ app: "edge" });
    exposeStats(registry, verifierOf([good]), 'a "name"');
    const labels = String.raw`verifier="a \"name\"",code="ACCEPTED",app="edge"`;
    for (let scrape = 0; scrape < 2; scrape++) {
      expect(await samplesOf(registry)).toMatchObject({ [`wasm_jwt_tokens_total{${labels}}`]: 1 });
    }
  });

  it("is put together from several processes: tokens are added, keys are the same", async () => {
    const registries = [new Registry(), new Registry()];
    for (const registry of registries) exposeStats(registry, verifierOf([good, ""]), "gateway");
    const together = AggregatorRegistry.aggregate(await Promise.all(registries.map((registry) => registry.getMetricsAsJSON())));
    expect(await samplesOf(together)).toMatchObject({
      'wasm_jwt_tokens_total{verifier="gateway",code="ACCEPTED"}': 2,
      'wasm_jwt_batch_size_bucket{verifier="gateway",le="4"}': 2,
      'wasm_jwt_keys{verifier="gateway"}': 1,
    });
  });

  it("refuses a name that is taken, or none, and what is no verifier", () => {
    const registry = new Registry();
    exposeStats(registry, verifierOf(), "gateway");
    expect(() => exposeStats(registry, verifierOf(), "gateway")).toThrow("`name` to be that of no other verifier");
    expect(() => exposeStats(registry, verifierOf(), "")).toThrow("`name` to be a non-empty string");
    expect(() => exposeStats(registry, {} as ReturnType<typeof verifierOf>, "other")).toThrow("`verifier` to be a verifier");
  });

  it.each([undefined, null, {}])("refuses %o in the place of a registry", (registry) => {
    expect(() => exposeStats(registry as never, verifierOf(), "gateway")).toThrow("Expected `registry` to be a registry of prom-client");
  });

  it.each([undefined, null])("refuses %o in the place of a verifier", (verifier) => {
    expect(() => exposeStats(new Registry(), verifier as never, "gateway")).toThrow("Expected `verifier` to be a verifier");
  });

  it("leaves a metric of somebody else's that has one of its names", () => {
    const registry = new Registry();
    new Gauge({ name: "wasm_jwt_keys", help: "Others.", registers: [registry] });
    expect(() => exposeStats(registry, verifierOf(), "gateway")).toThrow("already been registered");
  });
});
