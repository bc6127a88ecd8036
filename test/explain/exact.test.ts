/** What is shown of a token is what stands in it, even where a double cannot hold it. */
import { describe, expect, it } from "vitest";
import { exactJson, exactObject, segmentText } from "../../src/explain/index.js";

describe("exactJson", () => {
  it.each([
    ["an integer beyond 2^53", '{"id":12345678901234567890}'],
    ["a number beyond doubles", '{"a":1e400,"b":-1E+400}'],
    ["a number that is nothing to a double", '{"a":1e-400}'],
    ["digits that a double drops", '{"a":0.1000000000000000055511151231257827}'],
    ["zeros and signs", '{"a":1.0,"b":-0,"c":1e3,"d":0.10}'],
    ["plain numbers", '{"a":0,"b":-1.5,"c":1800000000,"d":[1,2]}'],
    ["numbers deep within", '{"a":[{"b":[9007199254740993]}]}'],
    ["texts that look like numbers", '{"1e400":"1e400","a":"\\"9007199254740993\\"","b":"\\\\"}'],
    ["a name that objects have", '{"__proto__":1e400,"constructor":{"__proto__":9007199254740993}}'],
  ])("keeps %s", (_, json) => {
    expect(exactJson(exactObject(json))).toBe(json);
  });

  it.each(["", "[]", "1e400", '{"a":01}', '{"a":1.}', '{"a":+1}', "{", '{"a":"'])("takes %j for no object", (json) => {
    expect(exactObject(json)).toBeUndefined();
  });

  it("takes what no token is for empty", () => {
    expect([segmentText("", 0), segmentText("e30", 1), segmentText("e30=.e30", 0), segmentText("e30.e30", 1)]).toEqual(["", "", "", "{}"]);
  });
});
