/** Signed here, verified by node:crypto; signed by node:crypto, verified here. */
import { deepStrictEqual } from "node:assert";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "vitest";
import { CHUNK_TOKENS } from "../../src/abi.js";
import { createSigner, createVerifier, type Duration, type SignOptions } from "../../src/index.js";
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

  it("has the header and the claims of all options together", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((value) => value !== "random");
    const said = fc.record(
      {
        expiresIn: fc.constantFrom<Duration>(1, 60, "15m", "2h", "1.5s"),
        notBefore: fc.constantFrom<Duration>(0, -5, "-5s", "1m"),
        issuer: text,
        audience: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
        subject: text,
      },
      { requiredKeys: [] },
    );
    const ofCall = fc
      .tuple(said, fc.option(text, { nil: undefined }))
      .map(([options, jwtId]) => ({ ...options, ...(jwtId ? { jwtId } : {}) }));
    const reserved = ["alg", "typ", "kid", "b64", "crit", "cty", "jku", "jwk", "x5c", "x5u", "x5t", "x5t#S256", "toJSON"];
    const encryption = ["enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"];
    const header = fc.dictionary(
      fc.string({ unit: "binary", maxLength: 8 }).filter((name) => ![...reserved, ...encryption].includes(name)),
      fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('"toJSON"')),
      { maxKeys: 5 },
    );
    const kid = fc.option(text, { nil: undefined });
    fc.assert(
      fc.property(
        key,
        algorithms,
        kid,
        header,
        said,
        fc.option(ofCall, { nil: undefined }),
        claims,
        (secret, alg, kid, header, ofSigner, ofCall, set) => {
          const signing = { secret, alg, ...(kid === undefined ? {} : { kid }) };
          const token = createSigner({ key: signing, header, ...ofSigner, currentDate: NOW + 0.5 }).sign(set, ofCall);
          const [head, payload, signature] = token.split(".") as [string, string, string];
          deepStrictEqual(createHmac(HASHES[alg], secret).update(`${head}.${payload}`).digest("base64url"), signature);
          const members = { alg, typ: "JWT", ...(kid === undefined ? {} : { kid }), ...header };
          deepStrictEqual(JSON.parse(Buffer.from(head, "base64url").toString()), JSON.parse(JSON.stringify(members)));
          const expected = { iat: NOW, ...claimsOf(ofSigner), ...claimsOf(ofCall ?? {}), ...set };
          deepStrictEqual(JSON.parse(Buffer.from(payload, "base64url").toString()), JSON.parse(JSON.stringify(expected)));
          const verdict = createVerifier({ keys: signing, currentDate: NOW + 0.5, ignoreNotBefore: true }).verify(token);
          deepStrictEqual(verdict.ok && verdict.claims, JSON.parse(JSON.stringify(expected)));
        },
      ),
      runs(150),
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

const SECONDS: Readonly<Record<string, number>> = { "15m": 900, "2h": 7200, "1.5s": 1.5, "-5s": -5, "1m": 60 };
const inSeconds = (value: Duration) => (typeof value === "number" ? value : (SECONDS[value] as number));

/** What options say, in plain code. */
function claimsOf({ expiresIn, notBefore, issuer, audience, subject, jwtId }: SignOptions): object {
  return {
    ...(issuer !== undefined && { iss: issuer }),
    ...(subject !== undefined && { sub: subject }),
    ...(audience !== undefined && { aud: audience }),
    ...(jwtId !== undefined && { jti: jwtId }),
    ...(expiresIn !== undefined && { exp: NOW + inSeconds(expiresIn) }),
    ...(notBefore !== undefined && { nbf: NOW + inSeconds(notBefore) }),
  };
}
