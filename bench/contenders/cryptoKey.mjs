/** Keys of a fleet as the Web Crypto API has them. */
import { webcrypto } from "node:crypto";

const SCHEMES = {
  RS256: { name: "RSASSA-PKCS1-v1_5" },
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
};

/** A CryptoKey that verifies with `algorithm`; `hash` is what node:crypto calls it, null where it is the curve's own affair. */
export function importKey(algorithm, hash, { secret, publicKey }) {
  const parameters = { ...(SCHEMES[algorithm] ?? { name: "HMAC" }), ...(hash ? { hash: hash.replace("sha", "SHA-") } : {}) };
  const [format, bytes] = secret ? ["raw", secret] : ["spki", publicKey.export({ type: "spki", format: "der" })];
  return webcrypto.subtle.importKey(format, bytes, parameters, false, ["verify"]);
}
