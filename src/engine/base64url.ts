/** Strict base64url for configuration, through the engine's own decoder (RFC 4648 §5, no padding, no spare bits). */
import { INPUT, INPUT_BYTES, PAYLOADS } from "../abi.js";
import { openEngine } from "./openEngine.js";

/** The bytes, or undefined where the text is not strict base64url. Nothing of it stays in linear memory. */
export function decodeStrict(text: string): Uint8Array | undefined {
  if (3 * text.length + 64 > INPUT_BYTES) return undefined;
  const engine = openEngine();
  engine.takeAreas();
  const written = engine.text.utf8Write(text, INPUT);
  const length = written === text.length ? engine.exports.decodeBase64url(INPUT, INPUT + written, PAYLOADS) : -1;
  const bytes = length < 0 ? undefined : engine.bytes.slice(PAYLOADS, PAYLOADS + length);
  engine.bytes.fill(0, INPUT, INPUT + written + 64);
  engine.bytes.fill(0, PAYLOADS, PAYLOADS + written + 64);
  return bytes;
}
