/** JWK sets given to a verifier, its own and those of its issuers. */
import { describe, expect, it } from "vitest";
import { createVerifier, type Verdict } from "../../../src/index.js";
import { createKeyRing } from "../../../src/keyring/ring.js";
import { signWith as signPublic } from "../../support/pairs.js";
import { publicJwk as pairJwk, testJwk, testSecret } from "../../support/ring.js";
import { LONG_TEST_SECRET, NOW, signClaims } from "../../support/tokens.js";

const A = "https://a.example";
const B = "https://b.example";

function publicJwk(kid: string | undefined, members: object = {}): object {
  return pairJwk(kid as string, "ES256", members);
}

function signedByPair(kid: string, claims: object = {}): string {
  return signPublic("ES256", JSON.stringify(claims), JSON.stringify({ alg: "ES256", kid }));
}

function codeOf(verdict: Verdict): string {
  return verdict.ok ? "ACCEPTED" : verdict.code;
}

function refusal(jwks: unknown, others: object = {}): string {
  try {
    createVerifier({ jwks, ...others } as never);
  } catch (error) {
    return (error as Error).message;
  }
  return "taken";
}

describe("a JWK set of a verifier", () => {
  const set = {
    keys: [
      testJwk("1"),
      { kty: "RSA", use: "enc", n: "AQAB" },
      publicJwk("2"),
      publicJwk("3", { key_ops: ["sign"] }),
      { kty: "AKP", kid: "4" },
    ],
  };

  it("gives its keys for verifying, and passes over the others", () => {
    const verifier = createVerifier({ jwks: set, currentDate: NOW });
    expect(codeOf(verifier.verify(signClaims({}, { alg: "HS256", kid: "1" }, testSecret("1"))))).toBe("ACCEPTED");
    expect(codeOf(verifier.verify(signedByPair("2")))).toBe("ACCEPTED");
    expect(codeOf(verifier.verify(signedByPair("3")))).toBe("KEY_NOT_FOUND");
    expect(codeOf(verifier.verify(signClaims({}, { alg: "HS256", kid: "1" }, testSecret("2"))))).toBe("BAD_SIGNATURE");
  });

  it("of one key serves tokens without `kid`", () => {
    const verifier = createVerifier({ jwks: { keys: [{ ...testJwk("1"), kid: undefined }] }, currentDate: NOW });
    expect(codeOf(verifier.verify(signClaims({}, { alg: "HS256" }, testSecret("1"))))).toBe("ACCEPTED");
  });

  it("may be a key ring, whose keys change", () => {
    const ring = createKeyRing({ keys: { keys: [testJwk("1")] } });
    const verifier = createVerifier({ jwks: ring, currentDate: NOW });
    const second = signClaims({}, { alg: "HS256", kid: "2" }, testSecret("2"));
    expect(codeOf(verifier.verify(second))).toBe("KEY_NOT_FOUND");
    ring.add(testJwk("2") as never);
    expect(codeOf(verifier.verify(second))).toBe("ACCEPTED");
  });

  it.each<[string, unknown, string]>([
    ["an address", "https://a.example/jwks", "Expected `jwks` to be a JWK set or a key ring, got a string"],
    ["an array", [testJwk("1")], "Expected `jwks` to be a JWK set or a key ring, got an array"],
    ["null", null, "Expected `jwks` to be a JWK set or a key ring, got null"],
    ["a single JWK", testJwk("1"), "Expected `jwks` to be a JWK set or a key ring, got an object"],
    ["keys that are no array", { keys: "all" }, "Expected `jwks` to be a JWK set, got an object whose `keys` is a string"],
    ["a key that is none", { keys: [testJwk("1"), "key"] }, "Expected `jwks.keys[1]` to be a JWK, got a string"],
    ["none for verifying", { keys: [publicJwk("1", { use: "enc" })] }, "Expected `jwks` to have a key for verifying, got none of 1"],
    ["none at all", { keys: [] }, "Expected `jwks` to have a key for verifying, got none of 0"],
    ["a key that ends", { keys: [{ ...testJwk("1"), exp: NOW }] }, "Expected `jwks.keys[0].exp` to be that of a key ring's key"],
    [
      "two keys of one name and algorithm",
      { keys: [testJwk("1"), testJwk("2", { kid: "1" })] },
      "Expected `jwks.keys[1].kid` to be the name of one key of HS256, got it twice",
    ],
    [
      "two without a name for one algorithm",
      { keys: [publicJwk(undefined), publicJwk(undefined)] },
      "Expected `jwks.keys[0]` to have a `kid`: without, one public key is tried",
    ],
    [
      "a wrong one for verifying",
      { keys: [testJwk("1"), { kty: "EC", kid: "2", crv: "P-256", x: "AA", y: "AA" }] },
      "Expected `jwks.keys[1].x`",
    ],
    ["a `use` that is none", { keys: [publicJwk("1", { use: 1 })] }, 'Expected `jwks.keys[0].use` to be "sig", got'],
    ["`key_ops` that are none", { keys: [publicJwk("1", { key_ops: "verify" })] }, "Expected `jwks.keys[0].key_ops`"],
    ["a kind that is none", { keys: [{ kid: "1", kty: 1 }] }, "Expected `jwks.keys[0]"],
  ])("is refused for %s, and the message says where", (_, jwks, message) => {
    expect(refusal(jwks)).toContain(message);
  });

  it("is refused beside `keys` and beside `issuers`", () => {
    expect(refusal(set, { keys: LONG_TEST_SECRET })).toBe("Expected `keys` or `jwks`, got both");
    expect(refusal(set, { issuers: [{ issuer: A, keys: LONG_TEST_SECRET }] })).toContain("Expected `jwks` to be an option of each of");
  });
});

describe("a JWK set of an issuer", () => {
  it("verifies the tokens of that issuer and of no other", () => {
    const verifier = createVerifier({
      issuers: [
        { issuer: A, jwks: { keys: [testJwk("1"), publicJwk("2")] } },
        { issuer: B, keys: { kid: "1", secret: testSecret("other") } },
      ],
      currentDate: NOW,
    });
    const signed = (iss: string, secret: string) => signClaims({ iss }, { alg: "HS256", kid: "1" }, testSecret(secret));
    expect(verifier.verify(signed(A, "1"))).toMatchObject({ ok: true, issuerIndex: 0 });
    expect(verifier.verify(signed(B, "other"))).toMatchObject({ ok: true, issuerIndex: 1 });
    expect(codeOf(verifier.verify(signed(B, "1")))).toBe("BAD_SIGNATURE");
    expect(codeOf(verifier.verify(signed(A, "other")))).toBe("BAD_SIGNATURE");
    expect(codeOf(verifier.verify(signedByPair("2", { iss: B })))).toBe("ALGORITHM_NOT_ALLOWED");
  });

  it("is refused by the name of the issuer that it is of", () => {
    expect(
      refusal(undefined, {
        issuers: [
          { issuer: A, keys: LONG_TEST_SECRET },
          { issuer: B, jwks: { keys: [] } },
        ],
      }),
    ).toBe("In `issuers[1]`: Expected `jwks` to have a key for verifying, got none of 0");
    expect(refusal(undefined, { issuers: [{ issuer: A }] })).toContain("In `issuers[0]`: Expected `keys` to be a key");
  });
});
