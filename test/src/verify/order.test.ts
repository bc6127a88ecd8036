/** The order of judgement, as docs/accepted.md and the README's table of codes have it: of two rules that a token fails, the first counts. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VERDICT_NAMES } from "../../../src/base/codes.js";
import type { VerifierOptions } from "../../../src/index.js";
import { createReplayGuard } from "../../../src/revocation/index.js";
import { codeOf } from "../../support/judge.js";
import { NOW, OTHER_TEST_SECRET, signClaims, signText } from "../../support/tokens.js";

const EXPIRED = { exp: NOW };
const HS384 = '{"alg":"HS384"}';
const two = (first: string, second: string) => `{${first},${second}}`;

/** What counts, what does not, and a token that fails by both. */
const PAIRS: readonly (readonly [string, string, string, Partial<VerifierOptions>])[] = [
  ["TOKEN_TOO_LONG", "MALFORMED", "a".repeat(60), { maxTokenLength: 50 }],
  ["MALFORMED", "BAD_SIGNATURE", `${signText("{}", undefined, OTHER_TEST_SECRET)}=`, {}],
  ["MALFORMED", "CRITICAL_HEADER_UNSUPPORTED", signText("{}", '{"crit":["x"]}'), {}],
  ["CRITICAL_HEADER_UNSUPPORTED", "TYPE_MISMATCH", signText("{}", '{"alg":"HS256","crit":["x"]}'), { typ: "at+jwt" }],
  ["TYPE_MISMATCH", "ALGORITHM_NOT_ALLOWED", signText("{}", HS384), { typ: "at+jwt" }],
  ["ALGORITHM_NOT_ALLOWED", "BAD_SIGNATURE", signText("{}", HS384, OTHER_TEST_SECRET), {}],
  ["BAD_SIGNATURE", "a payload that is MALFORMED", signText("[]", undefined, OTHER_TEST_SECRET), {}],
  ["BAD_SIGNATURE", "EXPIRED", signClaims(EXPIRED, undefined, OTHER_TEST_SECRET), {}],
  ["MALFORMED", "CLAIM_INVALID twice in the payload", signText('{"exp":1,"exp":1,}'), {}],
  ["CLAIM_INVALID sub", "EXPIRED, where a claim is there twice", signText('{"exp":1,"sub":"a","sub":"a"}'), {}],
  ["EXPIRED exp", "CLAIM_INVALID of nbf, whose turn comes later", signText(two('"exp":1', '"nbf":"1"')), {}],
  ["EXPIRED exp", "NOT_YET_VALID", signClaims({ ...EXPIRED, nbf: NOW + 1 }), {}],
  ["NOT_YET_VALID nbf", "ISSUED_IN_FUTURE", signClaims({ nbf: NOW + 1, iat: NOW + 1 }), { maxTokenAge: 1 }],
  ["TOO_OLD iat", "LIFETIME_TOO_LONG", signClaims({ iat: 1, exp: NOW + 1 }), { maxTokenAge: 1, maxLifetime: 1 }],
  ["LIFETIME_TOO_LONG exp", "ISSUER_MISMATCH", signClaims({ iat: NOW, exp: NOW + 9, iss: "b" }), { maxLifetime: 1, issuer: "a" }],
  ["CLAIM_MISSING iss", "AUDIENCE_MISMATCH", signClaims({ aud: "b" }), { issuer: "a", audience: "a" }],
  ["ISSUER_MISMATCH iss", "AUDIENCE_MISMATCH", signClaims({ iss: "b", aud: "b" }), { issuer: "a", audience: "a" }],
  ["AUDIENCE_MISMATCH aud", "SUBJECT_MISMATCH", signClaims({ aud: "b", sub: "b" }), { audience: "a", subject: "a" }],
  ["SUBJECT_MISMATCH sub", "JWT_ID_MISMATCH", signClaims({ sub: "b", jti: "b" }), { subject: "a", jwtId: "a" }],
  ["JWT_ID_MISMATCH jti", "NONCE_MISMATCH", signClaims({ jti: "b", nonce: "b" }), { jwtId: "a", nonce: "a" }],
  ["NONCE_MISMATCH nonce", "CLAIM_INVALID of jti", signClaims({ jti: 1, nonce: "b" }), { nonce: "a", requireJwtId: true }],
  ["CLAIM_INVALID jti", "CLAIM_MISSING of a required claim", signClaims({ jti: 1 }), { requiredClaims: ["scope"], requireJwtId: true }],
  ["CLAIM_MISSING scope", "CLAIM_MISSING of jti", signClaims({}), { requiredClaims: ["scope"], requireJwtId: true }],
  [
    "CLAIM_MISSING jti",
    "CLAIM_MISSING of what is named after it",
    signClaims({}),
    { requiredClaims: ["jti", "scope"], requireJwtId: true },
  ],
  ["CLAIM_MISSING jti", "CLAIM_MISSING of exp", signClaims({}), { replay: createReplayGuard() }],
  ["CLAIM_MISSING scope", "VALIDATION_FAILED", signClaims({}), { requiredClaims: ["scope"], validate: () => false }],
];

describe("the order of judgement", () => {
  it.each(PAIRS)("has %s before %s", (first, _, token, options) => {
    expect(codeOf(token, options)).toBe(first);
  });

  it("has a payload judged after the signature, also where the documents tell of it", () => {
    const [readme, accepted] = ["README.md", "docs/accepted.md"].map((file) => readFileSync(file, "utf8").replace(/\s+/g, " ")) as [
      string,
      string,
    ];
    expect(readme).toContain("or its payload is none, which is judged after `BAD_SIGNATURE`");
    expect(accepted).toContain("A forged token whose payload is no JSON is `BAD_SIGNATURE`.");
    expect(accepted.indexOf("with `requireJwtId` or `replay`: if there, a string")).toBeLessThan(accepted.indexOf("| required | each"));
  });

  it("is told by the README's table for every code, with its number", () => {
    const readme = readFileSync("README.md", "utf8");
    for (const [code, name] of VERDICT_NAMES.entries()) {
      if (name.endsWith("_MISMATCH") && name !== "TYPE_MISMATCH") continue;
      expect(readme).toContain(`| ${code} | \`${name}\` |`);
    }
  });
});
