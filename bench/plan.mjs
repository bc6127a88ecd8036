/**
 * What is measured: the scenarios of a quick and of a full run. A scenario is tokens and a way to hand them over; those of one `block` are
 * timed in the same rounds, so that they can be compared with each other round by round.
 */

import { PUBLIC_NAMES, SIGNER_NAMES, TAGGER_NAMES, VERIFIER_NAMES } from "./contenders/index.mjs";
import { DEFECT_NAMES } from "./fleet.mjs";

export const OURS = "wasm-jwt, verdict";

const SET_NAMES = ["small", "mid", "big"];
const BATCH = 256;
const BATCHES = [1, 4, 16, 64, 256, 1024, 4096];
const SHARES = [0, 0.01, 0.5, 1];
const KEY_COUNTS = [1, 16, 1000];
/** More keys than others can hold: a device each. */
const MILLION = 1_000_000;
const FEW = 512;
const DEFECT_TITLES = { signature: "of bad signature", expired: "expired", malformed: "malformed" };

export const QUICK = { rounds: 21, sliceMs: 50, warmupMs: 200 };
export const FULL = { rounds: 31, sliceMs: 50, warmupMs: 300 };
/** For blocks of many runners or of long calls. */
const FIFTEEN = { rounds: 15 };

const SIZE_NAMES = [OURS, "wasm-jwt, object", "createHmac", "fast-jwt"];
const CLOSEST = [OURS, "wasm-jwt, object", "node:crypto by hand", "fast-jwt"];
const REPEATED = [OURS, "wasm-jwt, object", "wasm-jwt, one by one", "createHmac", "fast-jwt", "fast-jwt, cache"];
const ALGORITHM_RIVALS = [
  OURS,
  "wasm-jwt, object",
  "wasm-jwt, one by one",
  "createHmac",
  "node:crypto by hand",
  "fast-jwt",
  "jose",
  "jsonwebtoken",
  "@node-rs/jsonwebtoken",
];
const COLD = [OURS, "node:crypto by hand", "fast-jwt", "jose", "jsonwebtoken"];

/**
 * With a filter what does not match is left out.
 *
 * @typedef {{
 *   id: string, group: string, block: string, title: string, algorithm: string, set: string, batch: number, bad: number, keys: number,
 *   contenders: string[], timing?: { rounds: number },
 * }} Scenario
 * @param {{ full?: boolean, filter?: string }} [wanted]
 * @returns {{
 *   blocks: { name: string, scenarios: Scenario[], timing: typeof FULL }[], timing: typeof FULL, stages: boolean, scaling: boolean,
 * }}
 */
export function planOf({ full = false, filter = "" } = {}) {
  const scenarios = (full ? fullScenarios() : quickScenarios()).map((each) => matching(each, filter)).filter(Boolean);
  const timing = full ? FULL : QUICK;
  const blocks = [...new Set(scenarios.map(({ block }) => block))].map((name) => {
    const members = scenarios.filter(({ block }) => block === name);
    return { name, scenarios: members, timing: { ...timing, ...members[0].timing } };
  });
  return { blocks, timing, stages: full && contains("stages", filter), scaling: full && contains("scaling", filter) };
}

/** A scenario that has the text in its id or title stays whole; else those of its contenders stay who have it, and ours to compare with. */
function matching(scenario, filter) {
  if (contains(scenario.id, filter) || contains(scenario.title, filter)) return scenario;
  const named = scenario.contenders.filter((name) => contains(name, filter));
  if (named.length === 0) return undefined;
  return { ...scenario, contenders: scenario.contenders.filter((name) => name === OURS || named.includes(name)) };
}

const contains = (text, part) => text.toLowerCase().includes(part.toLowerCase());

function quickScenarios() {
  return [main("mid"), ...sizes(), ...defects([OURS, "node:crypto by hand", "fast-jwt"]), signing(), tagging(), cold()];
}

function fullScenarios() {
  return [
    ...["mid", "small", "big"].map(main),
    ...sizes(),
    ...BATCHES.map((batch) => scenario({ group: "batch", batch, contenders: CLOSEST, title: `mid tokens, ${batchesOf(batch)}` })),
    ...thousandAndMillion(),
    ...defects(CLOSEST),
    ...SHARES.map((bad) => scenario({ group: "bad", bad, contenders: CLOSEST, title: `mid tokens, ${bad * 100} % bad in mixed ways` })),
    ...KEY_COUNTS.map((keys) => scenario({ group: "keys", keys, contenders: CLOSEST, title: `mid tokens, ${keysOf(keys)}` })),
    scenario({ group: "keys", keys: MILLION, contenders: [OURS, "wasm-jwt, object"], title: `mid tokens, ${keysOf(MILLION)}` }),
    ...otherAlgorithms(),
    ...publicKeys(),
    repeated(),
    signing(),
    tagging(),
    cold(),
  ];
}

const batchesOf = (batch) => `batches of ${batch.toLocaleString("en-US")}`;
const keysOf = (keys) => (keys === 1 ? "one key" : `${keys.toLocaleString("en-US")} keys by kid`);

/** The id names set, batch, share of bad tokens and keys; then the group, but for the main ones, and what else sets it apart. */
function scenario({ group, set = "mid", algorithm = "HS256", batch = BATCH, bad = 0, keys = 1, mark, block = group, ...rest }) {
  const id = [
    ...(algorithm === "HS256" ? [] : [algorithm]),
    set,
    batch,
    bad,
    keys,
    ...(group === "main" ? [] : [group]),
    ...(mark ? [mark] : []),
  ];
  return { id: id.join("/"), group, block, algorithm, set, batch, bad, keys, ...rest };
}

function main(set) {
  return scenario({ group: "main", block: `main, ${set}`, set, contenders: VERIFIER_NAMES, title: `${set} tokens, ${batchesOf(BATCH)}` });
}

function sizes() {
  return SET_NAMES.map((set) =>
    scenario({ group: "size", set, contenders: SIZE_NAMES, title: `by size: ${set} tokens, ${batchesOf(BATCH)}` }),
  );
}

/** Everything bad in one way, and the same with good tokens. */
function defects(contenders) {
  const common = { group: "bad", block: "bad, by defect", contenders };
  return [
    scenario({ ...common, mark: "accepted", title: "mid tokens, all accepted, beside those that are rejected" }),
    ...DEFECT_NAMES.map((defect) =>
      scenario({ ...common, bad: 1, defect, mark: defect, title: `mid tokens, all rejected, being ${DEFECT_TITLES[defect]}` }),
    ),
  ];
}

function otherAlgorithms() {
  return [...SET_NAMES.map((set) => ["HS512", set]), ["HS384", "mid"]].map(([algorithm, set]) =>
    scenario({
      group: "algorithm",
      block: `algorithm, ${algorithm}, ${set}`,
      algorithm,
      set,
      contenders: ALGORITHM_RIVALS,
      title: `${set} tokens of ${algorithm}, ${batchesOf(BATCH)}`,
    }),
  );
}

/** Few tokens: signing takes long, and verifying so long that no cache of the processor matters. */
function publicKeys() {
  return ["RS256", "ES256", "EdDSA"].map((algorithm) =>
    scenario({
      group: "public",
      block: `public keys, ${algorithm}`,
      algorithm,
      pool: FEW,
      contenders: PUBLIC_NAMES.filter((name) => !(algorithm === "EdDSA" && name === "jsonwebtoken")),
      title: `mid tokens of ${algorithm}, ${batchesOf(BATCH)}`,
    }),
  );
}

function thousandAndMillion() {
  return [1000, 1_000_000].map((batch) =>
    scenario({
      group: "million",
      batch,
      contenders: [OURS],
      timing: FIFTEEN,
      title: `mid tokens, ${batchesOf(batch)}`,
    }),
  );
}

/** The only case for a cache: few tokens that come again and again. */
function repeated() {
  return scenario({ group: "repeated", pool: FEW, contenders: REPEATED, title: `mid tokens, the same ${FEW} again and again` });
}

function signing() {
  return scenario({ group: "sign", contenders: SIGNER_NAMES, title: `signing mid claims, ${batchesOf(BATCH)}` });
}

function tagging() {
  return scenario({ group: "hmac", contenders: TAGGER_NAMES, title: "HMAC of mid tokens only; ours is the whole verdict" });
}

function cold() {
  return scenario({ group: "cold", timing: FIFTEEN, contenders: COLD, title: `mid tokens, the first ${BATCH} of a fresh process` });
}
