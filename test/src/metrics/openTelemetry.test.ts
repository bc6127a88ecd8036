/** A verifier's counters as the OpenTelemetry SDK collects them. */
import type { Meter } from "@opentelemetry/api";
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { describe, expect, it, onTestFinished } from "vitest";
import { createVerifier } from "../../../src/index.js";
import { observeStats } from "../../../src/metrics/openTelemetry.js";
import { createRevocationList } from "../../../src/revocation/list.js";
import { NOW, signClaims, TEST_SECRET } from "../../support/tokens.js";

const good = signClaims({ sub: "device" });
const expired = signClaims({ exp: NOW - 60 });

function verifierOf(...batches: string[][]) {
  const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
  for (const tokens of batches) verifier.verifyBatch(tokens);
  return verifier;
}

/** A meter, and what is collected of it: values by name and attributes; those that are 0 left out. */
function begin(temporality = AggregationTemporality.CUMULATIVE): { meter: Meter; collect(): Promise<Record<string, number>> } {
  const reader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(temporality), exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  const collect = async () => {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    expect(new Set(metrics.map(({ descriptor }) => descriptor.name)).size).toBe(metrics.length);
    const values = metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [`${descriptor.name} ${Object.values(attributes).join(" ")}`, value as number] as const),
    );
    return Object.fromEntries(values.filter(([, value]) => value !== 0));
  };
  return { meter: provider.getMeter("test"), collect };
}

describe("observeStats of OpenTelemetry", () => {
  it("tells of tokens by code, batches by size, and keys, when it is asked", async () => {
    const { meter, collect } = begin();
    const verifier = verifierOf([good]);
    observeStats(meter, verifier, "gateway");
    verifier.verifyBatch([good, expired, ""]);
    verifier.verifyBatch(new Array(5000).fill(""));
    expect(await collect()).toEqual({
      "wasm_jwt.tokens gateway ACCEPTED": 2,
      "wasm_jwt.tokens gateway EXPIRED": 1,
      "wasm_jwt.tokens gateway MALFORMED": 5001,
      "wasm_jwt.batches gateway 1": 1,
      "wasm_jwt.batches gateway 4": 1,
      "wasm_jwt.batches gateway Infinity": 1,
      "wasm_jwt.keys gateway": 1,
    });
  });

  it("tells how the revocation list is, where there is one: its entries, and its age in seconds once it had all there is", async () => {
    const { meter, collect } = begin();
    let now = NOW;
    let read = () => {};
    const store = {
      name: "a store",
      open: () => new Promise<void>((resolve) => (read = resolve)),
      append: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const revocation = createRevocationList({ store, currentDate: () => now });
    revocation.apply([{ jti: "a" }, { jti: "b" }]);
    observeStats(meter, createVerifier({ keys: TEST_SECRET, revocation }), "gateway");
    const keys = { "wasm_jwt.keys gateway": 1 };
    expect(await collect()).toEqual({ ...keys, "wasm_jwt.revocations gateway": 2 });
    read();
    await revocation.ready();
    now += 7;
    revocation.apply([{ jti: "c" }]);
    expect(await collect()).toEqual({ ...keys, "wasm_jwt.revocations gateway": 3, "wasm_jwt.revocation.staleness gateway": 7 });
  });

  it("tells of what came since, where that is wanted", async () => {
    const { meter, collect } = begin(AggregationTemporality.DELTA);
    const verifier = verifierOf([good]);
    observeStats(meter, verifier, "gateway");
    expect(await collect()).toMatchObject({ "wasm_jwt.tokens gateway ACCEPTED": 1 });
    verifier.verifyBatch([good, good, good]);
    expect(await collect()).toMatchObject({ "wasm_jwt.tokens gateway ACCEPTED": 3 });
  });

  it("observes several verifiers with one meter, until each is ended", async () => {
    const { meter, collect } = begin();
    const [a, b] = [verifierOf([good]), verifierOf([good, good])];
    const endA = observeStats(meter, a, "a");
    observeStats(meter, b, "b");
    expect(await collect()).toMatchObject({ "wasm_jwt.tokens a ACCEPTED": 1, "wasm_jwt.tokens b ACCEPTED": 2, "wasm_jwt.keys a": 1 });
    endA();
    endA();
    for (const verifier of [a, b]) verifier.verify(good);
    // What a counter had come to is still told: it does not go back.
    expect(await collect()).toMatchObject({ "wasm_jwt.tokens a ACCEPTED": 1, "wasm_jwt.tokens b ACCEPTED": 3 });
  });

  it("has no number of keys where it is not known", async () => {
    const { meter, collect } = begin();
    observeStats(meter, createVerifier({ keys: { at: () => ({ load: () => [] }) } }), "gateway");
    expect(await collect()).toEqual({});
  });

  it("refuses what is no verifier, and no name", () => {
    const { meter } = begin();
    expect(() => observeStats(meter, {} as ReturnType<typeof verifierOf>, "gateway")).toThrow("`verifier` to be a verifier");
    expect(() => observeStats(meter, verifierOf(), "")).toThrow("`name` to be a non-empty string");
  });

  it.each([undefined, null, {}])("refuses %o in the place of a meter", (meter) => {
    expect(() => observeStats(meter as never, verifierOf(), "gateway")).toThrow("Expected `meter` to be a meter of OpenTelemetry");
  });

  it.each([undefined, null])("refuses %o in the place of a verifier", (verifier) => {
    expect(() => observeStats(begin().meter, verifier as never, "gateway")).toThrow("Expected `verifier` to be a verifier");
  });
});
