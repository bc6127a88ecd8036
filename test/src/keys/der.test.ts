/** DER has one spelling of everything; any other is none. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { elements, positive, sequence, wholeBytes } from "../../../src/keys/der.js";
import { der } from "../../support/certificate.js";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

describe("elements", () => {
  it.each([0, 1, 127, 128, 255, 256, 65535, 65536, 70000])("of %i bytes are read whole", (length) => {
    const content = randomBytes(length);
    expect(elements(der(0x04, content))).toEqual([{ tag: 4, content: expect.anything(), whole: expect.anything() }]);
    expect(Buffer.from(elements(Buffer.concat([der(0x04, content), der(0x05)]))?.[0]?.content ?? []).equals(content)).toBe(true);
    expect(Buffer.from(elements(Buffer.concat([der(0x05), der(0x04, content)]))?.[1]?.whole ?? []).equals(der(0x04, content))).toBe(true);
  });

  it.each([
    ["30", "has no length"],
    ["3002ff", "ends too early"],
    ["3080ff0000", "has an indefinite length"],
    ["308105ffffffffff", "has a length in a byte too many"],
    ["3082007f", "has a length with a zero before it"],
    ["3084000000010a", "has a length of four bytes"],
    ["3081", "ends within its length"],
    ["1f0100", "has a tag of several bytes"],
  ])("%s is none: it %s", (text) => {
    expect(elements(hex(text))).toBeUndefined();
  });

  it("that are random bytes never throw", () => {
    for (let round = 0; round < 5000; round++) {
      const bytes = randomBytes(round % 40);
      expect(() => [elements(bytes), sequence(bytes)]).not.toThrow();
    }
  });
});

describe("a sequence", () => {
  it("is one, alone, and of the tags that are asked for", () => {
    const one = der(0x30, der(0x02, Buffer.of(1)), der(0x05));
    expect(sequence(one)?.length).toBe(2);
    expect(sequence(one, 0x02, 0x05)?.length).toBe(2);
    expect(sequence(one, 0x02)).toBeUndefined();
    expect(sequence(one, 0x05, 0x02)).toBeUndefined();
    expect(sequence(Buffer.concat([one, one]))).toBeUndefined();
    expect(sequence(der(0x31, der(0x05)))).toBeUndefined();
    expect(sequence(new Uint8Array(0))).toBeUndefined();
  });
});

describe("a positive integer", () => {
  it.each([
    ["02017f", "7f"],
    ["020101", "01"],
    ["02020080", "80"],
    ["02030080ff", "80ff"],
  ])("%s is %s", (text, value) => {
    expect(positive(elements(hex(text))?.[0])).toEqual(hex(value));
  });

  it.each(["020100", "020180", "02020001", "0200", "0301ff"])("%s is none", (text) => {
    expect(positive(elements(hex(text))?.[0])).toBeUndefined();
  });
});

describe("a bit string", () => {
  it("of whole bytes has them", () => {
    expect(wholeBytes(elements(hex("03020041"))?.[0])).toEqual(hex("41"));
    for (const text of ["03020141", "0300", "04020041"]) expect(wholeBytes(elements(hex(text))?.[0])).toBeUndefined();
  });
});
