import { describe, expect, it } from "vitest";
import { jsonLine, printable } from "../../../src/cli/words/printable.js";

describe("printable", () => {
  it.each([
    ["an escape sequence", "\u001b[31m", "\\u001b[31m"],
    ["a control of C1", "\u009b1m", "\\u009b1m"],
    ["a mark that turns the direction", "a\u202eb\u2066c\u061c", "a\\u202eb\\u2066c\\u061c"],
    ["a zero-width space, joiner and non-joiner", "a\u200bb\u200dc\u200cd", "a\\u200bb\\u200dc\\u200cd"],
    ["a word joiner and an invisible operator", "\u2060\u2062", "\\u2060\\u2062"],
    ["a byte order mark", "\ufeffa", "\\ufeffa"],
    ["a soft hyphen", "ad\u00admin", "ad\\u00admin"],
    ["a tag character", "a\u{e0041}", "a\\udb40\\udc41"],
    ["a variation selector", "a\ufe0f\u{e0101}", "a\\ufe0f\\udb40\\udd01"],
    ["a filler", "\u3164\u115f", "\\u3164\\u115f"],
    ["a combining mark without a glyph", "a\u034f", "a\\u034f"],
    ["line separators", "\u2028\u2029\n", "\\u2028\\u2029\\u000a"],
    ["a lone surrogate", "\ud83d", "\\ud83d"],
  ])("escapes %s", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
  });

  it.each(["Gerät 1", "設備", "جهاز", "😀", "e\u0301"])("leaves %s as it is", (text) => {
    expect(printable(text)).toBe(text);
  });
});
