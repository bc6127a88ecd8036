/** SHA-256 against node:crypto: every length, and five lanes that never hold the same. */
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { LARGEST_INPUT, sha256 } from "../../src/primitives.js";
import { base64url, NOW, signSegments, TEST_SECRET } from "../support/tokens.js";

const LANES = 5;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const expected = (message: Uint8Array) => createHash("sha256").update(message).digest("hex");

describe("sha256", () => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
  ])("of %j is the digest that FIPS 180 gives", (message, digest) => {
    expect(hex(sha256(Buffer.from(message)))).toBe(digest);
  });

  it("agrees with node:crypto at every length from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const message = randomBytes(length);
      expect(hex(sha256(message)), `${length} bytes`).toBe(expected(message));
    }
  });

  it.each([4095, 4096, 65535, 65536 + 55, LARGEST_INPUT - 1, LARGEST_INPUT])("agrees with node:crypto on %i bytes", (length) => {
    const message = randomBytes(length);
    expect(hex(sha256(message))).toBe(expected(message));
  });

  it("refuses a message that is too long", () => {
    expect(() => sha256(new Uint8Array(LARGEST_INPUT + 1))).toThrow(RangeError);
  });

  it("does not change its message", () => {
    const message = randomBytes(100);
    const before = hex(message);
    sha256(message);
    expect(hex(message)).toBe(before);
  });
});

describe("five lanes", () => {
  const header = base64url('{"alg":"HS256"}');
  const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });

  /** A signed token with `length` bytes of noise in it, never the same. */
  function tokenOf(length: number): string {
    return signSegments(header, base64url(`{"x":"${randomBytes(length).toString("hex").slice(0, length)}"}`));
  }

  it("hash every length from 0 to 300 right, each lane with other data and another length", () => {
    for (let length = 0; length <= 300; length++) {
      const tokens = [length, (length * 7 + 64) % 301, (length * 13 + 128) % 301, (length * 29 + 250) % 301, (length * 31 + 9) % 301].map(
        tokenOf,
      );
      expect([...verifier.verifyBatch(tokens).codes], `${length} bytes`).toEqual(tokens.map(() => 0));
    }
  });

  it("find the one wrong MAC, in whichever lane it is", () => {
    for (let lane = 0; lane < LANES; lane++) {
      for (let wrong = 0; wrong < 16; wrong++) {
        const lengths = [10 + wrong, 100 + 3 * wrong, 200 - wrong, 50, 120];
        const tokens = lengths
          .map(tokenOf)
          .map((token, index) => (index === lane ? tokenOf(5).split(".", 2).concat(token.slice(-43)).join(".") : token));
        expect([...verifier.verifyBatch(tokens).codes]).toEqual(lengths.map((_, index) => (index === lane ? 7 : 0)));
      }
    }
  });
});
