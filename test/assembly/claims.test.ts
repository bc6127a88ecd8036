/** The scan of a claims set (RFC 7519 §4): what is a claim, what only looks like one, and what is no claims set. */
import { describe, expect, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { codeOfPayload, judge } from "../support/judge.js";
import { NOW, signText, TEST_SECRET } from "../support/tokens.js";

const PAST = NOW - 1;

describe("a payload", () => {
  it.each([
    ["{}", "has no claims"],
    [" { } ", "has white space only"],
    ['\r\n{\t"exp" : 1700000001\n}\t', "has white space everywhere"],
    [`{"exp":${NOW + 1}}`, "has one claim"],
    ['{"":""}', "has an empty name"],
    ['{"a":1,"a":2}', "has a private claim twice"],
    ['{"__proto__":{"exp":1}}', "has __proto__ for a name"],
    ['{"a":"\\ud800"}', "has a lone surrogate"],
    ['{"iss":1,"aud":{},"sub":null,"jti":[],"nonce":false}', "has claims of other types that nobody asks about"],
  ])("%s is accepted, which %s", (payload) => {
    expect(judge(signText(payload))).toMatchObject({ ok: true, claims: JSON.parse(payload) });
  });

  it.each([
    ["[]", "is an array"],
    ["[{}]", "is an array around an object"],
    ["null", "is null"],
    ["1", "is a number"],
    ['"{}"', "is a string"],
    ["true", "is a word"],
    ["{", "is not closed"],
    ["{}}", "is closed twice"],
    ["{} {}", "is two objects"],
    ["{}\0", "has a NUL behind it"],
    ['{"a":1,}', "has a comma at its end"],
    ['{"a"}', "has a name without value"],
    ['{"exp":}', "has a claim without value"],
    ['{"exp":1700000001', "ends within a claim"],
    ['{"exp', "ends within a name"],
    ['{"exp"', "ends behind a name"],
    ['{"exp":01700000001}', "has a number that begins with 0"],
    ['{"exp":1700000001.}', "has a number that ends in a point"],
    ['{"exp":+1700000001}', "has a number with a plus"],
    ['{"exp":1700000001 "a":1}', "lacks a comma"],
    ['{"aud":["a",]}', "has a comma at the end of an array"],
    ['{"iss":"a"b}', "has something behind a value"],
    ["\ufeff{}", "has a byte order mark"],
    ['{"a":"\n"}', "has a line break in a string"],
    ["{'a':1}", "has single quotes"],
  ])("%j is MALFORMED, which %s", (payload) => {
    expect(codeOfPayload(payload)).toBe("MALFORMED");
  });

  it("of bytes that are no UTF-8 is MALFORMED, nothing being replaced", () => {
    for (const bytes of ["ff", "80", "c080", "e28228", "eda080", "f4908080", "f8888080"]) {
      expect(codeOfPayload(Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes, "hex"), Buffer.from('"}')])), bytes).toBe("MALFORMED");
    }
  });

  it("may nest to 128 levels and no deeper, in registered claims and others", () => {
    for (const name of ["x", "aud", "iss"]) {
      for (const [opening, inner, closing] of [
        ["[", "", "]"],
        ['{"a":', "1", "}"],
      ] as const) {
        const nested = (levels: number) => `{"${name}":${opening.repeat(levels - 1)}${inner}${closing.repeat(levels - 1)}}`;
        expect(codeOfPayload(nested(128))).toBe("ACCEPTED");
        expect(codeOfPayload(nested(129))).toBe("MALFORMED");
      }
    }
  });

  it("becomes the object that JSON.parse makes, __proto__ its own member", () => {
    const verdict = judge(signText('{"__proto__":{"admin":true},"constructor":1,"a":-0,"b":"\\ud800"}'));
    if (!verdict.ok) expect.fail(verdict.code);
    expect(Object.keys(verdict.claims)).toEqual(["__proto__", "constructor", "a", "b"]);
    expect(Object.getPrototypeOf(verdict.claims)).toBe(Object.prototype);
    expect((verdict.claims as { admin?: boolean }).admin).toBeUndefined();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.is(verdict.claims.a, -0)).toBe(true);
    expect(verdict.claims.b).toBe("\ud800");
  });
});

describe("a registered claim", () => {
  it.each([
    [`{"exp":${PAST}}`, "stands alone"],
    [`{"a":1,"exp":${PAST}}`, "stands behind another"],
    [`{"\\u0065xp":${PAST}}`, "is spelt with an escape"],
    [`{"\\u0065\\u0078\\u0070":${PAST}}`, "is spelt with escapes only"],
    [`{"a":"\\"","exp":${PAST}}`, "stands behind an escaped quote"],
    [`{"a":"\\\\","exp":${PAST}}`, "stands behind an escaped backslash"],
    [`{"a":[{"exp":1e10}],"exp":${PAST}}`, "stands behind one of the same name deeper down"],
    [`{"exp" \n: ${PAST}}`, "has white space around its colon"],
    [`{"a\\u0022":1,"exp":${PAST}}`, "stands behind a name with an escaped quote"],
  ])("is found in %s, where it %s", (payload) => {
    expect(codeOfPayload(payload)).toBe("EXPIRED exp");
  });

  it.each([
    [`{"a":{"exp":${PAST}}}`, "is deeper down"],
    [`{"a":[{"exp":${PAST}}]}`, "is in an array"],
    [`{"a":"\\"exp\\":${PAST}"}`, "is in a string"],
    [`{"a":"exp","b":${PAST}}`, "is a value"],
    [`{"Exp":${PAST}}`, "is in another case"],
    [`{"exp ":${PAST}}`, "has a space in its name"],
    [`{"expx":${PAST}}`, "is longer"],
    [`{"ex":${PAST}}`, "is shorter"],
    [`{"exp\\u0000":${PAST}}`, "has a NUL behind its name"],
    [`{"\\\\u0065xp":${PAST}}`, "has an escaped backslash in its name"],
    [`{"еxp":${PAST}}`, "has a Cyrillic letter"],
  ])("is not seen in %s, where it %s", (payload) => {
    expect(codeOfPayload(payload)).toBe("ACCEPTED");
  });

  it.each(["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "nonce"])("%s that stands twice is CLAIM_INVALID, in any spelling", (name) => {
    const value = ["exp", "iat", "nbf"].includes(name) ? `${name === "exp" ? NOW + 1 : NOW}` : '"a"';
    const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}`;
    expect(codeOfPayload(`{"${name}":${value}}`)).toBe("ACCEPTED");
    expect(codeOfPayload(`{"${escaped}":${value}}`)).toBe("ACCEPTED");
    for (const other of [name, escaped]) {
      expect(codeOfPayload(`{"${name}":${value},"x":1,"${other}":${value}}`)).toBe(`CLAIM_INVALID ${name}`);
      expect(codeOfPayload(`{"${other}":${value},"${name}":null}`)).toBe(`CLAIM_INVALID ${name}`);
    }
  });

  it("that stands twice is told of before any other fault of a claim", () => {
    expect(codeOfPayload(`{"exp":1,"nonce":1,"nonce":2}`)).toBe("CLAIM_INVALID nonce");
    expect(codeOfPayload(`{"jti":1,"sub":1,"sub":1,"jti":1}`)).toBe("CLAIM_INVALID sub");
  });
});

describe("a required claim", () => {
  it.each([
    ['{"role":null}', "ACCEPTED"],
    ['{"role":""}', "ACCEPTED"],
    ['{"r\\u006fle":1}', "ACCEPTED"],
    ['{"x":"\\n","role":1}', "ACCEPTED"],
    ['{"role":1,"role":2}', "ACCEPTED"],
    ["{}", "CLAIM_MISSING role"],
    ['{"Role":1}', "CLAIM_MISSING role"],
    ['{"x":{"role":1}}', "CLAIM_MISSING role"],
    ['{"x":"role"}', "CLAIM_MISSING role"],
    ['{"roles":1}', "CLAIM_MISSING role"],
  ])("in %s is %s", (payload, code) => {
    expect(codeOfPayload(payload, { requiredClaims: ["role"] })).toBe(code);
  });

  it.each(["toString", "constructor", "__proto__", "hasOwnProperty", "length"])("%s is not there because objects have one", (name) => {
    expect(codeOfPayload("{}", { requiredClaims: [name] })).toBe(`CLAIM_MISSING ${name}`);
    expect(codeOfPayload(`{"${name}":1}`, { requiredClaims: [name] })).toBe("ACCEPTED");
  });

  it("may be a registered one, and the first that is absent is named", () => {
    const required = { requiredClaims: ["exp", "role", "sub", "nonce"] };
    expect(codeOfPayload(`{"exp":${NOW + 1},"role":1,"sub":1,"nonce":1}`, required)).toBe("ACCEPTED");
    expect(codeOfPayload(`{"nonce":1,"sub":1,"role":1,"exp":${NOW + 1}}`, required)).toBe("ACCEPTED");
    expect(codeOfPayload(`{"nonce":1,"role":1}`, required)).toBe("CLAIM_MISSING exp");
    expect(codeOfPayload(`{"exp":${NOW + 1}}`, required)).toBe("CLAIM_MISSING role");
    expect(codeOfPayload(`{"exp":${NOW + 1},"role":1,"sub":1}`, required)).toBe("CLAIM_MISSING nonce");
  });

  it("of one token does not count for the next one", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, requiredClaims: ["role"], currentDate: NOW });
    const tokens = ['{"role":1}', "{}", '{"role":1}', "{}", "{}"].map((payload) => signText(payload));
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([0, 19, 0, 19, 19]);
  });
});
