/**
 * What many keys and many issuers cost: `npm run bench:keys`. A million keys are loaded into a table; then tokens that each name another of
 * them, or of a thousand issuers, take turns with tokens of one key, and ratios are taken round by round.
 */
import { createHash } from "node:crypto";
import { createKeyTable, createVerifier } from "../dist/index.js";
import { readFlags } from "./arguments.mjs";
import { AUDIENCE, NOW, SETS, signToken } from "./fleet.mjs";
import { timesOf } from "./rounds.mjs";
import { inBatches } from "./runners.mjs";
import { median, ratioOf } from "./statistics.mjs";
import { printFigures, spread, whole } from "./table.mjs";

const KEYS = 1_000_000;
const SECRET_BYTES = 32;
const ISSUERS = 1000;
const TOKENS = 20_480;
const BATCH = 1024;
const TIMING = { rounds: 21, sliceMs: 40, warmupMs: 300 };
/** Prime to what it is taken modulo of: it goes through all of them. */
const STRIDE = 7919;

const kidOf = (number) => `device-${String(number).padStart(7, "0")}`;
const issuerOf = (number) => `https://auth.example.com/realms/t${String(number).padStart(4, "0")}`;
/** Test keys, which everybody can make. */
const secretOf = (number) => createHash("sha256").update(`wasm-jwt benchmark key ${number}, not a secret`).digest();
const headerOf = (kid) => Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT", kid })).toString("base64url");

const tokensOf = (token) => Array.from({ length: TOKENS }, (_, index) => token(index));

/** How many times as long the many take as the one that they take turns with, and their nanoseconds a token. */
async function compare(many, one) {
  const times = await timesOf({ many: inBatches(...many, BATCH), one: inBatches(...one, BATCH) }, TIMING);
  const { median: ratio, low, high } = ratioOf(times.many, times.one);
  return { ratio, low, high, ns: median(times.many) };
}

function load() {
  // In one piece, as out of a file: a million small buffers would keep the garbage collector busier than the table.
  const secrets = new Uint8Array(SECRET_BYTES * KEYS);
  for (let number = 0; number < KEYS; number++) secrets.set(secretOf(number), SECRET_BYTES * number);
  function* keys() {
    for (let number = 0; number < KEYS; number++) {
      yield { kid: kidOf(number), secret: secrets.subarray(SECRET_BYTES * number, SECRET_BYTES * (number + 1)) };
    }
  }
  const start = performance.now();
  const table = createKeyTable({ keys: keys() });
  return { table, perSecond: (KEYS / (performance.now() - start)) * 1000, bytes: table.bytes / KEYS };
}

function measureKeys(table) {
  const tokenOf = (index, key) => signToken(SETS.mid(index), secretOf(key), headerOf(kidOf(key)));
  const one = createVerifier({ keys: { kid: kidOf(5), secret: secretOf(5) }, audience: AUDIENCE, currentDate: NOW });
  const many = createVerifier({ keys: table, audience: AUDIENCE, currentDate: NOW });
  const others = tokensOf((index) => tokenOf(index, (index * STRIDE) % KEYS));
  return compare([many, others], [one, tokensOf((index) => tokenOf(index, 5))]);
}

async function measureIssuers() {
  const optionsOf = (number) => ({ issuer: issuerOf(number), keys: { kid: "key-1", secret: secretOf(number) } });
  const rules = { audience: AUDIENCE, currentDate: NOW };
  const one = createVerifier({ ...rules, ...optionsOf(5) });
  const many = createVerifier({ ...rules, issuers: Array.from({ length: ISSUERS }, (_, number) => optionsOf(number)) });
  const tokenOf = (index, number) => signToken({ ...SETS.mid(index), iss: issuerOf(number) }, secretOf(number), headerOf("key-1"));
  const same = tokensOf((index) => tokenOf(index, 5));
  const others = tokensOf((index) => tokenOf(index, (index * STRIDE) % ISSUERS));
  return { same: await compare([many, same], [one, same]), others: await compare([many, others], [one, same]) };
}

const flags = readFlags("json");
const { table, perSecond, bytes } = load();
const millionKeys = await measureKeys(table);
const issuers = await measureIssuers();

const row = (name, { ratio, low, high, ns }) => [name, ...spread({ median: ratio, low, high }), whole(ns)];
printFigures(
  flags,
  { keysPerSecond: perSecond, bytesPerKey: bytes, millionKeys, issuers },
  {
    title: `mid tokens, batches of ${BATCH}; a ratio is the time of the many divided by that of the one`,
    head: ["ratio", "quartiles", "ns a token"],
    rows: [
      ["keys loaded a second", whole(perSecond)],
      ["bytes a key", bytes.toFixed(1)],
      row("a million keys / one", millionKeys),
      row("1,000 issuers, tokens of one", issuers.same),
      row("1,000 issuers, each another", issuers.others),
    ],
  },
);
