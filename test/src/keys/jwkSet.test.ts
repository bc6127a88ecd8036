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
    [
      "none for verifying",
      { keys: [publicJwk("1", { use: "enc" })] },
      "Expected `jwks` to have a key for verifying, got none of 1: Expected `jwks.keys[0].use`",
    ],
    ["none at all", { keys: [] }, "Expected `jwks` to have a key for verifying, got none of 0"],
    [
      "keys of one name alone",
      { keys: [testJwk("1"), testJwk("2", { kid: "1" })] },
      "got none of 2: Expected `jwks.keys[0].kid` to be the name of one key",
    ],
  ])("is refused for %s, and the message says where", (_, jwks, message) => {
    expect(refusal(jwks)).toContain(message);
  });

  it.each<[string, unknown, string]>([
    ["that is none", "key", "Expected `jwks.keys[1]` to be a JWK, got a string"],
    ["that ends", { ...testJwk("2"), exp: NOW + 1000 }, "Expected `jwks.keys[1]` to have no `exp`: only a key ring heeds it"],
    [
      "that has not begun",
      { ...testJwk("2"), nbf: NOW + 1 },
      "Expected `jwks.keys[1]` to have begun (`nbf`): only a key ring waits for it",
    ],
    [
      "that begins at some text",
      { ...testJwk("2"), nbf: "1" },
      "Expected `jwks.keys[1].nbf` to be a number of seconds since the epoch, got a string",
    ],
    [
      "that is broken",
      { kty: "EC", kid: "2", crv: "P-256", x: "AA", y: "AA" },
      "Expected `jwks.keys[1].x` to be 32 bytes in base64url, got 1",
    ],
    ["with a `use` that is none", publicJwk("2", { use: 1 }), 'Expected `jwks.keys[1].use` to be "sig", got 1'],
    ["with `key_ops` that are none", publicJwk("2", { key_ops: "verify" }), "Expected `jwks.keys[1].key_ops` to be an array that has"],
    ["of a kind that is none", { kid: "2", kty: 1 }, "Expected `jwks.keys[1].kty` to be oct, RSA, EC, OKP, got 1"],
    ["of RSA that does not say its algorithm", pairJwk("2", "RS256", { alg: undefined }), "Expected `jwks.keys[1]` to have an `alg`, as"],
  ])("leaves out a key %s, and lists it", (_, jwk, problem) => {
    const verifier = createVerifier({ jwks: { keys: [testJwk("1"), jwk as object] }, currentDate: NOW });
    expect(verifier.problems).toEqual([expect.stringContaining(problem)]);
    expect(codeOf(verifier.verify(signClaims({}, { alg: "HS256", kid: "1" }, testSecret("1"))))).toBe("ACCEPTED");
    expect(codeOf(verifier.verify(signClaims({}, { alg: "HS256", kid: "2" }, testSecret("2"))))).toBe("KEY_NOT_FOUND");
    expect(refusal({ keys: [jwk] }, { currentDate: NOW })).toContain(problem.replace("keys[1]", "keys[0]"));
  });

  it("has a key that has begun by the verifier's clock", () => {
    const jwks = { keys: [testJwk("1"), testJwk("2", { nbf: NOW })] };
    expect(createVerifier({ jwks, currentDate: NOW }).problems).toEqual([]);
    expect(createVerifier({ jwks, currentDate: () => NOW - 1 }).problems).toHaveLength(1);
  });

  it("may be given as `keys`, whose name its messages have", () => {
    const verifier = createVerifier({ keys: { keys: [{ kty: "AKP" }, testJwk("1")] }, currentDate: NOW });
    expect(codeOf(verifier.verify(signClaims({}, { alg: "HS256", kid: "1" }, testSecret("1"))))).toBe("ACCEPTED");
    expect(verifier.problems).toEqual(["Expected `keys.keys[0].kty` to be oct, RSA, EC, OKP, got another kind"]);
  });

  it("that was given as an array, or has none left out, has no problems", () => {
    expect(createVerifier({ keys: [LONG_TEST_SECRET] }).problems).toEqual([]);
    expect(createVerifier({ jwks: { keys: [testJwk("1")] } }).problems).toEqual([]);
  });

  it("is refused beside `keys` and beside `issuers`", () => {
    expect(refusal(set, { keys: LONG_TEST_SECRET })).toBe("Expected `keys` or `jwks`, got both");
    expect(refusal(set, { issuers: [{ issuer: A, keys: LONG_TEST_SECRET }] })).toContain("Expected `jwks` to be an option of each of");
  });
});

describe("a JWK set of an issuer", () => {
  it("has what was left out listed under the issuer's place", () => {
    const issuers = [
      { issuer: A, jwks: { keys: [testJwk("1")] } },
      { issuer: B, jwks: { keys: [testJwk("1"), { kty: "AKP" }] } },
    ];
    expect(createVerifier({ issuers }).problems).toEqual([
      "In `issuers[1]`: Expected `jwks.keys[1].kty` to be oct, RSA, EC, OKP, got another kind",
    ]);
  });

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
