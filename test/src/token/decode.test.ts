/** Reading without verifying: the parts as they are, or nothing. */
import { describe, expect, it } from "vitest";
import { decode } from "../../../src/index.js";
import { base64url, OTHER_TEST_SECRET, signClaims, signText } from "../../support/tokens.js";

describe("decode", () => {
  it("gives header, claims and signature under names that say what they are", () => {
    const token = signClaims({ sub: "device", exp: 1 });
    expect(decode(token)).toEqual({
      unverifiedHeader: { alg: "HS256", typ: "JWT" },
      unverifiedClaims: { sub: "device", exp: 1 },
      signature: token.split(".")[2],
    });
  });

  it("does not look at the signature, the algorithm or the time", () => {
    expect(decode(signText('{"exp":1}', '{"alg":"none"}', OTHER_TEST_SECRET))?.unverifiedClaims).toEqual({ exp: 1 });
    expect(decode(`${base64url("{}")}.${base64url("{}")}.AAAA`)).toEqual({ unverifiedHeader: {}, unverifiedClaims: {}, signature: "AAAA" });
  });

  it("makes __proto__ an own member", () => {
    expect(Object.keys(decode(signText('{"__proto__":1}'))?.unverifiedClaims ?? {})).toEqual(["__proto__"]);
  });

  it.each<unknown>([
    undefined,
    null,
    1,
    {},
    "",
    ".",
    "..",
    "a.b.c",
    signClaims({}).split(".").slice(0, 2).join("."),
    `${signClaims({})}.x`,
    `${signClaims({})}=`,
    ` ${signClaims({})}`,
    signClaims({}).replace("e", "é"),
    signText("[]"),
    signText("null"),
    signText("1"),
    signText("{"),
    signText("{}", "[]"),
    signText("{}", "x"),
    signText("\ufeff{}"),
    signText(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    Buffer.from(signClaims({})),
  ])("gives undefined for %j", (token) => {
    expect(decode(token as string)).toBeUndefined();
  });
});
