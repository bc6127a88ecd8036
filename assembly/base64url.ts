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
  // Loaded once: the compiler must take each store for one that may change them.
  const lowClasses = v128.load(TABLES);
  const highClasses = v128.load(TABLES, 16);
  const offsets = v128.load(TABLES, 32);
  const nibble = v128.load(TABLES, 48);
  const underscore = v128.load(TABLES, 64);
  const toUnderscore = v128.load(TABLES, 80);
  let wrong = i64x2.splat(0);
  while (start < end) {
    let text = v128.load(start);
    if (start + 16 > end) text = withoutRest(text, <u32>(end - start));
    const high = v128.and(i16x8.shr_u(text, 4), nibble);
    // The classes of a character's two nibbles meet in a bit where it is not of the url alphabet.
    wrong = v128.or(wrong, v128.and(i8x16.swizzle(lowClasses, v128.and(text, nibble)), i8x16.swizzle(highClasses, high)));
    // An offset by the high nibble makes a six-bit value of a character, "_" (0x5f) aside.
    const offset = i8x16.add(i8x16.swizzle(offsets, high), v128.and(i8x16.eq(text, underscore), toUnderscore));
    v128.store(target, packBits(i8x16.add(text, offset)));
    start += 16;
    target += 12;
  }
  const bytes = (length >> 2) * 3 + (((length & 3) * 3) >> 2);
  // Spare bits of the last character would be in the byte after the last.
  const spare = length & 3 ? load<u8>(out + bytes) : 0;
  return v128.any_true(wrong) || spare !== 0 ? -1 : <i32>bytes;
}

/** What is read past the end counts as "A", six zero bits. */
function withoutRest(text: v128, length: u32): v128 {
  const beyond = i8x16.ge_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<u8>length));
  return v128.bitselect(i8x16.splat(0x41), text, beyond);
}

/** Sixteen six-bit values to twelve bytes (and four of zero). */
function packBits(values: v128): v128 {
  const pairs = v128.or(v128.and(i16x8.shl(values, 6), v128.load(TABLES, 96)), i16x8.shr_u(values, 8));
  const words = i32x4.dot_i16x8_s(pairs, v128.load(TABLES, 112));
  return i8x16.swizzle(words, v128.load(TABLES, 128));
}

/** Sixteen characters of the first twelve bytes of `bytes`. */
export function encodeTwelve(bytes: v128): v128 {
  // Each group of three bytes becomes one word, most significant first.
  const words = i8x16.swizzle(bytes, v128.load(TABLES, 144));
  const values = v128.or(
    v128.or(v128.and(i32x4.shr_u(words, 18), v128.load(TABLES, 160)), v128.and(i32x4.shr_u(words, 4), v128.load(TABLES, 176))),
    v128.or(v128.and(i32x4.shl(words, 10), v128.load(TABLES, 192)), v128.and(i32x4.shl(words, 24), v128.load(TABLES, 208))),
  );
  // 0–25: 13, 26–51: 0, 52–61: 1–10, 62: 11, 63: 12.
  const range = v128.or(
    i8x16.sub_sat_u(values, v128.load(TABLES, 224)),
    v128.and(i8x16.lt_u(values, v128.load(TABLES, 240)), v128.load(TABLES, 256)),
  );
  const offset = i8x16.swizzle(v128.load(TABLES, 272), range);
  return i8x16.add(values, offset);
}

/** Encodes `[start, end)` to `target`; returns the number of characters. The bytes behind `end` must be zero. */
export function encodeBase64url(start: usize, end: usize, target: usize): u32 {
  const length = <u32>(end - start);
  for (; start < end; start += 12, target += 16) v128.store(target, encodeTwelve(v128.load(start)));
  return (length / 3) * 4 + ((length % 3) * 4 + 2) / 3;
}

// Constants in memory: a load is one instruction, an immediate several (a third of the decoder's time on Node 24).
// Rows 0–3 and 4–7: the decoder's nibble classes, offsets and masks. Rows 8 to 17: packing, then the encoder's.
// biome-ignore format: one vector a line
const TABLES = memory.data<u8>([
  0x25, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x23, 0x3b, 0x3b, 0x3a, 0x3b, 0x33,
  0x20, 0x20, 0x01, 0x02, 0x04, 0x08, 0x04, 0x10, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
  0, 0, 17, 4, 0xbf, 0xbf, 0xb9, 0xb9, 0, 0, 0, 0, 0, 0, 0, 0,
  0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f, 0x0f,
  0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x5f,
  33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33,
  0xc0, 0x0f, 0xc0, 0x0f, 0xc0, 0x0f, 0xc0, 0x0f, 0xc0, 0x0f, 0xc0, 0x0f, 0xc0, 0x0f, 0xc0, 0x0f,
  0x00, 0x10, 0x01, 0x00, 0x00, 0x10, 0x01, 0x00, 0x00, 0x10, 0x01, 0x00, 0x00, 0x10, 0x01, 0x00,
  2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0xff, 0xff, 0xff, 0xff,
  2, 1, 0, 0xff, 5, 4, 3, 0xff, 8, 7, 6, 0xff, 11, 10, 9, 0xff,
  0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0,
  0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0,
  0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0,
  0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0x3f,
  51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51,
  26, 26, 26, 26, 26, 26, 26, 26, 26, 26, 26, 26, 26, 26, 26, 26,
  13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13,
  71, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc, 0xef, 32, 65, 0, 0,
], 16);
