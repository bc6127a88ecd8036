/**
 * The functions of one round (FIPS 180-4 §4.1.2, §6.2.2), for one message and for four lanes. The compiler inlines them all: a
 * test counts the calls that are left in the kernels.
 */

/** T1 of one round: h + (K + W) + Ch(e, f, g) + Sigma1(e). */
export function temporary(e: u32, f: u32, g: u32, h: u32, sum: u32): u32 {
  return h + sum + (g ^ (e & (f ^ g))) + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25));
}

/** W[t] from W[t-16], W[t-15], W[t-7], W[t-2]. */
export function schedule(w16: u32, w15: u32, w7: u32, w2: u32): u32 {
  return w16 + w7 + (rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3)) + (rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10));
}

export function bigSigma0(x: u32): u32 {
  return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}

/** T1 in four lanes. Sigma1 comes last: it is the longest chain. */
export function temporaryx4(e: v128, f: v128, g: v128, h: v128, k: v128, w: v128): v128 {
  const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
  return i32x4.add(i32x4.add(i32x4.add(h, i32x4.add(k, w)), choice), bigSigma1x4(e));
}

/** W[t] in four lanes. */
export function schedulex4(w16: v128, w15: v128, w7: v128, w2: v128): v128 {
  return i32x4.add(i32x4.add(w16, smallSigma0x4(w15)), i32x4.add(w7, smallSigma1x4(w2)));
}

export function bigSigma0x4(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 2), rotateRight(x, 13)), rotateRight(x, 22));
}

/** One shift after the other, not one rotation after the other: on V8 11, four lanes take 75 ns a block so, 88 otherwise. */
function bigSigma1x4(x: v128): v128 {
  const first = v128.xor(v128.xor(i32x4.shr_u(x, 6), i32x4.shl(x, 26)), i32x4.shr_u(x, 11));
  return v128.xor(v128.xor(v128.xor(first, i32x4.shl(x, 21)), i32x4.shr_u(x, 25)), i32x4.shl(x, 7));
}

export function smallSigma0x4(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 7), rotateRight(x, 18)), i32x4.shr_u(x, 3));
}

export function smallSigma1x4(x: v128): v128 {
  const first = v128.xor(v128.xor(i32x4.shr_u(x, 17), i32x4.shl(x, 15)), i32x4.shr_u(x, 19));
  return v128.xor(v128.xor(first, i32x4.shl(x, 13)), i32x4.shr_u(x, 10));
}

function rotateRight(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

/** Big-endian words in native order. */
export function swapBytes(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}
