/**
 * wasm-jwt/opentelemetry: what verifiers have done, as observable instruments of an OpenTelemetry meter. They are read from `stats()` when
 * metrics are collected; a token costs nothing more. Attributes are names that you give and codes, never anything of a token.
 */
import { requirePart, requireText } from "../base/check.js";
import { bare } from "../base/own.js";
import type { VerifierStats } from "../verify/stats.js";

/** What an instrument is for, and in which unit. */
export interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
}

/** What is told in one collection. */
export interface Observations {
  observe(instrument: never, value: number, attributes: Record<string, string>): void;
}

/** What is wanted of a Meter of @opentelemetry/api. */
export interface MetricMeter {
  createObservableCounter(name: string, options: InstrumentOptions): object;
  createObservableGauge(name: string, options: InstrumentOptions): object;
  addBatchObservableCallback(callback: (observations: Observations) => void, instruments: never[]): void;
  removeBatchObservableCallback(callback: (observations: Observations) => void, instruments: never[]): void;
}

/**
 * Has a meter observe a verifier, with a `verifier` attribute of that name; several may share a meter, each with another name. The result
 * ends that; until then the meter keeps the verifier.
 * @throws TypeError where one of these is something else.
 */
export function observeStats(meter: MetricMeter, verifier: { stats(): VerifierStats }, name: string): () => void {
  requirePart(meter, "meter", "a meter of OpenTelemetry", "addBatchObservableCallback");
  requirePart(verifier, "verifier", "a verifier", "stats");
  requireText(name, "name");
  const instruments = instrumentsOf(meter);
  const { tokens, batches, keys, revocations, staleness } = instruments;
  const observe = (observations: Observations): void => {
    const stats = verifier.stats();
    for (const [code, count] of Object.entries(stats.codes)) observations.observe(tokens, count, { verifier: name, code });
    for (const { upTo, count } of stats.batches.sizes) observations.observe(batches, count, { verifier: name, up_to: String(upTo) });
    if (stats.keys !== undefined) observations.observe(keys, stats.keys, { verifier: name });
    if (stats.revocations) observations.observe(revocations, stats.revocations.entries, { verifier: name });
    if (stats.revocations?.staleness !== undefined) observations.observe(staleness, stats.revocations.staleness, { verifier: name });
  };
  const all = Object.values(instruments);
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}

/** Each has its name, its description and its unit; the meter alone knows what it is. */
function instrumentsOf(meter: MetricMeter) {
  const counter = (name: string, description: string, unit: string) =>
    meter.createObservableCounter(name, bare({ description, unit })) as never;
  const gauge = (name: string, description: string, unit: string) =>
    meter.createObservableGauge(name, bare({ description, unit })) as never;
  return {
    tokens: counter("wasm_jwt.tokens", "Tokens verified, by the `code` of their verdict.", "{token}"),
    batches: counter(
      "wasm_jwt.batches",
      "Calls that verified tokens, by how many these were: more than the `up_to` before, no more than this.",
      "{batch}",
    ),
    keys: gauge("wasm_jwt.keys", "Keys that a verifier has now.", "{key}"),
    revocations: gauge("wasm_jwt.revocations", "Entries of the revocation list.", "{entry}"),
    staleness: gauge("wasm_jwt.revocation.staleness", "How long ago the revocation list had all there is.", "s"),
  };
}
