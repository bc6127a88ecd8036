/**
 * The engine's kernels, and the platform's signatures as a verifier has them, by themselves, for tests, benchmarks and conformance
 * suites: `wasm-jwt/primitives`. They copy in and out and allocate; verify tokens with a verifier.
 */
import { INPUT, INPUT_BYTES, LARGEST_SECRET, NESTING_ROOM, PAYLOADS, TOKEN_SLACK } from "./abi.js";
import { ALGORITHMS, type SecretAlgorithm } from "./base/algorithms.js";
import { decodeStrict } from "./engine/base64url.js";
import { openEngine } from "./engine/openEngine.js";
import { type PublicKeyOptions, parsePublicKey } from "./keys/public.js";

/** The longest input, in bytes. */
export const LARGEST_INPUT = INPUT_BYTES / 2;

/**
 * SHA-256 (FIPS 180-4) of up to `LARGEST_INPUT` bytes: 32 bytes.
 * @throws RangeError when the message is longer.
 */
export function sha256(message: Uint8Array): Uint8Array {
  const engine = openEngine();
  stage(message);
  engine.exports.sha256(INPUT, message.length);
  return taken(32, message.length);
}

/** SHA-384 (FIPS 180-4): 48 bytes. @throws RangeError as `sha256`. */
export function sha384(message: Uint8Array): Uint8Array {
  return wideHash("HS384", message);
}

/** SHA-512 (FIPS 180-4): 64 bytes. @throws RangeError as `sha256`. */
export function sha512(message: Uint8Array): Uint8Array {
  return wideHash("HS512", message);
}

/** The hash that an algorithm is made of, of as many bytes as its secrets must have (RFC 7518 §3.2). */
function wideHash(algorithm: "HS384" | "HS512", message: Uint8Array): Uint8Array {
  const engine = openEngine([algorithm]);
  stage(message);
  engine.exports.sha512(ALGORITHMS[algorithm].engine, INPUT, message.length);
  return taken(ALGORITHMS[algorithm].secretBytes, message.length);
}

/**
 * HMAC-SHA-256 (RFC 2104) with a key of up to 65,536 bytes: 32 bytes.
 * @throws RangeError when key or message is longer.
 */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return mac("HS256", key, message);
}

/** HMAC-SHA-384: 48 bytes. @throws RangeError as `hmacSha256`. */
export function hmacSha384(key: Uint8Array, message: Uint8Array): Uint8Array {
  return mac("HS384", key, message);
}

/** HMAC-SHA-512: 64 bytes. @throws RangeError as `hmacSha256`. */
export function hmacSha512(key: Uint8Array, message: Uint8Array): Uint8Array {
  return mac("HS512", key, message);
}

function mac(algorithm: SecretAlgorithm, key: Uint8Array, message: Uint8Array): Uint8Array {
  checkLength(message);
  if (key.length > LARGEST_SECRET) throw new RangeError(`Expected a key of at most ${LARGEST_SECRET} bytes, got ${key.length}`);
  const engine = openEngine([algorithm]);
  const { engine: number, keyBytes, secretBytes } = ALGORITHMS[algorithm];
  const record = engine.allocate(keyBytes);
  engine.loadKey(record, number, key);
  stage(message);
  const { hmac, hmac512 } = engine.exports;
  (algorithm === "HS256" ? hmac : hmac512)(record, INPUT, message.length);
  const tag = taken(secretBytes, message.length);
  engine.release(record, keyBytes);
  return tag;
}

/** A digest or MAC of so many bytes; the message is wiped. */
function taken(bytes: number, messageLength: number): Uint8Array {
  const digest = openEngine().digest(bytes);
  wipe(messageLength);
  return digest;
}

/**
 * Is this the signature of `message` by the private half of `key`, in the form that a JWS has it (RFC 7518 §3.3 to §3.5, RFC 8037 §3.1)?
 * @throws TypeError when the key is not one for its `alg`, or the runtime has no `node:crypto`.
 */
export function verifySignature(key: PublicKeyOptions, message: Uint8Array, signature: Uint8Array): boolean {
  const { verification } = parsePublicKey(key, "key");
  if (!verification.isSynchronous) throw new TypeError("Expected a runtime with `node:crypto`");
  return verification.verify(message, signature);
}

/** Strict base64url without padding (RFC 4648 §5): the bytes, or null. */
export function base64urlDecode(text: string): Uint8Array | null {
  return decodeStrict(text) ?? null;
}

/** base64url without padding. @throws RangeError when there is too much. */
export function base64urlEncode(bytes: Uint8Array): string {
  const engine = openEngine();
  stage(bytes);
  const length = engine.exports.encodeBase64url(INPUT, INPUT + bytes.length, PAYLOADS);
  const text = engine.text.latin1Slice(PAYLOADS, PAYLOADS + length);
  wipe(bytes.length);
  engine.bytes.fill(0, PAYLOADS, PAYLOADS + length + TOKEN_SLACK);
  return text;
}

/** Is this what a fatal UTF-8 decoder and `JSON.parse` take, down to `levels` of nesting (at most 8192)? */
export function jsonAccepts(bytes: Uint8Array, levels: number = NESTING_ROOM): boolean {
  const engine = openEngine();
  stage(bytes);
  const accepted = engine.exports.isJson(INPUT, INPUT + bytes.length, levels) !== 0;
  wipe(bytes.length);
  return accepted;
}

function checkLength(bytes: Uint8Array): void {
  if (bytes.length > LARGEST_INPUT) throw new RangeError(`Expected at most ${LARGEST_INPUT} bytes, got ${bytes.length}`);
}

function stage(bytes: Uint8Array): void {
  checkLength(bytes);
  const engine = openEngine();
  engine.takeAreas();
  engine.bytes.set(bytes, INPUT);
}

function wipe(length: number): void {
  openEngine().bytes.fill(0, INPUT, INPUT + length + 3 * TOKEN_SLACK);
}
