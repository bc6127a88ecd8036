/**
 * Lays a verifier's policy out in linear memory: its options, the values it expects, where its keys are. The engine reads it and
 * remembers headers in it. One block holds it all, and is wiped when the verifier is gone.
 */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../base/algorithms.js";
import { REGISTERED_CLAIMS } from "../base/codes.js";
import { utf8Bytes } from "../runtime/text.js";
import type { Engine } from "./engine.js";
import type { SecretKey } from "./key.js";
import type { KeyMemory } from "./keyMemory.js";
import type { Policy } from "./policy.js";

/** A context that the engine can judge by. */
export interface Context {
  readonly address: number;
  readonly size: number;
}

/** What distinguishes an issuer's context: its number, and the class of those that share shapes of claims sets with it. */
export interface IssuerPlace {
  readonly number: number;
  /** 0 where it shares them with none. */
  readonly shapeClass: number;
}

/**
 * Places a policy whose keys are placed; `areChanging` is said of those of a table, which others may change. It remembers headers once
 * `placeHeaders` has given it room; an issuer's context has its own.
 */
export function placeContext(engine: Engine, policy: Policy, keys: KeyMemory, areChanging = false, issuer?: IssuerPlace): Context {
  const lists = expectedLists(policy);
  const keyClaim = policy.keyClaim === undefined ? undefined : utf8Bytes(policy.keyClaim);
  // Those of an issuer are at hand with the rest, since a token of each of a thousand waits for every line.
  const headers = issuer ? headersBytes(abi.ISSUER_HEADER_ENTRIES, keys) : 0;
  const fixed = abi.CONTEXT_BYTES + headers;
  const size =
    fixed +
    lists.reduce((sum, { values }) => sum + values.reduce((inner, value) => inner + entryBytes(value), 0), 0) +
    (keyClaim ? entryBytes(keyClaim) : 0);
  const address = engine.allocate(size);
  const writer = new Writer(engine, address + fixed);

  if (issuer) setHeaders(engine, address, address + abi.CONTEXT_BYTES, abi.ISSUER_HEADER_ENTRIES, keys);
  placeOptions(engine, address, policy, keys, issuer);
  if (areChanging) setOption(engine, address, abi.OPTION_CHANGING_KEYS);
  for (const { field, values } of lists) {
    engine.words[(address + field) / 4] = writer.position;
    engine.words[(address + field) / 4 + 1] = values.length;
    for (const value of values) writer.entry(value);
  }
  if (keyClaim) {
    engine.words[(address + abi.CONTEXT_KEY_CLAIM) / 4] = writer.position;
    writer.entry(keyClaim);
  }
  return { address, size };
}

/** Places what tokens of several issuers are judged by first: whose they are, by the table of the issuers' names. */
export function placeRoot(engine: Engine, issuers: number): Context {
  const claim = utf8Bytes("iss");
  const size = abi.CONTEXT_BYTES + entryBytes(claim);
  const address = engine.allocate(size);
  engine.words[(address + abi.CONTEXT_ISSUERS) / 4] = issuers;
  engine.words[(address + abi.CONTEXT_KEY_CLAIM) / 4] = address + abi.CONTEXT_BYTES;
  new Writer(engine, address + abi.CONTEXT_BYTES).entry(claim);
  return { address, size };
}

/** Places what a context remembers headers in: until then it parses each. @throws RangeError when the memory cannot grow. */
export function placeHeaders(engine: Engine, context: Context, keys: KeyMemory): Context {
  const size = headersBytes(abi.HEADER_ENTRIES, keys);
  const address = engine.allocate(size);
  setHeaders(engine, context.address, address, abi.HEADER_ENTRIES, keys);
  return { address, size };
}

function headersBytes(entries: number, { table }: KeyMemory): number {
  return abi.HEADER_BYTES * entries + (table ? abi.FORM_BYTES * abi.FORM_ENTRIES : 0);
}

/** Only where keys have names do headers have forms. */
function setHeaders({ words }: Engine, context: number, headers: number, entries: number, { table }: KeyMemory): void {
  words[(context + abi.CONTEXT_HEADER_MASK) / 4] = entries - 1;
  words[(context + abi.CONTEXT_HEADERS) / 4] = headers;
  if (table) words[(context + abi.CONTEXT_FORMS) / 4] = headers + abi.HEADER_BYTES * entries;
}

/** Places the one key of a signer; returns its record. */
export function placeSigningKey(engine: Engine, key: SecretKey): Context {
  const size = ALGORITHMS[key.algorithm].keyBytes;
  const address = engine.allocate(size);
  loadSecret(engine, address, key);
  return { address, size };
}

function placeOptions(engine: Engine, address: number, policy: Policy, keys: KeyMemory, issuer: IssuerPlace | undefined): void {
  const isRegistered = (REGISTERED_CLAIMS as readonly (string | undefined)[]).includes(policy.keyClaim);
  const options =
    (policy.maxTokenAge === undefined ? 0 : abi.OPTION_MAX_AGE) |
    (policy.maxLifetime === undefined ? 0 : abi.OPTION_MAX_LIFETIME) |
    (policy.ignoreExpiration ? abi.OPTION_IGNORE_EXP : 0) |
    (policy.ignoreNotBefore ? abi.OPTION_IGNORE_NBF : 0) |
    (keys.table ? 0 : abi.OPTION_ANY_KID) |
    (issuer ? abi.OPTION_SHARED_SHAPES : 0) |
    (policy.needsTextId ? abi.OPTION_TEXT_ID : 0) |
    (policy.takesBytes ? abi.OPTION_BYTES : 0) |
    (isRegistered ? abi.OPTION_REGISTERED_CLAIM : 0);
  const { words, doubles } = engine;
  words[(address + abi.CONTEXT_OPTIONS) / 4] = options;
  words[(address + abi.CONTEXT_ALGORITHMS) / 4] = policy.algorithms.reduce((mask, name) => mask | (1 << ALGORITHMS[name].engine), 0);
  words[(address + abi.CONTEXT_KEY_TABLE) / 4] = keys.table;
  words[(address + abi.CONTEXT_DEFAULT_KEY) / 4] = keys.defaultKey;
  words[(address + abi.CONTEXT_NUMBER) / 4] = issuer?.number ?? 0;
  words[(address + abi.CONTEXT_SHAPE_CLASS) / 4] = issuer?.shapeClass || address;
  doubles[(address + abi.CONTEXT_TOLERANCE) / 8] = policy.clockTolerance;
  doubles[(address + abi.CONTEXT_MAX_AGE) / 8] = policy.maxTokenAge ?? 0;
  doubles[(address + abi.CONTEXT_MAX_LIFETIME) / 8] = policy.maxLifetime ?? 0;
}

function setOption(engine: Engine, address: number, option: number): void {
  const word = (address + abi.CONTEXT_OPTIONS) / 4;
  engine.words[word] = (engine.words[word] as number) | option;
}

/** The lists of a context that have entries, each with the field that has its address and count. */
function expectedLists(policy: Policy): { field: number; values: Uint8Array[] }[] {
  const { issuer, audience, subject, jwtId, nonce } = policy.expected;
  const expected = [issuer, audience, subject, jwtId, nonce];
  const lists: { field: number; values: readonly string[] }[] = [
    ...expected.map((values, index) => ({ field: abi.CONTEXT_EXPECTED + abi.LIST_BYTES * index, values })),
    { field: abi.CONTEXT_REQUIRED, values: policy.requiredClaims },
    { field: abi.CONTEXT_TYP, values: policy.typ },
    { field: abi.CONTEXT_CRIT, values: policy.crit },
  ];
  return lists.filter(({ values }) => values.length).map(({ field, values }) => ({ field, values: values.map(utf8Bytes) }));
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
