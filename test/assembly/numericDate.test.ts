/** NumericDates become the double that JSON.parse makes of them, to the last bit. */
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { codeOfPayload } from "../support/judge.js";
import { NOW, signText, TEST_SECRET } from "../support/tokens.js";

const verifier = createVerifier({ keys: TEST_SECRET, ignoreExpiration: true, currentDate: NOW });

/** `exp` as the engine has it. */
function readExp(text: string): number | undefined {
  return verifier.verifyBatch([signText(`{"exp":${text}}`)]).expiresAt(0);
}

describe("a NumericDate", () => {
  it.each([
    "0",
    "-0",
    "0.0",
    "-0.0",
    "0e5",
    "-0e-5",
    "0.000e99",
    "0e999999",
    "1",
    "-1",
    "9",
    "10",
    "123456789",
    "1234567890",
    "12345678901",
    "1700000000",
    "-1700000000",
    "1700000000.0",
    "1700000000.5",
    "17e8",
    "1.7e9",
    "1.7E+9",
    "17000000000e-1",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "9007199254740993.0",
    "9007199254740995",
    "9999999999999999999",
    "1000000000000000000",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "0.1",
    "0.2",
    "0.3",
    "1e22",
    "1e23",
    "1e-22",
    "1e-23",
    "9007199254740992e22",
    "9007199254740993e1",
    "123456789.123456789",
    "1700000000.1234567890123456789",
    "0.00000000000000000000000000001",
    "1e308",
    "1.7976931348623157e308",
    "5e-324",
    "2.2250738585072014e-308",
    "2e-324",
    "1e-400",
    "1e-0001",
    "1e+0009",
    "1e0",
    "1E0",
    "4.35",
    "1700000000.000000000000000000000000000000000000",
    "0.1e1",
    "8.5e-1",
    "10e-1",
    "12345.67890e5",
  ])("%s is what JSON.parse reads", (text) => {
    expect(readExp(text)).toBe(JSON.parse(text));
  });

  it("of every number of digits is what JSON.parse reads", () => {
    for (let digits = 1; digits <= 40; digits++) {
      for (const digit of ["1", "9", "5"]) {
        const whole = digit.repeat(digits);
        for (const text of [whole, `-${whole}`, `0.${whole}`, `1.${whole}`, `${whole}.5`, `${whole}e-${digits}`])
          expect(readExp(text), text).toBe(JSON.parse(text));
      }
    }
  });

  it("of ten digits with any one byte changed is what JSON.parse reads, or MALFORMED", () => {
    const strict = createVerifier({ keys: TEST_SECRET, ignoreExpiration: true, currentDate: NOW });
    for (let place = 0; place <= 10; place++) {
      for (let byte = 0; byte < 256; byte++) {
        const payload = Buffer.from('{"exp":1700000000,"x":0}');
        payload[7 + place] = byte;
        let expected: unknown;
        try {
          expected = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload)).exp;
        } catch {
          expected = undefined;
        }
        const batch = strict.verifyBatch([signText(payload)]);
        if (batch.expiresAt(0) !== (typeof expected === "number" ? expected : undefined))
          expect.fail(`byte ${byte} at ${place}: ${batch.expiresAt(0)}`);
      }
    }
  });

  it.each(["1e309", "-1e309", "1e400", "1e99999", "179769313486231580793e290", `1${"0".repeat(309)}`, "1.8e308"])(
    "%s is beyond a double and refused in exp, nbf and iat",
    (text) => {
      for (const claim of ["exp", "nbf", "iat"]) {
        expect(codeOfPayload(`{"${claim}":${text}}`, { ignoreExpiration: true, ignoreNotBefore: true })).toBe(`CLAIM_INVALID ${claim}`);
      }
    },
  );

  it.each(['"1700000001"', "null", "true", "false", "[]", "[1700000001]", "{}", '""'])(
    "%s is no number and refused in exp, nbf and iat",
    (text) => {
      for (const claim of ["exp", "nbf", "iat"]) {
        expect(codeOfPayload(`{"${claim}":${text}}`, { ignoreExpiration: true, ignoreNotBefore: true })).toBe(`CLAIM_INVALID ${claim}`);
      }
    },
  );
});
