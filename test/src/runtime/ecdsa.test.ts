/** Signatures of ECDSA in DER: as node:crypto writes them, and no other way. */
import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { INTEGER, positive, sequence } from "../../../src/keys/der.js";
import { ecdsaInDer } from "../../../src/runtime/ecdsa.js";
import { PAIRS } from "../../support/pairs.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const ff = (bytes: number) => "ff".repeat(bytes);
const small = (bytes: number) => `7f${ff(bytes - 1)}`;

describe("a signature in DER", () => {
  it.each([
    ["0102", "3006 020101 020102"],
    ["7f80", "3007 02017f 02020080"],
    ["80ff", "3008 02020080 020200ff"],
    ["0000", "3006 020100 020100"],
    ["00010203", "3007 020101 02020203"],
    ["00800000", "3007 02020080 020100"],
    ["ffff0080", "3009 020300ffff 02020080"],
    ["00".repeat(64), "3006 020100 020100"],
    [ff(64), `3046 022100${ff(32)} 022100${ff(32)}`],
    [ff(132), `30818a 024300${ff(66)} 024300${ff(66)}`],
    // The last length in one byte, and the first in two.
    [small(61) + ff(61), `307f 023d${small(61)} 023e00${ff(61)}`],
    [ff(122), `308180 023e00${ff(61)} 023e00${ff(61)}`],
  ])("of %s is %s", (numbers, expected) => {
    expect(hex(ecdsaInDer(Buffer.from(numbers, "hex")))).toBe(expected.replaceAll(" ", ""));
  });

  it.each([
    ["ES256", 32, 600],
    ["ES384", 48, 100],
    ["ES512", 66, 100],
  ] as const)("of %s is the one that node:crypto has written", (alg, half, count) => {
    for (let number = 0; number < count; number++) {
      const der = sign(`sha${alg.slice(2)}`, Buffer.from(`${number}`), PAIRS[alg].privateKey);
      const numbers = sequence(der, INTEGER, INTEGER)?.map((element) => Buffer.from(positive(element) ?? []));
      const padded = numbers?.map((each) => Buffer.concat([Buffer.alloc(half - each.length), each])) ?? [];
      expect(hex(ecdsaInDer(Buffer.concat(padded)))).toBe(hex(der));
    }
  });
});
