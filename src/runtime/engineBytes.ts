/** The engine's bytes from the text that the build made of them (`scripts/engineText.mjs`, which says why). */

const SHIFT = 47;
/** Characters below this begin a pair. */
const FIRST_PLAIN = 43;

export function engineBytes(text: string): Uint8Array<ArrayBuffer> {
  const codes = new TextEncoder().encode(text);
  const end = codes.length;
  let length = 0;
  // In place: bytes are never more than characters.
  for (let cursor = 0; cursor < end; cursor++) {
    const code = codes[cursor] as number;
    const shifted = code < FIRST_PLAIN ? (code - 35) * 32 + (codes[++cursor] as number) - 48 : code;
    codes[length++] = shifted - SHIFT;
  }
  return codes.slice(0, length);
}
