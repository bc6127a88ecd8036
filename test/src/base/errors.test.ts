/** No message holds a token, a key, or the value of a claim. */
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { kindOf, optionError } from "../../../src/base/errors.js";
import { createSigner, createVerifier, describeRejection, JwtError, type VerifierOptions } from "../../../src/index.js";
import { base64url, NOW, signText, TEST_SECRET } from "../../support/tokens.js";

/** All that a log might keep of an error or a verdict. */
function everythingOf(thing: unknown): string {
  const error = thing as Partial<Error>;
  return [
    String(thing),
    JSON.stringify(thing),
    inspect(thing, { depth: 9, showHidden: true }),
    error.message,
    error.stack,
    inspect(error.cause),
  ].join("\n");
}

/** The parts of a text that must not be found: every run of eight characters. */
function expectNoTrace(output: string, secret: string, what: string): void {
  for (let from = 0; from + 8 <= secret.length; from += 4) {
    const part = secret.slice(from, from + 8);
    if (output.includes(part)) expect.fail(`${what} is in: ${output}`);
  }
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.fail("nothing was thrown");
}

describe("JwtError", () => {
  it("is an Error with a code, a sentence and the claim's name", () => {
    const error = new JwtError({ ok: false, code: "CLAIM_MISSING", claim: "role" });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("JwtError");
    expect(error).toMatchObject({ code: "CLAIM_MISSING", claim: "role", message: `${describeRejection("CLAIM_MISSING")} (claim "role")` });
    expect(new JwtError({ ok: false, code: "MALFORMED" })).toMatchObject({ code: "MALFORMED", message: describeRejection("MALFORMED") });
    expect("claim" in new JwtError({ ok: false, code: "MALFORMED" })).toBe(false);
  });
});

describe("a rejection and its error", () => {
  const verifiers = [
    {},
    { issuer: "expected issuer" },
    { audience: "expected audience", requiredClaims: ["role"] },
    { typ: "at+jwt" },
    { maxTokenLength: 100 },
    { keys: { kid: "k", secret: TEST_SECRET } },
    { maxTokenAge: 5, maxLifetime: 5 },
    { validate: (): boolean => thrownByAll() },
  ].map((options) => createVerifier({ keys: TEST_SECRET, currentDate: NOW, ...(options as Partial<VerifierOptions>) }));

  function thrownByAll(): never {
    throw new Error("from the caller's own check");
  }

  it("hold nothing of the token", () => {
    let rejected = 0;
    for (let round = 0; round < 60; round++) {
      const name = randomBytes(12).toString("hex");
      const value = randomBytes(24).toString("hex");
      const payloads = [
        `{"iss":"${value}"}`,
        `{"aud":["${value}"],"${name}":1}`,
        `{"exp":"${value}"}`,
        `{"sub":"${value}","exp":1}`,
        `{"${name}":"${value}`,
        `{"nonce":"${value}","nonce":"${value}"}`,
        `{"iat":1,"jti":"${value}"}`,
      ];
      const headers = [
        '{"alg":"HS256"}',
        `{"alg":"HS256","kid":"${value}"}`,
        `{"alg":"${value}"}`,
        `{"alg":"HS256","crit":["${name}"]}`,
        `{"alg":"HS256","typ":"${value}"}`,
      ];
      const tokens = [
        ...payloads.map((payload) => signText(payload)),
        ...headers.map((header) => signText(`{"x":"${value}"}`, header)),
        signText(`{"x":"${value}"}`, headers[0], randomBytes(32)),
        base64url(value),
      ];
      for (const verifier of verifiers) {
        for (const token of tokens) {
          const verdict = verifier.verify(token);
          if (verdict.ok) continue;
          rejected++;
          const output = everythingOf(verdict) + everythingOf(thrownBy(() => verifier.verifyOrThrow(token)));
          for (const segment of [...token.split("."), value, name]) expectNoTrace(output, segment, "part of the token");
        }
      }
    }
    expect(rejected).toBeGreaterThan(1000);
  });
});

describe("the error for a wrong option", () => {
  it("holds nothing of a key", () => {
    for (let round = 0; round < 50; round++) {
      const secret = randomBytes(31);
      const [hex, base64] = [secret.toString("hex"), secret.toString("base64url")];
      const wrong: unknown[] = [
        secret,
        hex.slice(0, 30),
        { secret: hex, kid: 5 },
        { secret: hex, alg: hex },
        { secret: hex, encoding: hex },
        { secret: `${base64}=`, encoding: "base64url" },
        { secret: hex, default: hex },
        { kty: hex, k: base64 },
        { kty: "oct", k: `${base64}=`, use: hex },
        { kty: "oct", k: `${base64}==` },
        { kty: "oct", k: base64, alg: hex },
        { kty: "oct", k: base64, key_ops: [hex] },
        { key: hex },
        [secret, secret],
        [
          { secret: hex, kid: "a" },
          { secret: `${hex}0`, kid: "a" },
        ],
        `-----BEGIN PUBLIC KEY-----\n${secret.toString("base64")}`,
        `{"kty":"oct","k":"${base64}"}`,
      ];
      for (const keys of wrong) {
        for (const act of [() => createVerifier({ keys: keys as never }), () => createSigner({ key: keys as never })]) {
          const output = everythingOf(thrownBy(act));
          for (const text of [hex, base64, secret.toString("base64"), secret.toString("latin1")])
            expectNoTrace(output, text, "part of the key");
        }
      }
    }
  });

  it("holds nothing of a secret that was given for another option", () => {
    const secret = randomBytes(32).toString("hex");
    for (const name of [
      "algorithms",
      "crit",
      "requiredClaims",
      "clockTolerance",
      "maxTokenAge",
      "currentDate",
      "validate",
      "ignoreExpiration",
    ]) {
      expectNoTrace(
        everythingOf(thrownBy(() => createVerifier({ keys: TEST_SECRET, [name]: secret } as unknown as VerifierOptions))),
        secret,
        `the value of ${name}`,
      );
    }
  });
});

describe("kindOf", () => {
  it.each<[unknown, string]>([
    [null, "null"],
    [undefined, "undefined"],
    [5, "5"],
    [-0.5, "-0.5"],
    [NaN, "NaN"],
    [true, "true"],
    ["", "an empty string"],
    ["secret", "a string"],
    [[], "an empty array"],
    [["secret"], "an array"],
    [{ secret: 1 }, "an object (Object)"],
    [Object.create(null), "an object (no prototype)"],
    [new Date(), "an object (Date)"],
    [new (class {})(), "an object (of no class)"],
    [JSON.parse('{"constructor":{"name":"secret"}}'), "an object (Object)"],
    [JSON.parse('{"constructor":null}'), "an object (Object)"],
    [Object.create({ constructor: { name: "secret" } }), "an object (of no class)"],
    [() => 1, "a function"],
    [1n, "a bigint"],
    [Symbol("secret"), "a symbol"],
  ])("names %o", (value, kind) => {
    expect(kindOf(value)).toBe(kind);
    expect(optionError("x", "y", value).message).toBe(`Expected \`x\` to be y, got ${kind}`);
  });
});
