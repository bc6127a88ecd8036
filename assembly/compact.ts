/**
 * Splits a compact JWS into header "." payload "." signature (RFC 7515 §3.1), and proves the shape of one that is
 * going to be rejected. Nothing is interpreted here.
 */
import { decodeBase64url } from "./base64url";

const DOT: u8 = 0x2e;

/** Characters in the signatures of HS256, HS384 and HS512. */
export const HS256_SIGNATURE: u32 = 43;
export const HS384_SIGNATURE: u32 = 64;
export const HS512_SIGNATURE: u32 = 86;

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

/**
 * The second dot of a token whose first is known, or `end`: where HS256, HS512 or HS384 put it, else by search. Of more than
 * two dots it may be a later one than the second; a segment has a dot in it then, which its decoding finds.
 */
export function findSecondDot(first: usize, end: usize): usize {
  if (isSecondDot(end - HS256_SIGNATURE - 1, first)) return end - HS256_SIGNATURE - 1;
  if (isSecondDot(end - HS512_SIGNATURE - 1, first)) return end - HS512_SIGNATURE - 1;
  if (isSecondDot(end - HS384_SIGNATURE - 1, first)) return end - HS384_SIGNATURE - 1;
  return first < end ? findDot(first + 1, end) : end;
}

function isSecondDot(place: usize, first: usize): bool {
  return place > first && load<u8>(place) === DOT;
}

/** Three segments, none empty but the payload, each strict base64url? `scratch` is free memory for them. */
export function isWellFormed(start: usize, first: usize, second: usize, end: usize, scratch: usize): bool {
  return (
    second < end &&
    first > start &&
    second > first &&
    end > second + 1 &&
    decodeBase64url(start, first, scratch) >= 0 &&
    decodeBase64url(first + 1, second, scratch) >= 0 &&
    decodeBase64url(second + 1, end, scratch) >= 0
  );
}
