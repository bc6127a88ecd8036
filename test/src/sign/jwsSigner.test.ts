/** Signers of bytes: what they take, and what they refuse. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createJwsSigner, createJwsVerifier, createVerifier, type JwsSignerOptions } from "../../../src/index.js";
import { PAIRS, signatureWith } from "../../support/pairs.js";
import { base64url, HASHES, LONG_TEST_SECRET, TEST_SECRET } from "../../support/tokens.js";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a signer of bytes", () => {
  it.each<[Partial<JwsSignerOptions>, string]>([
    [{}, '{"alg":"HS256"}'],
    [{ typ: "JOSE" }, '{"alg":"HS256","typ":"JOSE"}'],
    [
      { key: { kid: "k", alg: "HS512", secret: LONG_TEST_SECRET }, header: { cty: "text/plain" } },
      '{"alg":"HS512","kid":"k","cty":"text/plain"}',
    ],
    [{ header: { crit: ["seq"], seq: 5 } }, '{"alg":"HS256","crit":["seq"],"seq":5}'],
  ])("with %o writes the header %s", (options, header) => {
    const token = createJwsSigner({ key: TEST_SECRET, ...options }).sign(bytes("x"));
    expect(Buffer.from(token.split(".")[0] as string, "base64url").toString()).toBe(header);
  });

  it.each(["HS256", "HS384", "HS512"] as const)("signs bytes of every length from 0 to 300 with %s as node:crypto does", (alg) => {
    const payloads = Array.from({ length: 301 }, (_, length) => Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff));
    const tokens = createJwsSigner({ key: { alg, secret: LONG_TEST_SECRET } }).signBatch(payloads);
    tokens.forEach((token, length) => {
      const input = `${base64url(`{"alg":"${alg}"}`)}.${base64url(payloads[length] as Uint8Array)}`;
      expect(token).toBe(`${input}.${createHmac(HASHES[alg], LONG_TEST_SECRET).update(input).digest("base64url")}`);
    });
  });

  it("signs with a private key, and with one that is elsewhere", async () => {
    const { publicKey, privateKey } = PAIRS.ES256;
    const sign = async (data: Uint8Array) => signatureWith("ES256", Buffer.from(data).toString("latin1"));
    const verifier = createJwsVerifier({ keys: publicKey });
    for (const key of [{ privateKey }, { alg: "ES256" as const, sign }]) {
      const tokens = await createJwsSigner({ key }).signBatchAsync([bytes(""), bytes("b")]);
      expect(verifier.verifyBatch(tokens).accepted).toBe(2);
    }
    expect(verifier.verify(createJwsSigner({ key: { privateKey } }).sign(bytes("c")))).toMatchObject({ ok: true, payload: bytes("c") });
    expect(() => createJwsSigner({ key: { alg: "ES256", sign } }).sign(bytes("c"))).toThrow("this signer's key signs elsewhere");
  });

  it("reads its bytes at once", async () => {
    const payload = bytes("before");
    const signing = createJwsSigner({ key: { privateKey: PAIRS.EdDSA.privateKey } }).signBatchAsync([payload, payload]);
    payload.fill(0);
    const batch = createJwsVerifier({ keys: PAIRS.EdDSA.publicKey }).verifyBatch(await signing);
    expect([batch.payload(0), batch.payload(1)]).toEqual([bytes("before"), bytes("before")]);
  });

  it("has functions that work by themselves, and as a callback of `map`", async () => {
    const { sign, signBatch, signAsync, signBatchAsync } = createJwsSigner({ key: TEST_SECRET });
    const tokens = [
      ...[bytes("a")].map(sign),
      ...signBatch([bytes("a")]),
      await signAsync(bytes("a")),
      ...(await signBatchAsync([bytes("a")])),
    ];
    expect(new Set(tokens).size).toBe(1);
    expect(tokens).toHaveLength(4);
  });

  it("signs the longest token that can be verified, and not one byte more", () => {
    const signer = createJwsSigner({ key: TEST_SECRET });
    const fits = Math.floor(((262_144 - signer.sign(new Uint8Array()).length) * 3) / 4);
    const longest = signer.signBatch([new Uint8Array(fits), new Uint8Array(3), new Uint8Array(fits)]);
    expect(createJwsVerifier({ keys: TEST_SECRET, maxTokenLength: 262_144 }).verifyBatch(longest).accepted).toBe(3);
    for (const more of [1, 1e6]) {
      expect(() => signer.sign(new Uint8Array(fits + more))).toThrow(
        "Expected `payload` to make a token of at most 262144 bytes, got more",
      );
    }
  });

  it.each<[string, unknown, string]>([
    ["text", "text", "Expected `payload` to be a Uint8Array, got a string: new TextEncoder().encode(text) makes bytes of it"],
    ["an object", { sub: "a" }, "Expected `payload` to be a Uint8Array, got an object (Object)"],
    ["an ArrayBuffer", new ArrayBuffer(1), "Expected `payload` to be a Uint8Array, got an object (ArrayBuffer)"],
    ["other numbers", new Uint16Array(1), "Expected `payload` to be a Uint8Array, got an object (Uint16Array)"],
    ["an heir of the prototype", Object.create(Uint8Array.prototype), "Expected `payload` to be a Uint8Array"],
    ["nothing", undefined, "Expected `payload` to be a Uint8Array, got undefined"],
  ])("refuses %s", async (_, payload, message) => {
    const signer = createJwsSigner({ key: TEST_SECRET });
    expect(() => signer.sign(payload as Uint8Array)).toThrow(TypeError);
    expect(() => signer.sign(payload as Uint8Array)).toThrow(message);
    await expect(signer.signAsync(payload as Uint8Array)).rejects.toThrow(message);
    expect(() => signer.signBatch([bytes(""), payload as Uint8Array])).toThrow(message.replace("payload", "payloads[1]"));
    expect(() => signer.signBatch(payload as Uint8Array[])).toThrow("Expected `payloads` to be an array of Uint8Arrays");
  });
});

describe("a signer of bytes knows nothing of claims", () => {
  it.each(["expiresIn", "notBefore", "issuedAt", "issuer", "audience", "subject", "jwtId"])("and refuses `%s`", (name) => {
    const message = `Expected no option \`${name}\`: it is about claims, and a payload of bytes has none; \`createSigner\` has it`;
    expect(() => createJwsSigner({ key: TEST_SECRET, [name]: "a" })).toThrow(message);
  });

  it.each([{ expiresIn: 60 }, {}, { header: {} }])("and refuses %o of a call", async (options) => {
    const signer = createJwsSigner({ key: TEST_SECRET });
    // @ts-expect-error: no such parameter
    expect(() => signer.sign(bytes("a"), options)).toThrow("options and keys belong to `createJwsSigner`");
    // @ts-expect-error: no such parameter
    expect(() => signer.signBatch([bytes("a")], options)).toThrow(TypeError);
    // @ts-expect-error: no such parameter
    await expect(signer.signAsync(bytes("a"), options)).rejects.toThrow(TypeError);
    // @ts-expect-error: no such parameter
    await expect(signer.signBatchAsync([bytes("a")], options)).rejects.toThrow(TypeError);
  });

  it.each([
    ...["JWT", "jwt", "application/jwt", "at+jwt", "application/secevent+JWT"],
    ...["text/jwt", "JWT;v=1", "application/jwt;profile=a/b", "at+jwt; charset=utf-8", "jwt\n"],
  ])("and does not say that its tokens are %j", (typ) => {
    expect(() => createJwsSigner({ key: TEST_SECRET, typ })).toThrow('Expected `typ` not to be "JWT", nor to end in "+jwt"');
  });

  it.each<[object, string]>([
    [{ key: undefined }, "Expected `key` to be a key, got undefined"],
    [{ typ: "" }, "Expected `typ` to be a string of 1 to 256 characters"],
    [{ currentDate: 5 }, "Unknown option `currentDate`"],
    [{ header: { b64: false, crit: ["b64"] } }, "Expected `header` to have no `b64`"],
  ])("and refuses %o", (options, message) => {
    expect(() => createJwsSigner({ key: TEST_SECRET, ...options })).toThrow(message);
  });

  it("so its tokens are no JWTs, unless the payload is a claims set", () => {
    const signer = createJwsSigner({ key: TEST_SECRET });
    const verifier = createVerifier({ keys: TEST_SECRET });
    expect(["", "x", "[]", "5"].map((text) => verifier.verify(signer.sign(bytes(text))))).toEqual(
      Array(4).fill({ ok: false, code: "MALFORMED" }),
    );
    expect(createVerifier({ keys: TEST_SECRET, typ: "JWT" }).verify(signer.sign(bytes("{}")))).toEqual({
      ok: false,
      code: "TYPE_MISMATCH",
    });
  });
});
