/** Tokens of public keys against the plain reference, over random headers, claims and options, alone and among others. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import type { ReferenceKey, ReferenceOptions } from "../reference/verify.js";
import { expectAsReference, plain } from "../support/compare.js";
import { OTHER_PAIRS, PAIRS, signWith, withoutNodeCrypto } from "../support/pairs.js";
import { runs } from "../support/runs.js";
import { TEST_SECRET } from "../support/tokens.js";
import { anyHeader, anyToken, claimsText, mutated, nearly, options } from "./arbitraries.js";

/** The same keys, as pairs: those with an odd number in `mask` only, and of a name, or without one, the first only. */
function withPairs(chosen: ReferenceOptions, mask: number): ReferenceOptions {
  const taken = new Set<string | undefined>();
  const keys = chosen.keys.map((key, index): ReferenceKey => {
    const names = key.default ? [key.kid, undefined] : [key.kid];
    if (!("secret" in key) || !((mask >> index) & 1) || names.some((name) => taken.has(name))) return key;
    for (const name of names) taken.add(name);
    const { secret, ...rest } = key;
    return { ...rest, alg: "EdDSA", publicKey: (secret === TEST_SECRET ? PAIRS : OTHER_PAIRS).EdDSA.publicKey };
  });
  return { ...chosen, keys };
}

const publicOptions = fc.tuple(options, fc.constantFrom(15, 15, 5, 2)).map(([chosen, mask]) => withPairs(chosen, mask));

const signed = fc
  .tuple(anyHeader, fc.oneof({ weight: 6, arbitrary: claimsText }, { weight: 1, arbitrary: nearly(claimsText) }), fc.nat(6))
  .map(([header, claims, dice]) =>
    signWith("EdDSA", claims, header.replace("HS256", "EdDSA"), (dice ? PAIRS : OTHER_PAIRS).EdDSA.privateKey),
  );

const tokens = fc.array(
  fc.oneof({ weight: 6, arbitrary: signed }, { weight: 2, arbitrary: mutated(signed) }, { weight: 2, arbitrary: anyToken }),
  { minLength: 1, maxLength: 10 },
);

describe("the verdict on any token of a public key", () => {
  it("is the reference's, under any options", () => {
    fc.assert(
      fc.property(publicOptions, tokens, (chosen, all) => {
        expectAsReference(createVerifier(chosen).verifyBatch(all as string[]), all, chosen);
      }),
      runs(600),
    );
  });

  it("is the same alone, as a promise, and by WebCrypto", async () => {
    await fc.assert(
      fc.asyncProperty(publicOptions, tokens, async (chosen, all) => {
        const verifier = createVerifier(chosen);
        const together = [...verifier.verifyBatch(all as string[])].map(plain);
        deepStrictEqual(
          all.map((token) => plain(verifier.verify(token as string))),
          together,
        );
        deepStrictEqual([...(await verifier.verifyBatchAsync(all as string[]))].map(plain), together);
        const keys = chosen.keys.map((key) => ("secret" in key ? key : { ...key, publicKey: jwkOf(key) }));
        const byPromise = withoutNodeCrypto(() => createVerifier({ ...chosen, keys }));
        deepStrictEqual([...(await byPromise.verifyBatchAsync(all as string[]))].map(plain), together);
      }),
      runs(150),
    );
  });
});

function jwkOf(key: ReferenceKey): { kty: "OKP" } {
  return ("secret" in key ? undefined : key.publicKey.export({ format: "jwk" })) as { kty: "OKP" };
}
