/**
 * The functions of one round of SHA-512 (FIPS 180-4 §4.1.3, §6.4.2), for one message and for two lanes. The compiler inlines
 * them all, as those of `rounds.ts`.
 *
 * In scalar registers a rotation destroys its operand, and a copy is an instruction more: one rotation of the other saves two of
 * three copies, which is worth 2 to 4 %.
 */

/** T1 of one round: h + (K + W) + Ch(e, f, g) + Sigma1(e). */
export function temporary512(e: u64, f: u64, g: u64, h: u64, sum: u64): u64 {
  return h + sum + (g ^ (e & (f ^ g))) + bigSigma1of512(e);
}

/** W[t] from W[t-16], W[t-15], W[t-7], W[t-2]. */
export function schedule512(w16: u64, w15: u64, w7: u64, w2: u64): u64 {
  return w16 + w7 + (rotr(w15 ^ rotr(w15, 7), 1) ^ (w15 >>> 7)) + (rotr(w2 ^ rotr(w2, 42), 19) ^ (w2 >>> 6));
}

/** Rotations by 28, 34 and 39. */
export function bigSigma0of512(x: u64): u64 {
  return rotr(x ^ rotr(x ^ rotr(x, 5), 6), 28);
}

/** Rotations by 14, 18 and 41. */
function bigSigma1of512(x: u64): u64 {
  return rotr(x ^ rotr(x ^ rotr(x, 23), 4), 14);
}

/** T1 in two lanes. */
export function temporary512x2(e: v128, f: v128, g: v128, h: v128, k: v128, w: v128): v128 {
  const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
  return i64x2.add(i64x2.add(i64x2.add(h, i64x2.add(k, w)), choice), bigSigma1x2(e));
}

/** W[t] in two lanes. Also W[t] and W[t+1] of one message, which need nothing of each other. */
export function schedule512x2(w16: v128, w15: v128, w7: v128, w2: v128): v128 {
  return i64x2.add(i64x2.add(w16, smallSigma0x2(w15)), i64x2.add(w7, smallSigma1x2(w2)));
}

export function bigSigma0x2(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 28), rotateRight(x, 34)), rotateRight(x, 39));
}

function bigSigma1x2(x: v128): v128 {
  const first = v128.xor(v128.xor(i64x2.shr_u(x, 14), i64x2.shl(x, 50)), i64x2.shr_u(x, 18));
  return v128.xor(v128.xor(v128.xor(first, i64x2.shl(x, 46)), i64x2.shr_u(x, 41)), i64x2.shl(x, 23));
}

function smallSigma0x2(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 1), rotateRight(x, 8)), i64x2.shr_u(x, 7));
}

function smallSigma1x2(x: v128): v128 {
  const first = v128.xor(v128.xor(i64x2.shr_u(x, 19), i64x2.shl(x, 45)), i64x2.shr_u(x, 61));
  return v128.xor(v128.xor(first, i64x2.shl(x, 3)), i64x2.shr_u(x, 6));
}

function rotateRight(x: v128, bits: i32): v128 {
  return v128.or(i64x2.shr_u(x, bits), i64x2.shl(x, 64 - bits));
}

/** Big-endian words of 64 bits in native order. */
export function swapBytes512(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
}
