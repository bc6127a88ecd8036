/** ECDSA's signatures from the form that a JWS has them in to the one that OpenSSL reads. */

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * The two numbers, one behind the other and each at full length (RFC 7518 §3.4), as SEQUENCE { r INTEGER, s INTEGER } in DER (RFC 3279
 * §2.2.3): both are positive, and in as few bytes as it takes. No two signatures of one length become the same; (r, n - s) stays another one than (r, s). Content of up to
 * 255 bytes is enough for P-521.
 */
export function ecdsaInDer(signature: Uint8Array): Uint8Array {
  const half = signature.length >> 1;
  const r = firstByte(signature, 0, half);
  const s = firstByte(signature, half, signature.length);
  const length = integerBytes(signature, r, half) + integerBytes(signature, s, signature.length);
  const der = new Uint8Array(length + (length < 0x80 ? 2 : 3));
  let cursor = 0;
  der[cursor++] = SEQUENCE;
  if (length >= 0x80) der[cursor++] = 0x81;
  der[cursor++] = length;
  cursor = writeInteger(der, cursor, signature, r, half);
  writeInteger(der, cursor, signature, s, signature.length);
  return der;
}

/** Where the number in `[start, end)` begins behind its zeros; zero itself is one byte. */
function firstByte(bytes: Uint8Array, start: number, end: number): number {
  let cursor = start;
  while (cursor < end - 1 && bytes[cursor] === 0) cursor++;
  return cursor;
}

/** One more byte where the number would else be negative. */
function contentBytes(bytes: Uint8Array, start: number, end: number): number {
  return end - start + ((bytes[start] as number) >> 7);
}

function integerBytes(bytes: Uint8Array, start: number, end: number): number {
  return 2 + contentBytes(bytes, start, end);
}

/** Returns where the next element goes. */
function writeInteger(der: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): number {
  const length = contentBytes(bytes, start, end);
  der[at] = INTEGER;
  der[at + 1] = length;
  let cursor = at + 2 + length - (end - start);
  for (let index = start; index < end; index++) der[cursor++] = bytes[index] as number;
  return cursor;
}
