/** HMAC-SHA-384 and HMAC-SHA-512 against RFC 4231 and node:crypto. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { hmacSha384, hmacSha512 } from "../../src/primitives.js";
import { LONG_TEST_SECRET, NOW, signWith } from "../support/tokens.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const text = (message: string) => Buffer.from(message).toString("hex");

/** Key, message, and the beginnings of both tags. */
const RFC_4231 = [
  [1, "0b".repeat(20), text("Hi There"), "afd03944d84895626b0825f4ab46907f", "87aa7cdea5ef619d4ff0b4241a1d6cb0"],
  [2, text("Jefe"), text("what do ya want for nothing?"), "af45d2e376484031617f78d2b58a6b1b", "164b7a7bfcf819e2e395fbe73b56e0a3"],
  [3, "aa".repeat(20), "dd".repeat(50), "88062608d3e6ad8a0aa2ace014c8a86f", "fa73b0089d56a284efb0f0756c890be9"],
  [
    6,
    "aa".repeat(131),
    text("Test Using Larger Than Block-Size Key - Hash Key First"),
    "4ece084485813e9088d2c63a041bc5b4",
    "80b24263c7c1a3ebb71493c1dd7be8b4",
  ],
] as const;

describe.each([
  ["hmacSha384", hmacSha384, "sha384", 3, "HS384"],
  ["hmacSha512", hmacSha512, "sha512", 4, "HS512"],
] as const)("%s", (_, hmac, name, column, alg) => {
  const expected = (key: Uint8Array, message: Uint8Array) => createHmac(name, key).update(message).digest("hex");

  it.each(RFC_4231)("is right in test case %i of RFC 4231", (...row) => {
    const tag = hex(hmac(Buffer.from(row[1], "hex"), Buffer.from(row[2], "hex")));
    expect(tag.slice(0, 32)).toBe(row[column]);
    expect(tag).toBe(expected(Buffer.from(row[1], "hex"), Buffer.from(row[2], "hex")));
  });

  it("agrees with node:crypto at every length of message from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const [key, message] = [randomBytes(64), randomBytes(length)];
      expect(hex(hmac(key, message)), `${length} bytes`).toBe(expected(key, message));
    }
  });

  it("agrees with node:crypto at every length of key from 0 to 300, and at the longest", () => {
    for (const length of [...Array(301).keys(), 4096, 65536]) {
      const [key, message] = [randomBytes(length), randomBytes(length % 197)];
      expect(hex(hmac(key, message)), `${length} bytes`).toBe(expected(key, message));
    }
  });

  it("refuses a key that is too long", () => {
    expect(() => hmac(new Uint8Array(65537), new Uint8Array(1))).toThrow(RangeError);
  });

  it("has a verifier that takes keys of every length from 1 to 300, as node:crypto takes them", () => {
    for (let length = 1; length <= 300; length++) {
      const secret = randomBytes(length);
      const options = { currentDate: NOW, allowWeakSecrets: true };
      const tokens = Array.from({ length: 4 }, (_, index) =>
        signWith(alg, JSON.stringify({ n: index, x: "x".repeat((length * (index + 1)) % 300) }), secret),
      );
      expect(createVerifier({ ...options, keys: { secret, alg } }).verifyBatch(tokens).accepted, `${length} bytes`).toBe(4);
      const changed = Buffer.from(secret);
      changed[length - 1] = (changed[length - 1] as number) ^ 1;
      expect(createVerifier({ ...options, keys: { secret: changed, alg } }).verifyBatch(tokens).accepted).toBe(0);
    }
  });

  it("takes a key of more than 128 bytes as its own hash (RFC 2104 §2)", () => {
    const secret = Buffer.alloc(129, "test key ");
    const hash = createHash(name).update(secret).digest();
    expect(createVerifier({ keys: { secret: hash, alg }, currentDate: NOW }).verify(signWith(alg, "{}", secret)).ok).toBe(true);
  });
});

describe("keys of all three algorithms", () => {
  const secret = LONG_TEST_SECRET;
  const keys = (["HS256", "HS384", "HS512"] as const).map((alg) => ({ kid: alg, alg, secret }));
  const verifier = createVerifier({ keys, currentDate: NOW });

  it("judge one batch, side by side in whatever order they come", () => {
    const order = Array.from({ length: 300 }, (_, index) => keys[(index * index + (index >> 3)) % 3] as (typeof keys)[number]);
    const tokens = order.map(({ alg }, index) =>
      signWith(alg, JSON.stringify({ sub: `${index}`, x: "x".repeat((index * 37) % 500) }), secret, alg),
    );
    const batch = verifier.verifyBatch(tokens);
    expect(batch.accepted).toBe(300);
    expect(tokens.map((_, index) => batch.subject(index))).toEqual(tokens.map((_, index) => `${index}`));
    const others = order.map(({ alg }, index) => {
      const token = tokens[index] as string;
      return index % 4 === 1 ? signWith(alg, "{}", secret, keys[(keys.findIndex((key) => key.alg === alg) + 1) % 3]?.kid) : token;
    });
    expect([...verifier.verifyBatch(others).codes]).toEqual(order.map((_, index) => (index % 4 === 1 ? 5 : 0)));
  });
});
