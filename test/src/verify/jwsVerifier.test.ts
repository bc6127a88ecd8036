/** Verifiers of bytes: the same shape, header and keys as those of JWTs, and nothing that could be taken for one. */
import { describe, expect, expectTypeOf, it } from "vitest";
import { authenticate } from "../../../src/adapters/express.js";
import { parseBrokerOptions } from "../../../src/adapters/mqtt/options.js";
import {
  createBatcher,
  createJwsSigner,
  createJwsVerifier,
  createKeyTable,
  createSigner,
  createVerifier,
  type JwsVerdict,
  type JwsVerifierOptions,
  JwtError,
  resolveKeys,
} from "../../../src/index.js";
import { callback, createKeyRing } from "../../../src/keyring/index.js";
import { createReplayGuard, createRevocationList } from "../../../src/revocation/index.js";
import { World } from "../../support/logins.js";
import { OTHER_PAIRS, PAIRS, signWith as signWithPair, withoutNodeCrypto } from "../../support/pairs.js";
import { testJwk, testSecret } from "../../support/ring.js";
import { base64url, LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signSegments, signText, TEST_SECRET } from "../../support/tokens.js";

const BINARY = Uint8Array.of(0, 0xff, 0x80, 0x0a, 0x22);
const HEADER = '{"alg":"HS256"}';

function codeOf(token: unknown, options: Partial<JwsVerifierOptions> = {}): string {
  const verdict = createJwsVerifier({ keys: TEST_SECRET, ...options }).verify(token as string);
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

describe("a verifier of bytes", () => {
  it("gives the payload and the header", () => {
    const token = signText(BINARY, '{"alg":"HS256","kid":"k","cty":"x"}');
    const verdict = createJwsVerifier({ keys: { kid: "k", secret: TEST_SECRET } }).verify(token);
    expect(verdict).toEqual({ ok: true, payload: BINARY, header: { alg: "HS256", kid: "k", cty: "x" }, keyName: "k" });
    expect(createJwsVerifier({ keys: TEST_SECRET }).verify(Buffer.from(token))).toMatchObject({ ok: true, payload: BINARY });
  });

  it("gives payloads with nothing beside them, each the caller's own", () => {
    const verifier = createJwsVerifier({ keys: TEST_SECRET });
    const [one, other] = [0, 0].map(() => verifier.verifyOrThrow(signText(BINARY, HEADER)).payload) as [Uint8Array, Uint8Array];
    expect(one.buffer.byteLength).toBe(BINARY.length);
    one.fill(0);
    expect(other).toEqual(BINARY);
  });

  it.each<[string, string | Uint8Array]>([
    ["no bytes", ""],
    ["text", "text"],
    ["JSON that is no object", "[1]"],
    ["half of JSON", "{"],
    ["claims that have expired", `{"exp":1}`],
    ["claims that are none", `{"exp":"x","exp":2}`],
    ["bytes that are no UTF-8", BINARY],
    ["many bytes", new Uint8Array(5000)],
  ])("accepts %s: nothing of the payload is judged", (_, payload) => {
    expect(codeOf(signText(payload, HEADER))).toBe("ACCEPTED");
  });

  it.each<[string, unknown, string, Partial<JwsVerifierOptions>]>([
    ["what is no token", 5, "MALFORMED", {}],
    ["no header", `.${base64url("a")}.AAAA`, "MALFORMED", {}],
    ["no signature", `${base64url(HEADER)}.${base64url("a")}.`, "MALFORMED", {}],
    ["no payload and a bad signature", signSegments(base64url(HEADER), "", OTHER_TEST_SECRET), "BAD_SIGNATURE", {}],
    ["no payload and a short signature", `${base64url(HEADER)}..AAAA`, "BAD_SIGNATURE", {}],
    ["no payload and no dot", `${base64url(HEADER)}.AAAA`, "MALFORMED", {}],
    ["a payload that is not canonical", signSegments(base64url(HEADER), "AB"), "MALFORMED", {}],
    ["a payload that is no base64url", signSegments(base64url(HEADER), "A+=="), "MALFORMED", {}],
    ["a dot too many", `${signText("a", HEADER)}.`, "MALFORMED", {}],
    ["a header that is no JSON", signText("a", "{"), "MALFORMED", {}],
    ["a header with a name twice", signText("a", '{"alg":"HS256","alg":"HS256"}'), "MALFORMED", {}],
    ["a payload that is not encoded", signSegments(base64url('{"alg":"HS256","b64":false,"crit":["b64"]}'), "a"), "MALFORMED", {}],
    ["`b64` that says so", signText("a", '{"alg":"HS256","b64":false,"crit":["b64"]}'), "CRITICAL_HEADER_UNSUPPORTED", {}],
    ["an extension that is not understood", signText("a", '{"alg":"HS256","crit":["x"],"x":1}'), "CRITICAL_HEADER_UNSUPPORTED", {}],
    ["an extension that is", signText("a", '{"alg":"HS256","crit":["x"],"x":1}'), "ACCEPTED", { crit: ["x"] }],
    ["another type", signText("a", '{"alg":"HS256","typ":"x"}'), "TYPE_MISMATCH", { typ: "y" }],
    ["the algorithm none", `${base64url('{"alg":"none"}')}.YQ.AA`, "ALGORITHM_NOT_ALLOWED", {}],
    ["an algorithm that is not the key's", signText("a", '{"alg":"HS512"}'), "ALGORITHM_NOT_ALLOWED", {}],
    ["a key that is not there", signText("a", '{"alg":"HS256","kid":"x"}'), "KEY_NOT_FOUND", { keys: { kid: "k", secret: TEST_SECRET } }],
    ["another key's signature", signText("a", HEADER, OTHER_TEST_SECRET), "BAD_SIGNATURE", {}],
    ["too many bytes", signText(new Uint8Array(7000), HEADER), "TOKEN_TOO_LONG", {}],
  ])("judges %s as a verifier of JWTs would", (_, token, code, options) => {
    expect(codeOf(token, options)).toBe(code);
  });

  it("rejects an empty payload where it is of JWTs", () => {
    expect(createVerifier({ keys: TEST_SECRET }).verify(signText("", HEADER))).toEqual({ ok: false, code: "MALFORMED" });
    expect(createVerifier({ keys: PAIRS.ES256.publicKey }).verify(signWithPair("ES256", ""))).toEqual({ ok: false, code: "MALFORMED" });
  });

  it.each(["HS256", "HS384", "HS512"] as const)("takes %s, in a batch of mixed lengths", (alg) => {
    const key = { alg, secret: LONG_TEST_SECRET };
    const payloads = Array.from({ length: 1500 }, (_, index) => new Uint8Array((index * 37) % 400).fill(index));
    const tokens = createJwsSigner({ key }).signBatch(payloads);
    tokens[700] = `${tokens[700]?.slice(0, -4)}AAAA`;
    const batch = createJwsVerifier({ keys: key }).verifyBatch(tokens);
    expect([batch.length, batch.accepted, batch.codes[700]]).toEqual([1500, 1499, 7]);
    expect(batch.at(700)).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    expect([batch.payload(700), batch.header(700)]).toEqual([undefined, undefined]);
    for (const index of [0, 1, 699, 1499]) expect(batch.payload(index)).toEqual(payloads[index]);
    expect([...batch].filter(({ ok }) => ok)).toHaveLength(1499);
    expect(() => batch.at(1500)).toThrow(RangeError);
  });

  it.each(["RS256", "PS256", "ES256", "ES512", "EdDSA"] as const)("takes %s, at once and by promises", async (alg) => {
    const verifier = createJwsVerifier({ keys: { alg, publicKey: PAIRS[alg].publicKey } });
    const tokens = [signWithPair(alg, "\0"), signWithPair(alg, ""), signWithPair(alg, "x", undefined, OTHER_PAIRS[alg].privateKey)];
    for (const batch of [verifier.verifyBatch(tokens), await verifier.verifyBatchAsync(tokens)]) {
      expect([...batch.codes]).toEqual([0, 0, 7]);
      expect([batch.payload(0), batch.payload(1)]).toEqual([Uint8Array.of(0), new Uint8Array()]);
    }
    expect(await verifier.verifyAsync(tokens[0] as string)).toMatchObject({ ok: true, payload: Uint8Array.of(0) });
    expect(verifier.verify(tokens[2] as string)).toEqual({ ok: false, code: "BAD_SIGNATURE" });
  });

  it("keeps the promises only where there is no node:crypto", async () => {
    const verifier = withoutNodeCrypto(() => createJwsVerifier({ keys: PAIRS.ES256.publicKey.export({ format: "jwk" }) as never }));
    expect(() => verifier.verify(signWithPair("ES256", "a"))).toThrow(TypeError);
    expect(await verifier.verifyAsync(signWithPair("ES256", "a"))).toMatchObject({ ok: true });
  });

  it.each<[string, () => JwsVerifierOptions]>([
    ["a JWK set", () => ({ jwks: { keys: [testJwk("a")] } })],
    ["a ring", () => ({ keys: createKeyRing({ keys: { keys: [testJwk("a")] } as never }) })],
    ["a ring whose source is asked", () => ({ keys: createKeyRing({ source: callback(async () => [testJwk("a")]) }) })],
    ["a table", () => ({ keys: createKeyTable({ keys: [{ kid: "a", secret: testSecret("a") }] }) })],
    ["keys by a look-up", () => ({ keys: resolveKeys(async (name) => (name === "a" ? testSecret("a") : undefined)) })],
  ])("takes keys of %s", async (_, options) => {
    const verifier = createJwsVerifier(options());
    const token = (kid: string, secret: string) => createJwsSigner({ key: { kid, secret: testSecret(secret) } }).sign(BINARY);
    expect(await verifier.verifyAsync(token("a", "a"))).toMatchObject({ ok: true, payload: BINARY, keyName: "a" });
    expect(await verifier.verifyAsync(token("a", "b"))).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    expect(await verifier.verifyAsync(token("b", "b"))).toMatchObject({ code: "KEY_NOT_FOUND" });
  });

  it("reads a token once: what is written over it meanwhile is not what was judged", () => {
    const token = Buffer.from(signText("good", HEADER));
    const currentDate = () => {
      token.set(Buffer.from(base64url("evil")), base64url(HEADER).length + 1);
      return NOW;
    };
    expect(createJwsVerifier({ keys: TEST_SECRET, currentDate }).verify(token)).toMatchObject({
      payload: Uint8Array.from(Buffer.from("good")),
    });
  });

  it("counts what it does, throws when it is told to, and has functions that work by themselves", () => {
    const { verify, verifyOrThrow, stats } = createJwsVerifier({ keys: TEST_SECRET });
    expect([signText("a", HEADER), "x"].map(verify).map(({ ok }) => ok)).toEqual([true, false]);
    expect(() => verifyOrThrow("x")).toThrow(JwtError);
    expect(stats()).toMatchObject({ tokens: 3, accepted: 1, keys: 1 });
  });
});

describe("keys that do not name their algorithm", () => {
  it("are of that of the option `alg`", () => {
    const jwk = PAIRS.RS256.publicKey.export({ format: "jwk" });
    const verifier = createJwsVerifier({ jwks: { keys: [jwk] }, alg: "RS256" });
    expect(verifier.verify(signWithPair("RS256", "a")).ok).toBe(true);
    expect(verifier.verify(signWithPair("PS256", "a", undefined, PAIRS.RS256.privateKey)).ok).toBe(false);
  });
});

describe("a verifier of bytes is none of JWTs", () => {
  it.each<[string, string | undefined, string]>([
    ["JWT", undefined, "TYPE_MISMATCH"],
    ["jwt", undefined, "TYPE_MISMATCH"],
    ["application/JWT", undefined, "TYPE_MISMATCH"],
    ["at+jwt", undefined, "TYPE_MISMATCH"],
    ["application/secevent+JWT", undefined, "TYPE_MISMATCH"],
    ["+jwt", undefined, "TYPE_MISMATCH"],
    ["jwt+x", undefined, "ACCEPTED"],
    ["xjwt", undefined, "ACCEPTED"],
    ["text/jwt", undefined, "TYPE_MISMATCH"],
    ["JWT;v=1", undefined, "TYPE_MISMATCH"],
    ["jwt ; v=1", undefined, "TYPE_MISMATCH"],
    ["application/jwt;profile=a/b", undefined, "TYPE_MISMATCH"],
    ["application/application/jwt", undefined, "TYPE_MISMATCH"],
    ["at+jwt; charset=utf-8", undefined, "TYPE_MISMATCH"],
    ["jwt\n", undefined, "TYPE_MISMATCH"],
    ["JOSE;a=jwt", undefined, "ACCEPTED"],
    [";jwt", undefined, "ACCEPTED"],
    ["jwt,x", undefined, "ACCEPTED"],
    ["wt", undefined, "ACCEPTED"],
    ["", undefined, "ACCEPTED"],
    ["JOSE", undefined, "ACCEPTED"],
    ["JWT", "JWT", "ACCEPTED"],
    ["at+jwt", "at+jwt", "ACCEPTED"],
    ["JWT", "JOSE", "TYPE_MISMATCH"],
  ])("a token with `typ` %j, where %j is expected, is %s", (typ, expected, code) => {
    const token = signText("a", JSON.stringify({ alg: "HS256", typ }));
    expect(codeOf(token, expected === undefined ? {} : { typ: expected })).toBe(code);
    expect(
      codeOf(signText("a", `{"typ":${JSON.stringify(typ)},"alg":"HS256","kid":"k"}`), {
        keys: [{ kid: "k", secret: TEST_SECRET }],
        ...(expected === undefined ? {} : { typ: expected }),
      }),
    ).toBe(code);
  });

  it("a JWT of `createSigner` is TYPE_MISMATCH", () => {
    expect(codeOf(createSigner({ key: TEST_SECRET }).sign({ sub: "a" }))).toBe("TYPE_MISMATCH");
  });

  it.each<[string, unknown]>([
    ...["issuer", "audience", "subject", "jwtId", "nonce"].map((name): [string, unknown] => [name, "a"]),
    ["requiredClaims", ["sub"]],
    ["requireJwtId", true],
    ["keyFrom", { claim: "sub" }],
    ["issuers", [{ issuer: "a", keys: TEST_SECRET }]],
    ["clockTolerance", 5],
    ["maxTokenAge", "1h"],
    ["maxLifetime", "1h"],
    ["ignoreExpiration", true],
    ["ignoreNotBefore", true],
    ["validate", () => true],
    ["revocation", createRevocationList()],
    ["replay", createReplayGuard()],
  ])("and refuses `%s`", (name, value) => {
    expect(() => createJwsVerifier({ keys: TEST_SECRET, [name]: value })).toThrow(TypeError);
    expect(() => createJwsVerifier({ keys: TEST_SECRET, [name]: value })).toThrow(
      `Expected no option \`${name}\`: it is about claims, and a payload of bytes has none; \`createVerifier\` has it`,
    );
  });

  it.each<[object, string]>([
    [{ keys: undefined }, "Expected `keys` to be a key"],
    [{ algoritms: ["HS256"] }, "did you mean `algorithms`?"],
    [{ crit: ["b64"] }, 'Expected `crit` to name extensions, got the standard parameter "b64"'],
    [{ typ: "" }, "Expected `typ` to be a non-empty string"],
  ])("and refuses %o", (options, message) => {
    expect(() => createJwsVerifier({ keys: TEST_SECRET, ...options })).toThrow(message);
  });

  it.each(["verify", "verifyBatch", "verifyOrThrow", "verifyAsync", "verifyBatchAsync"] as const)(
    "and refuses options of `%s`",
    async (method) => {
      const call = createJwsVerifier({ keys: TEST_SECRET })[method] as (token: unknown, options: object) => unknown;
      await expect((async () => call(signText("a", HEADER), { issuer: "a" }))()).rejects.toThrow(
        `Expected \`${method}\` to get nothing else, got an object (Object): options and keys belong to \`createJwsVerifier\``,
      );
    },
  );

  it.each<[string, (verifier: never) => unknown]>([
    ["an adapter", (verifier) => authenticate({ verifier })],
    ["a broker", (verifier) => parseBrokerOptions({ verifier })],
    ["a refresher", (verifier) => new World({ verifier })],
  ])("so %s does not take it", (_, use) => {
    expect(() => use(createJwsVerifier({ keys: TEST_SECRET }) as never)).toThrow(
      "Expected `verifier` to be a verifier of JWTs, got one of bytes: it checks no claims",
    );
  });

  it("nor does a batcher, nor the compiler", () => {
    const verifier = createJwsVerifier({ keys: TEST_SECRET });
    // @ts-expect-error: a verifier of bytes
    expect(() => createBatcher(verifier)).toThrow("Expected `verifier` to be a verifier of JWTs, got one of bytes: it checks no claims");
    expectTypeOf<Extract<JwsVerdict, { ok: true }>>().not.toHaveProperty("claims");
    // @ts-expect-error: claims are an option of verifiers of JWTs
    expect(() => createJwsVerifier({ keys: TEST_SECRET, issuer: "a" })).toThrow(TypeError);
    // @ts-expect-error: a payload is no claims set
    expect(() => createJwsSigner({ key: TEST_SECRET }).sign({ sub: "a" })).toThrow(TypeError);
  });
});
