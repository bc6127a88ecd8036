/** HMAC-SHA-256 against RFC 4231 and node:crypto. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { hmacSha256 } from "../../src/primitives.js";
import { NOW, signClaims } from "../support/tokens.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const expected = (key: Uint8Array, message: Uint8Array) => createHmac("sha256", key).update(message).digest("hex");

describe("hmacSha256", () => {
  it.each([
    [1, "0b".repeat(20), Buffer.from("Hi There").toString("hex"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      2,
      Buffer.from("Jefe").toString("hex"),
      Buffer.from("what do ya want for nothing?").toString("hex"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [3, "aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [
      4,
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cd".repeat(50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    [
      6,
      "aa".repeat(131),
      Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First").toString("hex"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      7,
      "aa".repeat(131),
      Buffer.from(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      ).toString("hex"),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ])("is right in test case %i of RFC 4231", (_, key, message, tag) => {
    expect(hex(hmacSha256(Buffer.from(key, "hex"), Buffer.from(message, "hex")))).toBe(tag);
  });

  it("agrees with node:crypto at every length of message from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const [key, message] = [randomBytes(32), randomBytes(length)];
      expect(hex(hmacSha256(key, message)), `${length} bytes`).toBe(expected(key, message));
    }
  });

  it("agrees with node:crypto at every length of key from 0 to 300, and at the longest", () => {
    for (const length of [...Array(301).keys(), 4096, 65536]) {
      const [key, message] = [randomBytes(length), randomBytes(length % 97)];
      expect(hex(hmacSha256(key, message)), `${length} bytes`).toBe(expected(key, message));
    }
  });

  it("refuses a key that is too long", () => {
    expect(() => hmacSha256(new Uint8Array(65537), new Uint8Array(1))).toThrow(RangeError);
  });
});

describe("a verifier's key", () => {
  it("is taken at every length from 1 to 300, as node:crypto takes it", () => {
    for (let length = 1; length <= 300; length++) {
      const secret = randomBytes(length);
      const verifier = createVerifier({ keys: secret, currentDate: NOW, allowWeakSecrets: true });
      const tokens = Array.from({ length: 4 }, (_, index) =>
        signClaims({ n: index, x: "x".repeat((length * (index + 1)) % 200) }, { alg: "HS256" }, secret),
      );
      expect(verifier.verifyBatch(tokens).accepted, `${length} bytes`).toBe(4);
      const changed = Buffer.from(secret);
      changed[length - 1] = (changed[length - 1] as number) ^ 1;
      expect(createVerifier({ keys: changed, currentDate: NOW, allowWeakSecrets: true }).verifyBatch(tokens).accepted).toBe(0);
    }
  });

  it("of more than 64 bytes is the same as its own hash (RFC 2104 §2)", () => {
    const secret = Buffer.alloc(65, "test key ");
    const token = signClaims({}, { alg: "HS256" }, secret);
    const hash = createHash("sha256").update(secret).digest();
    expect(createVerifier({ keys: hash, currentDate: NOW }).verify(token).ok).toBe(true);
  });
});
