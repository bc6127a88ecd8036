/** JWK sets: what is taken, what is left out, and what is said of it. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { distinctKeys, type JwkRules, parseJwks, parseJwksText } from "../../../src/keyring/jwks.js";
import { jwkThumbprint } from "../../../src/keyring/thumbprint.js";
import { ALGORITHM_NAMES, PAIRS } from "../../support/pairs.js";
import { publicJwk, secretOf, testJwk, testSecret } from "../../support/ring.js";
import { base64url } from "../../support/tokens.js";

const RULES: JwkRules = { allowWeak: false, allowSecrets: true, algorithms: undefined };

function parse(value: unknown, rules: Partial<JwkRules> = {}) {
  const { keys, problems } = parseJwks(value, "the set", { ...RULES, ...rules });
  return { kids: keys.map(({ key }) => key.kid), keys, problems };
}

describe("a JWK set", () => {
  it("gives its keys in order", () => {
    expect(parse({ keys: [testJwk("a"), testJwk("b")] })).toMatchObject({ kids: ["a", "b"], problems: [] });
  });

  it("may be a single JWK", () => {
    expect(parse(testJwk("a"))).toMatchObject({ kids: ["a"], problems: [] });
  });

  it("names a key without `kid` by its thumbprint", () => {
    const { kid, ...jwk } = testJwk("a");
    expect(parse({ keys: [jwk] }).kids).toEqual([jwkThumbprint(jwk)]);
  });

  it("holds the secrets, in copies of their own", () => {
    const { keys } = parse({ keys: [testJwk("a")] });
    const [first, second] = [keys[0]?.key.copies([])[0], keys[0]?.key.copies([])[0]];
    expect(first).toMatchObject({ kid: "a", algorithm: "HS256", secret: testSecret("a"), isDefault: false });
    expect(second).toMatchObject({ kid: "a", secret: testSecret("a") });
    expect(secretOf(first)).not.toBe(secretOf(second));
  });

  it.each(ALGORITHM_NAMES)("holds public keys of %s, without what may be private", (alg) => {
    const jwk = { ...PAIRS[alg].privateKey.export({ format: "jwk" }), kid: "a", alg };
    const { keys, problems } = parse({ keys: [jwk] });
    expect(problems).toEqual([]);
    const [key] = keys[0]?.key.copies([]) ?? [];
    expect(key).toMatchObject({ kid: "a", algorithm: alg, isDefault: false });
    expect(key && "jwk" in key && key.jwk).toEqual(PAIRS[alg].publicKey.export({ format: "jwk" }));
  });

  it.each(ALGORITHM_NAMES)("holds no key of %s whose private part anybody could fetch", (alg) => {
    const { d, p, q } = PAIRS[alg].privateKey.export({ format: "jwk" });
    for (const leaked of [{ d }, ...(p ? [{ p }, { q }] : []), { d: null }]) {
      const { kids, problems } = parse({ keys: [{ ...publicJwk("a", alg), ...leaked }, publicJwk("b", alg)] }, { allowSecrets: false });
      expect(kids).toEqual(["b"]);
      expect(problems).toEqual([
        "Expected `keys[0]` to be a public key: a private one that can be fetched without authorization or encryption is none",
      ]);
    }
  });

  it("names a public key without `kid` by its thumbprint as well", () => {
    const { kid, ...jwk } = publicJwk("a", "ES256");
    expect(parse({ keys: [jwk] }).kids).toEqual([jwkThumbprint(jwk)]);
  });

  it("says when its keys are valid", () => {
    const { keys } = parse({ keys: [testJwk("a", { nbf: 5, exp: 7.5 }), testJwk("b")] });
    expect(keys).toMatchObject([
      { nbf: 5, exp: 7.5 },
      { nbf: -Infinity, exp: Infinity },
    ]);
  });

  it.each<[string, unknown]>([
    ["without `use`", testJwk("a")],
    ['with `use` "sig"', testJwk("a", { use: "sig" })],
    ['with `key_ops` that have "verify"', testJwk("a", { key_ops: ["sign", "verify"] })],
    ["with `alg`", testJwk("a", { alg: "HS256" })],
    ["with members that mean nothing here", testJwk("a", { x5c: [], ext: true, d: "private" })],
  ])("takes a key %s", (_, jwk) => {
    expect(parse({ keys: [jwk] }).kids).toEqual(["a"]);
  });

  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  it.each<[string, unknown, string]>([
    ["for encryption", testJwk("bad", { use: "enc" }), 'Expected `keys[1].use` to be "sig", got a string'],
    [
      "for signing only",
      testJwk("bad", { key_ops: ["sign"] }),
      'Expected `keys[1].key_ops` to be an array that has "verify", got an array',
    ],
    [
      "whose `key_ops` are text",
      testJwk("bad", { key_ops: "verify" }),
      'Expected `keys[1].key_ops` to be an array that has "verify", got a string',
    ],
    ["of another algorithm", testJwk("bad", { alg: "A256GCM" }), "Expected `keys[1].alg` to be one of HS256"],
    ["of an algorithm that is a number", testJwk("bad", { alg: 256 }), "Expected `keys[1].alg` to be one of HS256"],
    ["of an unknown kind", { kty: "AKP", kid: "bad" }, "Expected `keys[1].kty` to be oct, RSA, EC, OKP, got"],
    ["of a kind that objects inherit", { kty: "constructor", kid: "bad" }, "Expected `keys[1].kty` to be oct, RSA, EC, OKP, got"],
    ["of another curve than its algorithm's", publicJwk("bad", "ES384", { alg: "ES256" }), "Expected `keys[1]` to be a key for ES256"],
    ["whose point is cut", publicJwk("bad", "EdDSA", { x: "AAAA" }), "Expected `keys[1].x` to be 32 bytes in base64url, got 3"],
    ["that is public and for a MAC", publicJwk("bad", "RS256", { alg: "HS256" }), "Expected `keys[1].alg` to be one of RS256"],
    ["that is secret and for a signature", testJwk("bad", { alg: "RS256" }), "Expected `keys[1].alg` to be one of HS256"],
    ["without a kind", { k: base64url(testSecret("bad")) }, "Expected `keys[1].kty` to be oct, RSA, EC, OKP, got"],
    ["without `k`", { kty: "oct" }, "Expected `keys[1].k` to be base64url without padding, got undefined"],
    [
      "with padding",
      testJwk("bad", { k: `${base64url(testSecret("bad"))}==` }),
      "Expected `keys[1].k` to be base64url without padding, got other text",
    ],
    ["that is short", testJwk("bad", { k: base64url(new Uint8Array(31).fill(7)) }), "Expected `keys[1]` to be at least 32 bytes for HS256"],
    ["that is empty", testJwk("bad", { k: "" }), "Expected `keys[1]` to be a secret, got an empty one"],
    [
      "that holds a public key",
      testJwk("bad", { k: base64url(JSON.stringify(rsa)) }),
      "Expected `keys[1]` to be a secret, got what looks like",
    ],
    [
      "whose `kid` is a number",
      testJwk("bad", { kid: 5 }),
      "Expected `keys[1].kid` to be a well-formed string of at most 256 bytes, got 5",
    ],
    [
      "whose `kid` is long",
      testJwk("bad", { kid: "k".repeat(257) }),
      "Expected `keys[1].kid` to be a well-formed string of at most 256 bytes",
    ],
    ["whose `nbf` is text", testJwk("bad", { nbf: "5" }), "Expected `keys[1].nbf` to be a number of seconds since the epoch, got a string"],
    ["whose `exp` is null", testJwk("bad", { exp: null }), "Expected `keys[1].exp` to be a number of seconds since the epoch, got null"],
    ["that ends before it begins", testJwk("bad", { nbf: 6, exp: 6 }), "Expected `keys[1].exp` to be later than its `nbf`"],
    ["that is null", null, "Expected `keys[1]` to be a JWK, got null"],
    ["that is an array", [], "Expected `keys[1]` to be a JWK, got an empty array"],
    ["that is text", "secret", "Expected `keys[1]` to be a JWK, got a string"],
  ])("leaves out a key %s, and no other", (_, jwk, problem) => {
    const { kids, problems } = parse({ keys: [testJwk("a"), jwk, testJwk("b")] });
    expect(kids).toEqual(["a", "b"]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).not.toContain(base64url(testSecret("bad")));
  });

  it("may have short secrets where they are allowed", () => {
    const short = testJwk("a", { k: base64url(new Uint8Array(31).fill(7)) });
    expect(parse({ keys: [short] }, { allowWeak: true }).kids).toEqual(["a"]);
  });

  it("has no secrets where anybody could fetch them", () => {
    const { kids, problems } = parse({ keys: [testJwk("a")] }, { allowSecrets: false });
    expect(kids).toEqual([]);
    expect(problems).toEqual([
      "Expected `keys[0].kty` to be that of a public key: a secret that can be fetched without authorization or encryption is none",
    ]);
  });

  it.each<[unknown, string]>([
    [null, "Expected the set to hold a JWK set, got null"],
    [[testJwk("a")], "Expected the set to hold a JWK set, got an array"],
    ["text", "Expected the set to hold a JWK set, got a string"],
    [{}, "Expected the set to hold a JWK set, got an object whose `keys` is undefined"],
    [{ keys: { 0: testJwk("a") } }, "Expected the set to hold a JWK set, got an object whose `keys` is an object (Object)"],
  ])("is not %o", (value, message) => {
    expect(() => parse(value)).toThrow(new TypeError(message));
  });
});

describe("the text of a JWK set", () => {
  const text = (value: string | Uint8Array) => parseJwksText(Uint8Array.from(Buffer.from(value)), "the set", RULES);

  it("is read, and its bytes are wiped", () => {
    const bytes = Uint8Array.from(Buffer.from(JSON.stringify({ keys: [testJwk("a")] })));
    expect(parseJwksText(bytes, "the set", RULES).keys).toHaveLength(1);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it.each<[string, string | Uint8Array, string]>([
    ["empty", "", "got nothing"],
    ["HTML", "<html>secret</html>", "got 19 bytes that are no JSON"],
    ["half of it", JSON.stringify({ keys: [testJwk("a")] }).slice(0, -2), "got 103 bytes that are no JSON"],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "got 3 bytes that are no JSON"],
  ])("is not %s", (_, value, message) => {
    expect(() => text(value)).toThrow(`Expected the set to hold a JWK set, ${message}`);
  });
});

describe("names of keys", () => {
  const distinct = (...jwks: object[]) => {
    const { keys, problems } = distinctKeys(parseJwks({ keys: jwks }, "the set", RULES), []);
    return { kids: keys.map(({ key }) => key.kid), problems };
  };

  it("that two keys have select neither", () => {
    const [a, b, c] = [testJwk("a"), testJwk("b", { kid: "a" }), testJwk("c")];
    expect(distinct(a, b, c)).toEqual({
      kids: ["c"],
      problems: [0, 1].map((index) => `Expected \`keys[${index}].kid\` to be the name of one key of its algorithm, got that of several`),
    });
  });

  it("that a key has twice select it", () => {
    expect(distinct(testJwk("a"), testJwk("b"), testJwk("a"))).toEqual({ kids: ["a", "b"], problems: [] });
  });

  it("that a key has for two times select neither", () => {
    expect(distinct(testJwk("a"), testJwk("a", { exp: 5 })).kids).toEqual([]);
  });

  it("that an unusable key has as well select the usable one", () => {
    expect(distinct(testJwk("a", { use: "enc" }), testJwk("a")).kids).toEqual(["a"]);
  });

  it("are taken where another key of the ring has them", () => {
    const [others, list] = [testJwk("a"), testJwk("b", { kid: "a" })].map((jwk) => parseJwks({ keys: [jwk] }, "the set", RULES));
    expect(distinctKeys(list as never, (others as never as { keys: [] }).keys)).toMatchObject({ keys: [], problems: [expect.any(String)] });
  });
});
