/**
 * wasm-jwt/prom-client: what verifiers have done, as metrics of a prom-client registry. They are read from `stats()` when Prometheus asks;
 * a token costs nothing more. Labels are names that you give and codes, never anything of a token.
 */
import { optionError } from "../errors.js";
import type { VerifierStats } from "../stats.js";

/** What is wanted of a prom-client Registry. */
export interface MetricRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

/**
 * Adds a verifier's metrics to a registry, under a `verifier` label of that name; several verifiers may share one. The result takes them
 * away again; until then the registry keeps the verifier.
 * @throws TypeError where there is one of that name already.
 */
export function exposeStats(registry: MetricRegistry, verifier: { stats(): VerifierStats }, name: string): () => void {
  if (typeof verifier?.stats !== "function") throw optionError("verifier", "a verifier", verifier);
  if (typeof name !== "string" || name === "") throw optionError("name", "a non-empty string", name);
  const families = FAMILIES.map((kind) => familyOf(registry, kind));
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

interface Sample {
  /** What follows the metric's name, in a histogram. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number;
}

interface Kind {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** How those of several processes are put together: each has its own tokens, but mostly the same keys. */
  readonly aggregator: "sum" | "max";
  samples(stats: VerifierStats): readonly Sample[];
}

const FAMILIES: readonly Kind[] = [
  {
    name: "wasm_jwt_tokens_total",
    help: "Tokens verified, by the code of their verdict.",
    type: "counter",
    aggregator: "sum",
    samples: ({ codes }) => Object.entries(codes).map(([code, value]) => ({ labels: { code }, value })),
  },
  {
    name: "wasm_jwt_batch_size",
    help: "Tokens that one call verified.",
    type: "histogram",
    aggregator: "sum",
    samples: ({ batches, tokens }) => {
      let value = 0;
      const buckets = batches.sizes.map(({ upTo, count }) => {
        value += count;
        return { suffix: "_bucket", labels: { le: Number.isFinite(upTo) ? upTo : "+Inf" }, value };
      });
      return [...buckets, { suffix: "_sum", value: tokens }, { suffix: "_count", value: batches.count }];
    },
  },
  {
    name: "wasm_jwt_keys",
    help: "Keys that a verifier has now.",
    type: "gauge",
    aggregator: "max",
    samples: ({ keys }) => (keys === undefined ? [] : [{ value: keys }]),
  },
];

/** The metric of this kind that the registry has of us, or gets now. */
function familyOf(registry: MetricRegistry, kind: Kind): Family {
  const known = registry.getSingleMetric(kind.name);
  if (known instanceof Family) return known;
  const family = new Family(kind);
  registry.registerMetric(family as never);
  return family;
}

/** To a registry, a metric like its own, but one that counts nothing itself. */
class Family {
  /** A registry for OpenMetrics sets another. */
  name: string;
  readonly key: string;
  readonly help: string;
  readonly type: Kind["type"];
  readonly aggregator: Kind["aggregator"];
  readonly verifiers = new Map<string, { stats(): VerifierStats }>();
  readonly #samples: Kind["samples"];

  constructor({ name, help, type, aggregator, samples }: Kind) {
    this.name = this.key = name;
    this.help = help;
    this.type = type;
    this.aggregator = aggregator;
    this.#samples = samples;
  }

  async get(): Promise<object> {
    const { name, help, type, aggregator, key } = this;
    const values = [...this.verifiers].flatMap(([verifier, source]) =>
      this.#samples(source.stats()).map(({ suffix, labels, value }) => {
        const own = { labels: { verifier, ...labels }, value };
        return suffix === undefined ? own : { ...own, metricName: key + suffix };
      }),
    );
    return { name, help, type, aggregator, values };
  }

  /** What a verifier has done is done. */
  reset(): void {}
}
