import { createContext, runInContext, runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { bare, isPart, ownMember, ownMembers, ownOptions, pairsOf, partMember, takenMember } from "../../../src/base/own.js";

interface Options {
  readonly audience?: string;
  readonly strict?: boolean;
}

const NAMES = ["audience", "strict"] as const;
const read = (value: unknown) => ownOptions<Options>(value as Options, "options", NAMES);

/** What `work` gives while every object has a member. */
function polluted<Result>(name: string, value: unknown, work: () => Result): Result {
  const everything = Object.prototype as unknown as Record<string, unknown>;
  everything[name] = value;
  try {
    return work();
  } finally {
    delete everything[name];
  }
}

describe("ownOptions", () => {
  it("copies what is the object's own", () => {
    expect({ ...read({ audience: "a", strict: undefined }) }).toEqual({ audience: "a", strict: undefined });
  });

  it("reads a getter once", () => {
    let reads = 0;
    const options = read({
      get audience() {
        return `read ${++reads}`;
      },
    });
    expect([options.audience, options.audience, reads]).toEqual(["read 1", "read 1", 1]);
  });

  it("reads a member that is not enumerable", () => {
    expect(read(Object.defineProperty({}, "audience", { value: "a" })).audience).toBe("a");
  });

  it.each(["audience", "strict"])("knows nothing of %s that every object has", (name) => {
    expect(polluted(name, true, () => read({})[name as "strict"])).toBeUndefined();
  });

  it("finds nothing on what it gives, later either", () => {
    const options = read({});
    expect(polluted("strict", true, () => options.strict)).toBeUndefined();
  });

  it("knows nothing of what every object of another realm has", () => {
    const foreign: unknown = runInContext("Object.prototype.strict = true; ({ audience: 'a' })", createContext({}));
    expect({ ...read(foreign) }).toEqual({ audience: "a" });
  });

  it.each([
    [
      "a class",
      new (class {
        audience?: string;
        get strict() {
          return true;
        }
      })(),
    ],
    ["another object", Object.create({ strict: true })],
    ["an object without a prototype", Object.create(Object.assign(Object.create(null), { strict: true }))],
  ])("refuses an option inherited from %s, rather than pass it over", (_, value) => {
    expect(() => read(value)).toThrow(new TypeError("Expected `strict` of `options` to be a member of its own, got it inherited"));
  });

  it.each([[null], ["text"], [[]], [7]])("refuses %j", (value) => {
    expect(() => read(value)).toThrow(/^Expected `options` to be an object, got /);
  });

  it.each([
    ["a Map", new Map([["audience", "a"]])],
    ["a Map of another realm", runInNewContext('new Map([["audience", "a"]])')],
    ["URLSearchParams", new URLSearchParams({ audience: "a" })],
    ["Headers", new Headers({ audience: "a" })],
    ["bytes", new Uint8Array(2)],
  ])("refuses %s, of which it would read nothing", (_, value) => {
    expect(() => read(value)).toThrow(/^Expected `options` to be an object, got an object \(/);
  });

  it("refuses what it does not know", () => {
    expect(() => read({ audienc: "a" })).toThrow("Unknown option `audienc`: did you mean `audience`?");
  });
});

describe("ownMembers", () => {
  it("copies those that are known, and has nothing against others", () => {
    expect({ ...ownMembers({ audience: "a", other: 1 } as Options, "jwk", NAMES) }).toEqual({ audience: "a" });
  });

  it("refuses one that is inherited, and so does takenMember", () => {
    const jwk = Object.create({ use: "enc" }) as { use?: string };
    for (const take of [() => ownMembers(jwk, "jwk", ["use"]), () => takenMember(jwk, "use", "jwk")])
      expect(take).toThrow(new TypeError("Expected `use` of `jwk` to be a member of its own, got it inherited"));
  });

  it("knows nothing of what every object has, and neither does takenMember", () => {
    const jwk: { use?: string } = {};
    expect(polluted("use", "enc", () => [ownMembers(jwk, "jwk", ["use"]).use, takenMember(jwk, "use", "jwk")])).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("isPart", () => {
  it.each([
    [{ read() {} }],
    [
      new (class {
        read() {}
      })(),
    ],
    [Object.assign(() => {}, { read() {} })],
  ])("takes %s with the method", (part) => {
    expect(isPart(part, "read")).toBe(true);
  });

  it.each([[null], ["text"], [{}], [{ read: 1 }], [{ read() {} }]])("takes no %j without all of them", (part) => {
    expect(
      polluted(
        "close",
        () => {},
        () => isPart(part, "read", "close"),
      ),
    ).toBe(false);
  });
});

describe("bare", () => {
  it("has the members, and finds no others", () => {
    const request = bare<{ method: string; body?: string }>({ method: "GET" });
    expect([{ ...request }, polluted("body", "x", () => request.body)]).toEqual([{ method: "GET" }, undefined]);
  });
});

describe("pairsOf", () => {
  const read = (value: unknown) => Array.from(pairsOf(value, "bind"), ([name, each]) => `${name}=${each}`).join();

  it.each([
    ["an object", { a: 1, b: 2 }],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1, b: 2 })],
    ["an object of another realm", runInNewContext("({ a: 1, b: 2 })")],
    ["a Map", new Map(Object.entries({ a: 1, b: 2 }))],
    ["a Map of another realm", runInNewContext('new Map([["a", 1], ["b", 2]])')],
    ["Headers", new Headers({ a: "1", b: "2" })],
    ["an array of pairs", Object.entries({ a: 1, b: 2 })],
  ])("gives those of %s", (_, value) => {
    expect(read(value)).toBe("a=1,b=2");
  });

  it.each([
    ["text", "ab"],
    ["null", null],
    ["an array of texts", ["ab"]],
    ["a Set", new Set(["ab"])],
    ["an object of a class that shows none", new (class Bound {})()],
    ["a Date", new Date(0)],
  ])("refuses %s, rather than find none in it", (_, value) => {
    expect(() => read(value)).toThrow(/^Expected `bind` to be an object, a Map or an array of pairs, got /);
  });

  it("knows nothing of what every object has", () => {
    const every = Object.prototype as { [Symbol.iterator]?: unknown };
    every[Symbol.iterator] = () => [["b", 2]].values();
    try {
      expect(read({ a: 1 })).toBe("a=1");
    } finally {
      delete every[Symbol.iterator];
    }
  });
});

describe("ownMember", () => {
  it("gives what is the object's own, and nothing that every object has", () => {
    expect([ownMember({ kty: "oct" }, "kty"), polluted("kty", "oct", () => ownMember({}, "kty"))]).toEqual(["oct", undefined]);
  });
});

describe("partMember", () => {
  it("gives what is the object's own or its class's, and nothing that every object has", () => {
    class Store {
      read() {
        return 1;
      }
    }
    expect(partMember(new Store(), "read")).toBe(Store.prototype.read);
    expect(partMember({ read: 2 }, "read")).toBe(2);
    expect(polluted("read", 3, () => partMember({}, "read"))).toBeUndefined();
  });
});
