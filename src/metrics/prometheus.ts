/**
 * wasm-jwt/prom-client: what verifiers have done, as metrics of a prom-client registry. They are read from `stats()` when Prometheus asks;
 * a token costs nothing more. Labels are names that you give and codes, never anything of a token.
 */
import { requirePart, requireText } from "../base/check.js";
import { bare } from "../base/own.js";
import type { BatchStats, VerifierStats } from "../verify/stats.js";

/** What is wanted of a prom-client Registry. */
export interface MetricRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

/**
 * Adds a verifier's metrics to a registry, under a `verifier` label of that name; several verifiers may share one. The result takes them
 * away again; until then the registry keeps the verifier.
 * @throws TypeError where one of these is something else, or there is one of that name already.
 */
export function exposeStats(registry: MetricRegistry, verifier: { stats(): VerifierStats }, name: string): () => void {
  requirePart(registry, "registry", "a registry of prom-client", "registerMetric");
  requirePart(verifier, "verifier", "a verifier", "stats");
  requireText(name, "name");
  const families = FAMILIES.map((each) => familyOf(registry, ...each));
  if (families.some(({ verifiers }) => verifiers.has(name))) {
    throw new TypeError("Expected `name` to be that of no other verifier of the registry");
  }
  for (const { verifiers } of families) verifiers.set(name, verifier);
  return () => {
    for (const family of families) {
      if (family.verifiers.get(name) === verifier) family.verifiers.delete(name);
      if (family.verifiers.size === 0 && registry.getSingleMetric(family.key) === family) registry.removeSingleMetric(family.key);
    }
  };
}

/** What follows the metric's name, in a histogram; labels; the value. */
type Sample = readonly [suffix: "" | "_bucket" | "_sum" | "_count", labels: Readonly<Record<string, string | number>>, value: number];

interface Kind {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** How those of several processes are put together: each has its own tokens, but mostly the same keys. */
  readonly aggregator: "sum" | "max";
}

const TOKENS = {
  name: "wasm_jwt_tokens_total",
  help: "Tokens verified, by the code of their verdict.",
  type: "counter",
  aggregator: "sum",
} as const;
const SIZES = { name: "wasm_jwt_batch_size", help: "Tokens that one call verified.", type: "histogram", aggregator: "sum" } as const;
const KEYS = { name: "wasm_jwt_keys", help: "Keys that a verifier has now.", type: "gauge", aggregator: "max" } as const;
const REVOCATIONS = { name: "wasm_jwt_revocations", help: "Entries of the revocation list.", type: "gauge", aggregator: "max" } as const;
const STALENESS = {
  name: "wasm_jwt_revocation_staleness_seconds",
  help: "How long ago the revocation list had all there is.",
  type: "gauge",
  aggregator: "max",
} as const;

const FAMILIES: readonly (readonly [Kind, (stats: VerifierStats) => readonly Sample[]])[] = [
  [TOKENS, ({ codes }) => Object.entries(codes).map(([code, count]) => ["", { code }, count])],
  [SIZES, ({ batches, tokens }) => [...bucketsOf(batches), ["_sum", {}, tokens], ["_count", {}, batches.count]]],
  [KEYS, ({ keys }) => ifKnown(keys)],
  [REVOCATIONS, ({ revocations }) => ifKnown(revocations?.entries)],
  [STALENESS, ({ revocations }) => ifKnown(revocations?.staleness)],
];

function ifKnown(value: number | undefined): Sample[] {
  return value === undefined ? [] : [["", {}, value]];
}

/** Each counts the batches of those before it as well. */
function bucketsOf({ sizes }: BatchStats): Sample[] {
  let sum = 0;
  return sizes.map(({ upTo, count }) => {
    sum += count;
    return ["_bucket", { le: Number.isFinite(upTo) ? upTo : "+Inf" }, sum];
  });
}

/** To a registry, a metric like its own, but one that counts nothing itself. */
class Family {
  readonly key: string;
  readonly verifiers = new Map<string, { stats(): VerifierStats }>();
  readonly #kind: Kind;
  readonly #samples: (stats: VerifierStats) => readonly Sample[];
  /** A registry for OpenMetrics reads the type and sets another name. */
  readonly type: Kind["type"];
  name: string;

  constructor(kind: Kind, samples: (stats: VerifierStats) => readonly Sample[]) {
    this.#kind = kind;
    this.#samples = samples;
    this.type = kind.type;
    this.key = this.name = kind.name;
  }

  async get(): Promise<object> {
    const values = [...this.verifiers].flatMap(([verifier, source]) =>
      this.#samples(source.stats()).map(([suffix, labels, value]) => {
        const sample = { labels: bare({ verifier, ...labels }), value };
        return bare(suffix ? { ...sample, metricName: this.key + suffix } : sample);
      }),
    );
    return { ...this.#kind, name: this.name, values };
  }

  /** What a verifier has done is done. */
  reset(): void {}
}

/** The metric of this kind that the registry has of us, or gets now. */
function familyOf(registry: MetricRegistry, ...[kind, samples]: (typeof FAMILIES)[number]): Family {
  const known = registry.getSingleMetric(kind.name);
  if (known instanceof Family) return known;
  const family = new Family(kind, samples);
  registry.registerMetric(family as never);
  return family;
}
