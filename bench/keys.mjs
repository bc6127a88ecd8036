/**
 * What many keys and many issuers cost: `npm run bench:keys`. A million keys are loaded into a table; then tokens that each name another of
 * them, or of a thousand issuers, take turns with tokens of one key, and ratios are taken round by round.
 */
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { createKeyTable, createVerifier } from "../dist/index.js";
import { AUDIENCE, NOW, SETS, signToken } from "./fleet.mjs";

const KEYS = 1_000_000;
const SECRET_BYTES = 32;
const ISSUERS = 1000;
const TOKENS = 20_480;
const BATCH = 1024;
const ROUNDS = 24;
const WARM_UP = 4;
/** Prime to what it is taken modulo of: it goes through all of them. */
const STRIDE = 7919;

const kidOf = (number) => `device-${String(number).padStart(7, "0")}`;
const issuerOf = (number) => `https://auth.example.com/realms/t${String(number).padStart(4, "0")}`;
/** Test keys, which everybody can make. */
const secretOf = (number) => createHash("sha256").update(`wasm-jwt benchmark key ${number}, not a secret`).digest();
const headerOf = (kid) => Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT", kid })).toString("base64url");

/** So many batches of tokens, of the numbers that a function gives. */
function batchesOf(token) {
  const tokens = Array.from({ length: TOKENS }, (_, index) => token(index));
  return Array.from({ length: TOKENS / BATCH }, (_, number) => tokens.slice(number * BATCH, (number + 1) * BATCH));
}

/** Nanoseconds a token. @throws Error when one is rejected. */
function time(verifier, batches) {
  const start = performance.now();
  let accepted = 0;
  for (const batch of batches) accepted += verifier.verifyBatch(batch).accepted;
  if (accepted !== TOKENS) throw new Error(`Expected ${TOKENS} tokens to be accepted, got ${accepted}`);
  return ((performance.now() - start) / TOKENS) * 1e6;
}

const median = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];

/** The median of the ratios of two contenders that take turns, and of the second's nanoseconds a token. */
function compare(many, one) {
  const rounds = Array.from({ length: ROUNDS }, () => [time(...many), time(...one)]).slice(WARM_UP);
  return { ratio: median(rounds.map(([left, right]) => left / right)), ns: median(rounds.map(([left]) => left)) };
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
  const others = batchesOf((index) => tokenOf(index, (index * STRIDE) % KEYS));
  return compare([many, others], [one, batchesOf((index) => tokenOf(index, 5))]);
}

function measureIssuers() {
  const optionsOf = (number) => ({ issuer: issuerOf(number), keys: { kid: "key-1", secret: secretOf(number) } });
  const rules = { audience: AUDIENCE, currentDate: NOW };
  const one = createVerifier({ ...rules, ...optionsOf(5) });
  const many = createVerifier({ ...rules, issuers: Array.from({ length: ISSUERS }, (_, number) => optionsOf(number)) });
  const tokenOf = (index, number) => signToken({ ...SETS.mid(index), iss: issuerOf(number) }, secretOf(number), headerOf("key-1"));
  const same = batchesOf((index) => tokenOf(index, 5));
  const others = batchesOf((index) => tokenOf(index, (index * STRIDE) % ISSUERS));
  return { same: compare([many, same], [one, same]), others: compare([many, others], [one, same]) };
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const { table, perSecond, bytes } = load();
const keys = measureKeys(table);
const issuers = measureIssuers();
const figures = { node: process.version, keysPerSecond: perSecond, bytesPerKey: bytes, millionKeys: keys, issuers };

if (values.json) console.log(JSON.stringify(figures));
else {
  console.log(`Node ${process.version}, mid tokens, batches of ${BATCH}; a ratio is the time of the many divided by that of the one`);
  console.log(`  keys loaded a second            ${Math.round(perSecond).toLocaleString("en-US")}`);
  console.log(`  bytes a key                     ${bytes.toFixed(1)}`);
  console.log(`  a million keys / one            ${keys.ratio.toFixed(2)}   (${Math.round(keys.ns)} ns a token)`);
  console.log(`  1,000 issuers, tokens of one    ${issuers.same.ratio.toFixed(2)}   (${Math.round(issuers.same.ns)} ns)`);
  console.log(`  1,000 issuers, each another     ${issuers.others.ratio.toFixed(2)}   (${Math.round(issuers.others.ns)} ns)`);
}
