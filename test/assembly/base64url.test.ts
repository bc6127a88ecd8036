/** base64url against Buffer: every length, every byte, every spare bit. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { base64urlDecode, base64urlEncode } from "../../src/primitives.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString("hex"));

describe("base64urlEncode", () => {
  it("agrees with Buffer at every length from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = randomBytes(length);
      expect(base64urlEncode(bytes), `${length} bytes`).toBe(bytes.toString("base64url"));
    }
  });

  it("agrees with Buffer on every pair of bytes", () => {
    const pairs = Buffer.alloc(65536 * 2);
    for (let pair = 0; pair < 65536; pair++) pairs.writeUInt16BE(pair, 2 * pair);
    expect(base64urlEncode(pairs)).toBe(pairs.toString("base64url"));
  });
});

describe("base64urlDecode", () => {
  it("gives back what was encoded, at every length from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = randomBytes(length);
      expect(hex(base64urlDecode(bytes.toString("base64url"))), `${length} bytes`).toBe(bytes.toString("hex"));
    }
  });

  it("decodes every pair of characters in every place of a vector", () => {
    for (let place = 0; place < 16; place++) {
      for (const first of ALPHABET) {
        for (const second of ALPHABET) {
          const text = `${"A".repeat(place)}${first}${second}${"A".repeat(30 - place)}`;
          const bytes = base64urlDecode(text);
          if (bytes === null || Buffer.compare(bytes, Buffer.from(text, "base64url")) !== 0) expect.fail(text);
        }
      }
    }
  }, 120_000);

  it("refuses every character outside the alphabet, in every place of short and long texts", () => {
    for (const length of [2, 3, 4, 15, 16, 18, 31, 32, 36]) {
      for (let place = 0; place < length; place++) {
        for (let character = 0; character < 256; character++) {
          const text = `${"A".repeat(place)}${String.fromCharCode(character)}${"A".repeat(length - place - 1)}`;
          const valid = Buffer.from(text, "base64url").toString("base64url") === text;
          if ((base64urlDecode(text) !== null) !== valid) expect.fail(`character ${character} at ${place} of ${length}`);
        }
      }
    }
  });

  it.each(["Ł", "\u0141A", "ａ", "\u{1f600}", "\ud800", "AA\u0100A"])("refuses %j, whose low bytes might be of the alphabet", (text) => {
    expect(base64urlDecode(text)).toBeNull();
  });

  it("refuses every length of 1 mod 4", () => {
    for (let length = 1; length <= 301; length += 4) expect(base64urlDecode("A".repeat(length)), `${length}`).toBeNull();
  });

  it("accepts a last character only with spare bits of zero, at every length", () => {
    for (let length = 2; length <= 66; length++) {
      if (length % 4 === 1) continue;
      const spare = [0, 0, 4, 2][length % 4] as number;
      for (const [value, character] of [...ALPHABET].entries()) {
        const bits = (1 << spare) - 1;
        const accepted = base64urlDecode("A".repeat(length - 1) + character) !== null;
        expect(accepted, `${character} at ${length}`).toBe((value & bits) === 0);
      }
    }
  });

  it.each(["AA==", "AAA=", "AAAA=", "AA AA", "AA\nAA", " AAAA", "AAAA ", "AA\0A", "+AAA", "/AAA"])("refuses %j", (text) => {
    expect(base64urlDecode(text)).toBeNull();
  });
});
