/** Each kernel against node:crypto, Buffer and JSON.parse, on random input. */
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  base64urlDecode,
  base64urlEncode,
  hmacSha256,
  hmacSha384,
  hmacSha512,
  jsonAccepts,
  sha256,
  sha384,
  sha512,
} from "../../src/primitives.js";
import { nestingOf, parseStrict } from "../reference/json.js";
import { runs } from "../support/runs.js";
import { jsonText, nearly, nest } from "./arbitraries.js";

const bytes = fc.uint8Array({ maxLength: 2000 });
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");

describe("the kernels agree with the platform on random input", () => {
  it.each([
    ["sha256", sha256],
    ["sha384", sha384],
    ["sha512", sha512],
  ] as const)("%s", (name, hash) => {
    fc.assert(
      fc.property(bytes, (message) => {
        expect(hex(hash(message))).toBe(createHash(name).update(message).digest("hex"));
      }),
      runs(300),
    );
  });

  it.each([
    ["hmacSha256", hmacSha256, "sha256"],
    ["hmacSha384", hmacSha384, "sha384"],
    ["hmacSha512", hmacSha512, "sha512"],
  ] as const)("%s", (_, hmac, name) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes, (key, message) => {
        expect(hex(hmac(key, message))).toBe(createHmac(name, key).update(message).digest("hex"));
      }),
      runs(300),
    );
  });

  it("base64urlEncode and base64urlDecode", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const text = Buffer.from(data).toString("base64url");
        expect(base64urlEncode(data)).toBe(text);
        expect(hex(base64urlDecode(text) as Uint8Array)).toBe(hex(data));
      }),
      runs(300),
    );
  });

  it("base64urlDecode, on text that is nearly base64url", () => {
    const text = fc.oneof(
      nearly(fc.stringMatching(/^[A-Za-z0-9_-]{0,60}$/)),
      fc.stringMatching(/^[A-Za-z0-9_-]{0,20}$/),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const lenient = Buffer.from(given, "base64url");
        const strict = lenient.toString("base64url") === given ? hex(lenient) : null;
        const got = base64urlDecode(given);
        expect(got && hex(got)).toBe(strict);
      }),
      runs(1000),
    );
  });

  it("jsonAccepts, on JSON and nearly JSON", () => {
    fc.assert(
      fc.property(fc.oneof(jsonText, nearly(jsonText)), (text) => {
        const encoded = new TextEncoder().encode(text);
        expect(jsonAccepts(encoded)).toBe(parseStrict(encoded) !== undefined);
      }),
      runs(2000),
    );
  });

  it("jsonAccepts, on random bytes within a string", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (inner) => {
        const encoded = Buffer.concat([Buffer.from('"'), inner, Buffer.from('"')]);
        expect(jsonAccepts(encoded)).toBe(parseStrict(encoded) !== undefined);
      }),
      runs(1000),
    );
  });

  it("jsonAccepts, down to the levels it is given", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(), fc.nat(40), (levels, pattern, allowed) => {
        const text = nest(levels, pattern, "1");
        expect(jsonAccepts(Buffer.from(text), allowed)).toBe(nestingOf(text) <= allowed);
      }),
      runs(300),
    );
  });
});
