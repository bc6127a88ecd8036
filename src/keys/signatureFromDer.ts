/** ECDSA's signatures from DER, which key management services give, to the form that a JWS has. */
import { ALGORITHMS } from "../base/algorithms.js";
import { isBytes } from "../base/brands.js";
import { kindOf, optionError } from "../base/errors.js";
import { INTEGER, positive, sequence } from "./der.js";

/**
 * The signature as r and s, one after the other and each at full length (RFC 7518 §3.4), of SEQUENCE { r INTEGER, s INTEGER } in DER (RFC 3279 §2.2.3).
 * @throws TypeError for an algorithm that is not ECDSA, and for what is no such DER.
 */
export function signatureFromDer(algorithm: "ES256" | "ES384" | "ES512", der: Uint8Array): Uint8Array {
  const entry = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  if (entry?.scheme !== "ECDSA") throw optionError("algorithm", "ES256, ES384 or ES512", algorithm);
  if (!isBytes(der)) throw optionError("der", "a Uint8Array", der);
  const [length] = Object.values(entry.curves) as [number];
  const numbers = sequence(der, INTEGER, INTEGER)?.map(positive) ?? [];
  const signature = new Uint8Array(length);
  for (const [index, number] of numbers.entries()) {
    if (number === undefined || number.length > length / 2) return notDer(der, algorithm);
    signature.set(number, ((index + 1) * length) / 2 - number.length);
  }
  return numbers.length === 2 ? signature : notDer(der, algorithm);
}

function notDer(der: Uint8Array, algorithm: string): never {
  throw new TypeError(`Expected \`der\` to be a signature of ${algorithm} in DER, got ${kindOf(der)} of another form`);
}
