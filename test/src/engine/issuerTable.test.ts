/** Tables of issuers: each name leads to a record with a word of its user's. */
import { describe, expect, it } from "vitest";
import { ISSUER_CONTEXT, NAMES } from "../../../src/abi.js";
import { Engine } from "../../../src/engine/engine.js";
import { IssuerTable } from "../../../src/engine/issuerTable.js";

function setUp() {
  const engine = new Engine();
  const table = new IssuerTable(engine);
  const find = (name: string) => {
    const text = Buffer.from(name);
    engine.memory.bytes.set(text, NAMES);
    return engine.memory.exports.findName(table.address, NAMES, text.length);
  };
  return { engine, table, find };
}

describe("a table of issuers", () => {
  it("leads the engine from each name to its record, and to what was assigned there last", () => {
    const { engine, table, find } = setUp();
    const names = Array.from({ length: 3000 }, (_, index) => `https://issuer-${index}.example/ключ`);
    const { address } = table;
    const records = [...table.enter(names.slice(0, 10)), ...table.enter(names.slice(10))];
    expect(table.address).toBe(address);
    expect(names.map(find)).toEqual(records);
    expect([find("https://issuer-1.example"), find("")]).toEqual([0, 0]);
    for (const [index, record] of records.entries()) table.assign(record, index);
    table.assign(records[7] as number, 70);
    expect(records.map((record) => engine.memory.word(record, ISSUER_CONTEXT))).toEqual(
      names.map((_, index) => (index === 7 ? 70 : index)),
    );
  });

  it("enters nothing where there is no room", () => {
    const { table, find } = setUp();
    const [record] = table.enter(["a"]);
    const { bytes } = table;
    expect(() => table.enter(Array<string>(2 ** 29))).toThrow(RangeError);
    expect([table.bytes, find("a")]).toEqual([bytes, record]);
  });
});
