/** Strict base64url for configuration, through the engine's own decoder (RFC 4648 §5, no padding, no spare bits). */
import { INPUT, INPUT_BYTES, PAYLOADS } from "../abi.js";
import { openEngine } from "./openEngine.js";

/** The bytes, or undefined where the text is not strict base64url. Nothing of it stays in linear memory. */
export function decodeStrict(text: string): Uint8Array | undefined {
  if (3 * text.length + 64 > INPUT_BYTES) return undefined;
  const { memory } = openEngine();
  memory.takeAreas();
  const written = memory.text.utf8Write(text, INPUT);
  const length = written === text.length ? memory.exports.decodeBase64url(INPUT, INPUT + written, PAYLOADS) : -1;
  const bytes = length < 0 ? undefined : memory.bytes.slice(PAYLOADS, PAYLOADS + length);
  memory.bytes.fill(0, INPUT, INPUT + written + 64);
  memory.bytes.fill(0, PAYLOADS, PAYLOADS + written + 64);
  return bytes;
}
