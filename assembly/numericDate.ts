/**
 * A NumericDate (RFC 7519 §2) as the double that `JSON.parse` makes of it, or NaN where only the host can tell.
 *
 * Whole numbers of up to nineteen digits convert exactly. So do decimals of up to 2^53 scaled by a power of ten of up
 * to 22, since both are exact doubles and one division or product rounds once. All else is deferred to the host.
 */

/**
 * Behind a whole number of exactly ten digits, none of them a leading zero, or 0: the form that nearly every
 * NumericDate has from 2001 to 2286.
 */
export function skipTenDigits(start: usize, end: usize): usize {
  if (start + 11 > end || load<u8>(start) === 0x30) return 0;
  const notDigits = wrongDigits(load<u64>(start)) | wrongDigits(load<u64>(start, 2));
  // Only a comma or a brace may follow: a point, an exponent or another digit makes another number.
  const behind = load<u8>(start, 10);
  return notDigits === 0 && (behind === 0x2c || behind === 0x7d) ? start + 10 : 0;
}

/** Zero when all eight bytes are digits. */
function wrongDigits(bytes: u64): u64 {
  return ((bytes & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030) | (((bytes + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030);
}

/** The value of ten digits: eight in three multiplications, pairs, fours and eight; then two. */
export function tenDigits(start: usize): f64 {
  const digits = load<u64>(start) - 0x3030303030303030;
  const pairs = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
  const fours = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff;
  const eight = (fours * 10000 + (fours >> 32)) & 0xffffffff;
  return <f64>(eight * 100 + (<u64>load<u8>(start, 8) - 0x30) * 10 + (<u64>load<u8>(start, 9) - 0x30));
}

/** The valid JSON number `[start, end)` as a double, or NaN when it must be deferred. */
export function toDouble(start: usize, end: usize): f64 {
  const negative = load<u8>(start) === 0x2d;
  let digits: u64 = 0;
  let significant: i32 = 0;
  let scale: i32 = 0;
  let fraction = false;
  let cursor = start + (negative ? 1 : 0);
  for (; cursor < end; cursor++) {
    const byte = load<u8>(cursor);
    if (byte === 0x2e) {
      fraction = true;
      continue;
    }
    if (<u32>byte - 0x30 > 9) break;
    if (byte !== 0x30 || significant) {
      if (significant === 19) return NaN;
      significant++;
    }
    digits = digits * 10 + (byte - 0x30);
    if (fraction) scale--;
  }
  if (cursor < end) {
    const exponent = smallExponent(cursor + 1, end);
    if (exponent > 1000) return NaN;
    scale += exponent;
  }
  const value = scaled(digits, scale);
  return negative ? -value : value;
}

function scaled(digits: u64, scale: i32): f64 {
  if (scale === 0) return <f64>digits;
  if (digits === 0) return 0;
  if (digits > 0x20000000000000 || scale > 22 || scale < -22) return NaN;
  return scale < 0 ? <f64>digits / load<f64>(POWERS + 8 * <usize>-scale) : <f64>digits * load<f64>(POWERS + 8 * <usize>scale);
}

/** The digits of an exponent, with sign; over 1000 when it is longer than three digits. */
function smallExponent(cursor: usize, end: usize): i32 {
  const sign = load<u8>(cursor);
  if (sign === 0x2b || sign === 0x2d) cursor++;
  if (end - cursor > 3) return 1001;
  let value: i32 = 0;
  for (; cursor < end; cursor++) value = value * 10 + (load<u8>(cursor) - 0x30);
  return sign === 0x2d ? -value : value;
}

// biome-ignore format: the exact powers of ten
const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);
