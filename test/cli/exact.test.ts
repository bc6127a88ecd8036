/** What is shown of a token is what stands in it, even where a double cannot hold it. */
import { afterAll, describe, expect, it } from "vitest";
import { exactJson, exactObject, segmentText } from "../../src/cli/exact.js";
import { Folder, NOW, run } from "./command.js";

const folder = new Folder();
afterAll(() => folder.remove());

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

const ID = "12345678901234567890";
const token = folder.token(`{"sub":"a","id":${ID},"huge":1e400,"exp":${NOW + 60}.0}`, `{"alg":"HS256","n":${ID}}`);
const odd = folder.token(`{"exp":1e400,"jti":${ID}}`);

describe.concurrent("inspect shows", () => {
  it.each([[[]], [folder.key]])("numbers as they stand %#", async (key) => {
    const { stdout } = await run(["inspect", "--now", String(NOW), ...key, token]);
    for (const line of [`  id    ${ID}\n`, "  huge  1e400\n", `  n    ${ID}\n`, `  exp   ${NOW + 60}.0   2027-`])
      expect(stdout).toContain(line);
  });

  it("them in JSON, too", async () => {
    const { stdout } = await run(["inspect", "--json", ...folder.key, token]);
    expect(stdout).toContain(`"claims":{"sub":"a","id":${ID},"huge":1e400,"exp":${NOW + 60}.0}`);
    expect(stdout).toContain(`"header":{"alg":"HS256","n":${ID}}`);
  });

  it("them where they are at fault", async () => {
    const { stdout } = await run(["inspect", "--jwt-id", "a", odd]);
    expect(stdout).toMatch(/^ {2}failed +exp +1e400 is no number of seconds$/m);
    expect((await run(["inspect", "--jwt-id", "a", folder.token(`{"jti":${ID}}`)])).stdout).toMatch(
      new RegExp(`^ {2}failed +jti +expected "a": it is ${ID}$`, "m"),
    );
  });
});
