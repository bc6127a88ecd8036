/** Text in and out of bytes: Node's methods and the standard's must not differ. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { base64urlBytes, latin1Text, standardWindow, textWindow, utf8Bytes, utf8Text } from "../../../src/runtime/text.js";

const buffer = new ArrayBuffer(4096);
const windows = [
  ["Node's", textWindow(buffer)],
  ["the standard's", standardWindow(new Uint8Array(buffer))],
] as const;

const TEXTS = [
  "",
  "a",
  "abc",
  "x".repeat(1000),
  "é",
  "Ł",
  "\u0080",
  "\u07ff\u0800",
  "\uffff",
  "😀",
  "\ud800",
  "\udc00x",
  "a\0b",
  "\ufeffa",
];

describe.each(windows)("%s window", (_, window) => {
  it.each(TEXTS)("writes %j as UTF-8 and tells how many bytes that is", (text) => {
    const written = window.utf8Write(text, 10);
    expect(Buffer.from(buffer, 10, written).equals(Buffer.from(text, "utf8"))).toBe(true);
    expect(written).toBe(Buffer.byteLength(text));
  });

  it("writes as many bytes as characters for ASCII, and for nothing else", () => {
    for (let code = 0; code < 0x10000; code++) {
      const written = window.utf8Write(`ab${String.fromCharCode(code)}`, 0);
      if ((written === 3) !== code < 0x80) expect.fail(`U+${code.toString(16)}`);
    }
  });

  it.each(TEXTS.filter((text) => text.isWellFormed()))("reads %j back as it was", (text) => {
    const written = window.utf8Write(text, 3);
    expect(window.utf8Slice(3, 3 + written)).toBe(text);
  });

  it("reads every byte as one character", () => {
    const bytes = randomBytes(4096);
    new Uint8Array(buffer).set(bytes);
    expect(window.latin1Slice(0, 4096)).toBe(bytes.toString("latin1"));
    expect(window.latin1Slice(100, 100)).toBe("");
  });
});

describe("bytes and text", () => {
  it.each([0, 1, 255, 256, 4095, 4096, 4097, 20_000])("of %i bytes go one character a byte", (length) => {
    const bytes = randomBytes(length);
    expect(latin1Text(bytes)).toBe(bytes.toString("latin1"));
    expect(latin1Text(new Uint8Array([1, ...bytes, 2]).subarray(1, 1 + length))).toBe(bytes.toString("latin1"));
  });

  it.each(TEXTS)("%j becomes UTF-8 and back", (text) => {
    expect(Buffer.from(utf8Bytes(text)).equals(Buffer.from(text))).toBe(true);
    expect(utf8Text(utf8Bytes(text))).toBe(text.toWellFormed());
  });

  it("of base64url come back at every length", () => {
    for (let length = 0; length <= 100; length++) {
      const bytes = randomBytes(length);
      expect(Buffer.from(base64urlBytes(bytes.toString("base64url"))).equals(bytes)).toBe(true);
    }
  });
});
