/** Public keys in every form, each bound to its algorithm; and none of them ever a secret. */
import { createPublicKey, ECDH, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier, type KeyInput, type PublicAlgorithm } from "../../../src/index.js";
import { bits, certificateOf, identifier, pem, sequence } from "../../support/certificate.js";
import { ALGORITHM_NAMES, OTHER_PAIRS, PAIRS, signWith, withoutNodeCrypto } from "../../support/pairs.js";
import { refusal } from "../../support/refusal.js";
import { NOW, signText, TEST_SECRET } from "../../support/tokens.js";

type Jwk = { kty: "RSA" | "EC" | "OKP"; [member: string]: unknown };

const signer = PAIRS.ES256.privateKey;
const spki = (key: KeyObject) => key.export({ type: "spki", format: "der" });
const jwkOf = (key: KeyObject) => key.export({ format: "jwk" }) as Jwk;

/** A public key in each form that it can be given in, those with options among them. */
function formsOf(alg: PublicAlgorithm): readonly (readonly [form: string, keys: KeyInput])[] {
  const { publicKey, privateKey } = PAIRS[alg];
  const spkiPem = publicKey.export({ type: "spki", format: "pem" }) as string;
  const certificate = certificateOf(publicKey, signer);
  const asymmetric = [
    ["PEM", { alg, publicKey: spkiPem }],
    ["PEM with other line ends", { alg, publicKey: `\r\n${spkiPem.replaceAll("\n", "\r\n")}\r\n` }],
    ["PEM as bytes", { alg, publicKey: Buffer.from(spkiPem) }],
    ["DER", { alg, publicKey: spki(publicKey) }],
    ["a certificate in PEM", { alg, publicKey: pem("CERTIFICATE", certificate) }],
    ["a certificate in DER", { alg, publicKey: certificate }],
    ["a certificate of version 1", { alg, publicKey: certificateOf(publicKey, signer, false) }],
    ["a JWK", { alg, publicKey: jwkOf(publicKey) }],
    ["a JWK that says all", { ...jwkOf(publicKey), kid: "k", alg, use: "sig", key_ops: ["verify"], ext: true, x5t: "no matter" }],
    ["the JWK of a private key", { ...jwkOf(privateKey), alg }],
    ["a KeyObject", { alg, publicKey }],
    ["a private KeyObject", { alg, publicKey: privateKey }],
    ["`key`", { alg, key: publicKey }],
    ["one with a name", { alg, publicKey, kid: "k", default: true }],
  ] as const;
  if (publicKey.asymmetricKeyType !== "rsa") return [...asymmetric, ...bareForms(publicKey, spkiPem, certificate)];
  const pkcs1 = publicKey.export({ type: "pkcs1", format: "der" });
  return [
    ...asymmetric,
    ["PKCS #1 in PEM", { alg, publicKey: pem("RSA PUBLIC KEY", pkcs1) }],
    ["PKCS #1 in DER", { alg, publicKey: pkcs1 }],
  ];
}

/** A curve says what it is for. */
function bareForms(publicKey: KeyObject, spkiPem: string, certificate: Buffer): readonly (readonly [string, KeyInput])[] {
  return [
    ["PEM alone", spkiPem],
    ["a certificate alone", pem("CERTIFICATE", certificate)],
    ["a JWK alone", jwkOf(publicKey)],
    ["a KeyObject alone", publicKey],
    ["a JWK with options and no `alg`", { publicKey: jwkOf(publicKey) }],
  ];
}

describe.each(ALGORITHM_NAMES)("a public key of %s", (alg) => {
  const token = signWith(alg, "{}");
  const foreign = signWith(alg, "{}", undefined, OTHER_PAIRS[alg].privateKey);

  it.each(formsOf(alg))("may be %s", async (_, keys) => {
    const verifier = createVerifier({ keys, currentDate: NOW });
    expect(verifier.verify(token).ok).toBe(true);
    expect(verifier.verify(foreign)).toEqual({ ok: false, code: "BAD_SIGNATURE" });
    if (typeof keys === "object" && "type" in keys) return;
    const byPromise = withoutNodeCrypto(() => {
      const isOfNode = Object.values(keys).some((value) => typeof value === "object" && value !== null && "asymmetricKeyType" in value);
      return isOfNode ? undefined : createVerifier({ keys, currentDate: NOW });
    });
    if (byPromise) expect([...(await byPromise.verifyBatchAsync([token, foreign])).codes]).toEqual([0, 7]);
  });

  it("judges tokens of this algorithm and of no other", () => {
    const verifier = createVerifier({ keys: { alg, publicKey: PAIRS[alg].publicKey }, currentDate: NOW });
    for (const other of ALGORITHM_NAMES.filter((name) => name !== alg)) {
      expect(verifier.verify(signWith(other, "{}"))).toEqual({ ok: false, code: "ALGORITHM_NOT_ALLOWED" });
    }
    expect(verifier.verify(signText("{}"))).toEqual({ ok: false, code: "ALGORITHM_NOT_ALLOWED" });
    expect(verifier.verify(signText("{}", '{"alg":"none"}'))).toEqual({ ok: false, code: "ALGORITHM_NOT_ALLOWED" });
  });

  it("is refused for every algorithm of another kind of key", () => {
    const { publicKey } = PAIRS[alg];
    const others = ALGORITHM_NAMES.filter((name) => PAIRS[name].publicKey !== publicKey);
    for (const other of others) {
      for (const source of [publicKey, spki(publicKey), jwkOf(publicKey), publicKey.export({ type: "spki", format: "pem" })]) {
        expect(refusal({ alg: other, publicKey: source })).toContain("got another kind of key");
      }
    }
    expect(refusal({ alg: "HS256", publicKey })).toContain("Expected `keys.alg` to be one of RS256");
    expect(refusal({ alg: "none", publicKey })).toContain("Expected `keys.alg`");
    expect(refusal({ ...jwkOf(publicKey), alg: "HS256" })).toContain("Expected `keys.alg`");
  });

  it("is no secret in any spelling, and what is signed with its spelling does not pass", () => {
    const { publicKey } = PAIRS[alg];
    const spelt: Buffer[] = [
      Buffer.from(publicKey.export({ type: "spki", format: "pem" })),
      spki(publicKey),
      Buffer.from(JSON.stringify(jwkOf(publicKey))),
      Buffer.from(JSON.stringify({ keys: [jwkOf(publicKey)] })),
      Buffer.from(pem("CERTIFICATE", certificateOf(publicKey, signer))),
      certificateOf(publicKey, signer),
    ];
    const bound = createVerifier({ keys: { alg, publicKey }, currentDate: NOW });
    const mixed = createVerifier({
      keys: [
        { kid: "p", alg, publicKey },
        { kid: "h", secret: TEST_SECRET, default: true },
      ],
      currentDate: NOW,
    });
    for (const bytes of spelt) {
      expect(refusal(bytes)).toContain("must never be an HMAC secret");
      expect(refusal({ secret: bytes })).toContain("must never be an HMAC secret");
      for (const encoding of ["latin1", "utf8"] as const) {
        expect(refusal({ secret: bytes.toString(encoding) })).toContain("must never be an HMAC secret");
      }
      for (let byte = 0; byte < 256; byte++) {
        const behind = Buffer.concat([Buffer.of(byte), bytes]);
        expect(refusal({ secret: behind }), `behind byte ${byte}`).toContain("must never be an HMAC secret");
      }
      for (const header of [`{"alg":"HS256"}`, '{"alg":"HS256","kid":"p"}', '{"alg":"HS256","kid":"h"}']) {
        const forged = signText("{}", header, bytes);
        expect(bound.verify(forged)).toEqual({ ok: false, code: "ALGORITHM_NOT_ALLOWED" });
        expect(mixed.verify(forged).ok).toBe(false);
      }
    }
    expect(refusal({ secret: publicKey })).toContain('KeyObject of type "secret"');
    expect(refusal({ secret: jwkOf(publicKey) })).toContain('a JWK with `kty` "oct"');
  });
});

describe("a public key is refused", () => {
  const { publicKey } = PAIRS.ES256;
  const jwk = jwkOf(publicKey);
  const rsa = PAIRS.RS256.publicKey;
  const rsaJwk = jwkOf(rsa);
  const rsaWith = (parameters: Uint8Array) =>
    sequence(sequence(identifier("2a864886f70d010101"), parameters), bits(rsa.export({ type: "pkcs1", format: "der" })));
  const pemText = publicKey.export({ type: "spki", format: "pem" }) as string;
  const [, x, y] = [0, jwk.x, jwk.y].map((member) => Buffer.from(String(member), "base64url")) as [Buffer, Buffer, Buffer];
  const ecPublicKey = sequence(identifier("2a8648ce3d0201"), identifier("2a8648ce3d030107"));
  const compressed = ECDH.convertKey(Buffer.concat([Buffer.of(4), x, y]), "prime256v1", undefined, undefined, "compressed") as Buffer;

  it.each<[string, unknown, string]>([
    ["RSA without `alg`", rsa, 'Expected `keys` to have an `alg`, as { alg: "RS256", … }'],
    ["RSA PEM without `alg`", rsa.export({ type: "spki", format: "pem" }), "Expected `keys` to have an `alg`"],
    ["both names of it", { publicKey, key: publicKey }, "to have `publicKey` or `key`, got both"],
    ["nothing", { publicKey: undefined }, "Expected `keys.publicKey` to be PEM, DER, a JWK, a KeyObject or a CryptoKey, got undefined"],
    ["a number", { publicKey: 5 }, "Expected `keys.publicKey` to be PEM, DER, a JWK, a KeyObject or a CryptoKey, got 5"],
    ["an unknown option", { publicKey, encoding: "utf8" }, "Unknown option `keys.encoding`"],
    ["a secret besides", { publicKey, secret: TEST_SECRET }, "Unknown option `keys.publicKey`"],
    ["a kid that is too long", { publicKey, kid: "k".repeat(257) }, "Expected `keys.kid`"],
    ["a default that is no boolean", { publicKey, default: 1 }, "Expected `keys.default` to be a boolean, got 1"],
    ["a JWK for encryption", { ...jwk, use: "enc" }, 'Expected `keys.use` to be "sig", got a string'],
    ["a JWK for other operations", { ...jwk, key_ops: ["sign"] }, 'Expected `keys.key_ops` to be an array that has "verify"'],
    ["a JWK of another algorithm than said", { alg: "ES256", publicKey: { ...jwk, alg: "ES384" } }, "to be the same"],
    ["a JWK of an unknown kind", { kty: "XYZ", x: "AA" }, "Expected `keys` to be a key of RSA, or of the curve"],
    ["a JWK of an unknown curve", { ...jwk, crv: "secp256k1" }, "Expected `keys` to be a key of RSA, or of the curve"],
    ["a JWK whose curve is an inherited name", { ...jwk, crv: "toString" }, "Expected `keys` to be a key of RSA, or of the curve"],
    ["a JWK of kind `oct` as `publicKey`", { publicKey: { kty: "oct", k: "AAAA" } }, "Expected `keys` to be a key of RSA"],
    ["a JWK without a coordinate", { ...jwk, y: undefined }, "Expected `keys.y` to be base64url without padding, got undefined"],
    [
      "a JWK with a short coordinate",
      { ...jwk, x: x.subarray(1).toString("base64url") },
      "Expected `keys.x` to be 32 bytes in base64url, got 31",
    ],
    ["a JWK with a padded coordinate", { ...jwk, x: `${jwk.x}=` }, "Expected `keys.x` to be base64url without padding, got other text"],
    ["a point that is not on its curve", { ...jwk, y: jwk.x }, "to be a key that this runtime takes, got one it refuses"],
    ["an even exponent", { ...rsaJwk, alg: "RS256", e: "AQAA" }, "Expected `keys.e` to be an odd number from 3 on"],
    ["an exponent of one", { ...rsaJwk, alg: "RS256", e: "AQ" }, "Expected `keys.e` to be an odd number from 3 on"],
    ["an empty exponent", { ...rsaJwk, alg: "RS256", e: "" }, "Expected `keys.e` to be an odd number from 3 on"],
    ["a long exponent", { ...rsaJwk, alg: "RS256", e: "AQAAAAAAAAAB" }, "Expected `keys.e` to be an odd number from 3 on"],
    ["an RSA key of no bits", { ...rsaJwk, alg: "RS256", n: "" }, "to be an RSA key of 2048 to 16384 bits (RFC 7518 §3.3), got one of 0"],
    ["two blocks of PEM", { publicKey: pemText + pemText }, "to be one public key or certificate"],
    ["PEM of another label", { publicKey: pem("EC PUBLIC KEY", spki(publicKey)) }, "to be one public key or certificate"],
    ["PEM of an inherited label", { publicKey: pem("constructor".toUpperCase(), spki(publicKey)) }, "to be one public key or certificate"],
    ["a private key in PEM", { publicKey: PAIRS.ES256.privateKey.export({ type: "pkcs8", format: "pem" }) }, "to be one public key"],
    ["a private key in DER", { publicKey: PAIRS.ES256.privateKey.export({ type: "pkcs8", format: "der" }) }, "to be one public key"],
    ["a key under the label of a certificate", { publicKey: pem("CERTIFICATE", spki(publicKey)) }, "to be one public key"],
    ["DER with a byte behind it", { publicKey: Buffer.concat([spki(publicKey), Buffer.of(0)]) }, "to be one public key"],
    ["RSA with parameters that are not NULL", { alg: "RS256", publicKey: rsaWith(identifier("2a8648ce3d030107")) }, "to be one public key"],
    ["RSA with a NULL that holds something", { alg: "RS256", publicKey: rsaWith(Buffer.from("050100", "hex")) }, "to be one public key"],
    ["a kind of key in an array", { publicKey: { ...jwkOf(publicKey), kty: ["EC"] } }, "to be a key of RSA, or of the curve"],
    ["DER that is long", { publicKey: Buffer.alloc(65537, 0x30) }, "to be a key of at most 65536 bytes, got 65537"],
    ["PEM that is long", pemText + " ".repeat(65536), "to be a key of at most 65536 bytes"],
    ["DER that is cut", { publicKey: spki(publicKey).subarray(0, -1) }, "to be one public key"],
    ["half of a point", { publicKey: sequence(ecPublicKey, bits(compressed)) }, "to be one public key"],
    ["no bytes", { publicKey: new Uint8Array(0) }, "to be one public key"],
    ["other text", { publicKey: "secret" }, "to be one public key"],
    ["a secret KeyObject", { publicKey: { type: "secret", export: () => Buffer.alloc(32) } }, "Expected `keys` to be a public key"],
  ])("as %s", (_, keys, message) => {
    expect(refusal(keys)).toContain(message);
  });

  it("when it is RSA of less than 2048 bits, in every form", () => {
    for (const modulusLength of [1024, 2047]) {
      const weak = generateKeyPairSync("rsa", { modulusLength }).publicKey;
      for (const source of [weak, spki(weak), jwkOf(weak), weak.export({ type: "spki", format: "pem" }), certificateOf(weak, signer)]) {
        for (const alg of ["RS256", "PS512"] as const) {
          expect(refusal({ alg, publicKey: source }, { allowWeakSecrets: true })).toContain(
            `RSA key of 2048 to 16384 bits (RFC 7518 §3.3), got one of`,
          );
        }
      }
    }
  });

  it("when it is for something else", () => {
    const others = [
      generateKeyPairSync("x25519"),
      generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
      generateKeyPairSync("rsa-pss", { modulusLength: 2048 }),
      generateKeyPairSync("x448"),
    ];
    for (const { publicKey: other } of others) {
      for (const source of [other, spki(other), other.export({ type: "spki", format: "pem" })]) {
        for (const alg of ["RS256", "PS256", "ES256", "EdDSA", undefined] as const) {
          expect(refusal(alg ? { alg, publicKey: source } : { publicKey: source })).toMatch(/^Expected `keys` to be /);
        }
      }
    }
  });

  it("without anything of it being shown", () => {
    const secretish = "c2VjcmV0LWxpa2U";
    for (const keys of [
      { ...jwk, y: secretish },
      { publicKey: secretish },
      { ...rsaJwk, alg: secretish },
      { publicKey, kid: 5 },
      { publicKey: pemText.replace("MFkw", secretish) },
    ]) {
      expect(refusal(keys)).not.toContain(secretish);
    }
  });
});

describe("a JWK", () => {
  it("of RFC 9864 names the curve as its algorithm", () => {
    const keys = { ...jwkOf(PAIRS.EdDSA.publicKey), alg: "Ed25519" };
    expect(createVerifier({ keys, currentDate: NOW }).verify(signWith("EdDSA", "{}")).ok).toBe(true);
  });

  it("of RSA may have a zero before its modulus", () => {
    const own = jwkOf(PAIRS.RS256.publicKey);
    const n = Buffer.concat([Buffer.of(0), Buffer.from(String(own.n), "base64url")]).toString("base64url");
    expect(createVerifier({ keys: { ...own, alg: "RS256", n }, currentDate: NOW }).verify(signWith("RS256", "{}")).ok).toBe(true);
  });

  it("gives its own `kid`, and the option's goes before it", () => {
    const own = { ...jwkOf(PAIRS.EdDSA.publicKey), kid: "a" };
    const token = (kid: string) => signWith("EdDSA", "{}", `{"alg":"EdDSA","kid":"${kid}"}`);
    const codes = (keys: KeyInput) => [...createVerifier({ keys, currentDate: NOW }).verifyBatch([token("a"), token("b")]).codes];
    expect(codes(own)).toEqual([0, 6]);
    expect(codes({ publicKey: own, kid: "b" })).toEqual([6, 0]);
  });
});

describe("several keys", () => {
  it("are told apart by `kid`, each with its algorithm", () => {
    const keys = ALGORITHM_NAMES.map((alg) => ({ kid: alg, alg, publicKey: createPublicKey(PAIRS[alg].privateKey) }));
    const verifier = createVerifier({ keys, currentDate: NOW });
    const tokens = ALGORITHM_NAMES.flatMap((alg) => ALGORITHM_NAMES.map((kid) => signWith(alg, "{}", JSON.stringify({ alg, kid }))));
    const expected = ALGORITHM_NAMES.flatMap((alg) => ALGORITHM_NAMES.map((kid) => (alg === kid ? 0 : 5)));
    expect([...verifier.verifyBatch(tokens).codes]).toEqual(expected);
  });

  it("are allowed only where `algorithms` names theirs", () => {
    const keys = [
      { kid: "e", publicKey: PAIRS.ES256.publicKey },
      { kid: "o", publicKey: PAIRS.EdDSA.publicKey },
    ];
    const verifier = createVerifier({ keys, algorithms: ["EdDSA"], currentDate: NOW });
    const tokens = [signWith("ES256", "{}", '{"alg":"ES256","kid":"e"}'), signWith("EdDSA", "{}", '{"alg":"EdDSA","kid":"o"}')];
    expect([...verifier.verifyBatch(tokens).codes]).toEqual([5, 0]);
  });
});
