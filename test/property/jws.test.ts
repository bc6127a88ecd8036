/** Bytes signed here, verified by plain code; and whatever bytes come, judged as plain code judges them. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, it } from "vitest";
import { createJwsSigner, createJwsVerifier, type JwsVerdict } from "../../src/index.js";
import { type ReferenceKey, verifyBytes } from "../reference/verify.js";
import { PAIRS } from "../support/pairs.js";
import { runs } from "../support/runs.js";
import { base64url, LONG_TEST_SECRET, NOW, OTHER_TEST_SECRET, signSegments } from "../support/tokens.js";

const KEYS = [
  { kid: "a", alg: "HS256", secret: LONG_TEST_SECRET },
  { kid: "b", alg: "HS384", secret: LONG_TEST_SECRET },
  { kid: "c", alg: "HS512", secret: LONG_TEST_SECRET },
  { kid: "d", alg: "ES256", publicKey: PAIRS.ES256.publicKey },
  { kid: "e", alg: "EdDSA", publicKey: PAIRS.EdDSA.publicKey },
] as const satisfies ReferenceKey[];
const verifier = createJwsVerifier({ keys: KEYS, maxTokenLength: 16_384, currentDate: NOW, crit: ["seq"] });
const reference = { keys: KEYS, maxTokenLength: 16_384, currentDate: NOW, crit: ["seq"] };

const SIGNERS = KEYS.map(({ kid, alg }) => {
  const key = alg.startsWith("HS")
    ? { kid, alg: alg as "HS256", secret: LONG_TEST_SECRET }
    : { kid, privateKey: PAIRS[alg as "ES256"].privateKey };
  return { alg, signer: createJwsSigner({ key, header: { cty: "é", crit: ["seq"], seq: 1 } }), plain: createJwsSigner({ key }) };
});

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ minLength: 0, maxLength: 8000, size: "max" }),
  fc.jsonValue().map((value) => Uint8Array.from(Buffer.from(JSON.stringify(value)))),
);

/** A verdict with payloads as plain bytes. */
function plain(verdict: JwsVerdict | ReturnType<typeof verifyBytes>): object {
  return verdict.ok
    ? { ok: true, payload: Buffer.from(verdict.payload).toString("hex"), header: verdict.header }
    : { ok: false, code: verdict.code };
}

describe("bytes", () => {
  it("that are signed come back as they were, from plain code as from here", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SIGNERS), fc.array(payload, { maxLength: 5 }), async ({ signer, plain: without }, payloads) => {
        const tokens = [...signer.signBatch(payloads), ...(await without.signBatchAsync(payloads))];
        const batch = verifier.verifyBatch(tokens);
        deepStrictEqual(batch.accepted, tokens.length);
        const later = await verifier.verifyBatchAsync(tokens);
        tokens.forEach((token, index) => {
          const expected = verifyBytes(token, reference);
          deepStrictEqual(Buffer.from(payloads[index % payloads.length] as Uint8Array), expected.ok && expected.payload);
          for (const verdict of [batch.at(index), later.at(index), verifier.verify(token)])
            deepStrictEqual(plain(verdict), plain(expected));
        });
      }),
      runs(60),
    );
  });

  const header = fc.oneof(
    fc
      .record(
        {
          alg: fc.constantFrom<unknown>("HS256", "HS384", "HS512", "ES256", "none", 5),
          typ: fc.constantFrom<unknown>("JWT", "at+jwt", "JOSE", "text/JWT", "application/jwt", "a/b+jwt", "wt", "", 5),
          kid: fc.constantFrom<unknown>("a", "b", "c", "d", "z", 5),
          b64: fc.constantFrom<unknown>(true, false),
          crit: fc.constantFrom<unknown>(["seq"], ["b64"], [], "seq"),
          seq: fc.constant(1),
        },
        { requiredKeys: ["alg"] },
      )
      .map((members) => JSON.stringify(members)),
    fc.string({ maxLength: 20 }),
  );

  it("that are signed in any way are judged as plain code judges them", () => {
    const secret = fc.constantFrom(LONG_TEST_SECRET, LONG_TEST_SECRET, OTHER_TEST_SECRET);
    const algorithm = fc.constantFrom("HS256", "HS384", "HS512");
    const segment = fc.oneof(payload.map(base64url), fc.string({ maxLength: 6 }), fc.constant(""));
    const token = fc.tuple(header, segment, secret, algorithm, fc.nat({ max: 40 })).map(([head, body, key, alg, cut]) => {
      const whole = signSegments(base64url(head), body, key, alg);
      return cut > 30 ? whole.slice(0, 30 - cut) : whole;
    });
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const batch = verifier.verifyBatch(tokens);
        tokens.forEach((each, index) => {
          const expected = plain(verifyBytes(each, reference));
          deepStrictEqual(plain(batch.at(index)), expected);
          deepStrictEqual(plain(verifier.verify(each)), expected);
        });
      }),
      runs(300),
    );
  });
});
