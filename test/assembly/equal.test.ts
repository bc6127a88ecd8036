/** The comparison of MACs: 43 characters, each of them counted. */
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { base64url, NOW, signClaims, TEST_SECRET } from "../support/tokens.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
const token = signClaims({ sub: "device" });
const [header, payload, signature] = token.split(".") as [string, string, string];

describe("a signature", () => {
  it("matches as it was made", () => {
    expect(verifier.verify(token).ok).toBe(true);
  });

  it("differs in any one of its 256 bits", () => {
    const tokens = Array.from({ length: 256 }, (_, bit) => {
      const bytes = Buffer.from(signature, "base64url");
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      return `${header}.${payload}.${base64url(bytes)}`;
    });
    expect(new Set(verifier.verifyBatch(tokens).codes)).toEqual(new Set([7]));
  });

  it("differs with any other character in any of its 43 places", () => {
    for (let place = 0; place < 43; place++) {
      const tokens = [...ALPHABET].map(
        (character) => `${header}.${payload}.${signature.slice(0, place)}${character}${signature.slice(place + 1)}`,
      );
      expect(verifier.verifyBatch(tokens).accepted, `place ${place}`).toBe(1);
    }
  });

  it.each([1, 2, 3])("with spare bits %i is MALFORMED, not accepted", (bits) => {
    const last = ALPHABET[ALPHABET.indexOf(signature.at(-1) as string) | bits] as string;
    expect(verifier.verify(`${header}.${payload}.${signature.slice(0, -1)}${last}`)).toEqual({ ok: false, code: "MALFORMED" });
  });

  it.each([
    ["one character more", `${signature}A`, "BAD_SIGNATURE"],
    ["one character less", signature.slice(0, -1), "MALFORMED"],
    ["three characters less", signature.slice(0, -3), "BAD_SIGNATURE"],
    ["31 bytes", base64url(Buffer.from(signature, "base64url").subarray(0, 31)), "BAD_SIGNATURE"],
    ["33 bytes", base64url(Buffer.concat([Buffer.from(signature, "base64url"), Buffer.alloc(1)])), "BAD_SIGNATURE"],
    ["64 bytes", base64url(Buffer.concat([Buffer.from(signature, "base64url"), Buffer.from(signature, "base64url")])), "BAD_SIGNATURE"],
    ["a pad", `${signature}=`, "MALFORMED"],
    ["none at all", "", "MALFORMED"],
    ["all zeros", "A".repeat(43), "BAD_SIGNATURE"],
    ["two characters", "AA", "BAD_SIGNATURE"],
    ["hexadecimal", Buffer.from(signature, "base64url").toString("hex"), "BAD_SIGNATURE"],
  ])("of %s is not taken", (_, given, code) => {
    expect(verifier.verify(`${header}.${payload}.${given}`)).toEqual({ ok: false, code });
  });
});
