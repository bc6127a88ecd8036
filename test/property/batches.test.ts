/** Batches of any size and mixture: over the borders of chunks, in lanes that end at different blocks, read late. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHUNK_TOKENS, INPUT_BYTES } from "../../src/abi.js";
import { createVerifier, type Verdict } from "../../src/index.js";
import type { ReferenceOptions } from "../reference/verify.js";
import { expectAsReference, plain } from "../support/compare.js";
import { runs } from "../support/runs.js";
import {
  base64url,
  LONG_TEST_SECRET,
  NOW,
  OTHER_TEST_SECRET,
  signSegments,
  signText,
  TEST_SECRET,
  type TestAlgorithm,
} from "../support/tokens.js";
import { anyToken, options } from "./arbitraries.js";

const LANES = 5;

const chosen: ReferenceOptions = {
  keys: [
    { kid: "a", secret: TEST_SECRET, default: true },
    { kid: "b", secret: OTHER_TEST_SECRET },
    { kid: "c", secret: LONG_TEST_SECRET, alg: "HS384" },
    { kid: "d", secret: LONG_TEST_SECRET, alg: "HS512" },
  ],
  currentDate: NOW,
  maxTokenLength: 262144,
};
const verifier = createVerifier(chosen);

const HEADERS = [
  '{"alg":"HS256"}',
  '{"alg":"HS256","kid":"a"}',
  '{"alg":"HS256","kid":"b"}',
  '{"alg":"HS512","kid":"d"}',
  '{"alg":"HS384","kid":"c"}',
  '{"alg":"HS256","kid":"none"}',
  '{"alg":"HS512"}',
] as const;

/** The n-th token of a series: its length, header, key and fault all follow from `seed`, and no two are alike. */
function tokenOf(seed: number, number: number, longest: number): string {
  const mixed = Math.imul(seed ^ (number * 0x9e3779b1), 0x85ebca6b) >>> 0;
  const header = HEADERS[mixed % 17 < 14 ? (mixed >>> 3) % 5 : mixed % 7] as string;
  const algorithm = header.slice(8, 13) as TestAlgorithm;
  const short = header.includes('"b"') === mixed % 13 > 0 ? OTHER_TEST_SECRET : TEST_SECRET;
  const secret = algorithm === "HS256" ? short : LONG_TEST_SECRET;
  const length = (mixed >>> 8) % longest;
  const payload = `{"sub":"${number}","exp":${NOW + (mixed % 7) - 1},"x":"${"abcdefghij".repeat(length / 10 + 1).slice(0, length)}"}`;
  const token = signSegments(base64url(header), base64url(payload), secret, mixed % 23 ? algorithm : "HS512");
  if (mixed % 11 === 0) return token.slice(0, -1);
  return mixed % 19 === 0 ? `${token.slice(0, -2)}A${token.slice(-1)}` : token;
}

/** Headers of one algorithm each. */
const SERIES = ['{"alg":"HS256"}', '{"alg":"HS512","kid":"d"}', '{"alg":"HS384","kid":"c"}'] as const;

describe("a batch", () => {
  it.each([
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    CHUNK_TOKENS - 1,
    CHUNK_TOKENS,
    CHUNK_TOKENS + 1,
    CHUNK_TOKENS + 3,
    2 * CHUNK_TOKENS,
    2 * CHUNK_TOKENS + 1,
  ])("of %i tokens of mixed lengths is judged like the reference's", (count) => {
    const tokens = Array.from({ length: count }, (_, index) => tokenOf(count, index, 400));
    expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
  });

  it("that needs more memory than one chunk has is judged like the reference's", () => {
    const long = Array.from({ length: 40 }, (_, index) => tokenOf(index + 1, index, 150_000));
    expect(long.reduce((sum, token) => sum + token.length, 0)).toBeGreaterThan(2 * INPUT_BYTES);
    const tokens = long.flatMap((token, index) => [token, tokenOf(7, index, 100)]);
    expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
  });

  it("of any size over chunk borders is judged like the reference's", () => {
    const sizes = fc.oneof(
      fc.nat(40),
      fc.integer({ min: CHUNK_TOKENS - 5, max: CHUNK_TOKENS + 5 }),
      fc.integer({ min: 2 * CHUNK_TOKENS - 2, max: 2 * CHUNK_TOKENS + 2 }),
    );
    fc.assert(
      fc.property(sizes, fc.nat(), fc.constantFrom(1, 60, 700), (count, seed, longest) => {
        const tokens = Array.from({ length: count }, (_, index) => tokenOf(seed, index, longest));
        expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
      }),
      runs(25),
    );
  });

  it("whose lanes all end at different blocks is judged like the reference's", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(lengths, fc.nat(), fc.constantFrom(0, 1, 2, 3), (all, wrong, family) => {
        const tokens = all.map((length, index) => {
          const header = SERIES[family < 3 ? family : index % 3] as string;
          const algorithm = header.slice(8, 13) as TestAlgorithm;
          const secret = algorithm === "HS256" ? TEST_SECRET : LONG_TEST_SECRET;
          const token = signSegments(base64url(header), base64url(`{"n":${index},"x":"${"x".repeat(length)}"}`), secret, algorithm);
          return index === wrong % all.length ? token.slice(0, -3) + (token.at(-3) === "A" ? "B" : "A") + token.slice(-2) : token;
        });
        expectAsReference(verifier.verifyBatch(tokens), tokens, chosen);
      }),
      runs(250),
    );
  });

  it.each(SERIES)("of every signing input length from 1 block to 6 verifies, in every lane, under %s", (header) => {
    const tokens: string[] = [];
    const algorithm = header.slice(8, 13) as TestAlgorithm;
    const secret = algorithm === "HS256" ? TEST_SECRET : LONG_TEST_SECRET;
    for (let length = 1; length <= 270; length++) {
      tokens.push(signSegments(base64url(header), base64url(`{"x":"${"y".repeat(length)}"}`), secret, algorithm));
    }
    for (let shift = 0; shift < LANES; shift++) {
      const turned = [...tokens.slice(shift), ...tokens.slice(0, shift)];
      expect(verifier.verifyBatch(turned).accepted).toBe(tokens.length);
    }
  });
});

describe("verdicts", () => {
  it("and claims read late are right, whatever has been verified since", () => {
    fc.assert(
      fc.property(
        options,
        fc.array(anyToken, { minLength: 1, maxLength: 8 }),
        fc.array(anyToken, { maxLength: 8 }),
        (own, tokens, later) => {
          const ownVerifier = createVerifier(own);
          const atOnce = [...ownVerifier.verifyBatch(tokens as string[])].map(plain);
          const late = ownVerifier.verifyBatch(tokens as string[]);
          const verdicts: Verdict[] = [...late];
          verifier.verifyBatch(later as string[]);
          ownVerifier.verifyBatch(later as string[]);
          deepStrictEqual(verdicts.map(plain), atOnce);
          expectAsReference(late, tokens, own);
        },
      ),
      runs(300),
    );
  });

  it("are the caller's own: to change claims or codes of one batch changes no other", () => {
    const tokens = [tokenOf(1, 1, 50), signText('{"a":{"b":1}}')];
    const first = verifier.verifyBatch(tokens);
    const claims = first.claims(1) as { a: { b: number } };
    claims.a.b = 2;
    expect(first.claims(1)).toEqual({ a: { b: 1 } });
    first.codes.fill(7);
    expect(verifier.verifyBatch(tokens).claims(1)).toEqual({ a: { b: 1 } });
  });
});
