/** Secrets in every form they come in; what is no secret is refused without being shown. */
import { createPublicKey, createSecretKey, generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSigner, createVerifier, type KeyOptions, type SecretSource } from "../../../src/index.js";
import { parseSecretKey } from "../../../src/keys/secret.js";
import { withoutNodeCrypto } from "../../support/pairs.js";
import { refusal } from "../../support/refusal.js";
import { base64url, NOW, signText, signWith, TEST_SECRET } from "../../support/tokens.js";

const token = signText("{}");
const jwk = { kty: "oct", k: base64url(TEST_SECRET) } as const;

describe("a secret", () => {
  it.each<[string, SecretSource | KeyOptions]>([
    ["bytes", TEST_SECRET],
    ["a Buffer", Buffer.from(TEST_SECRET)],
    [
      "a view into a larger buffer",
      new Uint8Array(Buffer.concat([randomBytes(3), TEST_SECRET, randomBytes(5)])).subarray(3, 3 + TEST_SECRET.length),
    ],
    ["text", Buffer.from(TEST_SECRET).toString()],
    ["base64url", { secret: base64url(TEST_SECRET), encoding: "base64url" }],
    ["text that is said to be UTF-8", { secret: Buffer.from(TEST_SECRET).toString(), encoding: "utf8" }],
    ["a JWK", jwk],
    ["a JWK with more members", { ...jwk, alg: "HS256", use: "sig", key_ops: ["sign", "verify"] }],
    ["a JWK within options", { secret: jwk, alg: "HS256" }],
    ["a KeyObject", createSecretKey(TEST_SECRET)],
    ["a KeyObject within options", { secret: createSecretKey(TEST_SECRET), kid: "k" }],
  ])("may be %s", (_, keys) => {
    expect(createVerifier({ keys, currentDate: NOW }).verify(token).ok).toBe(true);
    expect(createVerifier({ keys, currentDate: NOW }).verify(createSigner({ key: keys }).sign({})).ok).toBe(true);
  });

  it("of text is its UTF-8", () => {
    const text = "ein Prüfschlüssel, sonst nirgends: ключ 🔑";
    expect(createVerifier({ keys: text, currentDate: NOW }).verify(signText("{}", undefined, Buffer.from(text))).ok).toBe(true);
  });

  it("is copied, and the caller's bytes are left as they were", () => {
    const secret = Uint8Array.from(TEST_SECRET);
    createVerifier({ keys: secret });
    expect(secret).toEqual(TEST_SECRET);
    expect(parseSecretKey(secret, "key", false).secret).not.toBe(secret);
  });

  it.each<[string, unknown, string]>([
    ["empty bytes", new Uint8Array(0), "Expected `keys` to be a secret, got an empty one"],
    ["empty text", "", "Expected `keys` to be a secret, got an empty one"],
    ["an empty JWK", { kty: "oct", k: "" }, "Expected `keys` to be a secret, got an empty one"],
    ["31 bytes", new Uint8Array(31).fill(7), "Expected `keys` to be at least 32 bytes for HS256 (RFC 7518 §3.2), got 31"],
    ["too many bytes", new Uint8Array(65537).fill(7), "Expected `keys` to be at most 65536 bytes, got 65537"],
    ["a number", 5, "or an object with `secret`, got a number"],
    ["a plain object", {}, "Expected `keys` to be a secret"],
    ["an array of numbers", [[1, 2, 3]], "Expected `keys[0]` to be a secret"],
    ["an ArrayBuffer", new ArrayBuffer(32), "Expected `keys` to be a secret"],
    ["an RSA JWK", { secret: { kty: "RSA", n: "AQAB", e: "AQAB" } }, 'Expected `keys.secret` to be a JWK with `kty` "oct"'],
    ["a JWK for encryption", { ...jwk, use: "enc" }, 'Expected `keys.secret.use` to be "sig", got a string'],
    ["a JWK for other operations", { ...jwk, key_ops: ["encrypt"] }, "Expected `keys.secret.key_ops`"],
    ["a JWK of another algorithm", { ...jwk, alg: "RS256" }, "Expected `keys.alg` to be one of HS256, HS384, HS512"],
    [
      "a JWK with padding",
      { kty: "oct", k: `${base64url(randomBytes(32))}=` },
      "Expected `keys.k` to be base64url without padding, got other text",
    ],
    ["a JWK without k", { kty: "oct" }, "Expected `keys.k` to be base64url without padding, got undefined"],
    ["base64 for base64url", { secret: "+/+/".repeat(20), encoding: "base64url" }, "to be base64url without padding, got other text"],
    [
      "another encoding",
      { secret: TEST_SECRET, encoding: "hex" },
      'Expected `keys.encoding` to be "utf8" or "base64url", got a string; write',
    ],
    ["bytes that are to be decoded", { secret: TEST_SECRET, encoding: "base64url" }, "Expected `keys.encoding` to go with text, got a"],
    ["a JWK that is to be decoded", { secret: jwk, encoding: "base64url" }, "Expected `keys.encoding` to go with text, got a secret"],
    ["bytes that are said to be UTF-8", { secret: TEST_SECRET, encoding: "utf8" }, "Expected `keys.encoding` to go with text, got a"],
    ["text that is not well formed", `${"x".repeat(40)}\ud800`, "Expected `keys` to be well-formed text, got a lone surrogate"],
    [
      "a kid of 257 bytes",
      { secret: TEST_SECRET, kid: "k".repeat(257) },
      "Expected `keys.kid` to be a well-formed string of at most 256 bytes",
    ],
    ["a kid that is not well formed", { secret: TEST_SECRET, kid: "\ud800" }, "Expected `keys.kid` to be a well-formed string"],
    ["a kid that is a number", { secret: TEST_SECRET, kid: 1 }, "Expected `keys.kid` to be a well-formed string"],
    ["an unknown algorithm", { secret: TEST_SECRET, alg: "none" }, "Expected `keys.alg` to be one of HS256, HS384, HS512, got a string"],
    ["an unknown option", { secret: TEST_SECRET, id: "k" }, "Unknown option `keys.id`"],
    ["a default that is no boolean", { secret: TEST_SECRET, default: "yes" }, "Expected `keys.default` to be a boolean, got a string"],
  ])("may not be %s", (_, keys, message) => {
    expect(refusal(keys)).toContain(message);
  });

  it("that is short is taken only where that is asked for, and an empty one never", () => {
    for (const length of [1, 16, 31]) {
      const secret = new Uint8Array(length).fill(7);
      expect(refusal(secret)).toContain("allowWeakSecrets");
      expect(createVerifier({ keys: secret, allowWeakSecrets: true, currentDate: NOW }).verify(signText("{}", undefined, secret)).ok).toBe(
        true,
      );
    }
    expect(refusal(new Uint8Array(0), { allowWeakSecrets: true })).toContain("got an empty one");
  });

  it.each([undefined, 32, [1, 2], "text", new ArrayBuffer(32)])("may not be like a KeyObject and export %o", (exported) => {
    const keys = { type: "secret", export: () => exported };
    expect(refusal({ secret: keys })).toContain("to be a KeyObject that exports bytes, got");
    expect(refusal({ secret: { ...keys, export: () => new Uint8Array(TEST_SECRET) } })).toBe("none");
  });

  it.each([
    ["HS256", "SHA-256", 32],
    ["HS384", "SHA-384", 48],
    ["HS512", "SHA-512", 64],
  ] as const)("may be a CryptoKey, whose hash binds it to %s", async (alg, hash, length) => {
    const bytes = randomBytes(length);
    const secret = await webcrypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, true, ["sign", "verify"]);
    for (const keys of [secret, { secret }, { secret, alg }]) {
      const verifier = createVerifier({ keys, currentDate: NOW });
      expect(verifier.verify(signWith(alg, "{}", bytes)).ok).toBe(true);
      expect(verifier.verify(signWith(alg, "{}")).ok).toBe(false);
      expect(verifier.verify(createSigner({ key: keys }).sign({})).ok).toBe(true);
    }
    const other = alg === "HS256" ? "HS512" : "HS256";
    expect(refusal({ secret, alg: other })).toBe("Expected `keys.alg` and the CryptoKey's hash to be the same");
  });

  it.each<[string, string, boolean, KeyUsage[], string]>([
    ["SHA-1", "SHA-1", true, ["verify"], "Expected `keys.alg` to be one of HS256, HS384, HS512"],
    ["no export", "SHA-256", false, ["verify"], "Expected `keys` to be a CryptoKey that is extractable"],
    ["another use", "SHA-256", true, ["sign"], 'Expected `keys` to be a CryptoKey of HMAC that may "verify"'],
  ])("may not be a CryptoKey with %s", async (_, hash, extractable, usages, message) => {
    const key = await webcrypto.subtle.importKey("raw", randomBytes(32), { name: "HMAC", hash }, extractable, usages);
    expect(refusal(key)).toContain(message);
  });

  it("may not be a CryptoKey of something else", async () => {
    const aes = await webcrypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
    const pair = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    for (const secret of [aes, (pair as CryptoKeyPair).publicKey])
      expect(refusal({ secret })).toContain('Expected `keys` to be a CryptoKey of HMAC that may "verify"');
    const hmac = await webcrypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["verify"]);
    expect(refusal({ publicKey: hmac })).toContain("; write `{ secret: key }`");
  });

  it("may not be a CryptoKey where there is no node:crypto, and is told what to give", async () => {
    const key = await webcrypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["verify"]);
    expect(withoutNodeCrypto(() => refusal(key))).toContain("got a CryptoKey, which only promises them; write `new Uint8Array(bytes)`");
  });

  it("that is a number is not shown", () => {
    for (const keys of [{ secret: 12345678 }, 12345678]) expect(refusal(keys)).not.toContain("12345678");
  });

  it("may not be a public or a private KeyObject", () => {
    for (const pair of [generateKeyPairSync("ed25519"), generateKeyPairSync("ec", { namedCurve: "P-256" })]) {
      for (const keys of [pair.publicKey, pair.privateKey, createPublicKey(pair.privateKey)]) {
        expect(refusal({ secret: keys })).toContain('KeyObject of type "secret"');
      }
    }
  });
});
