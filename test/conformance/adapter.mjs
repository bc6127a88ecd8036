/**
 * The built package for the shared conformance runner, which says what each export must answer.
 *
 * Rows of level "policy" that are answered differently from the corpus's own choice:
 *
 *     nesting, jts-claim-i     more than 128 levels in payload or header are MALFORMED: the limit is ours
 *     size                     a token longer than 262,144 bytes is TOKEN_TOO_LONG, whatever `maxTokenLength` says
 *     jts-payload-y, -t        a private claim that stands twice is taken as JSON.parse takes it, the last one
 *                              winning; only a registered claim that stands twice is rejected
 *
 * In return two things are asked of the library that its defaults refuse: long tokens (`maxTokenLength` at its
 * largest) and short secrets (`allowWeakSecrets`), since the corpus has both on purpose.
 */
import { createVerifier } from "../../dist/index.js";
import {
  base64urlDecode,
  hmacSha256,
  hmacSha384,
  hmacSha512,
  jsonAccepts,
  sha256,
  sha384,
  sha512,
  verifySignature,
} from "../../dist/primitives.js";
import { adapt } from "./adapt.mjs";

export const { verify, verifyBatch } = adapt({ createVerifier });
export { base64urlDecode, jsonAccepts };

const HASHES = { 256: sha256, 384: sha384, 512: sha512 };
const MACS = { 256: hmacSha256, 384: hmacSha384, 512: hmacSha512 };

/** A key that is refused verifies nothing. */
export function sigVerify({ alg, jwk, msg, sig }) {
  try {
    return verifySignature({ alg, publicKey: jwk }, msg, sig);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

export function hash({ alg, msg }) {
  return HASHES[alg.slice(-3)](msg);
}

export function hmac({ alg, key, msg }) {
  return MACS[alg.slice(-3)](key, msg);
}
