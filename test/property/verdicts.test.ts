/** The engine against the plain reference, over random tokens and options. */
import { deepStrictEqual, match, ok } from "node:assert";
import fc from "fast-check";
import { describe, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { malformedReason } from "../../src/token/malformed.js";
import { firstRepeated, memberNames, parseStrict } from "../reference/json.js";
import type { ReferenceOptions } from "../reference/verify.js";
import { expectAsReference, plain } from "../support/compare.js";
import { runs } from "../support/runs.js";
import { base64url, NOW, signSegments, signText, TEST_SECRET } from "../support/tokens.js";
import { anyHeader, anyToken, claimsText, jsonText, mutatedToken, nearly, nest, options, signedToken } from "./arbitraries.js";

const lax: ReferenceOptions = { keys: [{ secret: TEST_SECRET }], currentDate: NOW };
const laxVerifier = createVerifier(lax);

function expectLaxAsReference(tokens: readonly unknown[]): void {
  expectAsReference(laxVerifier.verifyBatch(tokens as string[]), tokens, lax);
}

describe("the verdict on any token", () => {
  it("is the reference's, under any options", () => {
    fc.assert(
      fc.property(options, fc.array(anyToken, { minLength: 1, maxLength: 12 }), (chosen, tokens) => {
        expectAsReference(createVerifier(chosen).verifyBatch(tokens as string[]), tokens, chosen);
      }),
      runs(1200),
    );
  });

  it("is the reference's, when it is signed and options are none", () => {
    fc.assert(fc.property(fc.array(signedToken, { minLength: 1, maxLength: 20 }), expectLaxAsReference), runs(500));
  });

  it("is the reference's, when a valid token was changed in a few places", () => {
    fc.assert(fc.property(fc.array(mutatedToken, { minLength: 1, maxLength: 20 }), expectLaxAsReference), runs(400));
  });

  it("does not depend on its neighbours, nor on whether it has any", () => {
    fc.assert(
      fc.property(options, fc.array(anyToken, { minLength: 2, maxLength: 12 }), fc.nat(), (chosen, tokens, seed) => {
        const verifier = createVerifier(chosen);
        const alone = tokens.map((token) => plain(verifier.verify(token as string)));
        const together = verifier.verifyBatch(tokens as string[]);
        deepStrictEqual([...together].map(plain), alone);
        const turned = [...tokens.slice(seed % tokens.length), ...tokens.slice(0, seed % tokens.length)];
        const turnedBatch = verifier.verifyBatch(turned as string[]);
        deepStrictEqual(
          turned.map((token) => plain(turnedBatch.at(turned.indexOf(token)))),
          turned.map((token) => alone[tokens.indexOf(token)]),
        );
      }),
      runs(400),
    );
  });
});

describe("a signed payload", () => {
  it("of random JSON is judged like the reference's", () => {
    const payloads = fc.array(fc.oneof(jsonText, nearly(jsonText), nearly(claimsText)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(payloads, (texts) => expectLaxAsReference(texts.map((text) => signText(text)))),
      runs(600),
    );
  });

  it("of random bytes is judged like the reference's", () => {
    const inString = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')]));
    const payloads = fc.array(fc.oneof(inString, fc.uint8Array({ minLength: 1, maxLength: 60 })), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(payloads, (all) => expectLaxAsReference(all.map((bytes) => signText(bytes)))),
      runs(400),
    );
  });

  it("nested about as deep as is allowed is judged like the reference's", () => {
    const nested = fc
      .tuple(fc.integer({ min: 120, max: 132 }), fc.nat(), fc.constantFrom("exp", "aud", "x", "crit"), fc.constantFrom("1", "{}", "[]"))
      .map(([levels, pattern, name, inner]) => `{"${name}":${nest(levels, pattern, inner)}}`);
    fc.assert(
      fc.property(fc.array(nested, { minLength: 1, maxLength: 8 }), (texts) => expectLaxAsReference(texts.map((text) => signText(text)))),
      runs(200),
    );
  });
});

describe("a signed header", () => {
  it("of random JSON is judged like the reference's", () => {
    const headers = fc.array(fc.oneof(anyHeader, nearly(anyHeader), jsonText), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(options, headers, (chosen, texts) => {
        const tokens = texts.flatMap((text) => Array<string>(2).fill(signText("{}", text)));
        expectAsReference(createVerifier(chosen).verifyBatch(tokens), tokens, chosen);
      }),
      runs(600),
    );
  });

  it("of random bytes is judged like the reference's", () => {
    const inString = fc
      .uint8Array({ maxLength: 20 })
      .map((bytes) => Buffer.concat([Buffer.from('{"alg":"HS256","x":"'), bytes, Buffer.from('"}')]));
    fc.assert(
      fc.property(fc.array(inString, { minLength: 1, maxLength: 12 }), (all) =>
        expectLaxAsReference(all.map((bytes) => signText("{}", bytes))),
      ),
      runs(300),
    );
  });

  it("nested about as deep as is allowed is judged like the reference's", () => {
    const nested = fc
      .tuple(fc.integer({ min: 120, max: 132 }), fc.nat())
      .map(([levels, pattern]) => `{"alg":"HS256","x":${nest(levels, pattern, "1")}}`);
    fc.assert(
      fc.property(nested, (header) => expectLaxAsReference([signText("{}", header)])),
      runs(100),
    );
  });
});

describe("segments of foreign characters", () => {
  it("are judged like the reference's, though signed", () => {
    const segment = fc.oneof(
      fc.constant(base64url('{"alg":"HS256"}')),
      fc.stringMatching(/^[A-Za-z0-9_-]{0,40}$/),
      fc.string({ unit: "binary-ascii", maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(segment, segment), { minLength: 1, maxLength: 8 }), (pairs) => {
        expectLaxAsReference(pairs.map(([header, payload]) => signSegments(header, payload)));
      }),
      runs(300),
    );
  });
});

describe("the reason of a MALFORMED token", () => {
  const nothing = "HEADER_DUPLICATE_MEMBER";
  const textOf = (token: unknown) => (token instanceof Uint8Array ? Buffer.from(token).toString("latin1") : (token as string | undefined));
  /** Of a header, as the engine must have seen it. */
  const hasRepetition = (token: unknown) => {
    const json = parseStrict(Buffer.from(String(textOf(token)).split(".")[0] as string, "base64url"));
    return json !== undefined && firstRepeated(memberNames(json.text)) !== undefined;
  };
  const verifierOfAll = createVerifier({ keys: { kid: "no token has it", secret: TEST_SECRET, default: true }, currentDate: NOW });

  it("is there when it is, and there is none when the engine finds nothing wrong", () => {
    const tokens = fc.array(fc.oneof(anyToken, signedToken, mutatedToken), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(tokens, (all) => {
        for (const verifier of [laxVerifier, verifierOfAll]) {
          for (const token of all) {
            const verdict = verifier.verify(token as string);
            if (!verdict.ok && verdict.code === "MALFORMED") {
              ok(verdict.reason);
              if (verdict.reason === nothing) ok(hasRepetition(token));
            } else if (verdict.ok || verdict.refusedClaims) deepStrictEqual(malformedReason(textOf(token)), nothing);
            else if (verdict.code === "BAD_SIGNATURE") match(malformedReason(textOf(token)), /^PAYLOAD_|^HEADER_DUPLICATE_MEMBER$/);
          }
        }
      }),
      runs(600),
    );
  });
});
