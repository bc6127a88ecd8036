/**
 * Compares a MAC with the signature of a token (RFC 7515 §5.2) in time independent of the content of either.
 *
 * The MAC is encoded rather than the signature decoded: 43 characters have one canonical spelling, so a signature
 * with spare bits or foreign characters cannot match.
 */
import { encodeTwelve } from "./base64url";
import { HS512_SIGNATURE } from "./compact";

/** Do the 43 characters at `signature` spell the 32 bytes at `tag`? Reads 48 characters and 40 bytes. */
export function signatureMatches(tag: usize, signature: usize): bool {
  const tail = v128.and(v128.load(tag, 24), i64x2(-1, 0));
  const first = v128.xor(encodeTwelve(v128.load(tag)), v128.load(signature));
  const second = v128.xor(encodeTwelve(v128.load(tag, 12)), v128.load(signature, 16));
  const third = v128.xor(encodeTwelve(tail), v128.load(signature, 32));
  const counted = v128.and(third, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0));
  // Fold, do not branch: a branch on the tag would tell by time how far it matched.
  return !v128.any_true(v128.or(v128.or(first, second), counted));
}

/**
 * The same for HS384 and HS512: do the characters, 48 at `signature` and the others at `rest`, spell the tag's 48 or 64 bytes?
 * `length` is how many characters there are, which the algorithm says.
 */
export function longSignatureMatches(tag: usize, signature: usize, rest: usize, length: u32): bool {
  let different = i64x2.splat(0);
  const whole: usize = length >> 4;
  for (let group: usize = 0; group < whole; group++) {
    const text = group < 3 ? signature : rest - 48;
    different = v128.or(different, v128.xor(encodeTwelve(v128.load(tag + 12 * group)), v128.load(text + 16 * group)));
  }
  if (length === HS512_SIGNATURE) {
    const tail = v128.and(v128.load(tag, 60), i32x4(-1, 0, 0, 0));
    const last = v128.xor(encodeTwelve(tail), v128.load(rest, 32));
    different = v128.or(different, v128.and(last, i8x16(-1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
  }
  return !v128.any_true(different);
}
