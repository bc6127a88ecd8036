/** SHA-512 and SHA-384 against node:crypto: every length, and three lanes that never hold the same. */
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { LARGEST_INPUT, sha384, sha512 } from "../../src/primitives.js";
import { LONG_TEST_SECRET, NOW, signWith } from "../support/tokens.js";

const LANES = 3;
const LONG_EXAMPLE = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe.each([
  ["sha384", sha384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163", "09330c33f71147e83d192fc782cd1b4753111b173b3b05d2"],
  ["sha512", sha512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2", "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa1"],
] as const)("%s", (name, hash, abc, long) => {
  const expected = (message: Uint8Array) => createHash(name).update(message).digest("hex");

  it("begins as in the examples of FIPS 180", () => {
    expect(hex(hash(Buffer.from("abc"))).slice(0, 48)).toBe(abc);
    expect(hex(hash(Buffer.from(LONG_EXAMPLE))).slice(0, 48)).toBe(long);
  });

  it("agrees with node:crypto at every length from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const message = randomBytes(length);
      expect(hex(hash(message)), `${length} bytes`).toBe(expected(message));
    }
  });

  it.each([4095, 4096, 65535, 65536 + 111, LARGEST_INPUT - 1, LARGEST_INPUT])("agrees with node:crypto on %i bytes", (length) => {
    const message = randomBytes(length);
    expect(hex(hash(message))).toBe(expected(message));
  });

  it("agrees with node:crypto on messages of any length", () => {
    for (let round = 0; round < 200; round++) {
      const message = randomBytes(Math.floor(Math.random() * 5000));
      expect(hex(hash(message)), `${message.length} bytes`).toBe(expected(message));
    }
  });

  it("refuses a message that is too long", () => {
    expect(() => hash(new Uint8Array(LARGEST_INPUT + 1))).toThrow(RangeError);
  });

  it("does not change its message", () => {
    const message = randomBytes(200);
    const before = hex(message);
    hash(message);
    expect(hex(message)).toBe(before);
  });
});

describe.each(["HS384", "HS512"] as const)("three lanes of %s", (alg) => {
  const verifier = createVerifier({ keys: { secret: LONG_TEST_SECRET, alg }, currentDate: NOW });

  /** A signed token with `length` bytes of noise in it, never the same. */
  function tokenOf(length: number): string {
    return signWith(alg, `{"x":"${randomBytes(length).toString("hex").slice(0, length)}"}`);
  }

  it("hash every length from 0 to 300 right, each lane with other data and another length", () => {
    for (let length = 0; length <= 300; length++) {
      const tokens = [length, (length * 7 + 128) % 301, (length * 13 + 250) % 301].map(tokenOf);
      expect([...verifier.verifyBatch(tokens).codes], `${length} bytes`).toEqual([0, 0, 0]);
    }
  });

  it("hash groups that are not full, and lanes that wait long for others", () => {
    for (const lengths of [[5], [5, 400], [400, 5], [1, 1], [1, 1, 2000], [2000, 1, 2000], [300, 300, 300, 1], [1, 300, 2000, 700, 4]]) {
      const tokens = lengths.map(tokenOf);
      expect([...verifier.verifyBatch(tokens).codes], lengths.join()).toEqual(lengths.map(() => 0));
    }
  });

  it("find the one wrong MAC, in whichever lane it is", () => {
    for (let lane = 0; lane < LANES; lane++) {
      for (let wrong = 0; wrong < 16; wrong++) {
        const lengths = [10 + wrong, 130 + 3 * wrong, 300 - wrong];
        const tokens = lengths.map(tokenOf).map((token, index) => {
          const [, , signature] = token.split(".") as [string, string, string];
          return index === lane ? [...tokenOf(5).split(".", 2), signature].join(".") : token;
        });
        expect([...verifier.verifyBatch(tokens).codes]).toEqual(lengths.map((_, index) => (index === lane ? 7 : 0)));
      }
    }
  });
});
