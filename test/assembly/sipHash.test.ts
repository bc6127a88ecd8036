/** The hash of names: SipHash-1-3, so that tables stay as quick as they are whatever names come to them. */
import { describe, expect, it } from "vitest";
import * as abi from "../../src/abi.js";
import { Engine } from "../../src/engine/engine.js";
import { placeName } from "../../src/engine/issuerTable.js";
import { NameTable } from "../../src/engine/nameTable.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { Records } from "../../src/engine/records.js";
import { Entries } from "../../src/revocation/entries.js";

/** Where a table's entries are, and under which hash. */
interface Slot {
  readonly hash: number;
  readonly record: number;
  /** How many slots it is from the one that its hash leads to. */
  readonly distance: number;
}

function slotsAt(engine: Engine, address: number, mask: number): Slot[] {
  const slots = Array.from({ length: mask + 1 }, (_, place) => {
    const hash = engine.memory.word(address + abi.SLOT_BYTES * place);
    const record = engine.memory.word(address + abi.SLOT_BYTES * place, 4);
    return { hash, record, distance: (place - (hash & mask)) & mask };
  });
  return slots.filter(({ record }) => record !== 0);
}

function slotsOfNames(engine: Engine, names: readonly string[]): Slot[] {
  const records = new Records(engine.memory);
  const table = new NameTable(engine.memory);
  table.reserve(names.length);
  const placed = names.map((name) => placeName(engine.memory, records, name));
  table.enter(placed, () => expect.unreachable());
  const word = (offset: number) => engine.memory.word(table.address, offset);
  const slots = slotsAt(engine, word(abi.TABLE_SLOTS), word(abi.TABLE_MASK));
  table.release();
  records.release();
  return placed.map((record) => slots.find((slot) => slot.record === record) as Slot);
}

function slotsOfRevoked(engine: Engine, ids: readonly string[]): Slot[] {
  const entries = new Entries(engine);
  entries.add(ids.map((jti) => ({ jti, exp: 2e9 })));
  const word = (offset: number) => engine.memory.word(entries.address, offset);
  const slots = slotsAt(engine, word(abi.REVOCATIONS_SLOTS), word(abi.REVOCATIONS_MASK));
  entries.release();
  return slots;
}

/** Of the reference implementation (github.com/veorq/SipHash, cROUNDS=1, dROUNDS=3): the key is 00 01 … 0f, the text 00 01 …, as long as its place. */
// biome-ignore format: eight a line
const REFERENCE = [
  0x050fc4dc, 0x7d57ca93, 0x4dc7d44d, 0xe7ddf7fb, 0x88d38328, 0x49533b67, 0xc59f22a7, 0x9bb11140,
  0x8d299a8e, 0x6c063de4, 0x92ff097f, 0xf94dc352, 0x57b4d9a2, 0x1229ffa7, 0xc0f95d34, 0x2a519956,
  0x7d908b66, 0x63dbd80c, 0xb473e63e, 0x8d297d1c, 0xa6cce040, 0x2b45f844, 0xa320872e, 0xdae6c123,
  0x67349c8c, 0x705b0979, 0xca9913a5, 0x4ade3b35, 0xef6cd00d, 0x4ab1e1f4, 0x43c5e663, 0x8c21d1bc,
  0x16a7b60d, 0x7a8ff9bf, 0x1f2a753e, 0xbf186b91, 0xada26206, 0xa3c33057, 0xae3a36a1, 0x7b108392,
  0x99e41531, 0x3f1ad944, 0xc8138825, 0xc28949a6, 0xfaf8876b, 0x9f042196, 0x68b1d623, 0x8b5114fd,
  0xdf074c46, 0x12cc86b3, 0x0a52098f, 0x9d292f9a, 0xa2f41f12, 0x43a71ed0, 0x73f0bce6, 0x70a7e980,
  0x243c6d75, 0xfdb71513, 0xa67d8a08, 0xb7e8f148, 0xf7a644ee, 0x0f1837f2, 0x4b6694e0, 0xb7bbb3a8,
];

describe("the hash of names", () => {
  it("is the lower half of SipHash-1-3, as its authors compute it", () => {
    const engine = new Engine();
    engine.memory.exports.start(0x0706050403020100n, 0x0f0e0d0c0b0a0908n);
    const names = REFERENCE.map((_, length) => String.fromCharCode(...Array.from({ length }, (_, byte) => byte)));
    expect(slotsOfNames(engine, names).map(({ hash }) => hash)).toEqual(REFERENCE);
  });

  it("depends on both halves of its key, which no two instances share", () => {
    const hashUnder = (...key: [bigint, bigint]) => {
      const engine = new Engine();
      engine.memory.exports.start(...key);
      return slotsOfNames(engine, ["a name"])[0]?.hash;
    };
    expect(
      new Set([hashUnder(0n, 0n), hashUnder(1n, 0n), hashUnder(0n, 1n), hashUnder(1n << 63n, 0n), hashUnder(0n, 1n << 63n)]).size,
    ).toBe(5);
    expect(new Set(Array.from({ length: 4 }, () => slotsOfNames(new Engine(), ["a name"])[0]?.hash)).size).toBe(4);
  });
});

/** All names of so many bits, each of which is one of two texts, or of those with two bits set. */
function choices(bits: number, parts: (bit: number) => readonly [string, string], isOfPairs = false): string[] {
  const all = Array.from({ length: bits }, (_, bit) => parts(bit));
  const name = (isSet: (bit: number) => boolean) => all.map((pair, bit) => pair[isSet(bit) ? 1 : 0]).join("");
  if (!isOfPairs) return Array.from({ length: 2 ** bits }, (_, number) => name((bit) => ((number >> bit) & 1) === 1));
  return all.flatMap((_, first) => Array.from({ length: first }, (_, second) => name((bit) => bit === first || bit === second)));
}

/**
 * Two words that a hash of xor, multiplication and rotation took for two others under half of all seeds: bit 6 of bytes 3 and 7 of one is
 * flipped, and bit 3 of byte 3 of the next.
 */
const crafted = () => ["1111111111111111", "111q111q11191111"] as const;
const COUNT = 4096;
const numbers = Array.from({ length: COUNT }, (_, number) => number);

const FAMILIES: readonly (readonly [string, readonly string[]])[] = [
  ["crafted to meet", choices(12, crafted)],
  ["counted at their end", numbers.map((number) => `device-${String(number).padStart(7, "0")}`)],
  ["counted at their front", numbers.map((number) => `${String(number).padStart(8, "0")}-device-of-a-long-name`)],
  ["counted in steps of a power of two", numbers.map((number) => `device-${number * 65536}`)],
  ["of one word", numbers.map((number) => number.toString(2).padStart(12, "0").slice(-8) + number.toString(36))],
  ["of issuers", numbers.map((number) => `https://auth.example.com/realms/t${number}/protocol/openid-connect`)],
  ["like UUIDs", numbers.map((number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`)],
  ["that differ by single bits in many words", choices(12, () => ["aaaaaaaa", "aaaaaaaq"])],
  ["that differ by the highest bits of bytes", choices(12, () => ["\0\0\0\0\0\0", "\0\0\0\0\0@"])],
  ["of words in another order", choices(12, () => ["abcdefghABCDEFGH", "ABCDEFGHabcdefgh"])],
  ["of nothing but their length", numbers.slice(0, 256).map((length) => "\0".repeat(length))],
];

/** Of a random function: at a load of a half a name is half a slot away on average, at three fifths, 0.75; at seven eighths, 3.5. */
const MEAN_OF_NAMES = 1;
const MEAN_OF_REVOKED = 5;
/** The greatest of some thousands. */
const MOST_OF_NAMES = 100;
const MOST_OF_REVOKED = 400;

function expectNear(slots: readonly Slot[], count: number, mean: number, most: number): void {
  const distances = slots.map(({ distance }) => distance);
  expect(slots.length).toBe(count);
  expect(distances.reduce((sum, distance) => sum + distance, 0) / count).toBeLessThan(mean);
  expect(Math.max(...distances)).toBeLessThan(most);
  // Two of 4096 have one hash of 32 bits with a probability of 0.2 %.
  expect(count - new Set(slots.map(({ hash }) => hash)).size).toBeLessThan(3);
}

describe.each(FAMILIES)("names %s", (_, names) => {
  it("are near their slots in a table of names", () => {
    const short = names.filter((name) => name.length <= abi.LARGEST_KID);
    expectNear(slotsOfNames(openEngine(), short), short.length, MEAN_OF_NAMES, MOST_OF_NAMES);
  });

  it("are near their slots in a list of what is revoked", () => {
    const ids = names.filter((name) => name !== "");
    expectNear(slotsOfRevoked(openEngine(), ids), ids.length, MEAN_OF_REVOKED, MOST_OF_REVOKED);
  });
});

it("long ids crafted to meet are near their slots in a list of what is revoked", () => {
  const ids = choices(91, crafted, true);
  expectNear(slotsOfRevoked(openEngine(), ids), 4095, MEAN_OF_REVOKED, MOST_OF_REVOKED);
});
