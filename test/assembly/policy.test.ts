/** The judgement of claims (RFC 7519 §4.1): each rule at its border, then the order of the rules, pair by pair. */
import { describe, expect, it } from "vitest";
import type { VerifierOptions } from "../../src/index.js";
import { codeOf, codeOfPayload } from "../support/judge.js";
import { HEADER, NOW, OTHER_TEST_SECRET, signText } from "../support/tokens.js";

type Options = Partial<VerifierOptions>;

describe("times", () => {
  it.each<[string, Options, string]>([
    [`{"exp":${NOW + 1}}`, {}, "ACCEPTED"],
    [`{"exp":${NOW}}`, {}, "EXPIRED exp"],
    [`{"exp":${NOW - 1}}`, {}, "EXPIRED exp"],
    [`{"exp":${NOW}.5}`, {}, "ACCEPTED"],
    [`{"exp":${NOW}.000001}`, {}, "ACCEPTED"],
    [`{"exp":${NOW}}`, { clockTolerance: 1 }, "ACCEPTED"],
    [`{"exp":${NOW - 1}}`, { clockTolerance: 1 }, "EXPIRED exp"],
    [`{"exp":${NOW - 1}}`, { clockTolerance: 1.5 }, "ACCEPTED"],
    [`{"exp":${NOW}}`, { currentDate: NOW - 0.001 }, "ACCEPTED"],
    [`{"exp":${NOW}}`, { currentDate: new Date(1000 * NOW - 1) }, "ACCEPTED"],
    [`{"exp":${NOW}}`, { currentDate: new Date(1000 * NOW) }, "EXPIRED exp"],
    [`{"exp":0}`, {}, "EXPIRED exp"],
    [`{"exp":-1}`, {}, "EXPIRED exp"],
    [`{"exp":1}`, { ignoreExpiration: true }, "ACCEPTED"],
    [`{"exp":"1"}`, { ignoreExpiration: true }, "CLAIM_INVALID exp"],
    [`{"nbf":${NOW}}`, {}, "ACCEPTED"],
    [`{"nbf":${NOW + 1}}`, {}, "NOT_YET_VALID nbf"],
    [`{"nbf":${NOW}.001}`, {}, "NOT_YET_VALID nbf"],
    [`{"nbf":${NOW + 1}}`, { clockTolerance: 1 }, "ACCEPTED"],
    [`{"nbf":${NOW + 2}}`, { clockTolerance: 1 }, "NOT_YET_VALID nbf"],
    [`{"nbf":1e300}`, { ignoreNotBefore: true }, "ACCEPTED"],
    [`{"nbf":null}`, { ignoreNotBefore: true }, "CLAIM_INVALID nbf"],
    [`{"iat":${NOW + 1000}}`, {}, "ACCEPTED"],
    [`{"iat":"${NOW}"}`, {}, "CLAIM_INVALID iat"],
    [`{"iat":${NOW}}`, { maxTokenAge: 0 }, "ACCEPTED"],
    [`{"iat":${NOW - 60}}`, { maxTokenAge: 60 }, "ACCEPTED"],
    [`{"iat":${NOW - 61}}`, { maxTokenAge: 60 }, "TOO_OLD iat"],
    [`{"iat":${NOW - 61}}`, { maxTokenAge: 60, clockTolerance: 1 }, "ACCEPTED"],
    [`{"iat":${NOW - 60}.5}`, { maxTokenAge: 59.5 }, "ACCEPTED"],
    [`{"iat":${NOW + 1}}`, { maxTokenAge: 60 }, "ISSUED_IN_FUTURE iat"],
    [`{"iat":${NOW + 1}}`, { maxTokenAge: 60, clockTolerance: 1 }, "ACCEPTED"],
    ["{}", { maxTokenAge: 60 }, "CLAIM_MISSING iat"],
    [`{"exp":${NOW + 60},"iat":${NOW}}`, { maxLifetime: 60 }, "ACCEPTED"],
    [`{"exp":${NOW + 61},"iat":${NOW}}`, { maxLifetime: 60 }, "LIFETIME_TOO_LONG exp"],
    [`{"exp":${NOW + 61},"iat":${NOW}}`, { maxLifetime: 60, clockTolerance: 1 }, "LIFETIME_TOO_LONG exp"],
    [`{"exp":${1000 * NOW},"iat":${NOW}}`, { maxLifetime: 86400 }, "LIFETIME_TOO_LONG exp"],
    [`{"iat":${NOW}}`, { maxLifetime: 60 }, "CLAIM_MISSING exp"],
    [`{"exp":${NOW + 60}}`, { maxLifetime: 60 }, "CLAIM_MISSING iat"],
    [`{"exp":1.7e9}`, { currentDate: NOW - 1 }, "ACCEPTED"],
    [`{"exp":17000000000e-1}`, {}, "EXPIRED exp"],
  ])("%s under %j is %s", (payload, options, code) => {
    expect(codeOfPayload(payload, options)).toBe(code);
  });
});

describe.each([
  ["iss", "issuer", "ISSUER_MISMATCH"],
  ["aud", "audience", "AUDIENCE_MISMATCH"],
  ["sub", "subject", "SUBJECT_MISMATCH"],
  ["jti", "jwtId", "JWT_ID_MISMATCH"],
  ["nonce", "nonce", "NONCE_MISMATCH"],
])("%s", (claim, option, mismatch) => {
  it.each([
    ['"a"', "ACCEPTED"],
    ['"b"', "ACCEPTED"],
    ['"\\u0061"', "ACCEPTED"],
    ['"c"', mismatch],
    ['""', mismatch],
    ['"a "', mismatch],
    ['"A"', mismatch],
    ['"ab"', mismatch],
    ['"a\\u0000"', mismatch],
    ["null", "CLAIM_INVALID"],
    ["1", "CLAIM_INVALID"],
    ["true", "CLAIM_INVALID"],
    ['{"0":"a"}', "CLAIM_INVALID"],
    [undefined, "CLAIM_MISSING"],
  ])("of %s is %s where a or b is expected", (value, code) => {
    const payload = value === undefined ? "{}" : `{"${claim}":${value}}`;
    expect(codeOfPayload(payload, { [option]: ["a", "b"] })).toBe(code === "ACCEPTED" ? code : `${code} ${claim}`);
  });

  it("must be the one value where one is expected", () => {
    expect(codeOfPayload(`{"${claim}":"a"}`, { [option]: "a" })).toBe("ACCEPTED");
    expect(codeOfPayload(`{"${claim}":"b"}`, { [option]: "a" })).toBe(`${mismatch} ${claim}`);
  });
});

describe("an array", () => {
  it.each([
    ['["a"]', "ACCEPTED"],
    ['["x","a"]', "ACCEPTED"],
    ['[ "x" , "\\u0061" ]', "ACCEPTED"],
    ['["a","a"]', "ACCEPTED"],
    ['["x","y"]', "AUDIENCE_MISMATCH aud"],
    ["[]", "AUDIENCE_MISMATCH aud"],
    ["[ ]", "AUDIENCE_MISMATCH aud"],
    ['["a",1]', "CLAIM_INVALID aud"],
    ['[null,"a"]', "CLAIM_INVALID aud"],
    ['[["a"]]', "CLAIM_INVALID aud"],
    ['["a",{}]', "CLAIM_INVALID aud"],
    ['["x,a"]', "AUDIENCE_MISMATCH aud"],
    ['["\\"a\\""]', "AUDIENCE_MISMATCH aud"],
  ])("%s for an audience is %s", (value, code) => {
    expect(codeOfPayload(`{"aud":${value}}`, { audience: "a" })).toBe(code);
  });

  it.each(["iss", "sub", "jti", "nonce"])("is no %s", (claim) => {
    const option = { iss: "issuer", sub: "subject", jti: "jwtId", nonce: "nonce" }[claim] as string;
    expect(codeOfPayload(`{"${claim}":["a"]}`, { [option]: "a" })).toBe(`CLAIM_INVALID ${claim}`);
  });
});

/** One fault for each rule, in the order of judgement: what it changes in a token that would pass, and its code. */
interface Fault {
  readonly code: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly signed?: "by another key";
  readonly token?: (token: string) => string;
}

const STRICT: Options = {
  typ: "JWT",
  keys: [{ kid: "k", secret: OTHER_TEST_SECRET }],
  issuer: "i",
  audience: "a",
  subject: "s",
  jwtId: "j",
  nonce: "n",
  requiredClaims: ["role"],
  maxTokenAge: 100,
  maxLifetime: 100,
  maxTokenLength: 500,
  validate: (claims) => claims.role !== "guest",
};
const GOOD_CLAIMS = { exp: NOW + 10, nbf: NOW - 10, iat: NOW - 10, iss: "i", aud: "a", sub: "s", jti: "j", nonce: "n", role: "user" };
const GOOD_HEADER = { alg: "HS256", typ: "JWT", kid: "k" };

const FAULTS: readonly Fault[] = [
  { code: "TOKEN_TOO_LONG", token: (token) => token + "A".repeat(500) },
  { code: "MALFORMED", token: (token) => token.replace(".", ".=") },
  { code: "CRITICAL_HEADER_UNSUPPORTED", header: { crit: ["x"], x: 1 } },
  { code: "TYPE_MISMATCH", header: { typ: "other" } },
  { code: "ALGORITHM_NOT_ALLOWED", header: { alg: "none" } },
  { code: "KEY_NOT_FOUND", header: { kid: "other" } },
  { code: "BAD_SIGNATURE", signed: "by another key" },
  { code: "EXPIRED exp", claims: { exp: NOW } },
  { code: "NOT_YET_VALID nbf", claims: { nbf: NOW + 1 } },
  { code: "TOO_OLD iat", claims: { iat: NOW - 101 } },
  { code: "ISSUER_MISMATCH iss", claims: { iss: "x" } },
  { code: "AUDIENCE_MISMATCH aud", claims: { aud: ["x"] } },
  { code: "SUBJECT_MISMATCH sub", claims: { sub: "x" } },
  { code: "JWT_ID_MISMATCH jti", claims: { jti: "x" } },
  { code: "NONCE_MISMATCH nonce", claims: { nonce: "x" } },
  { code: "CLAIM_MISSING role", claims: { role: undefined } },
  { code: "VALIDATION_FAILED", claims: { role: "guest" } },
];

function tokenWith(...faults: readonly Fault[]): string {
  const header = Object.assign({}, GOOD_HEADER, ...faults.map((fault) => fault.header));
  // The first fault is written last: a later one must not undo it.
  const claims = Object.assign({}, GOOD_CLAIMS, ...faults.map((fault) => fault.claims).reverse());
  const secret = faults.some((fault) => fault.signed) ? undefined : OTHER_TEST_SECRET;
  const token = signText(JSON.stringify(claims), JSON.stringify(header), secret);
  return faults.reduceRight((text, fault) => fault.token?.(text) ?? text, token);
}

describe("the order of judgement", () => {
  it("begins with a token that passes", () => {
    expect(codeOf(tokenWith(), STRICT)).toBe("ACCEPTED");
  });

  const pairs = FAULTS.flatMap((first, index) => FAULTS.slice(index).map((second) => [first, second] as const));
  it.each(pairs.map(([first, second]) => [first.code, second.code, first, second] as const))(
    "gives %s before %s",
    (code, _, first, second) => {
      expect(codeOf(tokenWith(first, second), STRICT)).toBe(code);
    },
  );

  it.each<[string, string, Record<string, unknown>]>([
    ["EXPIRED exp", "LIFETIME_TOO_LONG exp", { exp: NOW - 5, iat: NOW - 200 }],
    ["TOO_OLD iat", "LIFETIME_TOO_LONG exp", { exp: NOW + 10, iat: NOW - 101 }],
    ["ISSUED_IN_FUTURE iat", "LIFETIME_TOO_LONG exp", { exp: NOW + 200, iat: NOW + 5 }],
    ["LIFETIME_TOO_LONG exp", "ISSUER_MISMATCH iss", { exp: NOW + 200, iss: "x" }],
    ["CLAIM_INVALID exp", "CLAIM_INVALID nbf", { exp: "1", nbf: "1" }],
    ["CLAIM_INVALID nbf", "CLAIM_INVALID iat", { nbf: "1", iat: "1" }],
    ["CLAIM_INVALID iat", "CLAIM_INVALID iss", { iat: "1", iss: 1 }],
    ["CLAIM_MISSING exp", "NOT_YET_VALID nbf", { exp: undefined, nbf: NOW + 1 }],
    ["NOT_YET_VALID nbf", "CLAIM_MISSING iat", { nbf: NOW + 1, iat: undefined }],
    ["CLAIM_MISSING iat", "CLAIM_INVALID iss", { iat: undefined, iss: 1 }],
    ["CLAIM_MISSING iss", "CLAIM_INVALID aud", { iss: undefined, aud: 1 }],
    ["CLAIM_INVALID aud", "CLAIM_MISSING sub", { aud: 1, sub: undefined }],
    ["CLAIM_MISSING sub", "CLAIM_INVALID jti", { sub: undefined, jti: 1 }],
    ["CLAIM_INVALID jti", "CLAIM_MISSING nonce", { jti: 1, nonce: undefined }],
    ["CLAIM_MISSING nonce", "CLAIM_MISSING role", { nonce: undefined, role: undefined }],
  ])("gives %s before %s among claims", (code, _, changes) => {
    expect(codeOf(tokenWith({ code, claims: changes }), STRICT)).toBe(code);
  });

  it("judges the shape of the payload's text before the signature, and its JSON after it", () => {
    expect(codeOf(signText("no JSON", HEADER, OTHER_TEST_SECRET))).toBe("BAD_SIGNATURE");
    expect(codeOf(signText("no JSON", HEADER))).toBe("MALFORMED");
    expect(codeOf(signText("no JSON", '{"alg":"none"}'))).toBe("ALGORITHM_NOT_ALLOWED");
  });
});
