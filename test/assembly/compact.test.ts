/** The shape of a token (RFC 7515 §3.1, §7.1). */
import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/engine/openEngine.js";
import { createVerifier } from "../../src/index.js";
import { codeOf } from "../support/judge.js";
import { base64url, NOW, OTHER_TEST_SECRET, signClaims, signSegments, signText, TEST_SECRET } from "../support/tokens.js";

const token = signClaims({ sub: "device" });
const [header, payload, signature] = token.split(".") as [string, string, string];

describe("the shape of a token", () => {
  it.each([
    ["", "is empty"],
    [".", "is a dot"],
    ["..", "is two dots"],
    ["...", "is three dots"],
    ["a", "is a character"],
    ["a.b", "has one dot"],
    ["a.b.c.d", "has three dots"],
    ["a.b.c.d.e", "has four dots, as JWE has"],
    [`${token}.`, "ends in a dot"],
    [`.${token}`, "begins with a dot"],
    [`.${payload}.${signature}`, "has no header"],
    [`${header}..${signature}`, "has no payload"],
    [`${header}.${payload}.`, "has no signature"],
    [`${header}.${payload}`, "has no signature nor its dot"],
    [`${header}.${signature}`, "has no payload nor its dot"],
    [`${header}.${payload}.${signature}.${signature}`, "has two signatures"],
    [`${header}.${payload}.x.${signature}`, "has a segment too many in the middle"],
    [`${header}.pay.load.${signature}`, "has a dot in its payload"],
    [token.replaceAll(".", ""), "has no dot at all"],
    [token.replaceAll(".", ","), "has commas for dots"],
    [` ${token}`, "has a space before it"],
    [`${token} `, "has a space behind it"],
    [`${token}\n`, "has a line break behind it"],
    [`${token}\0`, "has a NUL behind it"],
    [`Bearer ${token}`, "has a scheme before it"],
    [`${header}=.${payload}.${signature}`, "has a padded header"],
    [`${header}.${payload}=.${signature}`, "has a padded payload"],
    [`${header}.${payload}.${signature}=`, "has a padded signature"],
    [signSegments(header, `${payload}A`.padEnd(4 * Math.ceil(payload.length / 4) + 1, "A")), "has a payload of 1 mod 4 characters"],
    [signSegments(header, "e30="), "has a padded payload, signed"],
    [signSegments(header, "e3 0"), "has a space in its payload, signed"],
    [signSegments(header, "e31"), "has spare bits in its payload, signed"],
    [signSegments(`${header}=`, payload), "has a padded header, signed"],
    [token.replace("e", "\u0165"), "has a character whose low byte is the right one"],
  ])("rejects %j, which %s", (given) => {
    expect(codeOf(given)).toBe("MALFORMED");
  });

  it.each([
    undefined,
    null,
    0,
    1,
    true,
    {},
    [],
    [token],
    () => token,
    Symbol("token"),
    1n,
    new String(token),
    new Uint16Array(3),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
  ])("rejects what is no string and no bytes (%#)", (given) => {
    expect(codeOf(given)).toBe("MALFORMED");
  });

  it("takes bytes as it takes a string", () => {
    expect(codeOf(Buffer.from(token))).toBe("ACCEPTED");
    expect(codeOf(new TextEncoder().encode(token))).toBe("ACCEPTED");
    const within = new Uint8Array(Buffer.from(`....${token}....`)).subarray(4, 4 + token.length);
    expect(codeOf(within)).toBe("ACCEPTED");
  });

  it("rejects every byte beyond ASCII in every place, in bytes and in strings", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    for (let place = 0; place < token.length; place++) {
      const bytes = Uint8Array.from(Buffer.from(token));
      bytes[place] = (bytes[place] as number) | 0x80;
      const wide = `${token.slice(0, place)}${String.fromCharCode(token.charCodeAt(place) + 0x100)}${token.slice(place + 1)}`;
      expect([...verifier.verifyBatch([bytes, wide]).codes], `place ${place}`).toEqual([2, 2]);
    }
  });

  it.each([
    [token.length, "ACCEPTED"],
    [token.length - 1, "TOKEN_TOO_LONG"],
    [1, "TOKEN_TOO_LONG"],
  ])("rejects by length when it may have %i characters: %s", (maxTokenLength, code) => {
    expect(codeOf(token, { maxTokenLength })).toBe(code);
    expect(codeOf(Buffer.from(token), { maxTokenLength })).toBe(code);
  });

  it.each([
    [8192, "ACCEPTED"],
    [8193, "TOKEN_TOO_LONG"],
  ])("of %i characters is %s by default", (length, code) => {
    const bytes = Math.floor((3 * (length - 20 - 1 - 1 - 43)) / 4);
    const exact = signText('{"x":""}'.padStart(bytes, " "), '{"alg":"HS256"}');
    expect(exact.length).toBe(length);
    expect(codeOf(exact)).toBe(code);
    expect(codeOf(exact, { maxTokenLength: length })).toBe("ACCEPTED");
  });

  it("of 64 MB is rejected without being copied: it would not fit into linear memory", () => {
    const long = "A".repeat(2 ** 26);
    const before = openEngine().memory.bytes.length;
    expect(before).toBeLessThan(long.length);
    expect([codeOf(long), codeOf(Buffer.from(long))]).toEqual(["TOKEN_TOO_LONG", "TOKEN_TOO_LONG"]);
    expect(openEngine().memory.bytes.length).toBe(before);
  });

  it("is judged before a wrong signature is: foreign characters are MALFORMED under any key", () => {
    for (const wrong of [
      `${header}.${payload}=.${signature}`,
      `${header}.*${payload}.${signature}`,
      `${header}.${payload}.${"*".repeat(43)}`,
    ]) {
      expect(codeOf(wrong, { keys: OTHER_TEST_SECRET })).toBe("MALFORMED");
    }
    expect(codeOf(token, { keys: OTHER_TEST_SECRET })).toBe("BAD_SIGNATURE");
  });

  it("does not hang on where the signature's dot is usually found", () => {
    const shortPayload = base64url("{}");
    for (const length of [1, 42, 43, 44, 45, 87]) {
      expect(codeOf(`${header}.${shortPayload}.${"A".repeat(length)}`)).toBe(length % 4 === 1 ? "MALFORMED" : "BAD_SIGNATURE");
      expect(codeOf(`${header}.${"A".repeat(length)}`)).toBe("MALFORMED");
    }
  });
});
