/** The pipeline as a whole: known tokens, every code, and what it leaves in linear memory. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CODE_COUNT, INPUT, INPUT_BYTES, NEEDS_PLATFORM, SIGNATURE_BYTES, SIGNATURE_RESTS, SIGNATURES, TAGS } from "../../src/abi.js";
import type { PlatformToken } from "../../src/engine/chunk.js";
import { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { createVerifier, type VerifierOptions, verdictName } from "../../src/index.js";
import { createRevocationList, type RevocationList } from "../../src/revocation/list.js";
import { createReplayGuard, type ReplayGuard } from "../../src/revocation/replayGuard.js";
import { codeOf, codeOfPayload } from "../support/judge.js";
import { OTHER_PAIRS, PAIRS, signWith as signWithPair } from "../support/pairs.js";
import { place } from "../support/place.js";
import { base64url, LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signatureOf, signText, signWith, TEST_SECRET } from "../support/tokens.js";

describe("the example of RFC 7515 appendix A.1", () => {
  const k = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
  const token =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" +
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ" +
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  it.each([
    [1300819379, "ACCEPTED"],
    [1300819380, "EXPIRED exp"],
    [NOW, "EXPIRED exp"],
  ])("is judged at %i: %s", (currentDate, code) => {
    expect(codeOf(token, { keys: { kty: "oct", k }, currentDate })).toBe(code);
  });

  it("has the claims that the RFC shows", () => {
    const verdict = createVerifier({ keys: { kty: "oct", k }, currentDate: 0 }).verify(token);
    expect(verdict).toMatchObject({
      ok: true,
      claims: { iss: "joe", exp: 1300819380, "http://example.com/is_root": true },
      header: { typ: "JWT", alg: "HS256" },
    });
  });
});

describe("every code", () => {
  const cases: readonly [code: string, token: unknown, options: Partial<VerifierOptions>][] = [
    ["ACCEPTED", signText("{}"), {}],
    ["TOKEN_TOO_LONG", signText("{}"), { maxTokenLength: 10 }],
    ["MALFORMED", "a.b", {}],
    ["CRITICAL_HEADER_UNSUPPORTED", signText("{}", '{"alg":"HS256","crit":["x"],"x":1}'), {}],
    ["TYPE_MISMATCH", signText("{}"), { typ: "at+jwt" }],
    ["ALGORITHM_NOT_ALLOWED", signText("{}", '{"alg":"HS512"}'), {}],
    ["KEY_NOT_FOUND", signText("{}", '{"alg":"HS256","kid":"x"}'), { keys: { kid: "k", secret: TEST_SECRET } }],
    ["BAD_SIGNATURE", signText("{}"), { keys: OTHER_TEST_SECRET }],
    ["CLAIM_INVALID", signText('{"exp":"1"}'), {}],
    ["EXPIRED", signText('{"exp":1}'), {}],
    ["NOT_YET_VALID", signText(`{"nbf":${NOW + 1}}`), {}],
    ["ISSUED_IN_FUTURE", signText(`{"iat":${NOW + 1}}`), { maxTokenAge: 1 }],
    ["TOO_OLD", signText(`{"iat":${NOW - 2}}`), { maxTokenAge: 1 }],
    ["LIFETIME_TOO_LONG", signText(`{"iat":${NOW},"exp":${NOW + 2}}`), { maxLifetime: 1 }],
    ["ISSUER_MISMATCH", signText('{"iss":"a"}'), { issuer: "b" }],
    ["AUDIENCE_MISMATCH", signText('{"aud":"a"}'), { audience: "b" }],
    ["SUBJECT_MISMATCH", signText('{"sub":"a"}'), { subject: "b" }],
    ["JWT_ID_MISMATCH", signText('{"jti":"a"}'), { jwtId: "b" }],
    ["NONCE_MISMATCH", signText('{"nonce":"a"}'), { nonce: "b" }],
    ["CLAIM_MISSING", signText("{}"), { requiredClaims: ["role"] }],
    ["VALIDATION_FAILED", signText("{}"), { validate: () => false }],
    ["ISSUER_NOT_FOUND", signText('{"iss":"a"}'), { keys: undefined as never, issuers: [{ issuer: "b", keys: TEST_SECRET }] }],
    ["REVOKED", signText('{"jti":"a"}'), { revocation: revokedList() }],
    ["REVOCATION_STALE", signText('{"jti":"b"}'), { revocation: unreadList() }],
    ["REPLAYED", signText(`{"jti":"c","exp":${NOW + 1}}`), { replay: guardThatKnows("c") }],
    ["REPLAY_GUARD_FULL", signText(`{"jti":"d","exp":${NOW + 1}}`), { replay: guardThatKnows("e") }],
    ["KEY_UNAVAILABLE", signText("{}"), { keys: { at: () => ({ load: () => [] }), isUnavailable: () => true } }],
  ];

  function revokedList(): RevocationList {
    const list = createRevocationList();
    list.apply([{ jti: "a" }]);
    return list;
  }

  function unreadList(): RevocationList {
    const store = {
      name: "a silent store",
      open: () => new Promise<void>(() => {}),
      append: async () => undefined,
      close: async () => undefined,
    };
    return createRevocationList({ store });
  }

  function guardThatKnows(jti: string): ReplayGuard {
    const guard = createReplayGuard({ maxEntries: 1 });
    guard.judge({ iss: undefined, jti, exp: NOW + 1 });
    return guard;
  }

  it("has a case here, in its own order", () => {
    expect(cases.map(([code]) => code)).toEqual(Array.from({ length: CODE_COUNT }, (_, code) => verdictName(code)));
  });

  it.each(cases)("%s is given", (code, token, options) => {
    expect(codeOf(token, options).split(" ")[0]).toBe(code);
  });
});

describe("linear memory", () => {
  const engine = openEngine();
  const clean = () => ({
    input: engine.memory.bytes.subarray(INPUT, INPUT + INPUT_BYTES).every((byte) => byte === 0),
    signatures: engine.memory.bytes.subarray(SIGNATURES, SIGNATURES + 2 * 1024 * SIGNATURE_BYTES).every((byte) => byte === 0),
    tags: engine.memory.bytes.subarray(TAGS, TAGS + 192).every((byte) => byte === 0),
  });
  const wiped = { input: true, signatures: true, tags: true };

  it.each<[string, readonly unknown[]]>([
    ["one token", [signText('{"sub":"device"}')]],
    ["a rejected token", [`${signText("{}").slice(0, -1)}_`]],
    ["a token that is too long", ["A".repeat(9000), signText("{}")]],
    ["a token that is too long at the end", [signText("{}"), "A".repeat(9000)]],
    ["a token of other characters", [signText("{}"), "é".repeat(500)]],
    ["a token of other characters first", ["é".repeat(500), signText("{}")]],
    ["nothing", []],
    ["what is no token", [null, 1, "", {}]],
    ["bytes", [Buffer.from(signText("{}")), randomBytes(300)]],
    ["tokens of all lengths", Array.from({ length: 300 }, (_, index) => signText(`{"x":"${"x".repeat(index)}"}`))],
    ["three chunks", Array.from({ length: 3000 }, (_, index) => signText(`{"x":"${"x".repeat(index % 500)}"}`))],
    ["a deferred number", [signText(`{"exp":${NOW}.00000000000000000000001}`)]],
    ["a character beyond ASCII at the end", [`${signText("{}")}é`]],
    ["tokens of SHA-512", Array.from({ length: 300 }, (_, index) => signWith("HS512", `{"x":"${"x".repeat(index)}"}`))],
    ["tokens of SHA-384", Array.from({ length: 300 }, (_, index) => signWith("HS384", `{"x":"${"x".repeat(index)}"}`))],
    ["one token of SHA-384", [signWith("HS384", '{"sub":"device"}')]],
  ])("holds no token after a batch of %s", (_, tokens) => {
    const keys = [
      { secret: TEST_SECRET, default: true },
      { secret: LONG_TEST_SECRET, alg: "HS384", kid: "HS384" },
      { secret: LONG_TEST_SECRET, alg: "HS512", kid: "HS512" },
    ] as const;
    for (const key of keys) createVerifier({ keys: key, currentDate: NOW }).verifyBatch(tokens as string[]);
    expect(clean()).toEqual(wiped);
  });

  it("holds no token when reading the tokens throws", () => {
    const tokens = [signText('{"sub":"device"}'), signText("{}")];
    Object.defineProperty(tokens, 1, {
      get: () => {
        throw new Error("unreadable");
      },
    });
    expect(() => createVerifier({ keys: TEST_SECRET }).verifyBatch(tokens)).toThrow("unreadable");
    expect(clean()).toEqual(wiped);
  });

  it.each([16, 32, 33, 63, 64, 65, 100, 200, 5000])("holds no byte of a key of %i bytes that was loaded", (length) => {
    for (const [name, given] of [
      ["bytes", (secret: Buffer) => secret],
      ["base64url", (secret: Buffer) => ({ secret: secret.toString("base64url"), encoding: "base64url" as const })],
      ["a JWK", (secret: Buffer) => ({ kty: "oct" as const, k: secret.toString("base64url") })],
    ] as const) {
      const secret = randomBytes(length);
      const verifier = createVerifier({ keys: given(secret), allowWeakSecrets: true, currentDate: NOW });
      expect(verifier.verify(signText("{}", undefined, secret)).ok).toBe(true);
      const memory = Buffer.from(engine.memory.bytes.buffer);
      const inner = Buffer.from(secret.subarray(0, 64).map((byte) => byte ^ 0x36));
      const outer = Buffer.from(secret.subarray(0, 64).map((byte) => byte ^ 0x5c));
      for (const trace of [secret, inner, outer, Buffer.from(base64url(secret))]) {
        for (let from = 0; from + 8 <= Math.min(trace.length, 64); from += 4) {
          if (memory.indexOf(trace.subarray(from, from + 8)) >= 0)
            expect.fail(`${name}: a trace of the key is at ${memory.indexOf(trace.subarray(from, from + 8))}`);
        }
      }
      expect(clean()).toEqual(wiped);
    }
  });

  it.each([16, 64, 100, 127, 128, 129, 200, 5000])("holds no byte of a key of %i bytes that was loaded for SHA-512", (length) => {
    for (const alg of ["HS384", "HS512"] as const) {
      const secret = randomBytes(length);
      const verifier = createVerifier({ keys: { secret, alg }, allowWeakSecrets: true, currentDate: NOW });
      expect(verifier.verify(signWith(alg, "{}", secret)).ok).toBe(true);
      const memory = Buffer.from(engine.memory.bytes.buffer);
      const masked = (byte: number) => Buffer.from(secret.subarray(0, 128).map((each) => each ^ byte));
      for (const trace of [secret.subarray(0, 128), masked(0x36), masked(0x5c)]) {
        for (let from = 0; from + 8 <= trace.length; from += 8) {
          const piece = trace.subarray(from, from + 8);
          expect([memory.indexOf(piece), memory.indexOf(Buffer.from(piece).swap64())], alg).toEqual([-1, -1]);
        }
      }
      expect(clean()).toEqual(wiped);
    }
  });

  it("is as good after a million bytes of garbage as before", () => {
    const verifier = createVerifier({ keys: TEST_SECRET, currentDate: NOW });
    const good = signText('{"sub":"device"}');
    for (let round = 0; round < 50; round++) {
      const garbage = Array.from({ length: 40 }, () => randomBytes(500).toString(round % 2 ? "latin1" : "base64url"));
      verifier.verifyBatch([...garbage, good]);
    }
    expect(codeOfPayload('{"sub":"device"}')).toBe("ACCEPTED");
    expect(verifier.verify(good).ok).toBe(true);
  });
});

describe("tokens that the platform has verified", () => {
  const engine = new Engine();
  const { address } = place(engine, {
    keys: [
      { kid: "h", secret: TEST_SECRET },
      { kid: "h5", alg: "HS512", secret: LONG_TEST_SECRET },
      { kid: "a", publicKey: PAIRS.EdDSA.publicKey },
      { kid: "b", publicKey: OTHER_PAIRS.EdDSA.publicKey },
    ],
    typ: "JWT",
    issuer: "i",
  });
  const [a, b] = [...engine.publicKeys.keys()] as [number, number];
  const asVerified = (text: string, index: number, key: number): PlatformToken => {
    return { index, text, key, context: address, verification: engine.publicKeys.get(key), signingLength: text.lastIndexOf(".") };
  };
  const header = (kid: string, more = "") => `{"alg":"EdDSA","typ":"JWT","kid":"${kid}"${more}}`;
  const good = signWithPair("EdDSA", `{"iss":"i","exp":${NOW + 1}}`, header("a"));

  /** The codes of tokens that the host says it has verified, each with the key at an address. */
  function codesOf(tokens: readonly (readonly [text: string, key: number])[]): number[] {
    const list = tokens.map(([text, key], index) => asVerified(text, index, key));
    const { count, accepted } = engine.chunks.judgeAuthentic(list, 0, NOW);
    const codes = Array.from({ length: count }, (_, index) => engine.chunks.code(index));
    expect(codes.filter((code) => code === 0).length).toBe(accepted);
    return codes;
  }

  it("are NEEDS_PLATFORM before, with their key and the length of what is signed", () => {
    const codes = new Uint8Array(2);
    engine.chunks.verifyChunk(address, [good, signText('{"iss":"i"}', '{"alg":"HS256","typ":"JWT","kid":"h"}')], 0, 8192, NOW, codes, []);
    expect([...codes]).toEqual([NEEDS_PLATFORM, 0]);
    expect(engine.chunks.hasPlatformTokens).toBe(true);
    expect(engine.chunks.platformToken(0, good, 5)).toEqual(asVerified(good, 5, a));
    engine.chunks.verifyChunk(address, [good.slice(0, -1)], 0, 8192, NOW, codes, []);
    expect([codes[0], engine.chunks.hasPlatformTokens]).toEqual([2, false]);
  });

  it("are judged by their claims", () => {
    const second = signWithPair("EdDSA", `{"iss":"i","exp":${NOW}}`, header("b"), OTHER_PAIRS.EdDSA.privateKey);
    const third = signWithPair("EdDSA", '{"iss":"x"}', header("a"));
    for (let round = 0; round < 100; round++) {
      expect(
        codesOf([
          [good, a],
          [second, b],
          [third, a],
          [good, a],
        ]),
      ).toEqual([0, 9, 14, 0]);
    }
  });

  it("are bad signatures when they select another key than was verified, or one that the engine hashes for", () => {
    const forged = signText('{"iss":"i"}', '{"alg":"HS256","typ":"JWT","kid":"h"}');
    const foreign = signText('{"iss":"i"}', '{"alg":"HS256","typ":"JWT","kid":"h"}', OTHER_TEST_SECRET);
    const wide = [base64url('{"alg":"HS512","typ":"JWT","kid":"h5"}'), base64url('{"iss":"i"}')].join(".");
    const forged512 = `${wide}.${signatureOf(wide, LONG_TEST_SECRET, "HS512")}`;
    const byKid = engine.memory.exports.memory.buffer.byteLength;
    for (const key of [b, a + 4, address, byKid]) expect(codesOf([[good, key]])).toEqual([7]);
    for (const key of [a, b, address]) {
      expect(
        codesOf([
          [forged, key],
          [foreign, key],
          [forged512, key],
          [good, a],
        ]),
      ).toEqual([7, 7, 7, 0]);
      expect(engine.memory.bytes.subarray(SIGNATURE_RESTS, SIGNATURE_RESTS + 4 * SIGNATURE_BYTES).every((byte) => byte === 0)).toBe(true);
    }
  });

  it("have no key when that of their record is another one by now, whatever they select", () => {
    const forged = signText('{"iss":"i"}', '{"alg":"HS256","typ":"JWT","kid":"h"}');
    const verified = [good, forged, good].map((text, index) => asVerified(text, index, a));
    const list = verified.map((token, index) => (index === 2 ? token : { ...token, verification: engine.publicKeys.get(b) }));
    expect(engine.chunks.judgeAuthentic(list, 0, NOW).accepted).toBe(1);
    expect([0, 1, 2].map((index) => engine.chunks.code(index))).toEqual([6, 6, 0]);
  });

  it("say whether there may be faults among them", () => {
    const faulty = [`{"iss":"i","exp":"1"}`, "{}"].map((claims) => signWithPair("EdDSA", claims, header("a")));
    const judge = (tokens: readonly string[]) => {
      const list = tokens.map((text, index) => asVerified(text, index, a));
      return engine.chunks.judgeAuthentic(list, 0, NOW);
    };
    for (const text of faulty) expect(judge([good, text])).toMatchObject({ from: 0, count: 2, accepted: 1, hasFaults: true });
    expect(judge([good, good])).toMatchObject({ count: 2, accepted: 2, hasFaults: false });
  });

  it("are judged by shape and header again", () => {
    const [first, second, third] = good.split(".") as [string, string, string];
    expect(
      codesOf([
        ["", a],
        [`${first}.${second}`, a],
        [`${first}.${second}.`, a],
        [`${first}.${second}.${third}.${third}`, a],
        [`${first}.${second}=.${third}`, a],
        [`${first}.${second}.${third.slice(0, 41)}`, a],
        [signWithPair("EdDSA", '{"iss":"i"}', header("x")), a],
        [signWithPair("EdDSA", '{"iss":"i"}', header("a", ',"crit":["x"],"x":1')), a],
        [signWithPair("EdDSA", '{"iss":"i"}', '{"alg":"EdDSA","kid":"a"}'), a],
        [signWithPair("EdDSA", '{"iss":"i"}', header("a").replace("EdDSA", "ES256")), a],
        [signWithPair("EdDSA", "no JSON", header("a")), a],
        [good, a],
      ]),
    ).toEqual([2, 2, 2, 2, 2, 2, 6, 3, 4, 5, 2, 0]);
  });

  it("leave nothing of themselves in the input area", () => {
    codesOf([
      [good, a],
      [signText("{}"), a],
    ]);
    expect(engine.memory.bytes.subarray(INPUT, INPUT + INPUT_BYTES).every((byte) => byte === 0)).toBe(true);
    expect(engine.memory.bytes.subarray(SIGNATURES, SIGNATURES + 1024 * SIGNATURE_BYTES).every((byte) => byte === 0)).toBe(true);
  });
});
