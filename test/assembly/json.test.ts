/** The JSON scanner (RFC 8259) in UTF-8 (RFC 3629) against a fatal decoder and JSON.parse. */
import { describe, expect, it } from "vitest";
import { NESTING_ROOM } from "../../src/abi.js";
import { jsonAccepts } from "../../src/primitives.js";
import { parseStrict } from "../reference/json.js";

const accepts = (text: string) => jsonAccepts(Buffer.from(text));

describe("the JSON scanner", () => {
  it.each([
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "0.0",
    "1e1",
    "1E+1",
    "1e-1",
    "1.5e300",
    "1e999",
    "123456789012345678901234567890",
    "0e0",
    "-0.0E-0",
  ])("accepts the number %s", (text) => {
    expect(accepts(text)).toBe(true);
  });

  it.each([
    "",
    "-",
    "+1",
    "01",
    "-01",
    "1.",
    ".1",
    "-.1",
    "1e",
    "1e+",
    "1.e1",
    "1.5e",
    "0x10",
    "1_000",
    "1 2",
    "Infinity",
    "-Infinity",
    "NaN",
    "1e1.5",
    "--1",
    "0b1",
    "１",
  ])("refuses the number %s", (text) => {
    expect(accepts(text)).toBe(false);
  });

  it.each([
    "true",
    "false",
    "null",
    " true ",
    "\ttrue\r\n",
    "[]",
    "{}",
    "[1]",
    "[1,2]",
    '{"a":1}',
    '{"a":1,"a":2}',
    "[[],{}]",
    '{"":{}}',
    '[ 1 , "x" , null ]',
    '{ "a" : [ ] }',
  ])("accepts %j", (text) => {
    expect(accepts(text)).toBe(true);
  });

  it.each([
    " ",
    "True",
    "tru",
    "truee",
    "nul",
    "nulll",
    "fals",
    "falsee",
    "t",
    "undefined",
    "[",
    "]",
    "{",
    "}",
    "[1,]",
    "[,1]",
    "[,]",
    "[1 2]",
    "[1,,2]",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,"a":1}',
    "{a:1}",
    "{1:1}",
    '{"a":1 "b":2}',
    '{"a"::1}',
    '{"a":1:2}',
    "[}",
    "{]",
    "[1}",
    '{"a":1]',
    "[]]",
    "{}}",
    "[][]",
    "1,",
    ",1",
    "[1]x",
    "\u00a01",
    "\v1",
    "\f1",
    "\u20281",
    "/**/1",
    "//\n1",
    "#1",
    "'a'",
    "[true false]",
    '["a" "b"]',
    '{"a":1,"b"}',
    "[[[[",
    '{"a":{"b":',
  ])("refuses %j", (text) => {
    expect(accepts(text)).toBe(false);
  });

  it("takes exactly the control characters, escapes and characters of a string that JSON.parse takes", () => {
    for (let code = 0; code < 0x300; code++) {
      const character = String.fromCharCode(code);
      for (const text of [
        `"${character}"`,
        `"\\${character}"`,
        `"\\u00${character}0"`,
        character,
        `[1${character}]`,
        `"${"x".repeat(20)}${character}"`,
      ]) {
        const expected = parseStrict(Buffer.from(text)) !== undefined;
        if (accepts(text) !== expected) expect.fail(`${JSON.stringify(text)} should be ${expected ? "accepted" : "refused"}`);
      }
    }
  });

  it("takes exactly the two bytes and three bytes in a string that UTF-8 has", () => {
    for (let first = 0x80; first < 0x100; first++) {
      for (let second = 0x70; second < 0x100; second++) {
        for (const rest of [[], [0x80], [0xbf], [0x7f], [0x80, 0x80], [0xbf, 0xbf], [0x80, 0xc0]]) {
          const bytes = Uint8Array.from([0x22, first, second, ...rest, 0x22]);
          const expected = parseStrict(bytes) !== undefined;
          if (jsonAccepts(bytes) !== expected)
            expect.fail(`${Buffer.from(bytes).toString("hex")} should be ${expected ? "accepted" : "refused"}`);
        }
      }
    }
  });

  it("takes exactly what is whole of a text that is cut anywhere", () => {
    const text = Buffer.from(
      '{"a":[1.5e+3,"\\u00e9é😀\\n",true,false,null,{"b":{}}],"long string beyond sixteen":"0123456789abcdef0123456789abcdef"}',
    );
    for (let length = 0; length <= text.length; length++)
      expect(jsonAccepts(text.subarray(0, length)), `${length} bytes`).toBe(length === text.length);
  });

  it("does not look past its end, whatever lies there", () => {
    jsonAccepts(Buffer.from('"'.repeat(2000)));
    for (const text of ['{"a":1', '"abc', '"0123456789abcdef', '{"a":"b"', "[1,2", "tru", "-", "1e"]) expect(accepts(text)).toBe(false);
  });

  it.each([0, 1, 2, 127, 128, 1000, NESTING_ROOM])("nests to %i levels and no deeper", (levels) => {
    const nested = (count: number) => Buffer.from("[".repeat(count) + "]".repeat(count));
    if (levels > 0) expect(jsonAccepts(nested(levels), levels)).toBe(true);
    expect(jsonAccepts(nested(levels + 1), levels)).toBe(false);
    expect(jsonAccepts(Buffer.from(`${'{"a":'.repeat(levels + 1)}1${"}".repeat(levels + 1)}`), levels)).toBe(false);
  });

  it("has room for so many levels, whatever it is asked", () => {
    const nested = (count: number) => Buffer.from("[".repeat(count) + "]".repeat(count));
    expect(jsonAccepts(nested(NESTING_ROOM), 1e6)).toBe(true);
    expect(jsonAccepts(nested(NESTING_ROOM + 1), 1e6)).toBe(false);
  });
});
