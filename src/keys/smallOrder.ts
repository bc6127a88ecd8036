/**
 * Points of small order on the Edwards curves (RFC 8032 §5.1, §5.2): as a public key, one lets anybody make a signature that verifies,
 * for some messages or for all.
 */

/** A field, and `y` of the points of small order. Made when asked for: bundlers keep arithmetic that is done in any case. */
const CURVES = {
  Ed25519: () => {
    const field = 2n ** 255n - 19n;
    // Of two points of order 8; the field less it is that of the two others.
    const ofOrder8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
    return { field, small: [0n, 1n, field - 1n, ofOrder8, field - ofOrder8] };
  },
  Ed448: () => {
    const field = 2n ** 448n - 2n ** 224n - 1n;
    return { field, small: [0n, 1n, field - 1n] };
  },
} as const;

/** Is this public key such a point, in whatever encoding? Its first bit from the end is the sign of `x`, the rest is `y`. */
export function isOfSmallOrder(curve: string, bytes: Uint8Array): boolean {
  if (curve !== "Ed25519" && curve !== "Ed448") return false;
  const digits = Array.from(bytes, (byte, index) => (index === bytes.length - 1 ? byte & 0x7f : byte));
  const y = digits.reduceRight((number, byte) => 256n * number + BigInt(byte), 0n);
  // Encodings of what is not less than the field are wrong, but some runtimes take them.
  const { field, small } = CURVES[curve]();
  return small.includes(y % field);
}
