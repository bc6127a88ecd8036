/** The comparison of MACs of HS384 and HS512: 64 and 86 characters, each of them counted. */
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { base64url, LONG_TEST_SECRET, NOW, signatureOf, signWith } from "../support/tokens.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe.each([
  ["HS384", 48, 64],
  ["HS512", 64, 86],
] as const)("a signature of %s", (alg, bytes, characters) => {
  const verifier = createVerifier({ keys: { secret: LONG_TEST_SECRET, alg }, currentDate: NOW });
  const token = signWith(alg, '{"sub":"device"}');
  const [header, payload, signature] = token.split(".") as [string, string, string];
  const input = `${header}.${payload}`;
  const changed = (place: number, character: string) => `${input}.${signature.slice(0, place)}${character}${signature.slice(place + 1)}`;

  it("matches as it was made", () => {
    expect(signature.length).toBe(characters);
    expect(verifier.verify(token).ok).toBe(true);
  });

  it("differs in any one of its bits", () => {
    const tokens = Array.from({ length: 8 * bytes }, (_, bit) => {
      const mac = Buffer.from(signature, "base64url");
      mac[bit >> 3] = (mac[bit >> 3] as number) ^ (1 << (bit & 7));
      return `${input}.${base64url(mac)}`;
    });
    expect(new Set(verifier.verifyBatch(tokens).codes)).toEqual(new Set([7]));
  });

  it("differs with any other character in any of its places", () => {
    for (let place = 0; place < characters; place++) {
      const batch = verifier.verifyBatch([...ALPHABET].map((character) => changed(place, character)));
      expect(batch.accepted, `place ${place}`).toBe(1);
    }
  });

  it("has no foreign character in any of its places", () => {
    for (const character of ["=", "+", "/", " ", "\0", "."]) {
      const tokens = Array.from({ length: characters }, (_, place) => changed(place, character));
      expect(new Set(verifier.verifyBatch(tokens).codes), character).toEqual(new Set([2]));
    }
  });

  it.each<[string, string, "BAD_SIGNATURE" | "MALFORMED"]>([
    ["one character more", `${signature}A`, characters % 4 === 0 ? "MALFORMED" : "BAD_SIGNATURE"],
    ["one character less", `${signature.slice(0, -2)}A`, characters % 4 === 0 ? "BAD_SIGNATURE" : "MALFORMED"],
    ["one byte less", base64url(Buffer.from(signature, "base64url").subarray(0, -1)), "BAD_SIGNATURE"],
    ["one byte more", base64url(Buffer.concat([Buffer.from(signature, "base64url"), Buffer.alloc(1)])), "BAD_SIGNATURE"],
    ["its first 32 bytes", base64url(Buffer.from(signature, "base64url").subarray(0, 32)), "BAD_SIGNATURE"],
    ["its first 48 characters", signature.slice(0, 48), "BAD_SIGNATURE"],
    ["itself twice", signature + signature, "BAD_SIGNATURE"],
    ["a pad", `${signature}=`, "MALFORMED"],
    ["none at all", "", "MALFORMED"],
    ["all zeros", "A".repeat(characters), "BAD_SIGNATURE"],
    ["HS256's", signatureOf(input, LONG_TEST_SECRET, "HS256"), "BAD_SIGNATURE"],
    ["the other's", signatureOf(input, LONG_TEST_SECRET, alg === "HS384" ? "HS512" : "HS384"), "BAD_SIGNATURE"],
    ["the other's, as long", signatureOf(input, LONG_TEST_SECRET, "HS512").slice(0, 64), "BAD_SIGNATURE"],
  ])("of %s is not taken", (_, given, code) => {
    // 48 bytes of HMAC-SHA-512 are no MAC of HS512, and none of HS384.
    expect(verifier.verify(`${input}.${given}`)).toEqual({ ok: false, code });
  });
});

describe("the last character of HS512, which has four spare bits,", () => {
  const token = signWith("HS512", '{"sub":"device"}');
  const verifier = createVerifier({ keys: { secret: LONG_TEST_SECRET, alg: "HS512" }, currentDate: NOW });

  it.each(Array.from({ length: 15 }, (_, index) => index + 1))("is MALFORMED with spare bits %i", (bits) => {
    const last = ALPHABET[ALPHABET.indexOf(token.at(-1) as string) | bits] as string;
    expect(verifier.verify(token.slice(0, -1) + last)).toEqual({ ok: false, code: "MALFORMED" });
  });
});
