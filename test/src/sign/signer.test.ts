/** Signers: what goes into a token, and what is refused. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier, type JwtClaims, type SignerOptions, type SignOptions } from "../../../src/index.js";
import { base64url, NOW, TEST_SECRET } from "../../support/tokens.js";

const verifier = createVerifier({
  keys: TEST_SECRET,
  currentDate: NOW,
  ignoreExpiration: true,
  ignoreNotBefore: true,
  maxTokenLength: 262144,
});

/** What a signer with these options makes of a claims set. */
function signed(options: Partial<SignerOptions>, claims: JwtClaims = {}): { claims: JwtClaims; header: object } {
  const verdict = verifier.verify(createSigner({ key: TEST_SECRET, currentDate: NOW + 0.9, ...options }).sign(claims));
  if (!verdict.ok) return expect.fail(verdict.code);
  return { claims: verdict.claims, header: verdict.header };
}

describe("a signed token", () => {
  it.each<[Partial<SignerOptions>, JwtClaims, object]>([
    [{}, {}, { iat: NOW }],
    [{ issuedAt: true }, {}, { iat: NOW }],
    [{ issuedAt: false }, {}, {}],
    [{ issuedAt: false }, { a: 1, b: [null, "é"] }, { a: 1, b: [null, "é"] }],
    [{ expiresIn: 60 }, {}, { iat: NOW, exp: NOW + 60 }],
    [{ notBefore: -5 }, {}, { iat: NOW, nbf: NOW - 5 }],
    [{ issuer: "i", audience: "a", subject: "s" }, {}, { iat: NOW, iss: "i", aud: "a", sub: "s" }],
    [{ audience: ["a", "b"] }, {}, { iat: NOW, aud: ["a", "b"] }],
    [{ audience: ["a"] }, {}, { iat: NOW, aud: ["a"] }],
    [
      { issuer: "i", expiresIn: 60 },
      { iss: "own", exp: 5, iat: 4 },
      { iss: "own", exp: 5, iat: 4 },
    ],
    [{ currentDate: new Date(1000 * NOW) }, {}, { iat: NOW }],
    [{ currentDate: () => NOW + 7 }, {}, { iat: NOW + 7 }],
    [{ issuedAt: false }, { gone: undefined, kept: null }, { kept: null }],
    [
      { issuer: "i", audience: "a", subject: "s", expiresIn: 60, notBefore: 0 },
      { iss: undefined, aud: undefined, sub: undefined, exp: undefined, nbf: undefined, iat: undefined } as object as JwtClaims,
      { iat: NOW, iss: "i", aud: "a", sub: "s", nbf: NOW, exp: NOW + 60 },
    ],
  ])("under %o of %o has these claims", (options, claims, expected) => {
    expect(signed(options, claims).claims).toEqual(expected);
  });

  it.each<[Partial<SignerOptions>, object]>([
    [{}, { alg: "HS256", typ: "JWT" }],
    [{ typ: null }, { alg: "HS256" }],
    [{ typ: "at+jwt" }, { alg: "HS256", typ: "at+jwt" }],
    [{ key: { kid: "k", secret: TEST_SECRET } }, { alg: "HS256", typ: "JWT", kid: "k" }],
  ])("under %o has this header", (options, expected) => {
    const token = createSigner({ key: TEST_SECRET, ...options }).sign({});
    expect(JSON.parse(Buffer.from(token.split(".")[0] as string, "base64url").toString())).toEqual(expected);
  });

  it("has an id of its own where that is asked for", () => {
    const signer = createSigner({ key: TEST_SECRET, jwtId: "random" });
    const ids = [...verifier.verifyBatch(signer.signBatch(Array<JwtClaims>(100).fill({})))].map((verdict) =>
      verdict.ok ? verdict.claims.jti : "",
    );
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("has an id of its own where its claims set leaves it undefined", () => {
    expect(signed({ jwtId: "random" }, { jti: undefined } as object as JwtClaims).claims.jti).toHaveLength(36);
  });

  it.each<[string, () => JwtClaims]>([
    ["without a prototype", () => Object.assign(Object.create(null), { sub: "a" })],
    ["of another realm", () => runInNewContext('({ sub: "a" })')],
    ["with a claim named toJSON", () => ({ sub: "a", toJSON: "text" })],
  ])("may be of an object %s", (_, claims) => {
    expect(signed({}, claims()).claims).toMatchObject({ sub: "a", iat: NOW });
  });

  it("has __proto__ as a claim like any other", () => {
    const claims = JSON.parse('{"__proto__":{"a":1},"b":2}');
    expect(Object.keys(signed({ issuedAt: false }, claims).claims)).toEqual(["__proto__", "b"]);
  });
});

describe("a claims set is refused", () => {
  const signer = createSigner({ key: TEST_SECRET });

  it.each<[unknown, string]>([
    [undefined, "Expected `claims` to be a claims set, got undefined"],
    [null, "Expected `claims` to be a claims set, got null"],
    ["{}", "Expected `claims` to be a claims set, got a string"],
    [[], "Expected `claims` to be a claims set, got an empty array"],
    [new Map([["sub", "a"]]), "Expected `claims` to be a plain object, without `toJSON`, got an object (Map)"],
    [new Date(), "Expected `claims` to be a plain object"],
    [new (class Claims {})(), "Expected `claims` to be a plain object"],
    [Object.create({ sub: "a" }), "Expected `claims` to be a plain object"],
    [Object.create(Object.create(null)), "Expected `claims` to be a plain object"],
    [{ toJSON: () => ({ exp: "never" }) }, "Expected `claims` to be a plain object, without `toJSON`"],
    [{ exp: "1" }, "Expected `claims.exp` to be a finite number of seconds, got a string"],
    [{ exp: NaN }, "Expected `claims.exp` to be a finite number of seconds, got NaN"],
    [{ nbf: Infinity }, "Expected `claims.nbf` to be a finite number of seconds, got Infinity"],
    [{ iat: null }, "Expected `claims.iat` to be a finite number of seconds, got null"],
    [{ iat: new Date() }, "Expected `claims.iat` to be a finite number of seconds, got an object (Date)"],
    [{ exp: 1000 * NOW }, "Expected `claims.exp` to be seconds since the epoch, got milliseconds: divide by 1000"],
    [{ nbf: 1000 * NOW }, "Expected `claims.nbf` to be seconds since the epoch, got milliseconds: divide by 1000"],
    [{ iat: 1000 * NOW }, "Expected `claims.iat` to be seconds since the epoch, got milliseconds: divide by 1000"],
    [{ exp: Number.MAX_SAFE_INTEGER }, "Expected `claims.exp` to be seconds since the epoch, got milliseconds: divide by 1000"],
    [{ x: "x".repeat(200_000) }, "Expected `claims` to make a token of at most 262144 bytes, got "],
  ])("(%#) with a message that names it", (claims, message) => {
    expect(() => signer.sign(claims as JwtClaims)).toThrow(TypeError);
    expect(() => signer.sign(claims as JwtClaims)).toThrow(message);
  });

  it("within a batch by its number, before anything is signed", () => {
    expect(() => signer.signBatch([{}, { exp: "1" as unknown as number }])).toThrow("Expected `claims[1].exp`");
    expect(() => signer.signBatch({} as unknown as JwtClaims[])).toThrow(TypeError);
  });

  it("when it is no JSON", () => {
    const ring: JwtClaims = {};
    ring.self = ring;
    expect(() => signer.sign(ring)).toThrow(TypeError);
    expect(() => signer.sign({ x: 1n })).toThrow(TypeError);
    expect(verifier.verify(signer.sign({})).ok).toBe(true);
  });
});

describe("an option is refused", () => {
  it.each<[object, string]>([
    [{ expiresIn: 0 }, "Expected `expiresIn` to be a number of seconds, more than 0, got 0"],
    [{ expiresIn: "soon" }, "Expected `expiresIn` to be a number of seconds, more than 0, or text with a unit"],
    [{ notBefore: NaN }, "Expected `notBefore` to be a number of seconds, got NaN"],
    [{ issuedAt: 1 }, "Expected `issuedAt` to be a boolean, got 1"],
    [{ issuer: "" }, "Expected `issuer` to be a non-empty string"],
    [{ issuer: ["a", "b"] }, "Expected `issuer`, `subject` and `jwtId` to be one string each"],
    [{ audience: [] }, "Expected `audience` to be a non-empty string or array of them, got an empty array"],
    [{ jwtId: "uuid" }, 'Expected `jwtId` to be "random", got a string'],
    [{ typ: "" }, "Expected `typ` to be a string of 1 to 256 characters or null, got an empty string"],
    [{ expiresin: 5 }, "did you mean `expiresIn`?"],
    [{ algorithm: "none" }, "Unknown option `algorithm`"],
    [{ expiresIn: 1000 * NOW }, "Expected `expiresIn` to be seconds from the time of signing on, neither milliseconds nor a date"],
    [{ notBefore: 1000 * NOW }, "Expected `notBefore` to be seconds from the time of signing on, neither milliseconds nor a date"],
    [{ currentDate: 1000 * NOW }, "Expected `currentDate` to be seconds since the epoch, got milliseconds: give a Date, or divide by 1000"],
    ...["expiresIn", "notBefore", "issuer", "audience", "subject", "jwtId"].map((name): [object, string] => [
      { [name]: undefined },
      `Expected \`${name}\` to have a value, got undefined: leave it out if tokens are to go without`,
    ]),
    [{ key: undefined }, "Expected `key` to be a key, got undefined"],
    [{ key: "short" }, "Expected `key` to be at least 32 bytes"],
    [{ key: [TEST_SECRET] }, "Expected `key` to be a secret"],
    [{ currentDate: "now" }, "Expected `currentDate`"],
  ])("%o", (options, message) => {
    expect(() => createSigner({ key: TEST_SECRET, ...options })).toThrow(TypeError);
    expect(() => createSigner({ key: TEST_SECRET, ...options })).toThrow(message);
  });

  it.each([undefined, null, "x", []])("when there are none: %o", (options) => {
    expect(() => createSigner(options as unknown as SignerOptions)).toThrow("Expected `options` to be an object");
  });
});

describe("a clock", () => {
  it("in milliseconds signs nothing", () => {
    const signer = createSigner({ key: TEST_SECRET, currentDate: () => Date.now() });
    expect(() => signer.sign({})).toThrow("Expected `currentDate` to be seconds since the epoch, got milliseconds");
  });

  it("in milliseconds judges nothing", () => {
    const clocked = createVerifier({ keys: TEST_SECRET, currentDate: () => Date.now() });
    expect(() => clocked.verify(createSigner({ key: TEST_SECRET }).sign({}))).toThrow("got milliseconds");
  });

  it.each([
    ["the last second of the year 9999, as some write for never", 253_402_300_799],
    ["the greatest that is taken for seconds", 999_999_999_999],
  ])("may be followed by an `exp` of %s", (_, exp) => {
    expect(signed({}, { exp }).claims.exp).toBe(exp);
  });
});

describe("options of a call", () => {
  const make = (options: Partial<SignerOptions> = {}) => createSigner({ key: TEST_SECRET, currentDate: NOW, ...options });
  const claimsOf = (token: string) => {
    const verdict = verifier.verify(token);
    return verdict.ok ? verdict.claims : expect.fail(verdict.code);
  };

  it.each<[Partial<SignerOptions>, SignOptions, JwtClaims, object]>([
    [{}, {}, {}, { iat: NOW }],
    [{}, { expiresIn: "15m" }, {}, { iat: NOW, exp: NOW + 900 }],
    [{}, { expiresIn: 60, notBefore: "-5s" }, {}, { iat: NOW, exp: NOW + 60, nbf: NOW - 5 }],
    [{}, { issuer: "i", audience: ["a", "b"], subject: "s" }, {}, { iat: NOW, iss: "i", aud: ["a", "b"], sub: "s" }],
    [{}, { jwtId: "one" }, {}, { iat: NOW, jti: "one" }],
    [{ expiresIn: 60, issuer: "i", audience: "a" }, { expiresIn: 5, audience: "b" }, {}, { iat: NOW, exp: NOW + 5, iss: "i", aud: "b" }],
    [{ jwtId: "random" }, { jwtId: "one" }, {}, { iat: NOW, jti: "one" }],
    [{ expiresIn: 60 }, { audience: "b" }, { exp: NOW + 1 }, { iat: NOW, exp: NOW + 1, aud: "b" }],
    [{}, { expiresIn: 60 }, { exp: undefined } as object as JwtClaims, { iat: NOW, exp: NOW + 60 }],
    [{}, { subject: "s" }, { sub: "s" }, { iat: NOW, sub: "s" }],
  ])("of a signer with %o, %o over %o, make %o", async (options, ofCall, claims, expected) => {
    const signer = make(options);
    expect(claimsOf(signer.sign(claims, ofCall))).toEqual(expected);
    expect(claimsOf(await signer.signAsync(claims, ofCall))).toEqual(expected);
    expect(claimsOf(signer.signBatch([claims], ofCall)[0] as string)).toEqual(expected);
    expect(claimsOf((await signer.signBatchAsync([claims], ofCall))[0] as string)).toEqual(expected);
  });

  it("give each token of a batch an id of its own", () => {
    const ids = make()
      .signBatch([{}, {}, {}], { jwtId: "random", expiresIn: "1h" })
      .map((token) => claimsOf(token));
    expect(new Set(ids.map(({ jti }) => jti)).size).toBe(3);
    expect(ids.map(({ exp }) => exp)).toEqual([NOW + 3600, NOW + 3600, NOW + 3600]);
  });

  it("say nothing of the next call", () => {
    const signer = make();
    signer.sign({}, { expiresIn: 60, subject: "s" });
    expect(claimsOf(signer.sign({}))).toEqual({ iat: NOW });
  });

  it.each<[unknown, JwtClaims, string]>([
    [{ expiresin: 5 }, {}, "Unknown option `expiresin`: did you mean `expiresIn`?"],
    [{ algorithm: "HS512" }, {}, "Unknown option `algorithm`"],
    [{ key: TEST_SECRET }, {}, "Unknown option `key`"],
    [{ header: { cty: "x" } }, {}, "Unknown option `header`"],
    [{ issuedAt: false }, {}, "Unknown option `issuedAt`"],
    [{ jwtid: "a" }, {}, "Unknown option `jwtid`: did you mean `jwtId`?"],
    [null, {}, "Expected `options` to be an object, got null"],
    [0, {}, "Expected `options` to be an object, got 0"],
    ["1h", {}, "Expected `options` to be an object, got a string"],
    [[], {}, "Expected `options` to be an object, got an empty array"],
    [() => undefined, {}, "Expected `options` to be an object, got a function"],
    [{ expiresIn: "120" }, {}, 'digits without a unit: for 120 seconds write 120 or "120s"'],
    [{ expiresIn: 0 }, {}, "Expected `expiresIn` to be a number of seconds, more than 0, got 0"],
    [{ expiresIn: undefined }, {}, "Expected `expiresIn` to have a value, got undefined"],
    [{ audience: undefined }, {}, "Expected `audience` to have a value, got undefined"],
    [{ audience: "" }, {}, "Expected `audience` to be a non-empty string or array of them"],
    [{ jwtId: "" }, {}, "Expected `jwtId` to be a non-empty string"],
    [{ jwtId: ["a", "b"] }, {}, "to be one string each"],
    [{ expiresIn: 60 }, { exp: NOW + 5 }, "Expected `claims` to have no `exp`: an option of the call says it"],
    [{ audience: ["a"] }, { aud: ["a"] }, "Expected `claims` to have no `aud`: an option of the call says it"],
    [{ subject: "a" }, { sub: "b" }, "Expected `claims` to have no `sub`: an option of the call says it"],
    [{ jwtId: "random" }, { jti: "b" }, "Expected `claims` to have no `jti`: an option of the call says it"],
    [{ expiresIn: 60 }, { exp: null as unknown as number }, "Expected `claims` to have no `exp`: an option of the call says it"],
  ])("that are wrong are refused: %o over %o", async (options, claims, message) => {
    const signer = make();
    expect(() => signer.sign(claims, options as SignOptions)).toThrow(TypeError);
    expect(() => signer.sign(claims, options as SignOptions)).toThrow(message);
    await expect(signer.signAsync(claims, options as SignOptions)).rejects.toThrow(message);
    await expect(signer.signBatchAsync([claims], options as SignOptions)).rejects.toThrow(message);
  });

  it("give no one id to several tokens", () => {
    expect(() => make().signBatch([{}, {}], { jwtId: "a" })).toThrow('Expected `jwtId` to be "random" where several tokens are signed');
  });

  it("are their own: those of a class are refused", () => {
    class Options {
      get expiresIn() {
        return 60;
      }
    }
    expect(() => make().sign({}, new Options())).toThrow("Expected `expiresIn` of `options` to be a member of its own");
  });

  it("are known to the compiler", () => {
    const signer = make();
    // @ts-expect-error: no such option
    expect(() => signer.sign({}, { ttl: 5 })).toThrow(TypeError);
    // @ts-expect-error: undefined says nothing
    expect(() => signer.sign({}, { expiresIn: undefined })).toThrow(TypeError);
    // @ts-expect-error: an id of a signer would be that of each token
    expect(() => createSigner({ key: TEST_SECRET, jwtId: "one" })).toThrow(TypeError);
  });
});

describe("a signer's functions", () => {
  it("work by themselves", async () => {
    const { sign, signBatch, signAsync, signBatchAsync } = createSigner({ key: TEST_SECRET, issuedAt: false });
    const tokens = [sign({ n: 1 }), ...signBatch([{ n: 1 }]), await signAsync({ n: 1 }), ...(await signBatchAsync([{ n: 1 }]))];
    expect(new Set(tokens).size).toBe(1);
    expect(verifier.verify(tokens[0] as string).ok).toBe(true);
  });

  it("take no index for options: `map` needs a function of one argument", () => {
    const { sign } = createSigner({ key: TEST_SECRET });
    expect(() => [{}].map(sign as (claims: object) => string)).toThrow("Expected `options` to be an object, got 0");
    expect([{}].map((claims) => sign(claims))).toHaveLength(1);
  });
});

describe("signing many", () => {
  it("does not confuse signers of different keys and headers", () => {
    const signers = Array.from({ length: 50 }, (_, index) => ({ secret: Buffer.alloc(32, `test key ${index} `), kid: `k${index}` }));
    const tokens = signers.map((key) => createSigner({ key, issuedAt: false }).sign({ n: key.kid }));
    tokens.forEach((token, index) => {
      expect(token.split(".")[0]).toBe(base64url(`{"alg":"HS256","typ":"JWT","kid":"k${index}"}`));
    });
    expect(createVerifier({ keys: signers }).verifyBatch(tokens).accepted).toBe(50);
  });
});
