/**
 * base64url without padding (RFC 4648 §5), sixteen characters at a time.
 *
 * The decoder is strict to the last bit: the url alphabet only, no length of 1 mod 4, no spare bits. Both
 * directions may read and write up to sixteen bytes past their end; every area they work in has that slack.
 */

/** Decodes `[start, end)` to `target`; returns the number of bytes, or -1. */
export function decodeBase64url(start: usize, end: usize, target: usize): i32 {
  const length = <u32>(end - start);
  if ((length & 3) === 1) return -1;
  const out = target;
  let wrong = i64x2.splat(0);
  for (; start + 16 <= end; start += 16, target += 12) {
    const text = v128.load(start);
    wrong = v128.or(wrong, outsideAlphabet(text));
    v128.store(target, packBits(toValues(text)));
  }
  const rest = <u32>(end - start);
  if (rest) {
    // What is read past the end counts as "A", six zero bits.
    const beyond = i8x16.ge_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<u8>rest));
    const text = v128.bitselect(i8x16.splat(0x41), v128.load(start), beyond);
    wrong = v128.or(wrong, outsideAlphabet(text));
    v128.store(target, packBits(toValues(text)));
  }
  const bytes = (length >> 2) * 3 + (((length & 3) * 3) >> 2);
  // Spare bits of the last character would be in the byte after the last.
  const spare = length & 3 ? load<u8>(out + bytes) : 0;
  return v128.any_true(wrong) || spare !== 0 ? -1 : <i32>bytes;
}

/** Non-zero in each byte that is not of the url alphabet: the classes of its two nibbles meet in a bit. */
function outsideAlphabet(text: v128): v128 {
  const low = i8x16.swizzle(
    i8x16(0x25, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x23, 0x3b, 0x3b, 0x3a, 0x3b, 0x33),
    v128.and(text, i8x16.splat(0x0f)),
  );
  const high = i8x16.swizzle(
    i8x16(0x20, 0x20, 0x01, 0x02, 0x04, 0x08, 0x04, 0x10, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20),
    i8x16.shr_u(text, 4),
  );
  return v128.and(low, high);
}

/** Characters to six-bit values: an offset by the high nibble, "_" (0x5f) aside. */
function toValues(text: v128): v128 {
  const offset = i8x16.swizzle(i8x16(0, 0, 17, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(text, 4));
  const underscore = v128.and(i8x16.eq(text, i8x16.splat(0x5f)), i8x16.splat(33));
  return i8x16.add(i8x16.add(text, offset), underscore);
}

/** Sixteen six-bit values to twelve bytes (and four of zero). */
function packBits(values: v128): v128 {
  const pairs = v128.or(v128.and(i16x8.shl(values, 6), i16x8.splat(0x0fc0)), i16x8.shr_u(values, 8));
  const words = i32x4.dot_i16x8_s(pairs, i32x4.splat(0x00011000));
  return i8x16.swizzle(words, i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
}

/** Sixteen characters of the first twelve bytes of `bytes`. */
export function encodeTwelve(bytes: v128): v128 {
  // Each group of three bytes becomes one word, most significant first.
  const words = i8x16.swizzle(bytes, i8x16(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1));
  const values = v128.or(
    v128.or(v128.and(i32x4.shr_u(words, 18), i32x4.splat(0x3f)), v128.and(i32x4.shr_u(words, 4), i32x4.splat(0x3f00))),
    v128.or(v128.and(i32x4.shl(words, 10), i32x4.splat(0x3f0000)), v128.and(i32x4.shl(words, 24), i32x4.splat(0x3f000000))),
  );
  // 0–25: 13, 26–51: 0, 52–61: 1–10, 62: 11, 63: 12.
  const range = v128.or(i8x16.sub_sat_u(values, i8x16.splat(51)), v128.and(i8x16.lt_u(values, i8x16.splat(26)), i8x16.splat(13)));
  const offset = i8x16.swizzle(i8x16(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -17, 32, 65, 0, 0), range);
  return i8x16.add(values, offset);
}

/** Encodes `[start, end)` to `target`; returns the number of characters. The bytes behind `end` must be zero. */
export function encodeBase64url(start: usize, end: usize, target: usize): u32 {
  const length = <u32>(end - start);
  for (; start < end; start += 12, target += 16) v128.store(target, encodeTwelve(v128.load(start)));
  return (length / 3) * 4 + ((length % 3) * 4 + 2) / 3;
}
