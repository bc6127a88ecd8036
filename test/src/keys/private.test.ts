/** Private keys for signing: every form and algorithm, through node:crypto and through WebCrypto. */
import { generateKeyPairSync, type KeyObject, webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  createSigner,
  createVerifier,
  type JwtClaims,
  type PrivateKeyOptions,
  type PublicAlgorithm,
  type SignerOptions,
} from "../../../src/index.js";
import { verify as verifyByReference } from "../../reference/verify.js";
import { pem } from "../../support/certificate.js";
import { ALGORITHM_NAMES, OTHER_PAIRS, PAIRS, withoutNodeCrypto } from "../../support/pairs.js";
import { NOW } from "../../support/tokens.js";

type Jwk = { kty: "RSA" | "EC" | "OKP"; [member: string]: unknown };

const jwkOf = (key: KeyObject) => key.export({ format: "jwk" }) as Jwk;
const pkcs8 = (key: KeyObject) => key.export({ type: "pkcs8", format: "der" });

/** What WebCrypto alone can read comes first. */
function formsOf(alg: PublicAlgorithm): readonly (readonly [form: string, key: PrivateKeyOptions, everywhere: boolean])[] {
  const { privateKey } = PAIRS[alg];
  const text = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return [
    ["PKCS #8 in PEM", { alg, privateKey: text }, true],
    ["PKCS #8 in PEM, as bytes", { alg, privateKey: Buffer.from(text) }, true],
    ["PKCS #8 in DER", { alg, privateKey: pkcs8(privateKey) }, true],
    ["a JWK", { alg, privateKey: jwkOf(privateKey), kid: "k" }, true],
    ["a JWK that says all", { privateKey: { ...jwkOf(privateKey), alg, kid: "k", use: "sig", key_ops: ["sign"], ext: true } }, true],
    ["a KeyObject", { alg, privateKey }, false],
    ...(alg.startsWith("RS")
      ? [["PKCS #1", { alg, privateKey: privateKey.export({ type: "pkcs1", format: "pem" }) as string }, false] as const]
      : []),
    ...(alg.startsWith("ES")
      ? [["SEC 1", { alg, privateKey: privateKey.export({ type: "sec1", format: "pem" }) as string }, false] as const]
      : []),
  ];
}

describe.each(ALGORITHM_NAMES)("a private key of %s", (alg) => {
  const verifier = createVerifier({ keys: { alg, publicKey: PAIRS[alg].publicKey }, currentDate: NOW });
  const claims = [{ sub: "a" }, { sub: "gerät", n: [1, null] }, {}];
  const options = { currentDate: NOW, expiresIn: 60, issuer: "device" };

  it.each(formsOf(alg))("may be %s", async (_, key, everywhere) => {
    const signer = createSigner({ ...options, key });
    const byPromise = everywhere ? withoutNodeCrypto(() => createSigner({ ...options, key })) : signer;
    const batches = [
      signer.signBatch(claims),
      claims.map((set) => signer.sign(set)),
      await signer.signBatchAsync(claims),
      [await signer.signAsync(claims[0] as JwtClaims)],
      await byPromise.signBatchAsync(claims),
    ];
    for (const tokens of batches) {
      tokens.forEach((token, index) => {
        const expected = { ...claims[index], iss: "device", iat: NOW, exp: NOW + 60 };
        expect(verifier.verify(token)).toMatchObject({ ok: true, claims: expected });
        expect(verifyByReference(token, { keys: [{ alg, publicKey: PAIRS[alg].publicKey }], currentDate: NOW })).toMatchObject({
          ok: true,
          header: { alg, typ: "JWT" },
        });
      });
    }
  });

  it("takes a promise where node:crypto is not", async () => {
    const key = { alg, privateKey: jwkOf(PAIRS[alg].privateKey) };
    const signer = withoutNodeCrypto(() => createSigner({ ...options, key }));
    expect(() => signer.sign({})).toThrow("use `signAsync`");
    expect(() => signer.signBatch([{}])).toThrow(TypeError);
    expect(verifier.verify(await signer.signAsync({})).ok).toBe(true);
  });
});

describe("a private CryptoKey", () => {
  it.each<[PublicAlgorithm, object]>([
    ["RS384", { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" }],
    ["ES384", { name: "ECDSA", namedCurve: "P-384" }],
    ["EdDSA", { name: "Ed25519" }],
  ])("signs %s", async (alg, parameters) => {
    const { privateKey, publicKey } = PAIRS[alg];
    const key = (await webcrypto.subtle.importKey("jwk", jwkOf(privateKey), parameters as never, true, ["sign"])) as CryptoKey;
    const verifier = createVerifier({ keys: { alg, publicKey } });
    const signer = createSigner({ key: { privateKey: key } });
    expect(verifier.verifyBatch([signer.sign({}), await signer.signAsync({})]).accepted).toBe(2);
    const byPromise = withoutNodeCrypto(() => createSigner({ key: { privateKey: key } }));
    expect(verifier.verify(await byPromise.signAsync({})).ok).toBe(true);
  });

  it("that is public, or may not sign, is refused", async () => {
    const pair = (await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])) as CryptoKeyPair;
    expect(() => createSigner({ key: { privateKey: pair.publicKey } })).toThrow('CryptoKey of type "private" that may "sign"');
    expect(() => createSigner({ key: { privateKey: pair.privateKey, alg: "ES384" } })).toThrow("a key for ES384, got another kind of key");
  });
});

describe("a signer's key is refused", () => {
  const { publicKey, privateKey } = PAIRS.ES256;
  const rsa = PAIRS.RS256.privateKey;
  const spki = publicKey.export({ type: "spki", format: "pem" });
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;

  it.each<[string, unknown, string]>([
    ["a public KeyObject", publicKey, "a public key signs nothing"],
    ["public PEM", spki, "a public key signs nothing"],
    [
      "a public KeyObject as private",
      { privateKey: publicKey },
      "Expected `key.privateKey` to be PEM, DER, a JWK, a KeyObject or a CryptoKey, private",
    ],
    ["public PEM as private", { privateKey: spki }, "to be one private key in PEM or DER, got a public key"],
    ["a public JWK as private", { privateKey: jwkOf(publicKey) }, "to be a key that this runtime takes"],
    ["a number", { privateKey: 5 }, "Expected `key.privateKey` to be PEM, DER, a JWK, a KeyObject or a CryptoKey, private"],
    ["RSA without `alg`", { privateKey: rsa }, "Expected `key` to have an `alg`"],
    ["a weak RSA key", { alg: "RS256", privateKey: weak }, "RSA key of 2048 to 16384 bits"],
    ["the wrong kind", { alg: "ES256", privateKey: rsa }, "a key for ES256, got another kind of key"],
    ["the wrong curve", { alg: "ES384", privateKey }, "a key for ES384, got another kind of key"],
    ["HMAC", { alg: "HS256", privateKey }, "Expected `key.alg` to be one of RS256"],
    ["a JWK that may only verify", { privateKey: { ...jwkOf(privateKey), key_ops: ["verify"] } }, 'an array that has "sign"'],
    ["PEM that is long", { privateKey: `${pem("PRIVATE KEY", pkcs8(privateKey))}${" ".repeat(65536)}` }, "a key of at most 65536 bytes"],
    ["an unknown option", { privateKey, publicKey }, "Unknown option `key.publicKey`"],
    ["a secret that is a private key", { secret: privateKey }, 'KeyObject of type "secret"'],
    [
      "an encrypted key",
      { privateKey: privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-128-cbc", passphrase: "x" }) },
      "Expected `key`",
    ],
  ])("as %s", (_, key, message) => {
    expect(() => createSigner({ key: key as SignerOptions["key"] })).toThrow(TypeError);
    expect(() => createSigner({ key: key as SignerOptions["key"] })).toThrow(message);
  });

  it.each<[string, unknown, string]>([
    ["a public JWK", jwkOf(publicKey), "Expected `key.privateKey` to be PEM, DER, a JWK, a KeyObject or a CryptoKey, private"],
    [
      "PKCS #1",
      rsa.export({ type: "pkcs1", format: "pem" }),
      "Expected `key.privateKey` to be PKCS #8 in PEM or DER, a JWK or a CryptoKey",
    ],
    ["public PEM", spki, "to be one private key in PEM or DER, got a public key"],
    ["other bytes", Uint8Array.of(0x30, 0), "to be one private key in PEM or DER, got"],
    ["a weak RSA key", pem("PRIVATE KEY", pkcs8(weak)), "RSA key of 2048 to 16384 bits"],
    ["a key of another curve", pkcs8(generateKeyPairSync("x25519").privateKey), "Expected `key.privateKey` to be PKCS #8"],
  ])("as %s, where node:crypto is not", (_, privateKey, message) => {
    const key = { alg: "RS256", privateKey } as PrivateKeyOptions;
    expect(() => withoutNodeCrypto(() => createSigner({ key }))).toThrow(message);
  });
});

describe("a private JWK whose parts do not belong together", () => {
  const { x, y } = jwkOf(OTHER_PAIRS.ES256.publicKey);
  const { n } = jwkOf(OTHER_PAIRS.RS256.publicKey);
  const flipped = (member: string) => {
    const bytes = Buffer.from(jwkOf(PAIRS.RS256.privateKey)[member] as string, "base64url");
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] as number) ^ 0x10;
    return { [member]: bytes.toString("base64url") };
  };

  it.each<[string, PublicAlgorithm, object]>([
    ["EC with another key's point", "ES256", { x, y }],
    ["Ed25519 with another key's point", "EdDSA", { x: jwkOf(OTHER_PAIRS.EdDSA.publicKey).x }],
    ["RSA with another key's modulus", "RS256", { n }],
    ["RSA with another prime", "RS256", { ...flipped("p"), ...flipped("d") }],
    ["RSA with another exponent", "PS256", { ...flipped("dp"), ...flipped("d") }],
  ])("is refused: %s", (_, alg, members) => {
    const key = { alg, privateKey: { ...jwkOf(PAIRS[alg].privateKey), ...members } };
    expect(() => createSigner({ key })).toThrow(TypeError);
    expect(() => createSigner({ key })).toThrow(
      /^Expected `key` to be (?:a private key and its public part|a key that this runtime takes)/,
    );
  });

  it.each<[PublicAlgorithm, string, unknown, string]>([
    ["ES256", "d", "!!", "Expected `key.d` to be base64url without padding, got other text"],
    ["ES256", "d", 5, "Expected `key.d` to be base64url without padding, got 5"],
    ["ES256", "d", "AQ", "Expected `key.d` to be 32 bytes in base64url, got 1"],
    ["EdDSA", "d", "A".repeat(44), "Expected `key.d` to be 32 bytes in base64url, got 33"],
    ["RS256", "d", "A=", "Expected `key.d` to be base64url without padding"],
    ["RS256", "qi", "A+", "Expected `key.qi` to be base64url without padding"],
  ])("of %s is refused with the %s %j, in every runtime", (alg, member, value, message) => {
    const key = { alg, privateKey: { ...jwkOf(PAIRS[alg].privateKey), [member]: value } };
    expect(() => createSigner({ key })).toThrow(message);
    expect(() => withoutNodeCrypto(() => createSigner({ key }))).toThrow(message);
  });
});
