/**
 * Splits a compact JWS into header "." payload "." signature (RFC 7515 §3.1), and proves the shape of one that is
 * going to be rejected. Nothing is interpreted here.
 */
import { decodeBase64url } from "./base64url";

const DOT: u8 = 0x2e;

/** Characters in the signature of HS256. */
export const HS256_SIGNATURE: u32 = 43;

/** The first dot in `[start, end)`, or `end`. */
export function findDot(start: usize, end: usize): usize {
  const dots = i8x16.splat(DOT);
  for (let cursor = start; cursor < end; cursor += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(cursor), dots));
    if (hits) {
      const dot = cursor + ctz(hits);
      return dot < end ? dot : end;
    }
  }
  return end;
}

/** The second dot of a token whose first is known, or `end`: where HS256 puts it, else by search. */
export function findSecondDot(first: usize, end: usize): usize {
  const usual = end - HS256_SIGNATURE - 1;
  if (usual > first && load<u8>(usual) === DOT) return usual;
  return first < end ? findDot(first + 1, end) : end;
}

/** Three segments, none empty, each strict base64url? `scratch` is free memory for them. */
export function isWellFormed(start: usize, first: usize, second: usize, end: usize, scratch: usize): bool {
  return (
    second < end &&
    first > start &&
    second > first + 1 &&
    end > second + 1 &&
    decodeBase64url(start, first, scratch) >= 0 &&
    decodeBase64url(first + 1, second, scratch) >= 0 &&
    decodeBase64url(second + 1, end, scratch) >= 0
  );
}
