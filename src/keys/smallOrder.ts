/**
 * Points of small order on the Edwards curves (RFC 8032 §5.1, §5.2): as a public key, one lets anybody make a signature that verifies,
 * for some messages or for all.
 */

/** The fields of the curves. */
const FIELDS = { Ed25519: 2n ** 255n - 19n, Ed448: 2n ** 448n - 2n ** 224n - 1n } as const;
/** `y` of two points of order 8 on Ed25519; the field less it is that of the two others. */
const OF_ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

const SMALL: Readonly<Record<keyof typeof FIELDS, readonly bigint[]>> = {
  Ed25519: [0n, 1n, FIELDS.Ed25519 - 1n, OF_ORDER_8, FIELDS.Ed25519 - OF_ORDER_8],
  Ed448: [0n, 1n, FIELDS.Ed448 - 1n],
};

/** Is this public key such a point, in whatever encoding? Its first bit from the end is the sign of `x`, the rest is `y`. */
export function isOfSmallOrder(curve: string, bytes: Uint8Array): boolean {
  if (curve !== "Ed25519" && curve !== "Ed448") return false;
  const digits = Array.from(bytes, (byte, index) => (index === bytes.length - 1 ? byte & 0x7f : byte));
  const y = digits.reduceRight((number, byte) => 256n * number + BigInt(byte), 0n);
  // Encodings of what is not less than the field are wrong, but some runtimes take them.
  return SMALL[curve].includes(y % FIELDS[curve]);
}
