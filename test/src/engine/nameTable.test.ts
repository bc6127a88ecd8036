/** The table of names as the host sees it: how it grows, what it displaces, when its version changes. */
import { describe, expect, it, vi } from "vitest";
import { CHUNK_TOKENS, TABLE_VERSION } from "../../../src/abi.js";
import { placeName } from "../../../src/engine/issuerTable.js";
import { NameTable } from "../../../src/engine/nameTable.js";
import { openEngine } from "../../../src/engine/openEngine.js";
import { Records } from "../../../src/engine/records.js";

const engine = openEngine();

function setUp() {
  const records = new Records(engine.memory);
  const table = new NameTable(engine.memory);
  const enter = (names: readonly string[]) => {
    const placed = names.map((name) => placeName(engine.memory, records, name));
    const displaced: number[] = [];
    table.reserve(names.length);
    table.enter(placed, (record) => displaced.push(record));
    return { placed, displaced };
  };
  const find = (name: string) => table.find(Buffer.from(name));
  const version = () => engine.memory.word(table.address, TABLE_VERSION);
  return { records, table, enter, find, version };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `name ${index}`);

describe("a table of names", () => {
  it("has an empty table's size and finds nothing", () => {
    const { table, find, version } = setUp();
    expect([table.size, table.bytes, find(""), find("x"), table.remove(Buffer.from("")), version()]).toEqual([0, 80, 0, 0, 0, 1]);
    table.clear();
    expect([table.size, find("")]).toEqual([0, 0]);
    table.release();
  });

  it.each([1, 4, 5, CHUNK_TOKENS, CHUNK_TOKENS + 1, 3 * CHUNK_TOKENS])("finds each of %i names that were entered at once", (count) => {
    const { table, enter, find } = setUp();
    const { placed, displaced } = enter(names(count));
    expect(names(count).map(find)).toEqual(placed);
    expect([table.size, displaced]).toEqual([count, []]);
    table.release();
  });

  it("stays at its address while it grows, and is never fuller than three fifths", () => {
    const { table, enter, find } = setUp();
    const { address } = table;
    const all: number[] = [];
    for (let index = 0; index < 700; index++) {
      all.push(...enter([`name ${index}`]).placed);
      const slots = (table.bytes - 16) / 8;
      expect(5 * table.size).toBeLessThanOrEqual(3 * slots);
      expect(slots).toBeLessThanOrEqual(Math.max(8, 4 * table.size));
    }
    expect(table.address).toBe(address);
    expect(names(700).map(find)).toEqual(all);
    table.release();
  });

  it("gives out what was displaced, also by a later one of the same call, over more than a chunk", () => {
    const { table, enter, find } = setUp();
    const first = enter(names(CHUNK_TOKENS + 10));
    const second = enter([...names(CHUNK_TOKENS + 10), "name 3", "name 3", "new"]);
    const [earlier, later, last] = [second.placed[3], second.placed.at(-3), second.placed.at(-2)];
    expect(second.displaced).toEqual([...first.placed, earlier, later]);
    expect([find("name 3"), table.size]).toEqual([last, CHUNK_TOKENS + 11]);
    table.release();
  });

  it("has another version behind whatever makes a name mean another record, and none behind what does not", () => {
    const { table, enter, find, version } = setUp();
    const seen = [version()];
    const isAnother = () => {
      expect(seen).not.toContain(version());
      seen.push(version());
    };
    enter(["a"]);
    isAnother();
    enter(["a"]);
    isAnother();
    table.remove(Buffer.from("a"));
    isAnother();
    table.clear();
    isAnother();
    table.remove(Buffer.from("a"));
    find("a");
    table.reserve(1000);
    expect(version()).toBe(seen.at(-1));
    table.release();
  });

  it("never has version 0, which stands for none", () => {
    const { table, enter, version } = setUp();
    for (const change of [() => enter(["a"]), () => table.remove(Buffer.from("a")), () => table.clear()]) {
      engine.memory.setWord(table.address, TABLE_VERSION, 2 ** 32 - 1);
      change();
      expect(version()).toBe(1);
    }
    table.release();
  });

  it("that cannot grow is as it was", () => {
    const { table, enter, find } = setUp();
    const { placed } = enter(["a", "b"]);
    expect(() => table.reserve(2 ** 30)).toThrow(RangeError);
    expect([table.size, table.bytes, find("a"), find("b")]).toEqual([2, 80, ...placed]);
    table.release();
  });

  it("gives back all that it took", () => {
    const live = new Map<number, number>();
    const [allocate, release] = [engine.memory.allocate.bind(engine.memory), engine.memory.release.bind(engine.memory)];
    vi.spyOn(engine.memory, "allocate").mockImplementation((size) => {
      const address = allocate(size);
      live.set(address, size);
      return address;
    });
    vi.spyOn(engine.memory, "release").mockImplementation((address, size) => {
      expect(live.get(address)).toBe(size);
      live.delete(address);
      release(address, size);
    });
    const { table, records, enter } = setUp();
    enter(names(3000));
    expect([...live.values()].reduce((sum, size) => sum + size, 0)).toBe(table.bytes + records.bytes);
    table.release();
    records.release();
    vi.restoreAllMocks();
    expect(live.size).toBe(0);
  });
});
