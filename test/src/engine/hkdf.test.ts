/** HKDF-SHA-256: the vectors of RFC 5869 appendix A, and node:crypto for the rest. */
import { hkdfSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Hkdf } from "../../../src/engine/hkdf.js";
import { openEngine } from "../../../src/engine/openEngine.js";

function derive(master: Uint8Array, salt: Uint8Array | undefined, info: Uint8Array, length: number): string {
  const hkdf = new Hkdf(openEngine(), master, salt);
  const output = hkdf.expand(info, length);
  hkdf.release();
  return Buffer.from(output).toString("hex");
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const run = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("HKDF with SHA-256", () => {
  it("gives the output of RFC 5869 A.1", () => {
    expect(derive(new Uint8Array(22).fill(0x0b), run(0x00, 0x0c), run(0xf0, 0xf9), 42)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  it("gives the output of A.2, longer inputs", () => {
    expect(derive(run(0x00, 0x4f), run(0x60, 0xaf), run(0xb0, 0xff), 82)).toBe(
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    );
  });

  it("gives the output of A.3, without salt and info", () => {
    const expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    expect(derive(new Uint8Array(22).fill(0x0b), hex(""), hex(""), 42)).toBe(expected);
    expect(derive(new Uint8Array(22).fill(0x0b), undefined, hex(""), 42)).toBe(expected);
  });

  it("equals that of node:crypto for inputs of any length", () => {
    for (let round = 0; round < 300; round++) {
      const [master, salt, info] = [randomBytes(1 + (round % 200)), randomBytes((round * 7) % 150), randomBytes((round * 13) % 300)];
      const length = 1 + ((round * 31) % 200);
      expect(derive(master, salt, info, length)).toBe(Buffer.from(hkdfSync("sha256", master, salt, info, length)).toString("hex"));
    }
  });

  it("leaves nothing of the master secret, nor of what it gave, in linear memory", () => {
    const master = randomBytes(48);
    const output = derive(master, undefined, hex("01"), 64);
    const memory = Buffer.from(openEngine().memory.bytes.buffer);
    for (const secret of [
      master.subarray(0, 16),
      Buffer.from(output, "hex").subarray(0, 16),
      Buffer.from(output, "hex").subarray(32, 48),
    ]) {
      expect(memory.includes(secret)).toBe(false);
    }
  });
});
