/** Signing in the engine: tokens of every length, as node:crypto makes them. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { INPUT, INPUT_BYTES, LARGEST_TOKEN } from "../../src/abi.js";
import { openEngine } from "../../src/engine/openEngine.js";
import { createSigner, createVerifier } from "../../src/index.js";
import { base64url, LONG_TEST_SECRET, NOW, signText, signWith, TEST_SECRET } from "../support/tokens.js";

describe("signing", () => {
  const signer = createSigner({ key: TEST_SECRET, issuedAt: false });

  it("gives the token that node:crypto gives, at every length of claims from 0 to 300", () => {
    const sets = Array.from({ length: 301 }, (_, length) => ({ x: "x".repeat(length) }));
    expect(signer.signBatch(sets)).toEqual(sets.map((claims) => signText(JSON.stringify(claims), '{"alg":"HS256","typ":"JWT"}')));
  });

  it("gives the same token alone and in a batch", () => {
    const sets = Array.from({ length: 50 }, (_, index) => ({ n: index, x: "é".repeat((index * 37) % 200) }));
    expect(sets.map((claims) => signer.sign(claims))).toEqual(signer.signBatch(sets));
  });

  it.each([1, 31, 32, 33, 55, 56, 63, 64, 65, 127, 128, 129, 1000])("signs with a key of %i bytes as node:crypto does", (length) => {
    const secret = Buffer.alloc(length, "test key ");
    const [header, payload, signature] = createSigner({ key: secret, allowWeakSecrets: true }).sign({}).split(".") as [
      string,
      string,
      string,
    ];
    expect(signature).toBe(createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url"));
  });

  it("signs claims sets of 100,000 bytes", () => {
    const claims = { x: "x".repeat(100_000) };
    expect(signer.signBatch([claims, {}, claims])).toEqual(
      [claims, {}, claims].map((set) => signText(JSON.stringify(set), '{"alg":"HS256","typ":"JWT"}')),
    );
  });

  it.each<[string, object[]]>([
    ["the longest claims of three-byte characters", [{ x: "€".repeat(65_500) }]],
    ["long ones of three-byte characters, again and again", [50_000, 65_000, 40_000].map((count) => ({ x: "€".repeat(count) }))],
    ["a long one after many short ones", [...Array.from({ length: 12 }, (_, n) => ({ n })), { x: "€".repeat(65_500) }]],
    ["more than a chunk, one in ten long", Array.from({ length: 1100 }, (_, n) => ({ n, x: "é".repeat(n % 10 ? 10 : 5000) }))],
  ])("signs %s", (_, sets) => {
    const expected = sets.map((claims) => signText(JSON.stringify(claims), '{"alg":"HS256","typ":"JWT"}'));
    expect(signer.signBatch(sets as Record<string, unknown>[])).toEqual(expected);
    const verifier = createVerifier({ keys: TEST_SECRET, maxTokenLength: LARGEST_TOKEN });
    expect(verifier.verifyBatch(expected).accepted).toBe(sets.length);
  });

  it.each([65_600, 81_890, 160_000, 196_600])("refuses %i characters of three bytes, and signs on", (count) => {
    const long = { x: "€".repeat(count) };
    expect(() => signer.signBatch([{ n: 1 }, long])).toThrow(/^Expected `claims\[1\]` to make a token of at most 262144 bytes, got \d+$/);
    expect(signer.sign({ n: 2 })).toBe(signText('{"n":2}', '{"alg":"HS256","typ":"JWT"}'));
  });

  it("signs the longest token that can be verified, and not one byte more", () => {
    const overhead = signer.sign({ x: "" }).length;
    const verifier = createVerifier({ keys: TEST_SECRET, maxTokenLength: LARGEST_TOKEN });
    // Three bytes of claims are four characters of the token.
    const fits = Math.floor(((LARGEST_TOKEN - overhead) * 3) / 4);
    const longest = signer.sign({ x: "x".repeat(fits) });
    expect(longest.length).toBeGreaterThan(LARGEST_TOKEN - 4);
    expect(verifier.verify(longest).ok).toBe(true);
    expect(() => signer.sign({ x: "x".repeat(fits + 3) })).toThrow(/of at most 262144 bytes/);
  });

  it("puts the key's kid and the wanted typ into the header", () => {
    const token = createSigner({ key: { kid: "ключ", secret: TEST_SECRET }, typ: "at+jwt", issuedAt: false }).sign({});
    expect(token.split(".")[0]).toBe(base64url('{"alg":"HS256","typ":"at+jwt","kid":"ключ"}'));
  });

  it("leaves no claims in the input area", () => {
    signer.signBatch(Array.from({ length: 100 }, (_, index) => ({ x: "secret of a device ".repeat(index) })));
    expect(
      openEngine()
        .memory.bytes.subarray(INPUT, INPUT + INPUT_BYTES)
        .every((byte) => byte === 0),
    ).toBe(true);
  });
});

describe.each(["HS384", "HS512"] as const)("signing with %s", (alg) => {
  const key = { secret: LONG_TEST_SECRET, alg };
  const signer = createSigner({ key, issuedAt: false, typ: null });
  const verifier = createVerifier({ keys: key, currentDate: NOW, maxTokenLength: LARGEST_TOKEN });

  it.each<[string, object[]]>([
    ["claims of every length from 0 to 300", Array.from({ length: 301 }, (_, length) => ({ x: "x".repeat(length) }))],
    ["one set", [{ x: "x" }]],
    ["two sets", [{ x: "x" }, { x: "é".repeat(500) }]],
    ["claims sets of 100,000 bytes", ["a", "", "b"].map((x) => ({ x: x.repeat(100_000) }))],
    ["the longest claims of three-byte characters", [{ x: "€".repeat(65_400) }]],
    ["long ones of three-byte characters, again and again", [50_000, 65_000, 40_000].map((count) => ({ x: "€".repeat(count) }))],
    ["more than a chunk, one in ten long", Array.from({ length: 1100 }, (_, n) => ({ n, x: "é".repeat(n % 10 ? 10 : 5000) }))],
    ["very many short ones", Array.from({ length: 3000 }, (_, n) => ({ n }))],
  ])("gives for %s what node:crypto gives", (_, sets) => {
    const tokens = signer.signBatch(sets as Record<string, unknown>[]);
    expect(tokens).toEqual(sets.map((claims) => signWith(alg, JSON.stringify(claims))));
    expect(verifier.verifyBatch(tokens).accepted).toBe(sets.length);
  });

  it("signs the longest token that can be verified, and not one byte more", () => {
    const overhead = signer.sign({ x: "" }).length;
    const fits = Math.floor(((LARGEST_TOKEN - overhead) * 3) / 4);
    const longest = signer.sign({ x: "x".repeat(fits) });
    expect(longest.length).toBeGreaterThan(LARGEST_TOKEN - 4);
    expect(verifier.verify(longest).ok).toBe(true);
    expect(() => signer.sign({ x: "x".repeat(fits + 3) })).toThrow(/of at most 262144 bytes/);
  });
});
