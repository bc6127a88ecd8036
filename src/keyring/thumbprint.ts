/**
 * The thumbprint of a JSON Web Key (RFC 7638): SHA-256 over its required members in their canonical form. It names keys that
 * come without a `kid`, and tells whether two are the same key.
 */
import { requireText } from "../base/check.js";
import { kindOf, optionError } from "../base/errors.js";
import { bare } from "../base/own.js";
import type { Key } from "../engine/key.js";
import { base64urlEncode, sha256 } from "../primitives.js";
import type { PublicJwk } from "../runtime/platform.js";
import { utf8Bytes } from "../runtime/text.js";

/** The members that make a key what it is, in lexicographic order (RFC 7638 §3.2, RFC 8037 §2). */
export const REQUIRED_MEMBERS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["oct", ["k", "kty"]],
  ["RSA", ["e", "kty", "n"]],
  ["EC", ["crv", "kty", "x", "y"]],
  ["OKP", ["crv", "kty", "x"]],
]);

/**
 * The thumbprint of a JWK of type `oct`, `RSA`, `EC` or `OKP`: 43 characters of base64url. Other members than the required ones,
 * private ones among them, change nothing. That of a secret tells nothing but whether a guess at it is right (RFC 7638 §7).
 * @throws TypeError that names the member at fault.
 */
export function jwkThumbprint(jwk: object): string {
  if (typeof jwk !== "object" || jwk === null) throw optionError("jwk", "a JWK", jwk);
  const members = bare(jwk as Readonly<Record<string, unknown>>);
  const required = REQUIRED_MEMBERS.get(members.kty);
  if (!required)
    throw new TypeError(`Expected \`jwk.kty\` to be one of ${[...REQUIRED_MEMBERS.keys()].join(", ")}, got ${other(members.kty)}`);
  const canonical = required.map((member) => {
    const value = members[member];
    requireText(value, `jwk.${member}`, "a string");
    return `${JSON.stringify(member)}:${JSON.stringify(value)}`;
  });
  const bytes = utf8Bytes(`{${canonical.join(",")}}`);
  try {
    return base64urlEncode(sha256(bytes));
  } finally {
    bytes.fill(0);
  }
}

/** The thumbprint of the JWK that would hold this key; undefined for a CryptoKey, which does not show its members. */
export function keyThumbprint(key: Pick<Key, "secret"> & { readonly jwk?: PublicJwk | undefined }): string | undefined {
  if (key.secret) return jwkThumbprint({ kty: "oct", k: base64urlEncode(key.secret) });
  return key.jwk && jwkThumbprint(key.jwk);
}

function other(kty: unknown): string {
  return typeof kty === "string" ? "another kind" : kindOf(kty);
}
