/**
 * The engine's kernels, and the platform's signatures as a verifier has them, by themselves, for tests, benchmarks and conformance
 * suites: `wasm-jwt/primitives`. They copy in and out and allocate; verify tokens with a verifier.
 */
import { NESTING_ROOM } from "./abi.js";
import { decodeStrict } from "./engine/base64url.js";
import { encodeBase64url, hash, hmac, isJson } from "./engine/kernels.js";
import { openEngine } from "./engine/openEngine.js";
import { type PublicKeyOptions, parsePublicKey } from "./keys/public.js";

/** The longest input, in bytes. */
export { LARGEST_INPUT } from "./engine/kernels.js";

/**
 * SHA-256 (FIPS 180-4) of up to `LARGEST_INPUT` bytes: 32 bytes.
 * @throws RangeError when the message is longer.
 */
export function sha256(message: Uint8Array): Uint8Array {
  return hash(openEngine(), "HS256", message);
}

/** SHA-384 (FIPS 180-4): 48 bytes. @throws RangeError as `sha256`. */
export function sha384(message: Uint8Array): Uint8Array {
  return hash(openEngine(["HS384"]), "HS384", message);
}

/** SHA-512 (FIPS 180-4): 64 bytes. @throws RangeError as `sha256`. */
export function sha512(message: Uint8Array): Uint8Array {
  return hash(openEngine(["HS512"]), "HS512", message);
}

/**
 * HMAC-SHA-256 (RFC 2104) with a key of up to 65,536 bytes: 32 bytes.
 * @throws RangeError when key or message is longer.
 */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(openEngine(), "HS256", key, message);
}

/** HMAC-SHA-384: 48 bytes. @throws RangeError as `hmacSha256`. */
export function hmacSha384(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(openEngine(["HS384"]), "HS384", key, message);
}

/** HMAC-SHA-512: 64 bytes. @throws RangeError as `hmacSha256`. */
export function hmacSha512(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(openEngine(["HS512"]), "HS512", key, message);
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
  return encodeBase64url(openEngine(), bytes);
}

/** Is this what a fatal UTF-8 decoder and `JSON.parse` take, down to `levels` of nesting (at most 8192)? */
export function jsonAccepts(bytes: Uint8Array, levels: number = NESTING_ROOM): boolean {
  return isJson(openEngine(), bytes, levels);
}
