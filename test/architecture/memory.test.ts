/** Areas of linear memory, fields of a record: each in its place, none over another. */
import { describe, expect, it } from "vitest";
import * as abi from "../../src/abi.js";

/** Name, start, length in bytes. */
type Area = readonly [name: string, start: number, length: number];

/** HMAC hashes a first block besides the token; padding may add one more. */
const MOST_BLOCKS = (abi.LARGEST_TOKEN + abi.TOKEN_SLACK) / 64 + 1;
const FOUR_WORDS = 16;
const LIST = 8;

/** The engine's state: a word each, but for three texts. */
const STATE: readonly Area[] = [
  ["NEEDS_NUMBER_COUNT", abi.NEEDS_NUMBER_COUNT, 4],
  ["FAULT_COUNT", abi.FAULT_COUNT, 4],
  ["NEEDS_PLATFORM_COUNT", abi.NEEDS_PLATFORM_COUNT, 4],
  ["REVOCATIONS", abi.REVOCATIONS, 4],
  ["NEXT_PAYLOAD", abi.NEXT_PAYLOAD, 4],
  ["PENDING_512_COUNT", abi.PENDING_512_COUNT, 4],
  ["RETRY_COUNT", abi.RETRY_COUNT, 4],
  ["MOST_BLOCKS", abi.MOST_BLOCKS, 4],
  ["ARE_NAMES_REACHED", abi.ARE_NAMES_REACHED, 4],
  ["LATEST_ISSUER", abi.LATEST_ISSUER, 4],
  ["LOOKUP_COUNT", abi.LOOKUP_COUNT, 4],
  ["REVOKED_KINDS", abi.REVOKED_KINDS, 4],
  ["LATEST_NAME", abi.LATEST_NAME, 4],
  ["LATEST_NAME_LENGTH", abi.LATEST_NAME_LENGTH, 4],
  ["LATEST_NUMBER", abi.LATEST_NUMBER, 4],
  ["LATEST_CONTEXT", abi.LATEST_CONTEXT, 4],
  ["SAW_ESCAPE", abi.SAW_ESCAPE, 4],
  ["SAW_NON_ASCII", abi.SAW_NON_ASCII, 4],
  ["PARSED_ALGORITHM", abi.PARSED_ALGORITHM, 4],
  ["PARSED_UNENCODED", abi.PARSED_UNENCODED, 4],
  ["PARSED_KID", abi.PARSED_KID, 8],
  ["PARSED_TYP", abi.PARSED_TYP, 8],
  ["PARSED_CRIT", abi.PARSED_CRIT, 8],
  ["PARSED_SCRATCH", abi.PARSED_SCRATCH, 4],
  ["BLOCK_LOOKS", abi.BLOCK_LOOKS, 4],
  ["BLOCK_FINDS", abi.BLOCK_FINDS, 4],
  ["CHUNKS_IN_VAIN", abi.CHUNKS_IN_VAIN, 4],
  ["HAS_LEARNT_BLOCKS", abi.HAS_LEARNT_BLOCKS, 4],
  ["LATEST_STAMP", abi.LATEST_STAMP, 4],
];

const MEMORY: readonly Area[] = [
  ["constants of the compiler", 1024, abi.ROUND_CONSTANTS - 1024],
  ["ROUND_CONSTANTS", abi.ROUND_CONSTANTS, 64 * FOUR_WORDS],
  ["WORDS", abi.WORDS, 16 * FOUR_WORDS],
  ["STATE", abi.STATE, 8 * FOUR_WORDS],
  ["DIGEST", abi.DIGEST, 8 * FOUR_WORDS],
  ["TAGS", abi.TAGS, Math.max(5 * 32, 3 * 64)],
  ["SCALAR_STATE", abi.SCALAR_STATE, 32],
  ["PINNED", abi.PINNED, 24],
  ["INITIAL_STATE", abi.INITIAL_STATE, 32],
  ["BLOCK", abi.BLOCK, 2 * 64],
  ["SCHEDULE", abi.SCHEDULE, 2 * 64 * 4],
  ["SCALAR_STATE_512", abi.SCALAR_STATE_512, 64],
  ["SCHEDULE_512", abi.SCHEDULE_512, 2 * 80 * 8],
  ["NESTING", abi.NESTING, abi.NESTING_ROOM],
  ["HEADER_NAMES", abi.HEADER_NAMES, 4 * abi.MOST_HEADER_MEMBERS],
  ["BLOCK_COUNTS", abi.BLOCK_COUNTS, 4 * abi.BLOCK_COUNTS_ROOM],
  ["ORDER", abi.ORDER, 4 * abi.CHUNK_TOKENS],
  ["FIRST_BLOCKS", abi.FIRST_BLOCKS, abi.FIRST_BLOCK_ENTRIES * abi.FIRST_BLOCK_BYTES],
  ...STATE,
  ["LOOKUPS", abi.LOOKUPS, abi.CHUNK_TOKENS * abi.LOOKUP_BYTES],
  ["CODES", abi.CODES, abi.CHUNK_TOKENS],
  ["ISSUERS", abi.ISSUERS, 2 * abi.CHUNK_TOKENS],
  ["RECORDS", abi.RECORDS, abi.CHUNK_TOKENS * abi.RECORD_BYTES],
  ["SIGNATURES", abi.SIGNATURES, abi.CHUNK_TOKENS * abi.SIGNATURE_BYTES],
  ["SIGNATURE_RESTS", abi.SIGNATURE_RESTS, abi.CHUNK_TOKENS * abi.SIGNATURE_BYTES],
  ["INPUT", abi.INPUT, abi.INPUT_BYTES],
  ["PAYLOADS", abi.PAYLOADS, abi.PAYLOADS_BYTES],
  ["SHAPES", abi.SHAPES, abi.SHAPE_ENTRIES * abi.SHAPE_BYTES],
  ["HEAP", abi.HEAP, 65536],
];

const RECORD: readonly Area[] = [
  ["START", abi.RECORD_START, 4],
  ["LENGTH", abi.RECORD_LENGTH, 4],
  ["SIGNING_LENGTH", abi.RECORD_SIGNING_LENGTH, 4],
  ["BLOCKS", abi.RECORD_BLOCKS, 4],
  ["INNER", abi.RECORD_INNER, 4],
  ["KEY", abi.RECORD_KEY, 4],
  ["PAYLOAD", abi.RECORD_PAYLOAD, 4],
  ["PAYLOAD_LENGTH", abi.RECORD_PAYLOAD_LENGTH, 4],
  ["TIMES", abi.RECORD_TIMES, 3 * 8],
  ["FLAGS", abi.RECORD_FLAGS, 4],
  ["CLAIM", abi.RECORD_CLAIM, 4],
  ["MISSES", abi.RECORD_MISSES, 4],
  ["TEXTS", abi.RECORD_TEXTS, 5 * 8],
  ["ABSENT", abi.RECORD_ABSENT, 4],
  ["SHAPE", abi.RECORD_SHAPE, 4],
  ["STAMP", abi.RECORD_STAMP, 4],
  ["CONTEXT", abi.RECORD_CONTEXT, 4],
];

const CONTEXT: readonly Area[] = [
  ["OPTIONS", abi.CONTEXT_OPTIONS, 4],
  ["ALGORITHMS", abi.CONTEXT_ALGORITHMS, 4],
  ["TOLERANCE", abi.CONTEXT_TOLERANCE, 8],
  ["MAX_AGE", abi.CONTEXT_MAX_AGE, 8],
  ["MAX_LIFETIME", abi.CONTEXT_MAX_LIFETIME, 8],
  ["EXPECTED", abi.CONTEXT_EXPECTED, 5 * LIST],
  ["REQUIRED", abi.CONTEXT_REQUIRED, LIST],
  ["TYP", abi.CONTEXT_TYP, LIST],
  ["CRIT", abi.CONTEXT_CRIT, LIST],
  ["DEFAULT_KEY", abi.CONTEXT_DEFAULT_KEY, 4],
  ["KEY_TABLE", abi.CONTEXT_KEY_TABLE, 4],
  ["KEY_TABLE_VERSION", abi.CONTEXT_KEY_TABLE_VERSION, 4],
  ["KEY_CLAIM", abi.CONTEXT_KEY_CLAIM, 4],
  ["NUMBER", abi.CONTEXT_NUMBER, 4],
  ["SHAPE_CLASS", abi.CONTEXT_SHAPE_CLASS, 4],
  ["ISSUERS", abi.CONTEXT_ISSUERS, 4],
  ["HEADER_MASK", abi.CONTEXT_HEADER_MASK, 4],
  ["HEADERS", abi.CONTEXT_HEADERS, 4],
  ["FORMS", abi.CONTEXT_FORMS, 4],
];

const KEY: readonly Area[] = [
  ["INNER", abi.KEY_INNER, 32],
  ["OUTER", abi.KEY_OUTER, 32],
  ["ALGORITHM", abi.KEY_ALGORITHM, 1],
  ["USED", abi.KEY_USED, 1],
  ["LINES", abi.KEY_LINES, 1],
  ["TAUGHT", abi.KEY_TAUGHT, 1],
  ["NEXT", abi.KEY_NEXT, 4],
  ["FRESH", abi.KEY_FRESH, 1],
  ["NAME", abi.KEY_NAME, 4],
  ["NAME_LENGTH", abi.KEY_NAME_LENGTH, 2],
];

const FORM: readonly Area[] = [
  ["ALGORITHM", abi.FORM_ALGORITHM, 4],
  ["PREFIX_LENGTH", abi.FORM_PREFIX_LENGTH, 4],
  ["SUFFIX_LENGTH", abi.FORM_SUFFIX_LENGTH, 4],
  ["LEARNT", abi.FORM_LEARNT, 4],
  ["PREFIX", abi.FORM_PREFIX, abi.FORM_TEXT_ROOM],
  ["SUFFIX", abi.FORM_SUFFIX, abi.FORM_TEXT_ROOM],
];

const HEADER: readonly Area[] = [
  ["LENGTH", abi.HEADER_LENGTH, 4],
  ["MEANING", abi.HEADER_MEANING, 4],
  ["TEXT", abi.HEADER_TEXT, abi.HEADER_TEXT_ROOM],
];

const SHAPE: readonly Area[] = [
  ["CLASS", abi.SHAPE_CLASS, 4],
  ["LENGTH", abi.SHAPE_LENGTH, 4],
  ["STAMP", abi.SHAPE_STAMP, 4],
  ["USES", abi.SHAPE_USES, 4],
  ["FLAGS", abi.SHAPE_FLAGS, 4],
  ["WAIT", abi.SHAPE_WAIT, 4],
  ["TIMES", abi.SHAPE_TIMES, 3 * 4],
  ["TEXTS", abi.SHAPE_TEXTS, 5 * LIST],
  ["TEXT", abi.SHAPE_TEXT, abi.SHAPE_ROOM],
  ["MASK", abi.SHAPE_MASK, abi.SHAPE_ROOM],
];

const FIRST_BLOCK: readonly Area[] = [
  ["text", 0, 64],
  ["STATE", abi.FIRST_BLOCK_STATE, 32],
  ["KEY", abi.FIRST_BLOCK_KEY, 4],
  ["LAST_MISS", abi.FIRST_BLOCK_LAST_MISS, 4],
  ["USES", abi.FIRST_BLOCK_USES, 4],
];

const REVOCATIONS: readonly Area[] = [
  ["SLOTS", abi.REVOCATIONS_SLOTS, 4],
  ["MASK", abi.REVOCATIONS_MASK, 4],
  ["COUNT", abi.REVOCATIONS_COUNT, 4],
  ["ISSUERS", abi.REVOCATIONS_ISSUERS, 4],
  ["OF_ONE", abi.REVOCATIONS_OF_ONE, 4 * 4],
  ["OF_ANY", abi.REVOCATIONS_OF_ANY, 4 * 4],
  ["TAGS", abi.REVOCATIONS_TAGS, 4],
];

const TABLE: readonly Area[] = [
  ["SLOTS", abi.TABLE_SLOTS, 4],
  ["MASK", abi.TABLE_MASK, 4],
  ["COUNT", abi.TABLE_COUNT, 4],
  ["VERSION", abi.TABLE_VERSION, 4],
];

const ISSUER: readonly Area[] = [
  ["CONTEXT", abi.ISSUER_CONTEXT, 4],
  ["USED", abi.KEY_USED, 1],
  ["FRESH", abi.KEY_FRESH, 1],
  ["NAME", abi.KEY_NAME, 4],
  ["NAME_LENGTH", abi.KEY_NAME_LENGTH, 2],
];

/** What a record holds until its claims are scanned lies where their texts are noted then. */
const NAME: readonly Area[] = [
  ["NAME", abi.RECORD_NAME, 4],
  ["NAME_LENGTH", abi.RECORD_NAME_LENGTH, 4],
  ["NAME_HASH", abi.RECORD_NAME_HASH, 4],
  ["NAME_ALGORITHM", abi.RECORD_NAME_ALGORITHM, 4],
];

const KEY_512: readonly Area[] = KEY.map(([name, start, length]) => {
  if (name === "INNER") return [name, start, 64];
  return name === "OUTER" ? [name, abi.KEY_OUTER_512, 64] : [name, start, length];
});

describe.each([
  ["linear memory", MEMORY, Number.POSITIVE_INFINITY],
  ["a token's record", RECORD, abi.RECORD_BYTES],
  ["a context", CONTEXT, abi.CONTEXT_BYTES],
  ["a form of headers", FORM, abi.FORM_BYTES],
  ["a table of names", TABLE, abi.TABLE_BYTES],
  ["an issuer's record", ISSUER, abi.ISSUER_BYTES],
  ["a remembered header", HEADER, abi.HEADER_BYTES],
  ["a shape of claims sets", SHAPE, abi.SHAPE_BYTES],
  ["a first block", FIRST_BLOCK, abi.FIRST_BLOCK_BYTES],
  ["a list of what is revoked", REVOCATIONS, abi.REVOCATIONS_BYTES],
  ["the name in a token's record", NAME, abi.RECORD_TEXTS + 5 * LIST],
  ["a key record", KEY, abi.KEY_BYTES],
  ["a key record of HS384 or HS512", KEY_512, abi.KEY_BYTES_512],
])("%s", (_, areas, size) => {
  it("has no area over another", () => {
    const ascending = [...areas].sort((a, b) => a[1] - b[1]);
    const overlaps = ascending.slice(1).filter((area, index) => end(ascending[index] as Area) > area[1]);
    expect(overlaps).toEqual([]);
  });

  it("has room for all of them", () => {
    expect(Math.max(...areas.map(end))).toBeLessThanOrEqual(size);
  });
});

/** Lengths, and names of places that other fields have at another time. */
const NO_FIELDS =
  /_(?:BYTES|ROOM|ENTRIES)$|^RECORD_(?:NAME|ISSUER$|REVOKED_ISSUER$)|^KEY_(?:NOT_FOUND$|UNAVAILABLE$|.*_512$)|^HEADER_NAMES$/;

describe.each([
  ["RECORD", RECORD],
  ["CONTEXT", CONTEXT],
  ["KEY", KEY],
  ["HEADER", HEADER],
  ["FORM", FORM],
  ["TABLE", TABLE],
  ["SHAPE", SHAPE],
  ["FIRST_BLOCK", FIRST_BLOCK],
  ["REVOCATIONS", REVOCATIONS],
])("the fields whose names begin with %s", (prefix, areas) => {
  it("are all compared above", () => {
    const fields = Object.keys(abi).filter((name) => name.startsWith(`${prefix}_`) && !NO_FIELDS.test(name));
    const compared = areas.map(([name]) => name).filter((name) => name === name.toUpperCase());
    expect(fields.map((name) => name.slice(prefix.length + 1)).sort()).toEqual(compared.sort());
  });
});

describe("areas", () => {
  it("has a counter for every number of blocks that a token can have", () => {
    expect(abi.BLOCK_COUNTS_ROOM).toBeGreaterThan(MOST_BLOCKS);
  });

  it("begin where vectors and doubles may be stored", () => {
    const vectors = [
      "FIRST_BLOCKS",
      "SHAPES",
      "ROUND_CONSTANTS",
      "WORDS",
      "STATE",
      "DIGEST",
      "TAGS",
      "SCALAR_STATE",
      "INITIAL_STATE",
      "BLOCK",
      "SCALAR_STATE_512",
      "SCHEDULE_512",
      "SIGNATURES",
      "SIGNATURE_RESTS",
      "INPUT",
      "PAYLOADS",
    ];
    expect(MEMORY.filter(([name, start]) => vectors.includes(name) && start % 16 !== 0)).toEqual([]);
    expect((abi.RECORDS + abi.RECORD_TIMES) % 8).toBe(0);
    expect(abi.RECORD_BYTES % 8).toBe(0);
    expect([abi.CONTEXT_TOLERANCE % 8, abi.CONTEXT_MAX_AGE % 8, abi.CONTEXT_MAX_LIFETIME % 8]).toEqual([0, 0, 0]);
    expect([abi.SHAPE_TEXTS, abi.SHAPE_TEXT, abi.SHAPE_MASK, abi.SHAPE_BYTES, abi.FIRST_BLOCK_BYTES].filter((each) => each % 16)).toEqual(
      [],
    );
  });

  it("have each word of the engine's state at a multiple of its length, from first to last", () => {
    expect(STATE.filter(([, start, length]) => start % length)).toEqual([]);
    const first = abi.LOOKUPS + abi.CHUNK_TOKENS * abi.LOOKUP_BYTES;
    expect(STATE.reduce((sum, [, , length]) => sum + length, 0)).toBe(abi.LATEST_STAMP + 4 - first);
  });

  it("has SHA-512's schedule up to where it is wiped", () => {
    expect(abi.SCHEDULE_512_END - abi.SCHEDULE_512).toBe(2 * 80 * 8);
  });

  it("has room for three outer blocks of HMAC-SHA-512 in SHA-256's schedule", () => {
    expect(abi.SCHEDULE_512 - abi.SCHEDULE).toBeGreaterThanOrEqual(3 * 128);
  });

  it("have the names that select keys where no decoded header reaches", () => {
    expect(abi.NAMES - abi.PAYLOADS).toBeGreaterThan(3 * 0.75 * abi.LARGEST_TOKEN + 3 * abi.TOKEN_SLACK);
    expect(abi.PAYLOADS + abi.PAYLOADS_BYTES - abi.NAMES).toBeGreaterThanOrEqual(abi.CHUNK_TOKENS * (abi.LARGEST_KID + 16));
  });

  it("hold a chunk that is one token of the largest size", () => {
    expect(3 * abi.LARGEST_TOKEN + abi.TOKEN_SLACK).toBeLessThanOrEqual(abi.INPUT_BYTES);
  });
});

function end([, start, length]: Area): number {
  return start + length;
}
