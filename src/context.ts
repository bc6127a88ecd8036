/**
 * Lays a verifier's plan out in linear memory: its options, the values it expects, its keys. The engine reads it and
 * remembers headers in it. One block holds it all, and is wiped when the verifier is gone. A public key has its name and algorithm
 * there; the key itself stays with the host, under the address of its record.
 */
import * as abi from "./abi.js";
import { ALGORITHMS, type Algorithm } from "./algorithms.js";
import type { Engine } from "./engine.js";
import type { Key } from "./keys/key.js";
import type { SecretKey } from "./keys/secret.js";
import type { Plan } from "./options.js";
import type { VerificationKey } from "./platform.js";
import { utf8Bytes } from "./text.js";

/** A context that the engine can judge by. */
export interface Context {
  readonly address: number;
  readonly size: number;
}

/** One for verifying, with its public keys by the addresses of their records. */
export interface VerifyingContext extends Context {
  readonly publicKeys: ReadonlyMap<number, VerificationKey>;
}

/** Places a plan; the secrets of its keys are wiped on the way. */
export function placeContext(engine: Engine, plan: Plan): VerifyingContext {
  const lists = expectedLists(plan);
  const kids = plan.keys.map((key) => (key.kid === undefined ? undefined : utf8Bytes(key.kid)));
  const tableSize = plan.keys.some((key) => key.kid !== undefined) ? powerOfTwo(2 * plan.keys.length) : 0;
  const size =
    abi.CONTEXT_BYTES +
    lists.reduce((sum, { values }) => sum + values.reduce((inner, value) => inner + entryBytes(value), 0), 0) +
    4 * tableSize +
    plan.keys.reduce((sum, { algorithm }, index) => sum + recordBytes(algorithm) + pad(kids[index]?.length ?? 0), 0);
  const address = engine.allocate(size);
  const writer = new Writer(engine, address + abi.CONTEXT_BYTES);

  placeOptions(engine, address, plan);
  for (const { field, values } of lists) {
    engine.words[(address + field) / 4] = writer.position;
    engine.words[(address + field) / 4 + 1] = values.length;
    for (const value of values) writer.entry(value);
  }
  if (tableSize) {
    engine.words[(address + abi.CONTEXT_KEY_TABLE) / 4] = writer.position;
    engine.words[(address + abi.CONTEXT_KEY_TABLE_MASK) / 4] = tableSize - 1;
    writer.position += 4 * tableSize;
  }
  const publicKeys = new Map<number, VerificationKey>();
  plan.keys.forEach((key, index) => {
    const record = placeKey(engine, address, key, kids[index], writer);
    if ("verification" in key) publicKeys.set(record, key.verification);
  });
  return { address, size, publicKeys };
}

/** Places the one key of a signer; returns its record. */
export function placeSigningKey(engine: Engine, key: SecretKey): Context {
  const size = ALGORITHMS[key.algorithm].keyBytes;
  const address = engine.allocate(size);
  loadSecret(engine, address, key);
  return { address, size };
}

function placeOptions(engine: Engine, address: number, plan: Plan): void {
  const onlyKey = plan.keys.length === 1 ? plan.keys[0] : undefined;
  const options =
    (plan.maxTokenAge === undefined ? 0 : abi.OPTION_MAX_AGE) |
    (plan.maxLifetime === undefined ? 0 : abi.OPTION_MAX_LIFETIME) |
    (plan.ignoreExpiration ? abi.OPTION_IGNORE_EXP : 0) |
    (plan.ignoreNotBefore ? abi.OPTION_IGNORE_NBF : 0) |
    (onlyKey && onlyKey.kid === undefined ? abi.OPTION_ANY_KID : 0);
  engine.words[(address + abi.CONTEXT_OPTIONS) / 4] = options;
  engine.words[(address + abi.CONTEXT_ALGORITHMS) / 4] = plan.algorithms.reduce((mask, name) => mask | (1 << ALGORITHMS[name].engine), 0);
  engine.doubles[(address + abi.CONTEXT_TOLERANCE) / 8] = plan.clockTolerance;
  engine.doubles[(address + abi.CONTEXT_MAX_AGE) / 8] = plan.maxTokenAge ?? 0;
  engine.doubles[(address + abi.CONTEXT_MAX_LIFETIME) / 8] = plan.maxLifetime ?? 0;
}

/** The lists of a context, each with the field that has its address and count. */
function expectedLists(plan: Plan): { field: number; values: Uint8Array[] }[] {
  const { issuer, audience, subject, jwtId, nonce } = plan.expected;
  const expected = [issuer, audience, subject, jwtId, nonce];
  return [
    ...expected.map((values, index) => ({ field: abi.CONTEXT_EXPECTED + 8 * index, values: values.map(utf8Bytes) })),
    { field: abi.CONTEXT_REQUIRED, values: plan.requiredClaims.map(utf8Bytes) },
    { field: abi.CONTEXT_TYP, values: plan.typ.map(utf8Bytes) },
    { field: abi.CONTEXT_CRIT, values: plan.crit.map(utf8Bytes) },
  ];
}

/** Returns the address of the key's record. */
function placeKey(engine: Engine, context: number, key: Key, kid: Uint8Array | undefined, writer: Writer): number {
  const record = writer.position;
  writer.position += recordBytes(key.algorithm);
  if ("secret" in key) loadSecret(engine, record, key);
  else engine.words[(record + abi.KEY_ALGORITHM) / 4] = ALGORITHMS[key.algorithm].engine;
  if (kid) {
    engine.words[(record + abi.KEY_KID) / 4] = writer.position;
    engine.words[(record + abi.KEY_KID_LENGTH) / 4] = kid.length;
    writer.bytes(kid);
    engine.exports.enterKey(context, record);
  }
  if (key.isDefault) engine.words[(context + abi.CONTEXT_DEFAULT_KEY) / 4] = record;
  return record;
}

/** A public key's record is as long as the shortest: without states. */
function recordBytes(algorithm: Algorithm): number {
  const entry = ALGORITHMS[algorithm];
  return entry.kind === "secret" ? entry.keyBytes : abi.KEY_BYTES;
}

function loadSecret(engine: Engine, record: number, key: SecretKey): void {
  engine.loadKey(record, ALGORITHMS[key.algorithm].engine, key.secret);
  key.secret.fill(0);
}

/** Writes one thing behind another, each at a multiple of 8. */
class Writer {
  readonly #engine: Engine;
  position: number;

  constructor(engine: Engine, position: number) {
    this.#engine = engine;
    this.position = position;
  }

  entry(value: Uint8Array): void {
    this.#engine.words[this.position / 4] = value.length;
    this.position += abi.ENTRY_TEXT;
    this.bytes(value);
  }

  bytes(value: Uint8Array): void {
    this.#engine.bytes.set(value, this.position);
    this.position += pad(value.length);
  }
}

function entryBytes(value: Uint8Array): number {
  return abi.ENTRY_TEXT + pad(value.length);
}

function pad(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}
