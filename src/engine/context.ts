/**
 * Lays a verifier's policy out in linear memory: its options, the values it expects, where its keys are. The engine reads it and
 * remembers headers in it. One block holds it all, and is wiped when the verifier is gone.
 */
import * as abi from "../abi.js";
import { ALGORITHMS } from "../base/algorithms.js";
import { REGISTERED_CLAIMS } from "../base/codes.js";
import { utf8Bytes } from "../runtime/text.js";
import type { Engine } from "./engine.js";
import type { KeyMemory } from "./keyMemory.js";
import type { Memory, Span } from "./memory.js";
import type { Policy } from "./policy.js";

/** A context that the engine can judge by, or what one remembers headers in. */
export type Context = Span;

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
export function placeContext({ memory }: Engine, policy: Policy, keys: KeyMemory, areChanging = false, issuer?: IssuerPlace): Context {
  const lists = expectedLists(policy);
  const keyClaim = policy.keyClaim === undefined ? undefined : utf8Bytes(policy.keyClaim);
  // Those of an issuer are at hand with the rest, since a token of each of a thousand waits for every line.
  const headers = issuer ? headersBytes(abi.ISSUER_HEADER_ENTRIES, keys) : 0;
  const fixed = abi.CONTEXT_BYTES + headers;
  const size =
    fixed +
    lists.reduce((sum, { values }) => sum + values.reduce((inner, value) => inner + entryBytes(value), 0), 0) +
    (keyClaim ? entryBytes(keyClaim) : 0);
  const address = memory.allocate(size);
  const writer = new Writer(memory, address + fixed);

  if (issuer) setHeaders(memory, address, address + abi.CONTEXT_BYTES, abi.ISSUER_HEADER_ENTRIES, keys);
  placeOptions(memory, address, policy, keys, areChanging, issuer);
  for (const { field, values } of lists) {
    memory.setWord(address, field, writer.position);
    memory.setWord(address, field + 4, values.length);
    for (const value of values) writer.entry(value);
  }
  if (keyClaim) {
    memory.setWord(address, abi.CONTEXT_KEY_CLAIM, writer.position);
    writer.entry(keyClaim);
  }
  return { address, size };
}

/** Places what tokens of several issuers are judged by first: whose they are, by the table of the issuers' names. */
export function placeRoot({ memory }: Engine, issuers: number): Context {
  const claim = utf8Bytes("iss");
  const size = abi.CONTEXT_BYTES + entryBytes(claim);
  const address = memory.allocate(size);
  memory.setWord(address, abi.CONTEXT_ISSUERS, issuers);
  memory.setWord(address, abi.CONTEXT_KEY_CLAIM, address + abi.CONTEXT_BYTES);
  new Writer(memory, address + abi.CONTEXT_BYTES).entry(claim);
  return { address, size };
}

/** Places what a context remembers headers in: until then it parses each. @throws RangeError when the memory cannot grow. */
export function placeHeaders({ memory }: Engine, context: Context, keys: KeyMemory): Context {
  const size = headersBytes(abi.HEADER_ENTRIES, keys);
  const address = memory.allocate(size);
  setHeaders(memory, context.address, address, abi.HEADER_ENTRIES, keys);
  return { address, size };
}

function headersBytes(entries: number, { table }: KeyMemory): number {
  return abi.HEADER_BYTES * entries + (table ? abi.FORM_BYTES * abi.FORM_ENTRIES : 0);
}

/** Only where keys have names do headers have forms. */
function setHeaders(memory: Memory, context: number, headers: number, entries: number, { table }: KeyMemory): void {
  memory.setWord(context, abi.CONTEXT_HEADER_MASK, entries - 1);
  memory.setWord(context, abi.CONTEXT_HEADERS, headers);
  if (table) memory.setWord(context, abi.CONTEXT_FORMS, headers + abi.HEADER_BYTES * entries);
}

/** Wipes a context, or what it remembers headers in, and gives it back; `wasUsed` says whether a token may have been judged by it. */
export function release({ memory }: Engine, { address, size }: Context, wasUsed: boolean): void {
  memory.release(address, size, wasUsed);
}

function placeOptions(
  memory: Memory,
  address: number,
  policy: Policy,
  keys: KeyMemory,
  areChanging: boolean,
  issuer: IssuerPlace | undefined,
): void {
  const algorithms = policy.algorithms.reduce((mask, name) => mask | (1 << ALGORITHMS[name].engine), 0);
  memory.setWord(address, abi.CONTEXT_OPTIONS, optionsOf(policy, keys, areChanging, issuer));
  memory.setWord(address, abi.CONTEXT_ALGORITHMS, algorithms);
  memory.setWord(address, abi.CONTEXT_KEY_TABLE, keys.table);
  memory.setWord(address, abi.CONTEXT_DEFAULT_KEY, keys.defaultKey);
  memory.setWord(address, abi.CONTEXT_NUMBER, issuer?.number ?? 0);
  memory.setWord(address, abi.CONTEXT_SHAPE_CLASS, issuer?.shapeClass || address);
  memory.setDouble(address, abi.CONTEXT_TOLERANCE, policy.clockTolerance);
  memory.setDouble(address, abi.CONTEXT_MAX_AGE, policy.maxTokenAge ?? 0);
  memory.setDouble(address, abi.CONTEXT_MAX_LIFETIME, policy.maxLifetime ?? 0);
}

function optionsOf(policy: Policy, keys: KeyMemory, areChanging: boolean, issuer: IssuerPlace | undefined): number {
  const isRegistered = (REGISTERED_CLAIMS as readonly (string | undefined)[]).includes(policy.keyClaim);
  return (
    (policy.maxTokenAge === undefined ? 0 : abi.OPTION_MAX_AGE) |
    (policy.maxLifetime === undefined ? 0 : abi.OPTION_MAX_LIFETIME) |
    (policy.ignoreExpiration ? abi.OPTION_IGNORE_EXP : 0) |
    (policy.ignoreNotBefore ? abi.OPTION_IGNORE_NBF : 0) |
    (keys.table ? 0 : abi.OPTION_ANY_KID) |
    (issuer ? abi.OPTION_SHARED_SHAPES : 0) |
    (areChanging ? abi.OPTION_CHANGING_KEYS : 0) |
    (policy.needsTextId ? abi.OPTION_TEXT_ID : 0) |
    (policy.takesBytes ? abi.OPTION_BYTES : 0) |
    (isRegistered ? abi.OPTION_REGISTERED_CLAIM : 0)
  );
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

/** Writes one entry after another, each at a multiple of 8. */
class Writer {
  readonly #memory: Memory;
  position: number;

  constructor(memory: Memory, position: number) {
    this.#memory = memory;
    this.position = position;
  }

  entry(value: Uint8Array): void {
    this.#memory.setWord(this.position, 0, value.length);
    this.#memory.bytes.set(value, this.position + abi.ENTRY_TEXT);
    this.position += entryBytes(value);
  }
}

function entryBytes(value: Uint8Array): number {
  return abi.ENTRY_TEXT + Math.ceil(value.length / 8) * 8;
}
