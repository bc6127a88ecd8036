/** Comparing and unescaping strings: seen through the values that a verifier expects. */
import { describe, expect, it } from "vitest";
import { codeOfPayload } from "../support/judge.js";

const escaped = (text: string) =>
  [...Array(text.length).keys()].map((unit) => `\\u${text.charCodeAt(unit).toString(16).padStart(4, "0")}`).join("");

describe("an expected value", () => {
  it("equals only itself, at every length from 1 to 80", () => {
    for (let length = 1; length <= 80; length++) {
      const value = "abcdefghij".repeat(8).slice(0, length);
      expect(codeOfPayload(`{"iss":"${value}"}`, { issuer: value }), `${length}`).toBe("ACCEPTED");
      expect(codeOfPayload(`{"iss":"${value}"}`, { issuer: ["x", `${value}x`, value.slice(1) || "y", value] })).toBe("ACCEPTED");
      for (const other of [`${value}x`, `x${value}`, value.slice(1), value.toUpperCase()]) {
        expect(codeOfPayload(`{"iss":"${other}"}`, { issuer: value }), `${length}`).toBe("ISSUER_MISMATCH iss");
      }
    }
  });

  it("is told from one that differs in any one place", () => {
    const value = "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijk";
    for (let place = 0; place < value.length; place++) {
      const other = `${value.slice(0, place)}_${value.slice(place + 1)}`;
      expect(codeOfPayload(`{"iss":"${other}"}`, { issuer: value }), `place ${place}`).toBe("ISSUER_MISMATCH iss");
    }
  });

  it.each([
    ["a", "an ASCII letter"],
    ["\u0000", "NUL"],
    ["\u001f", "a control character"],
    ["\u007f", "DEL"],
    ["\u0080", "the first of two bytes"],
    ["\u07ff", "the last of two bytes"],
    ["\u0800", "the first of three bytes"],
    ["\ud7ff", "the last before the surrogates"],
    ["\ue000", "the first behind the surrogates"],
    ["\uffff", "the last of three bytes"],
    ["\u{10000}", "the first of four bytes"],
    ["\u{10ffff}", "the last there is"],
    ['"\\/\b\f\n\r\t', "what has a short escape"],
    ["a\u0000b", "something around NUL"],
  ])("%j, %#, is met by its escapes as well: %s", (value) => {
    expect(codeOfPayload(JSON.stringify({ iss: value }), { issuer: value })).toBe("ACCEPTED");
    expect(codeOfPayload(`{"iss":"${escaped(value)}"}`, { issuer: value })).toBe("ACCEPTED");
    expect(codeOfPayload(`{"iss":"${escaped(value).toUpperCase().replaceAll("\\U", "\\u")}"}`, { issuer: value })).toBe("ACCEPTED");
    expect(codeOfPayload(`{"iss":"${escaped(`${value}x`)}"}`, { issuer: value })).toBe("ISSUER_MISMATCH iss");
  });

  it.each(['"\\b\\f\\n\\r\\t\\"\\\\\\/"'])("is met by the short escapes %s", (text) => {
    expect(codeOfPayload(`{"iss":${text}}`, { issuer: '\b\f\n\r\t"\\/' })).toBe("ACCEPTED");
  });

  it.each(["\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud800\\ud800", "\\ud800x", "x\\udfff", "\\ud800\\u0041"])(
    "equals no text with a lone surrogate: %s",
    (text) => {
      for (const issuer of ["\ufffd", "\ufffd\ufffd", "x\ufffd", "\ufffdx", "\u{10000}"]) {
        expect(codeOfPayload(`{"iss":"${text}"}`, { issuer })).toBe("ISSUER_MISMATCH iss");
      }
    },
  );

  it("is compared byte for byte: composed and decomposed letters differ", () => {
    expect(codeOfPayload('{"iss":"e\u0301"}', { issuer: "\u00e9" })).toBe("ISSUER_MISMATCH iss");
    expect(codeOfPayload('{"iss":"e\u0301"}', { issuer: "e\u0301" })).toBe("ACCEPTED");
  });
});
