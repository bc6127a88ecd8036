/** Thumbprints: the example of the RFC, and what must not change them. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { jwkThumbprint, keyThumbprint } from "../../../src/keyring/thumbprint.js";
import { parsePublicKey } from "../../../src/keys/public.js";
import { parseSecretKey } from "../../../src/keys/secret.js";
import { PAIRS } from "../../support/pairs.js";
import { testJwk, testSecret } from "../../support/ring.js";

describe("a thumbprint", () => {
  it("is that of RFC 7638 §3.1", () => {
    const jwk = {
      kty: "RSA",
      n:
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs" +
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr" +
        "n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
      e: "AQAB",
      alg: "RS256",
      kid: "2011-04-29",
    };
    expect(jwkThumbprint(jwk)).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  it.each<[object, string]>([
    [{ kty: "oct", k: "AAAA" }, '{"k":"AAAA","kty":"oct"}'],
    [{ kty: "EC", crv: "P-256", x: "AA", y: "BB", d: "CC" }, '{"crv":"P-256","kty":"EC","x":"AA","y":"BB"}'],
    [{ kty: "OKP", crv: "Ed25519", x: "AA", d: "BB", use: "sig" }, '{"crv":"Ed25519","kty":"OKP","x":"AA"}'],
  ])("of %o is over its required members alone", (jwk, canonical) => {
    expect(jwkThumbprint(jwk)).toBe(createHash("sha256").update(canonical).digest("base64url"));
  });

  it("of a secret is that of its JWK", () => {
    const thumbprint = (name: string) => keyThumbprint(parseSecretKey(testSecret(name), "key", false));
    expect(thumbprint("a")).toBe(jwkThumbprint(testJwk("a")));
    expect(thumbprint("a")).not.toBe(thumbprint("b"));
  });

  it("of a public key is the same in every form it comes in, but for a CryptoKey's", async () => {
    const { publicKey, privateKey } = PAIRS.ES256;
    const expected = jwkThumbprint(publicKey.export({ format: "jwk" }));
    const pem = publicKey.export({ type: "spki", format: "pem" }) as string;
    for (const key of [publicKey, privateKey, pem]) expect(keyThumbprint(parsePublicKey(key, "key"))).toBe(expected);
    const jwk = publicKey.export({ format: "jwk" });
    const cryptoKey = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
    expect(keyThumbprint(parsePublicKey(cryptoKey, "key"))).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [undefined, "Expected `jwk` to be a JWK, got undefined"],
    [{}, "Expected `jwk.kty` to be one of oct, RSA, EC, OKP, got undefined"],
    [{ kty: "AKP" }, "Expected `jwk.kty` to be one of oct, RSA, EC, OKP, got another kind"],
    [{ kty: "__proto__" }, "got another kind"],
    [{ kty: "oct" }, "Expected `jwk.k` to be a string, got undefined"],
    [{ kty: "EC", crv: "P-256", x: 5, y: "" }, "Expected `jwk.x` to be a string, got 5"],
  ])("of %o is refused", (jwk, message) => {
    expect(() => jwkThumbprint(jwk as object)).toThrow(message);
  });
});
