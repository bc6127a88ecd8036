/** Options are parsed once: a wrong one is refused by name, and none silently checks nothing. */
import { describe, expect, it } from "vitest";
import { algorithmNames } from "../../../src/base/algorithms.js";
import { createVerifier, type VerifierOptions } from "../../../src/index.js";
import { parseOptions } from "../../../src/verify/options.js";
import { OTHER_PAIRS, PAIRS } from "../../support/pairs.js";
import { NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";

function refusal(options: unknown): string {
  try {
    createVerifier(options as VerifierOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  return "none";
}

const strings = "a non-empty string or array of them";
const seconds = "a number of seconds from 0 to 86400";
const orText = 'or text with a unit (s, m, h, d, w) such as "15m"';

describe("a wrong option is refused by name, with what was expected and what came", () => {
  it.each<[string, unknown, string]>([
    ["clockTolerance", -5, `Expected \`clockTolerance\` to be ${seconds}, got -5`],
    ["clockTolerance", 86401, `Expected \`clockTolerance\` to be ${seconds}, got 86401`],
    ["clockTolerance", NaN, `Expected \`clockTolerance\` to be ${seconds}, got NaN`],
    ["clockTolerance", Infinity, `Expected \`clockTolerance\` to be ${seconds}, got Infinity`],
    [
      "clockTolerance",
      "5",
      `Expected \`clockTolerance\` to be ${seconds}, ${orText}, got digits without a unit: for 120 seconds write 120 or "120s"`,
    ],
    ["clockTolerance", null, `Expected \`clockTolerance\` to be ${seconds}, got null`],
    ["clockTolerance", 5n, `Expected \`clockTolerance\` to be ${seconds}, got a bigint`],
    ["maxTokenAge", -1, "Expected `maxTokenAge` to be a number of seconds, 0 or more, got -1"],
    ["maxTokenAge", Infinity, "Expected `maxTokenAge` to be a number of seconds, 0 or more, got Infinity"],
    ["maxTokenAge", "an hour", `Expected \`maxTokenAge\` to be a number of seconds, 0 or more, ${orText}, got a string`],
    ["maxLifetime", 0, "Expected `maxLifetime` to be a number of seconds, more than 0, got 0"],
    ["maxLifetime", NaN, "Expected `maxLifetime` to be a number of seconds, more than 0, got NaN"],
    ["maxTokenLength", 0, "Expected `maxTokenLength` to be a whole number of bytes from 1 to 262144, got 0"],
    ["maxTokenLength", 262145, "Expected `maxTokenLength` to be a whole number of bytes from 1 to 262144, got 262145"],
    ["maxTokenLength", 1.5, "Expected `maxTokenLength` to be a whole number of bytes from 1 to 262144, got 1.5"],
    ["issuer", "", `Expected \`issuer\` to be ${strings}, got an empty string`],
    ["issuer", [], `Expected \`issuer\` to be ${strings}, got an empty array`],
    ["issuer", ["a", ""], `Expected \`issuer\` to be ${strings}, got an empty string`],
    ["issuer", ["a", 1], `Expected \`issuer\` to be ${strings}, got 1`],
    ["issuer", null, `Expected \`issuer\` to be ${strings}, got null`],
    ["issuer", /a/, `Expected \`issuer\` to be ${strings}, got an object (RegExp)`],
    ["issuer", "\ud800", `Expected \`issuer\` to be ${strings}, got a string`],
    ["audience", "", `Expected \`audience\` to be ${strings}, got an empty string`],
    ["audience", [null], `Expected \`audience\` to be ${strings}, got null`],
    ["subject", 5, `Expected \`subject\` to be ${strings}, got 5`],
    ["jwtId", [[]], `Expected \`jwtId\` to be ${strings}, got an empty array`],
    ["nonce", false, `Expected \`nonce\` to be ${strings}, got false`],
    ["typ", "", `Expected \`typ\` to be ${strings}, got an empty string`],
    ["crit", "ext", "Expected `crit` to be an array of header parameter names, got a string"],
    ["crit", [], `Expected \`crit\` to be ${strings}, got an empty array`],
    ["crit", ["alg"], 'Expected `crit` to name extensions, got the standard parameter "alg" (RFC 7515 §4.1.11)'],
    ["crit", ["ext", "b64"], 'Expected `crit` to name extensions, got the standard parameter "b64" (RFC 7515 §4.1.11)'],
    ["requiredClaims", "exp", "Expected `requiredClaims` to be a non-empty array of claim names, got a string"],
    ["requiredClaims", [], "Expected `requiredClaims` to be a non-empty array of claim names, got an empty array"],
    ["requiredClaims", ["exp", 1], "Expected `requiredClaims` to be a non-empty array of claim names, got an array"],
    ["algorithms", [], `Expected \`algorithms\` to be a non-empty array of ${algorithmNames()}, got an empty array`],
    ["algorithms", ["none"], `Expected \`algorithms\` to be a non-empty array of ${algorithmNames()}, got an array`],
    ["algorithms", ["HS256", "toString"], `Expected \`algorithms\` to be a non-empty array of ${algorithmNames()}, got an array`],
    ["algorithms", "HS256", `Expected \`algorithms\` to be a non-empty array of ${algorithmNames()}, got a string`],
    ["ignoreExpiration", "false", "Expected `ignoreExpiration` to be a boolean, got a string"],
    ["ignoreExpiration", 0, "Expected `ignoreExpiration` to be a boolean, got 0"],
    ["ignoreNotBefore", null, "Expected `ignoreNotBefore` to be a boolean, got null"],
    ["allowWeakSecrets", 1, "Expected `allowWeakSecrets` to be a boolean, got 1"],
    ["validate", true, "Expected `validate` to be a function, got true"],
    ["currentDate", NaN, "Expected `currentDate` to be a valid Date, a number of seconds, or a function that gives one, got NaN"],
    [
      "currentDate",
      "2026-01-01",
      "Expected `currentDate` to be a valid Date, a number of seconds, or a function that gives one, got a string",
    ],
    [
      "currentDate",
      new Date("x"),
      "Expected `currentDate` to be a valid Date, a number of seconds, or a function that gives one, got an object (Date)",
    ],
    ["keys", undefined, "Expected `keys` to be a key, an array of keys, a key ring or a key table, got undefined"],
    ["keys", null, "Expected `keys` to be a key, an array of keys, a key ring or a key table, got null"],
    ["keys", [], "Expected `keys` to be at least one key, got an empty array"],
    ["keyFrom", "sub", 'Expected `keyFrom` to be "kid" or an object with `claim`, its name, got a string'],
    ["keyFrom", null, 'Expected `keyFrom` to be "kid" or an object with `claim`, its name, got null'],
    ["keyFrom", {}, 'Expected `keyFrom` to be "kid" or an object with `claim`, its name, got an object (Object)'],
    ["keyFrom", { claim: "" }, 'Expected `keyFrom` to be "kid" or an object with `claim`, its name, got an object (Object)'],
    ["keyFrom", { claim: "\ud800" }, 'Expected `keyFrom` to be "kid" or an object with `claim`, its name, got an object (Object)'],
    ["keyFrom", { claim: "sub", or: "kid" }, 'Expected `keyFrom` to be "kid" or an object with `claim`, its name, got an object (Object)'],
    ["keyFrom", { claim: "sub" }, "Expected each of `keys` to have a `kid`: with `keyFrom` a claim must name it"],
  ])("%s: %o", (name, value, message) => {
    expect(refusal({ keys: TEST_SECRET, [name]: value })).toBe(message);
  });

  it.each([undefined, null, 1, "secret", [], true])("options themselves: %o", (options) => {
    expect(refusal(options)).toMatch(/^Expected `options` to be an object, got /);
  });
});

describe("an option that nobody knows is refused, with the one that may have been meant", () => {
  it.each([
    ["isuer", "issuer"],
    ["issuer_", "issuer"],
    ["iss", "issuer"],
    ["Issuer", "issuer"],
    ["aud", "audience"],
    ["audiences", "audience"],
    ["clocktolerance", "clockTolerance"],
    ["clockTolerence", "clockTolerance"],
    ["maxLifeTime", "maxLifetime"],
    ["algorithm", "algorithms"],
    ["key", "keys"],
    ["requiredClaim", "requiredClaims"],
    ["jwtid", "jwtId"],
    ["validator", "validate"],
    ["ignoreExpiry", "ignoreExpiration"],
    ["isuser", "issuer"],
    ["keyForm", "keyFrom"],
    ["cacheTTL", undefined],
    ["ignoreIssuer", undefined],
    ["issuedAt", undefined],
  ])("%s, for which it suggests %s", (name, meant) => {
    const message = refusal({ keys: TEST_SECRET, [name]: "x" });
    expect(message).toContain(`Unknown option \`${name}\``);
    if (meant) expect(message).toContain(`did you mean \`${meant}\`?`);
    else expect(message).toMatch(/known are keys, /);
  });
});

describe("right options", () => {
  it("are copied: what changes afterwards changes no verdict", () => {
    const issuer = ["a"];
    const secret = Uint8Array.from(TEST_SECRET);
    const verifier = createVerifier({ keys: secret, issuer, currentDate: NOW });
    issuer[0] = "b";
    issuer.push("c");
    secret.fill(0);
    expect(verifier.verify(signClaims({ iss: "a" })).ok).toBe(true);
    expect(verifier.verify(signClaims({ iss: "b" })).ok).toBe(false);
  });

  it.each([
    ["clockTolerance", 0],
    ["clockTolerance", 86400],
    ["clockTolerance", 0.5],
    ["maxTokenAge", 0],
    ["maxLifetime", 0.1],
    ["maxTokenLength", 1],
    ["maxTokenLength", 262144],
    ["requiredClaims", [""]],
    ["clockTolerance", undefined],
    ["crit", undefined],
    ["maxTokenLength", undefined],
    ["currentDate", undefined],
    ["ignoreExpiration", undefined],
    ["algorithms", ["HS256"]],
    ["algorithms", ["RS256", "HS256"]],
  ])("%s may be %o", (name, value) => {
    expect(refusal({ keys: TEST_SECRET, [name]: value })).toBe("none");
  });

  it("have these values unless given", () => {
    const { clockTolerance, maxTokenAge, maxLifetime, maxTokenLength, ignoreExpiration, ignoreNotBefore, algorithms, now } = parseOptions({
      keys: TEST_SECRET,
    });
    expect({ clockTolerance, maxTokenAge, maxLifetime, maxTokenLength, ignoreExpiration, ignoreNotBefore, algorithms }).toEqual({
      clockTolerance: 0,
      maxTokenAge: undefined,
      maxLifetime: undefined,
      maxTokenLength: 8192,
      ignoreExpiration: false,
      ignoreNotBefore: false,
      algorithms: ["HS256"],
    });
    expect(Math.abs(now() - Date.now() / 1000)).toBeLessThan(1);
  });

  it("without a clock judge by the system's", () => {
    const verifier = createVerifier({ keys: TEST_SECRET });
    const now = Date.now() / 1000;
    expect(verifier.verify(signClaims({ exp: now + 60 })).ok).toBe(true);
    expect(verifier.verify(signClaims({ exp: now - 60 }))).toMatchObject({ code: "EXPIRED" });
  });
});

describe("several keys", () => {
  it.each<[string, unknown, string]>([
    [
      "more without kid than are tried",
      [
        TEST_SECRET,
        { kid: "a", secret: TEST_SECRET, default: true },
        ..."123".split("").map((each) => `${each} ${"test secret ".repeat(3)}`),
      ],
      "Expected `keys[0]` to have a `kid`: without, at most 4 secrets are tried for a token of HS256",
    ],
    [
      "two public ones without kid",
      [PAIRS.EdDSA.publicKey, { publicKey: OTHER_PAIRS.EdDSA.publicKey }],
      "Expected `keys[0]` to have a `kid`: without, one public key is tried for a token of EdDSA",
    ],
    [
      "one kid twice",
      [
        { kid: "a", secret: TEST_SECRET },
        { kid: "a", secret: OTHER_TEST_SECRET },
      ],
      "Expected `keys[0].kid` to be the name of one key of its algorithm, got that of several",
    ],
    [
      "two defaults",
      [
        { kid: "a", secret: TEST_SECRET, default: true },
        { secret: OTHER_TEST_SECRET, default: true },
      ],
      "Expected `keys` to have at most one `default` for each algorithm, got several",
    ],
    [
      "a wrong one among right ones",
      [
        { kid: "a", secret: TEST_SECRET },
        { kid: "b", secret: "short" },
      ],
      "Expected `keys[1]` to be at least 32 bytes",
    ],
  ])("with %s are refused", (_, keys, message) => {
    expect(refusal({ keys })).toContain(message);
  });
});
