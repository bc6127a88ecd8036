/** What signers and verifiers of bytes have in common: they know nothing of claims, and say so. */
import { mediaType } from "./headerNames.js";

/** Options of claims, of signers and of verifiers. */
const CLAIM_OPTIONS: readonly string[] = [
  ...["issuer", "audience", "subject", "jwtId", "nonce", "requiredClaims", "requireJwtId", "keyFrom"],
  ...["clockTolerance", "maxTokenAge", "maxLifetime", "ignoreExpiration", "ignoreNotBefore"],
  ...["issuers", "revocation", "replay", "validate"],
  ...["expiresIn", "notBefore", "issuedAt"],
];

/** @throws TypeError for an option of claims: nothing would be checked, or said, by it. */
export function refuseClaimOptions(options: unknown, instead: string): void {
  if (typeof options !== "object" || options === null) return;
  const name = CLAIM_OPTIONS.find((each) => Object.hasOwn(options, each));
  if (name)
    throw new TypeError(`Expected no option \`${name}\`: it is about claims, and a payload of bytes has none; \`${instead}\` has it`);
}

/** As the engine has it, before a semicolon or white space. */
const OF_JWT = /^(?:[^;\0-\x20]*[+/])?jwt(?:[;\0-\x20]|$)/;

/** Does this `typ` say that the payload is a claims set (RFC 7519 §5.1, RFC 8725 §3.11), with parameters or without? */
export function isTypeOfJwt(typ: string): boolean {
  return OF_JWT.test(mediaType(typ));
}
