/**
 * A NumericDate (RFC 7519 §2) as the double that `JSON.parse` makes of it, or NaN where only the host can tell.
 *
 * Whole numbers of up to nineteen digits convert exactly. So do decimals of up to 2^53 scaled by a power of ten of up
 * to 22, since both are exact doubles and one division or product rounds once. All else is deferred to the host.
 */

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
