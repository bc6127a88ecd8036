/** How the cost of a token grows: with the size of a batch, of a token, and with the number of keys. */
import { measureBlock } from "./block.mjs";
import { OURS } from "./plan.mjs";

const MANY = { rounds: 15, sliceMs: 40, warmupMs: 100 };

const powers = (base, from, to) => Array.from({ length: to - from + 1 }, (_, step) => base ** (from + step));

/** An axis is its points and who is measured there; all points of an axis are timed in the same rounds. */
const AXES = [
  {
    axis: "batch size",
    points: powers(2, 0, 12),
    contenders: [OURS, "wasm-jwt, object", "fast-jwt"],
    at: (batch) => ({ set: "mid", batch, keys: 1 }),
  },
  {
    axis: "token bytes",
    points: [160, 256, 384, 512, 768, 1024, 2048, 4096, 8000],
    contenders: [OURS, "createHmac", "fast-jwt"],
    // As many bytes in every pool, so that no size has the caches for itself.
    at: (bytes) => ({ set: `${bytes} bytes`, batch: 256, keys: 1, pool: 256 * Math.ceil(Math.min(20_480, 16e6 / bytes) / 256) }),
  },
  {
    axis: "keys",
    points: powers(4, 0, 6),
    contenders: [OURS, "node:crypto by hand", "fast-jwt"],
    at: (keys) => ({ set: "mid", batch: 256, keys }),
  },
];

/** Returns `{ series, failed, interrupted }`. */
export async function measureScaling({ progress, signal }) {
  const series = [];
  const failed = [];
  for (const [index, { axis, points, contenders, at }] of AXES.entries()) {
    const scenarios = points.map((x) => ({
      id: `scaling/${axis}/${x}`,
      group: "scaling",
      algorithm: "HS256",
      bad: 0,
      contenders,
      x,
      ...at(x),
    }));
    const share = (part) => progress((index + part) / AXES.length);
    const block = await measureBlock({ scenarios, timing: MANY }, { progress: share, signal });
    failed.push(...block.failed);
    for (const name of contenders) {
      const measured = block.scenarios.flatMap(({ x, tokenBytes, results }) =>
        results.filter(({ contender }) => contender === name).map(({ wall }) => ({ x: axis === "token bytes" ? tokenBytes : x, wall })),
      );
      if (measured.length > 0) series.push({ axis, contender: name, points: measured });
    }
    if (block.interrupted) return { series, failed, interrupted: true };
  }
  return { series, failed, interrupted: false };
}
