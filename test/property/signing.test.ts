/** Signed here, verified by node:crypto; signed by node:crypto, verified here. */
import { deepStrictEqual } from "node:assert";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "vitest";
import { CHUNK_TOKENS } from "../../src/abi.js";
import { createSigner, createVerifier } from "../../src/index.js";
import { runs } from "../support/runs.js";
import { HASHES, NOW } from "../support/tokens.js";

const algorithms = fc.constantFrom("HS256", "HS384", "HS512");
const key = fc.uint8Array({ minLength: 64, maxLength: 150 }).filter((bytes) => new Set(bytes).size > 8);
const registered = new Set(["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "nonce"]);
const claims = fc.dictionary(
  fc.string({ unit: "binary", maxLength: 8 }).filter((name) => !registered.has(name) && name !== "toJSON"),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 5 },
);

describe("what is signed", () => {
  it("is what node:crypto signs, and verifies with the claims it was given", () => {
    fc.assert(
      fc.property(key, algorithms, fc.array(claims, { maxLength: 9 }), (secret, alg, sets) => {
        const tokens = createSigner({ key: { secret, alg }, issuedAt: false }).signBatch(sets);
        const batch = createVerifier({ keys: { secret, alg }, currentDate: NOW }).verifyBatch(tokens);
        deepStrictEqual(batch.accepted, sets.length);
        tokens.forEach((token, index) => {
          const [header, payload, signature] = token.split(".") as [string, string, string];
          deepStrictEqual(Buffer.from(header, "base64url").toString(), `{"alg":"${alg}","typ":"JWT"}`);
          deepStrictEqual(createHmac(HASHES[alg], secret).update(`${header}.${payload}`).digest("base64url"), signature);
          deepStrictEqual(batch.claims(index), JSON.parse(JSON.stringify(sets[index])));
        });
      }),
      runs(250),
    );
  });

  it("comes in order, over chunk borders and in mixed lengths", () => {
    const sizes = fc.tuple(
      fc.integer({ min: CHUNK_TOKENS - 2, max: CHUNK_TOKENS + 2 }),
      fc.integer({ min: 1, max: 997 }),
      fc.constantFrom(10, 3000),
    );
    fc.assert(
      fc.property(sizes, ([count, step, longest]) => {
        const secret = Buffer.alloc(32, "a test key ");
        const sets = Array.from({ length: count }, (_, index) => ({ n: index, x: "é".repeat((index * step) % longest) }));
        const tokens = createSigner({ key: secret, currentDate: NOW }).signBatch(sets);
        const batch = createVerifier({ keys: secret, maxTokenLength: 262144 }).verifyBatch(tokens);
        deepStrictEqual(batch.accepted, count);
        for (const index of [0, 1, count >> 1, count - 1]) deepStrictEqual(batch.claims(index), { iat: NOW, ...sets[index] });
      }),
      runs(5),
    );
  });
});
