/** The words in which options are checked: what each takes, and what it says of all else. */
import { describe, expect, it } from "vitest";
import * as check from "../../../src/base/check.js";

const isArray = (value: unknown): value is unknown[] => Array.isArray(value);
const store = { load() {}, save() {} };

class Store {
  load(): void {}
  save(): void {}
}

type Check = (value: never) => unknown;

/** Those for options that may be left out give the value. */
const optional: readonly (readonly [word: string, check: Check, good: readonly unknown[], bad: readonly (readonly [unknown, string])[]])[] =
  [
    [
      "number",
      (value) => check.number(value, "a.b", "a number from 1 to 5", 1, 5),
      [1, 1.5, 5],
      [
        [0, "a number from 1 to 5, got 0"],
        [Number.NaN, "a number from 1 to 5, got NaN"],
        ["1", "a number from 1 to 5, got a string"],
      ],
    ],
    [
      "whole",
      (value) => check.whole(value, "a.b", 1, 5, "keys"),
      [1, 5],
      [
        [1.5, "a whole number of keys from 1 to 5, got 1.5"],
        [6, "a whole number of keys from 1 to 5, got 6"],
        [null, "a whole number of keys from 1 to 5, got null"],
      ],
    ],
    [
      "oneOf",
      (value) => check.oneOf(value, "a.b", ["reject", "allow"]),
      ["reject", "allow"],
      [
        ["alow", '"reject" or "allow", got a string: did you mean "allow"?'],
        ["ALLOW", '"reject" or "allow", got a string: did you mean "allow"?'],
        ["rejected", '"reject" or "allow", got a string: did you mean "reject"?'],
        ["deny", '"reject" or "allow", got a string'],
        ["", '"reject" or "allow", got an empty string'],
        [["allow"], '"reject" or "allow", got an array'],
        [null, '"reject" or "allow", got null'],
      ],
    ],
    ["part", (value) => check.part(value, "a.b", isArray, "a list"), [[]], [[{}, "a list, got an object (Object)"]]],
    [
      "partWith",
      (value) => check.partWith(value, "a.b", "a store", "load", "save"),
      [store, new Store(), Object.assign(() => {}, store)],
      [
        [{ load() {} }, "a store, got an object (Object)"],
        [{ load() {}, save: 1 }, "a store, got an object (Object)"],
        [null, "a store, got null"],
        ["load", "a store, got a string"],
      ],
    ],
    [
      "optionalFunction",
      (value) => check.optionalFunction(value, "a.b"),
      [() => 1, async () => 1, class {}],
      [
        [{}, "a function, got an object (Object)"],
        [null, "a function, got null"],
      ],
    ],
    [
      "synchronous",
      (value) => check.synchronous(value, "a.b"),
      [() => 1],
      [
        [async () => 1, "a function that answers at once, got one that is async or a generator"],
        [function* () {}, "a function that answers at once, got one that is async or a generator"],
        [1, "a function, got 1"],
      ],
    ],
  ];

const required: readonly (readonly [word: string, check: Check, good: readonly unknown[], bad: readonly (readonly [unknown, string])[]])[] =
  [
    ["requireGiven", (value) => check.requireGiven(value, "a.b", "a key"), ["", 0, false], [[null, "a key, got null"]]],
    ["requireString", (value) => check.requireString(value, "a.b"), ["", "a"], [[1, "a string, got 1"]]],
    [
      "requireText",
      (value) => check.requireText(value, "a.b"),
      ["a"],
      [
        ["", "a non-empty string, got an empty string"],
        [{}, "a non-empty string, got an object (Object)"],
      ],
    ],
    ["requireFunction", (value) => check.requireFunction(value, "a.b"), [() => 1], [["f", "a function, got a string"]]],
    ["requirePart", (value) => check.requirePart(value, "a.b", "a store", "load"), [store], [[{}, "a store, got an object (Object)"]]],
    ["requireArray", (value) => check.requireArray(value, "a.b"), [[], [1]], [[{ length: 1 }, "an array, got an object (Object)"]]],
    [
      "requireObject",
      (value) => check.requireObject(value, "a.b", "a claims set"),
      [{}, Object.create(null)],
      [
        [[], "a claims set, got an empty array"],
        [null, "a claims set, got null"],
        ["a", "a claims set, got a string"],
      ],
    ],
    [
      "requireSeconds",
      (value) => check.requireSeconds(value, "a.b"),
      [0, -1, 1.5],
      [
        [Number.POSITIVE_INFINITY, "a number of seconds since the epoch, got Infinity"],
        ["1", "a number of seconds since the epoch, got a string"],
      ],
    ],
  ];

describe.each(optional)("%s", (_, act, good, bad) => {
  it("gives what it takes, and undefined for an option that is left out", () => {
    expect([undefined, ...good].map((value) => act(value as never))).toEqual([undefined, ...good]);
  });

  it.each(bad)("refuses %o", (value, expected) => {
    expect(() => act(value as never)).toThrow(new TypeError(`Expected \`a.b\` to be ${expected}`));
  });
});

describe.each(required)("%s", (_, act, good, bad) => {
  it("takes what it must", () => {
    for (const value of good) expect(() => act(value as never)).not.toThrow();
  });

  it("refuses undefined", () => {
    expect(() => act(undefined as never)).toThrow(/^Expected `a\.b` to be .*, got undefined$/);
  });

  it.each(bad)("refuses %o", (value, expected) => {
    expect(() => act(value as never)).toThrow(new TypeError(`Expected \`a.b\` to be ${expected}`));
  });
});
