/** Public keys of EdDSA by which anybody could sign are refused in every form. */
import { createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVerifier, type KeyInput } from "../../../src/index.js";
import { isOfSmallOrder } from "../../../src/keys/smallOrder.js";
import { pem } from "../../support/certificate.js";
import { PAIRS, withoutNodeCrypto } from "../../support/pairs.js";

const EMPTY = "00".repeat(30);
const FULL = "ff".repeat(30);

/** Of all points of small order on Ed25519, and of 0 and 1 again as the field and one more. */
const encodings = [
  `01${EMPTY}00`,
  `ec${FULL}7f`,
  `00${EMPTY}00`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ed${FULL}7f`,
  `ee${FULL}7f`,
].flatMap((hex) => [hex, hex.slice(0, 62) + (Number.parseInt(hex.slice(62), 16) | 0x80).toString(16)]);

const jwkOf = (bytes: Uint8Array) => ({ kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes).toString("base64url") }) as const;

describe.each(encodings)("the public key %s of Ed25519", (hex) => {
  const bytes = Buffer.from(hex, "hex");
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes]);

  it.each<[string, () => KeyInput]>([
    ["a JWK", () => jwkOf(bytes)],
    ["PEM", () => pem("PUBLIC KEY", spki)],
    ["DER", () => ({ publicKey: spki })],
    ["a KeyObject", () => createPublicKey({ key: jwkOf(bytes), format: "jwk" })],
  ])("is refused as %s", (_, keys) => {
    expect(() => createVerifier({ keys: keys() })).toThrow("to be a point of large order, got one by which anybody could sign");
    expect(() => withoutNodeCrypto(() => createVerifier({ keys: jwkOf(bytes) }))).toThrow("to be a point of large order");
  });

  it("is refused as a CryptoKey, where node:crypto shows it", async () => {
    const key = await webcrypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]).catch(() => undefined);
    if (key) expect(() => createVerifier({ keys: key as CryptoKey })).toThrow("to be a point of large order");
  });
});

describe("isOfSmallOrder", () => {
  const FIELD = 2n ** 255n - 19n;
  const power = (base: bigint, exponent: bigint): bigint =>
    exponent === 0n ? 1n : (power((base * base) % FIELD, exponent >> 1n) * (exponent & 1n ? base : 1n)) % FIELD;

  it("knows points whose double has the order 4, which is to say that x² = -y²", () => {
    const d = ((FIELD - 121665n) * power(121666n, FIELD - 2n)) % FIELD;
    for (const hex of encodings.slice(6, 10)) {
      const digits = Buffer.from(hex, "hex").reverse().toString("hex");
      const y = BigInt(`0x${digits}`) & (2n ** 255n - 1n);
      // -x² + y² = 1 + d x² y² (RFC 8032 §5.1)
      expect((d * y ** 4n + 2n * y * y - 1n) % FIELD).toBe(0n);
    }
  });

  it.each(["00", "01", "fe"])("knows those of Ed448, such as %s and so on", (first) => {
    const rest = first === "fe" ? `${"ff".repeat(27)}fe${"ff".repeat(27)}00` : "00".repeat(56);
    expect(isOfSmallOrder("Ed448", Buffer.from(first + rest, "hex"))).toBe(true);
  });

  it("takes no other key for one", () => {
    const { x } = (PAIRS.EdDSA.publicKey as KeyObject).export({ format: "jwk" }) as { x: string };
    expect(isOfSmallOrder("Ed25519", Buffer.from(x, "base64url"))).toBe(false);
    expect(isOfSmallOrder("Ed448", Buffer.alloc(57, 2))).toBe(false);
    expect(isOfSmallOrder("X25519", Buffer.alloc(32))).toBe(false);
  });
});
