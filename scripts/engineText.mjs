/**
 * The engine as JavaScript text. Bundlers escape what is not printable ASCII, and base64 hides from gzip that bytes repeat: both
 * cost a sixth. Here the bytes that WebAssembly has most become one printable character each, the others two, and gzip
 * makes nearly as little of it as of the bytes themselves. `src/runtime/engineBytes.ts` is the way back.
 */
import { readFileSync } from "node:fs";

/** Puts the most frequent bytes on printable characters. */
const SHIFT = 47;

/** A module that has the text of a `.wasm` file as its default export. */
export function engineModule(path) {
  return `export default ${JSON.stringify(engineText(readFileSync(path)))};`;
}

function engineText(bytes) {
  return Array.from(bytes, (byte) => characters((byte + SHIFT) & 255)).join("");
}

/** "+" to "~" without the backslash stand for themselves; others are "#" to "*" for a page of 32, then "0" to "O". */
function characters(shifted) {
  const isPlain = shifted >= 43 && shifted <= 126 && shifted !== 92;
  return isPlain ? String.fromCharCode(shifted) : String.fromCharCode(35 + (shifted >> 5), 48 + (shifted & 31));
}
