/** A token that brings its own key in its header (RFC 7515 §4.1.2 to §4.1.6) is verified by the verifier's keys, and nothing is fetched for it. */
import { describe, expect, it, vi } from "vitest";
import { createVerifier, type KeyInput } from "../../../src/index.js";
import { certificateOf } from "../../support/certificate.js";
import { OTHER_PAIRS, PAIRS, signWith } from "../../support/pairs.js";
import { NOW, OTHER_TEST_SECRET, signClaims, TEST_SECRET } from "../../support/tokens.js";

const { publicKey, privateKey } = OTHER_PAIRS.ES256;
const certificate = certificateOf(publicKey, privateKey).toString("base64");
const address = "https://attacker.example/keys";

/** Each names, brings or points to the key that the token is signed with. */
const CARRIED: readonly (readonly [name: string, value: unknown])[] = [
  ["jwk", publicKey.export({ format: "jwk" })],
  ["jwk", { kty: "oct", k: Buffer.from(OTHER_TEST_SECRET).toString("base64url") }],
  ["jku", address],
  ["x5u", address],
  ["x5c", [certificate]],
];

describe.each<[string, KeyInput]>([
  ["a secret", { kid: "a", secret: TEST_SECRET }],
  ["a public key", { kid: "a", alg: "ES256", publicKey: PAIRS.ES256.publicKey }],
])("a verifier with %s", (_, keys) => {
  it.each(CARRIED)("does not look at a key in a token's header: %s %#", async (name, value) => {
    const fetched = vi.spyOn(globalThis, "fetch");
    const verifier = createVerifier({ keys, currentDate: NOW });
    for (const kid of [undefined, "a"]) {
      const isSecret = "secret" in (keys as object);
      const header = { alg: isSecret ? "HS256" : "ES256", kid, [name]: value };
      const sign = (isForged: boolean) =>
        isSecret
          ? signClaims({}, header, isForged ? OTHER_TEST_SECRET : TEST_SECRET)
          : signWith("ES256", "{}", JSON.stringify(header), (isForged ? OTHER_PAIRS : PAIRS).ES256.privateKey);
      expect(verifier.verify(sign(true))).toEqual({ ok: false, code: "BAD_SIGNATURE" });
      expect(await verifier.verifyAsync(sign(true))).toEqual({ ok: false, code: "BAD_SIGNATURE" });
      expect(verifier.verify(sign(false)).ok).toBe(true);
    }
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });
});
