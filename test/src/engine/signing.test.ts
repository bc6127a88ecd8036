/** Signing in linear memory: tokens of node:crypto's, in as many chunks as it takes, and nothing left of them. */
import { describe, expect, it } from "vitest";
import { INPUT, PAYLOADS, PAYLOADS_BYTES } from "../../../src/abi.js";
import type { SecretAlgorithm } from "../../../src/base/algorithms.js";
import { Engine } from "../../../src/engine/engine.js";
import { PlacedSigner } from "../../../src/engine/signing.js";
import { base64url, LONG_TEST_SECRET, signText } from "../../support/tokens.js";

const HEADER = '{"alg":"HS256"}';

function setUp(algorithm: SecretAlgorithm = "HS256"): {
  engine: Engine;
  signer: PlacedSigner;
  secret: Uint8Array;
  areas: () => Uint8Array;
} {
  const engine = new Engine();
  const secret = new Uint8Array(LONG_TEST_SECRET);
  const key = { kid: undefined, algorithm, secret, isDefault: true } as const;
  const signer = new PlacedSigner(engine, key, Buffer.from(`${base64url(HEADER)}.`));
  return { engine, signer, secret, areas: () => engine.memory.bytes.subarray(INPUT, PAYLOADS + PAYLOADS_BYTES) };
}

const signed = (payload: string) => signText(payload, HEADER, LONG_TEST_SECRET);
const isZero = (bytes: Uint8Array) => Buffer.compare(bytes, new Uint8Array(bytes.length)) === 0;

describe("a placed signer", () => {
  it("signs text and bytes alike, more than fit one chunk, in their order", () => {
    const { signer, areas } = setUp();
    const payloads = Array.from({ length: 2500 }, (_, index) => `{"n":${index}}`);
    const given = payloads.map((payload, index) => (index % 2 ? Buffer.from(payload) : payload));
    expect(signer.sign(given)).toEqual(payloads.map(signed));
    const long = Array.from({ length: 5 }, (_, index) => `{"x":"${String(index).repeat(180_000)}"}`);
    expect(signer.sign(long)).toEqual(long.map(signed));
    expect(isZero(areas())).toBe(true);
  });

  it.each(["HS256", "HS384", "HS512"] as const)("of %s leaves nothing in the areas that it used", (algorithm) => {
    const { signer, areas } = setUp(algorithm);
    for (let length = 0; length < 300; length++) {
      signer.sign(["x".repeat(length)]);
      expect(isZero(areas())).toBe(true);
    }
  });

  it("has the copy of its secret wiped, and its key and header when it is released", () => {
    const { engine, signer, secret } = setUp();
    expect(isZero(secret)).toBe(true);
    const place = Buffer.from(engine.memory.bytes.buffer).indexOf(base64url(HEADER));
    expect(place).toBeGreaterThan(0);
    signer.release();
    expect(Buffer.from(engine.memory.bytes.buffer).indexOf(base64url(HEADER))).toBe(-1);
  });

  it("leaves nothing of payloads of which one cannot be read, and signs on", () => {
    const { signer, areas } = setUp();
    const broken = {
      length: 4,
      get 0(): never {
        throw new Error("broken");
      },
    } as unknown as Uint8Array;
    expect(() => signer.sign(["a secret of the first", broken, "{}"])).toThrow("broken");
    expect(isZero(areas())).toBe(true);
    expect(signer.sign(["{}"])).toEqual([signed("{}")]);
  });
});
