/** What is explained against what a verifier judges: the first check that fails is the one the verdict is about. */
import { describe, expect, it } from "vitest";
import { type ExplainOptions, explain } from "../../src/explain/index.js";
import { NOW, signed } from "../cli/command.js";
import { ALGORITHM_NAMES, OTHER_PAIRS, PAIRS, signWith } from "../support/pairs.js";

const SECRET = "0123456789abcdef0123456789abcdef";
const KEYS = [SECRET];

type Rules = Omit<ExplainOptions, "keys">;
const HEADER = { alg: "HS256" };

const good = signed(SECRET, { sub: "a", exp: NOW + 60, iat: NOW - 60, aud: ["x"] });
const by = (claims: object | string, header: object | string = HEADER) => signed(SECRET, claims, header);

const CASES: [string, string, Rules, string][] = [
  ["nothing", "", {}, "shape"],
  ["two segments", "a.b", {}, "shape"],
  ["five segments", "a.b.c.d.e", {}, "shape"],
  ["an empty segment", good.replace(/\..*\./, ".."), {}, "shape"],
  ["padding", `${good}=`, {}, "shape"],
  ["white space", `${good} `, {}, "shape"],
  ["spare bits", good.replace(/.$/, "B"), {}, "shape"],
  ["a scheme", `Bearer ${good}`, {}, "shape"],
  ["a long token", good, { maxTokenLength: 50 }, "shape"],
  ["a header that is no JSON", by({}, "{"), {}, "header"],
  ["a header that is an array", by({}, "[]"), {}, "header"],
  ["a header with a member twice", by({}, '{"alg":"HS256","alg":"HS256"}'), {}, "header"],
  ["a header with a BOM", by({}, '\ufeff{"alg":"HS256"}'), {}, "header"],
  ["an unknown extension", by({}, { ...HEADER, crit: ["x"], x: 1 }), {}, "crit"],
  ["an empty `crit`", by({}, { ...HEADER, crit: [] }), { crit: ["x"] }, "crit"],
  ["another type", by({}, { ...HEADER, typ: "JWT" }), { typ: "at+jwt" }, "typ"],
  ["no type", by({}), { typ: "at+jwt" }, "typ"],
  ["another algorithm", by({}, { alg: "XS256" }), {}, "algorithm"],
  ["no algorithm", by({}, { alg: "none" }), {}, "algorithm"],
  ["another secret", signed("f".repeat(32), {}), {}, "signature"],
  ["a cut signature", good.slice(0, -3), {}, "signature"],
  ["another secret, and expired", signed("f".repeat(32), { exp: 1 }), {}, "signature"],
  ["claims that are no JSON", by("{"), {}, "payload"],
  ["claims that are an array", by("[]"), {}, "payload"],
  ["a claim twice", by('{"sub":"a","sub":"a"}'), {}, "payload"],
  ["`nbf` twice, and expired", by('{"exp":1,"nbf":1,"nbf":1}'), {}, "payload"],
  ["an expired token", by({ exp: NOW }), {}, "exp"],
  ["`exp` as a text", by({ exp: "1" }), {}, "exp"],
  ["`exp` beyond doubles", by('{"exp":1e400}'), {}, "exp"],
  ["expired beyond the tolerance", by({ exp: NOW - 5 }), { clockTolerance: 5 }, "exp"],
  ["no `exp`", by({ iat: NOW }), { maxLifetime: 5 }, "exp"],
  ["a token before its time", by({ nbf: NOW + 1 }), {}, "nbf"],
  ["`nbf` as null, and expired", by({ exp: 1, nbf: null }), {}, "exp"],
  ["`nbf` as null", by({ nbf: null }), {}, "nbf"],
  ["`iat` as a text", by({ iat: "1" }), {}, "iat"],
  ["an old token", by({ iat: NOW - 100 }), { maxTokenAge: 99 }, "iat"],
  ["a token of the future", by({ iat: NOW + 100 }), { maxTokenAge: 99 }, "iat"],
  ["no `iat`", by({}), { maxTokenAge: 99 }, "iat"],
  ["an `exp` in milliseconds", by({ iat: NOW, exp: NOW * 1000 }), { maxLifetime: 3600 }, "iat"],
  ["another issuer", by({ iss: "a" }), { issuer: "b" }, "iss"],
  ["no issuer", by({}), { issuer: "b" }, "iss"],
  ["an issuer that is a number", by({ iss: 1 }), { issuer: "b" }, "iss"],
  ["another audience", good, { audience: ["y", "z"] }, "aud"],
  ["audiences that are no texts", by({ aud: ["y", 1] }), { audience: "y" }, "aud"],
  ["another subject", good, { subject: "b" }, "sub"],
  ["no `jti`", good, { jwtId: "b" }, "jti"],
  ["no `nonce`", good, { nonce: "b" }, "nonce"],
  ["a missing claim", good, { requiredClaims: ["sub", "scope"] }, "required"],
  ["a claim of every object", good, { requiredClaims: ["toString"] }, "required"],
];

describe("explain", () => {
  it.each(CASES)("blames for %s what the verdict is about", async (_, token, rules, name) => {
    const { checks, verdict } = await explain(token, { ...rules, currentDate: NOW, keys: KEYS });
    const failed = checks.find(({ status }) => status === "failed");
    expect(failed).toMatchObject({ name, code: verdict?.ok === false ? verdict.code : "none" });
  });

  it.each(CASES.filter(([, , , name]) => name !== "signature"))(
    "blames the same for %s when it has no key",
    async (_, token, rules, name) => {
      const { checks, verdict } = await explain(token, { ...rules, currentDate: NOW });
      expect(verdict).toBeUndefined();
      expect(checks.find(({ status }) => status === "failed")?.name).toBe(name);
      expect(checks.find((check) => check.name === "signature")).toMatchObject({
        status: "unknown",
        text: expect.stringContaining("NOT verified"),
      });
    },
  );

  it.each<[string, string, Rules]>([
    ["a good one", good, {}],
    [
      "one that meets every expectation",
      good,
      { audience: "x", subject: ["b", "a"], requiredClaims: ["exp"], maxTokenAge: 60, maxLifetime: 120 },
    ],
    ["an expired one that may be", by({ exp: 1 }), { ignoreExpiration: true }],
    ["one before its time that may be", by({ nbf: NOW + 9 }), { ignoreNotBefore: true }],
    ["one without claims", by({}), {}],
  ])("finds nothing to blame in %s", async (_, token, rules) => {
    const { checks, verdict, isSignatureVerified } = await explain(token, { ...rules, currentDate: NOW, keys: KEYS });
    expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
    expect({ ok: verdict?.ok, isSignatureVerified }).toEqual({ ok: true, isSignatureVerified: true });
  });

  it("finds the key that a token names, or misses it", async () => {
    const keys = [
      { kid: "a", secret: SECRET },
      { kid: "b", secret: "f".repeat(32) },
    ];
    const keyCheck = async (header: object) =>
      (await explain(by({}, header), { currentDate: NOW, keys })).checks.find(({ name }) => name === "key");
    expect(await keyCheck({ ...HEADER, kid: "a" })).toMatchObject({ status: "passed" });
    expect(await keyCheck({ ...HEADER, kid: "c" })).toMatchObject({ status: "failed", code: "KEY_NOT_FOUND" });
    expect(await keyCheck(HEADER)).toMatchObject({ status: "failed", code: "KEY_NOT_FOUND" });
  });

  const long = "a test key of a command, to be used nowhere else: 0123456789abcd";

  it.each([
    ["HS384", "sha384"],
    ["HS512", "sha512"],
  ] as const)("finds nothing to blame in one of %s", async (alg, hash) => {
    const token = signed(long, { sub: "a" }, { alg }, hash);
    const { checks, verdict } = await explain(token, { currentDate: NOW, keys: [{ secret: long, alg }] });
    expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
    expect(verdict?.ok).toBe(true);
    const unverified = (await explain(token, { currentDate: NOW })).checks;
    expect(unverified.filter(({ status }) => status === "failed")).toEqual([]);
    expect(unverified.find(({ name }) => name === "algorithm")).toMatchObject({ status: "passed" });
  });

  it("blames the algorithm when it is another than the keys'", async () => {
    const token = signed(long, {}, { alg: "HS512" }, "sha512");
    const keys = [
      { kid: "a", secret: long, alg: "HS512" as const },
      { kid: "b", secret: long, default: true },
    ];
    for (const some of [[long], [{ secret: long, alg: "HS384" as const }], keys]) {
      const { checks, verdict } = await explain(token, { currentDate: NOW, keys: some });
      expect(checks.filter(({ status }) => status === "failed")).toMatchObject([{ name: "algorithm", code: "ALGORITHM_NOT_ALLOWED" }]);
      expect(verdict).toMatchObject({ code: "ALGORITHM_NOT_ALLOWED" });
    }
  });

  it("blames a claim of an algorithm's own token, and a payload that is none", async () => {
    const keys = [{ secret: long, alg: "HS512" as const }];
    const failed = async (claims: object | string) => {
      const { checks } = await explain(signed(long, claims, { alg: "HS512" }, "sha512"), { currentDate: NOW, keys });
      return checks.find(({ status }) => status === "failed");
    };
    expect(await failed({ exp: 1 })).toMatchObject({ name: "exp" });
    expect(await failed("{")).toMatchObject({ name: "payload", code: "MALFORMED" });
  });

  it.each(ALGORITHM_NAMES)("explains tokens of %s as it does those of a secret", async (alg) => {
    const keys = [{ alg, publicKey: PAIRS[alg].publicKey }];
    const failedIn = async (token: string, given?: ExplainOptions["keys"]) => {
      const { checks, verdict } = await explain(token, { currentDate: NOW, keys: given });
      const fault = checks.find(({ status }) => status === "failed");
      if (given) expect(fault?.code).toBe(verdict?.ok === false ? verdict.code : undefined);
      return fault?.name;
    };
    const right = signWith(alg, "{}");
    const foreign = signWith(alg, '{"exp":1}', undefined, OTHER_PAIRS[alg].privateKey);
    expect([await failedIn(right, keys), await failedIn(right)]).toEqual([undefined, undefined]);
    expect([await failedIn(foreign, keys), await failedIn(foreign)]).toEqual(["signature", "exp"]);
    expect(await failedIn(signWith(alg, "[]"), keys)).toBe("payload");
    expect(await failedIn(signWith(alg, "{}", `{"alg":"${alg}","crit":["x"],"x":1}`), keys)).toBe("crit");
    expect(await failedIn(good, keys)).toBe("algorithm");
    expect(await failedIn(right, KEYS)).toBe("algorithm");
  });

  it("goes on after a bad signature", async () => {
    const { checks } = await explain(signed("f".repeat(32), { exp: 1, aud: "x" }), { currentDate: NOW, audience: "y", keys: KEYS });
    expect(checks.filter(({ status }) => status === "failed").map(({ name }) => name)).toEqual(["signature", "exp", "aud"]);
  });

  it.each<[string, ExplainOptions["keys"], string]>([
    ["a curve", [PAIRS.ES384.publicKey], "ES384"],
    ["its name in a JWK", [{ ...PAIRS.RS256.publicKey.export({ format: "jwk" }), alg: "PS512" } as never], "PS512"],
    ["its name in the JWK of a secret", [{ secret: { kty: "oct", k: "A".repeat(86), alg: "HS512" } }], "HS512"],
    ["its list of names", [{ secret: "f".repeat(64), alg: ["HS384", "HS512"] }], "HS384 or HS512"],
    ["each of several keys", [PAIRS.EdDSA.publicKey, { secret: long, kid: "a" }], "EdDSA or HS256"],
  ])("knows what a key is for by %s", async (_, keys, names) => {
    const { checks } = await explain(by({}, { alg: "none" }), { keys });
    expect(checks.find(({ name }) => name === "algorithm")?.text).toBe(`"none" is not allowed: ${names} is`);
  });

  it("judges nothing of a payload that no verifier takes, since it is too long", async () => {
    const { checks } = await explain(by({ exp: 1, pad: "x".repeat(200_000) }), { keys: KEYS });
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "shape failed",
      ...["header", "crit", "typ", "algorithm", "key", "signature", "payload", "exp", "nbf", "iat"].map((name) => `${name} unknown`),
      ...["iss", "aud", "sub", "jti", "nonce", "required"].map((name) => `${name} not asked`),
    ]);
  });
});

describe("its options", () => {
  const old = by({ iat: NOW - 100 });

  it.each<[string, ExplainOptions]>([
    ["text with a unit", { maxTokenAge: "90s", currentDate: NOW }],
    ["a date", { maxTokenAge: 90, currentDate: new Date(NOW * 1000) }],
    ["a function", { maxTokenAge: 90, currentDate: () => NOW }],
  ])("are those of a verifier: times may be %s", async (_, options) => {
    const { checks, now } = await explain(old, options);
    expect(checks.find(({ name }) => name === "iat")?.text).toMatch(/^issued 1 minute ago, .*: older than the 1 minute allowed$/);
    expect(now).toBe(NOW);
  });

  it("have the names that the caller gives them in messages", async () => {
    const options = { typ: "x", maxLifetime: 1, ignoreExpiration: true, currentDate: NOW };
    const texts = async (more: ExplainOptions) => (await explain(by({ exp: 1 }), { ...options, ...more })).checks.map(({ text }) => text);
    const flags = ["not compared: --jwtid is not given", "is missing, and --maxlifetime asks for it"];
    expect(await texts({ nameOption: (option) => `--${option.toLowerCase()}` })).toEqual(expect.arrayContaining(flags));
    const plain = ["not compared: `jwtId` is not given", "is missing, and `maxLifetime` asks for it"];
    expect(await texts({})).toEqual(expect.arrayContaining(plain));
  });

  it.each<[string, object]>([
    ["one that no verifier has", { isuer: "a" }],
    ["one that is not explained", { validate: () => true }],
    ["one that says nothing", { issuer: undefined }],
    ["a wrong value", { maxTokenAge: "90" }],
    ["no key in a list", { keys: [] }],
  ])("are refused before the token is read: %s", async (_, options) => {
    await expect(explain("", options)).rejects.toThrow(TypeError);
  });
});
