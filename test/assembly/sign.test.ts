/** Signing in the engine: tokens of every length, as node:crypto makes them. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { INPUT, INPUT_BYTES } from "../../src/abi.js";
import { createSigner } from "../../src/index.js";
import { openEngine } from "../../src/openEngine.js";
import { base64url, signText, TEST_SECRET } from "../support/tokens.js";

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

  it("puts the key's kid and the wanted typ into the header", () => {
    const token = createSigner({ key: { kid: "ключ", secret: TEST_SECRET }, typ: "at+jwt", issuedAt: false }).sign({});
    expect(token.split(".")[0]).toBe(base64url('{"alg":"HS256","typ":"at+jwt","kid":"ключ"}'));
  });

  it("leaves no claims in the input area", () => {
    signer.signBatch(Array.from({ length: 100 }, (_, index) => ({ x: "secret of a device ".repeat(index) })));
    expect(
      openEngine()
        .bytes.subarray(INPUT, INPUT + INPUT_BYTES)
        .every((byte) => byte === 0),
    ).toBe(true);
  });
});
