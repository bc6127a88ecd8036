/** Points on the curves of ECDSA (SEC 2 §2.4.2, §2.5.1, §2.6.1): y² = x³ - 3x + b. WebCrypto finds a wrong one only at the first token. */
import type { PublicJwk } from "../runtime/platform.js";
import { base64urlBytes } from "../runtime/text.js";

interface Curve {
  readonly field: bigint;
  readonly b: bigint;
}

/** Made when asked for: bundlers keep arithmetic that is done in any case. */
const CURVES: Readonly<Record<string, () => Curve>> = {
  "P-256": () => ({
    field: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  }),
  "P-384": () => ({
    field: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  }),
  "P-521": () => ({
    field: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  }),
};

/** Is this a key of such a curve, but no point on it? */
export function isOffCurve(jwk: PublicJwk): boolean {
  const curve = jwk.kty === "EC" ? CURVES[jwk.crv]?.() : undefined;
  if (!curve || jwk.kty !== "EC") return false;
  const { field, b } = curve;
  const x = numberOf(jwk.x);
  const y = numberOf(jwk.y);
  return x >= field || y >= field || (y * y - (x * x * x - 3n * x + b)) % field !== 0n;
}

function numberOf(base64url: string): bigint {
  return base64urlBytes(base64url).reduce((number, byte) => 256n * number + BigInt(byte), 0n);
}
