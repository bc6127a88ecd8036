/** Tables of names: whatever comes and goes, each name is found, and is its own. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SLOT_BYTES, TABLE_SLOTS } from "../../src/abi.js";
import { placeName } from "../../src/engine/issuerTable.js";
import { NameTable } from "../../src/engine/nameTable.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { Records } from "../../src/engine/records.js";
import { createKeyTable, createVerifier } from "../../src/index.js";
import { deviceKeys, deviceSecret, deviceToken } from "../support/devices.js";
import { runs } from "../support/runs.js";
import { NOW, signText } from "../support/tokens.js";

/** Names of every length up to the longest, and those that are easily taken for one another. */
const NAMES = [
  ...Array.from({ length: 257 }, (_, length) => "k".repeat(length)),
  ...Array.from({ length: 257 }, (_, length) => `${"k".repeat(Math.max(0, length - 1))}l`.slice(0, length || 1)),
  ...Array.from({ length: 1500 }, (_, index) => `device ${index}`),
  "ab",
  "ключ",
  "ключи",
  "😀",
  "é".repeat(128),
  "é",
  "e\u0301",
  "\0",
  "\0\0",
  "12345678",
  "123456781",
  "__proto__",
].filter((name, index, all) => all.indexOf(name) === index);

const ABSENT = ["device", "device 1500", "device 01", "b", "abc", `${"k".repeat(255)}m`, "\0\0\0", "ключ ", "1234567", "Device 1"];

function code(verifier: ReturnType<typeof createVerifier>, token: string): string {
  const verdict = verifier.verify(token);
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

/** A token that names one device, signed with the key of another. */
function borrowed(kid: string, other: string): string {
  return signText("{}", JSON.stringify({ alg: "HS256", kid }), deviceSecret(other));
}

describe("keys by kid", () => {
  const verifier = createVerifier({ keys: deviceKeys(NAMES), currentDate: NOW });

  it("are all found, each its own", () => {
    expect(verifier.verifyBatch(NAMES.map((kid) => deviceToken(kid))).accepted).toBe(NAMES.length);
  });

  it("are not taken for their neighbours", () => {
    const batch = verifier.verifyBatch(NAMES.map((kid, index) => borrowed(kid, NAMES[(index + 1) % NAMES.length] as string)));
    expect(new Set(batch.codes)).toEqual(new Set([7]));
  });

  it.each(ABSENT)("that do not exist are KEY_NOT_FOUND: %j", (kid) => {
    expect(code(verifier, deviceToken(kid))).toBe("KEY_NOT_FOUND");
  });
});

describe("a table that names come to and leave", () => {
  /** A key table beside what it should hold: the version of each name's secret. */
  class Both {
    readonly table = createKeyTable();
    readonly model = new Map<string, number>();
    readonly verifier = createVerifier({ keys: this.table, currentDate: NOW });
    #versions = 0;

    set(kids: readonly string[]): void {
      const version = ++this.#versions;
      this.table.set(deviceKeys(kids, version));
      for (const kid of kids) this.model.set(kid, version);
    }

    delete(kid: string): void {
      expect(this.table.delete(kid), kid).toBe(this.model.delete(kid));
    }

    clear(): void {
      this.table.clear();
      this.model.clear();
    }

    /** By look-up and by tokens: with the right key, with that of another name, with the one before. */
    check(kids: readonly string[]): void {
      expect(this.table.size).toBe(this.model.size);
      for (const kid of kids) expect(this.table.has(kid), kid).toBe(this.model.has(kid));
      const tokens = kids.flatMap((kid, index) => {
        const version = this.model.get(kid) ?? 0;
        return [deviceToken(kid, version), borrowed(kid, kids[index - 1] ?? "nobody"), deviceToken(kid, version - 1)];
      });
      const expected = kids.flatMap((kid) => (this.model.has(kid) ? [0, 7, 7] : [6, 6, 6]));
      expect([...this.verifier.verifyBatch(tokens).codes]).toEqual(expected);
    }
  }

  it("of few slots is as a Map is, after every step", () => {
    const name = fc.constantFrom(...Array.from({ length: 24 }, (_, index) => NAMES[index * 83] as string), "", "😀", "é".repeat(128));
    const steps = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(fc.constant("set" as const), fc.array(name, { minLength: 1, maxLength: 3 })) },
      { weight: 5, arbitrary: fc.tuple(fc.constant("delete" as const), fc.array(name, { minLength: 1, maxLength: 2 })) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("clear" as const), fc.constant([])) },
    );
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 40 }), (all) => {
        const both = new Both();
        const seen = new Set<string>();
        for (const [step, kids] of all) {
          for (const kid of kids) seen.add(kid);
          if (step === "clear") both.clear();
          else if (step === "set") both.set(kids);
          else for (const kid of kids) both.delete(kid);
          both.check([...seen]);
        }
      }),
      runs(60),
    );
  });

  it("is as a Map is through thousands of steps, growing and shrinking by turns", () => {
    const both = new Both();
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    const anyName = () => NAMES[random(NAMES.length)] as string;
    for (let step = 0; step < 6000; step++) {
      // For a thousand steps there come more than leave, then the other way round.
      const grows = Math.floor(step / 1000) % 2 === 0 ? 70 : 20;
      const touched = Array.from({ length: 1 + random(3) }, anyName);
      if (random(100) < grows) both.set(touched);
      else for (const kid of touched) both.delete(kid);
      if (step === 3500) both.clear();
      for (const kid of touched) expect(both.table.has(kid)).toBe(both.model.has(kid));
      if (step % 200 === 0) both.check([...NAMES.slice(step / 200, step / 200 + 60), ...touched]);
    }
    both.check(NAMES);
    for (const kid of NAMES) both.delete(kid);
    both.check(NAMES);
  });
});

describe("a cluster of slots", () => {
  const engine = openEngine();
  const SLOTS = 8;

  /** The slot that a name takes in an empty table of eight. */
  function homeOf(record: number): number {
    const table = new NameTable(engine.memory);
    try {
      table.reserve(1);
      table.enter([record], () => undefined);
      const slots = engine.memory.word(table.address, TABLE_SLOTS);
      return Array.from({ length: SLOTS }, (_, slot) => engine.memory.word(slots + SLOT_BYTES * slot, 4)).indexOf(record);
    } finally {
      table.release();
    }
  }

  /** Every way to choose one of `choices` so many times. */
  function tuples(choices: readonly number[], length: number): number[][] {
    if (length === 0) return [[]];
    return tuples(choices, length - 1).flatMap((rest) => choices.map((choice) => [choice, ...rest]));
  }

  function orders(items: readonly number[]): number[][] {
    if (items.length === 0) return [[]];
    return items.flatMap((item) => orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
  }

  it("that goes on from the last slot to the first is left whole by every removal, in any order", () => {
    const records = new Records(engine.memory);
    const byHome = new Map<number, [name: string, record: number][]>();
    for (let number = 0; number < 200; number++) {
      const record = placeName(engine.memory, records, `name ${number}`);
      const home = homeOf(record);
      byHome.set(home, [...(byHome.get(home) ?? []), [`name ${number}`, record]]);
    }
    expect([...byHome.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const table = new NameTable(engine.memory);
    const bytes = table.bytes;
    for (const homes of tuples([6, 7, 0, 1], 4)) {
      const chosen = homes.map((home, index) => byHome.get(home)?.[index] as [string, number]);
      for (const order of orders([0, 1, 2, 3])) {
        table.enter(
          chosen.map(([, record]) => record),
          () => expect.unreachable(),
        );
        const left = new Set(order);
        for (const index of order) {
          const removed = table.remove(Buffer.from(chosen[index]?.[0] as string));
          left.delete(index);
          const found = chosen.map(([name]) => table.find(Buffer.from(name)));
          const expected = chosen.map(([, record], other) => (left.has(other) ? record : 0));
          if (removed !== chosen[index]?.[1] || found.join() !== expected.join() || table.size !== left.size) {
            expect({ homes, order, index, removed, found, size: table.size }).toEqual({ removed: chosen[index]?.[1], found: expected });
          }
        }
      }
    }
    expect(table.bytes).toBe(bytes);
    table.release();
    records.release();
  });
});
