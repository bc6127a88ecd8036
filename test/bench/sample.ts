/** A small benchmark file whose ratios are easy to see. */

const wall = (time: number) => [time, 2 * time, 3 * time];
const result = (contender: string, kind: string, time: number) => ({ contender, kind, wall: wall(time), cpu: wall(time) });
const engine = (name: string, time: number) => result(`wasm-jwt, ${name}`, "engine", time);

const common = { algorithm: "HS256", set: "mid", tokenBytes: 323, batch: 256, bad: 0, keys: 1 };
const scenario = (group: string, fields: object, results: object[]) => {
  const all = { ...common, ...fields };
  return {
    id: `${all.algorithm === "HS256" ? "" : `${all.algorithm}/`}${all.set}/${all.batch}/${all.bad}/${all.keys}/${group}`,
    group,
    block: group,
    title: `${all.set} in ${group}`,
    ...all,
    results,
  };
};

const verifiers = () => [
  engine("verdict", 100),
  engine("two claims", 110),
  engine("object", 200),
  engine("one by one", 250),
  result("createHmac", "native", 400),
  result("crypto.subtle, Promise.all", "native", 3000),
  result("fast-jwt", "library", 1050),
  result("jose", "library", 9000),
];
const few = (factor: number) => [engine("verdict", 100 * factor), result("fast-jwt", "library", 1000 * factor)];

export const run = (node = "v24.1.0") => ({
  node,
  v8: "13.6",
  machine: { cpu: "AMD EPYC", cores: 2, memoryGiB: 24, os: "Linux 6.1", arch: "x64" },
  load: { before: 0.4, after: 1.2 },
  versions: { "wasm-jwt": "0.1.0", "fast-jwt": "6.3.6" },
  seconds: 118,
  full: true,
  timing: { rounds: 3, sliceMs: 40, warmupMs: 300 },
  failed: [{ contender: "hash-wasm", scenario: "mid/256/0/1/hmac", reason: "accepts a tampered token" }],
  scenarios: [
    scenario("main", {}, verifiers()),
    ...[148, 323, 1080].map((tokenBytes, place) =>
      scenario("size", { set: ["small", "mid", "big"][place], tokenBytes }, few(tokenBytes / 323)),
    ),
    ...[1, 16, 256].map((batch) => scenario("batch", { batch }, few(1 + 1 / batch))),
    ...[0, 0.01, 1].map((bad) => scenario("bad", { bad }, few(1 + bad))),
    scenario("bad", { bad: 0, block: "bad, by defect", mark: "accepted" }, few(1)),
    scenario("bad", { bad: 1, defect: "signature", block: "bad, by defect" }, [engine("verdict", 80), result("fast-jwt", "library", 1600)]),
    scenario("keys", { keys: 1 }, few(1)),
    scenario("keys", { keys: 16 }, few(1.1)),
    scenario("cold", {}, [{ ...engine("verdict", 9000), phases: [{ importMs: 3, createMs: 2, firstMs: 1 }] }]),
    scenario("public", { algorithm: "RS256" }, [
      engine("verdict", 21_000),
      engine("verdict by promise", 14_000),
      result("crypto.verify", "native", 20_000),
      result("fast-jwt", "library", 25_200),
    ]),
    scenario("sign", {}, [engine("signBatch", 300), result("fast-jwt, signer", "library", 1500)]),
    scenario("hmac", {}, [engine("verdict", 100), result("noble-hashes", "hmac", 700)]),
  ],
  stages: [
    {
      set: "small",
      tokenBytes: 148,
      compressions: 3,
      total: 50,
      parts: [{ name: "hmac", ns: 40 }],
      floor: { name: "3 compressions", ns: 30 },
    },
    {
      set: "mid",
      tokenBytes: 323,
      compressions: 6,
      total: 100,
      parts: [
        { name: "copy", ns: 5 },
        { name: "hmac", ns: 60 },
        { name: "scan", ns: 25 },
      ],
      floor: { name: "SHA-256 kernel alone", ns: 50 },
    },
  ],
  scaling: [
    {
      axis: "batch size",
      contender: "wasm-jwt, verdict",
      points: [1, 4, 64].map((x) => ({ x, wall: wall(100 + 100 / x) })),
    },
    { axis: "keys", contender: "node:crypto by hand", points: [1, 64].map((x) => ({ x, wall: wall(500) })) },
  ],
});

export const results = (runs = [run("v20.1.0"), run("v24.1.0")]) => ({
  format: 1,
  date: "2026-11-24",
  command: "npm run bench -- --full --node 20 24",
  runs,
  native: {
    machine: { cpu: "AMD EPYC" },
    results: [
      { contender: "Rust jsonwebtoken", version: "9.3.1", set: "mid", what: "verify", wall: wall(450), cpu: wall(450) },
      { contender: "ipsec-mb AVX ×4", version: "1.3", set: "mid", what: "tags", wall: wall(40), cpu: wall(40) },
    ],
    failed: [{ contender: "golang-jwt", set: "mid", reason: "rejects a good token" }],
    missing: [{ contender: "libjwt", package: "libjwt-dev" }],
  },
});

/** All contenders of a file, wherever they stand. */
export function contendersOf(file: ReturnType<typeof results>): string[] {
  const timed = file.runs.flatMap(({ scenarios, scaling, failed }) => [
    ...scenarios.flatMap((one) => (one.results as { contender: string }[]).map(({ contender }) => contender)),
    ...scaling.map(({ contender }) => contender),
    ...failed.map(({ contender }) => contender),
  ]);
  return [...new Set([...timed, ...file.native.results.map(({ contender }) => contender), "golang-jwt"])];
}
