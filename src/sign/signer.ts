/**
 * Signers: claims in, tokens out (RFC 7519 §7.1). For devices that issue their own tokens, and for servers that issue tokens to devices.
 */
import { boolean } from "../base/check.js";
import type { JwtClaims } from "../base/claims.js";
import { atCaller } from "../base/errors.js";
import { ownOptions } from "../base/own.js";
import { ClaimsSets, parseSigning } from "./claimsSets.js";
import { parseHeader } from "./joseHeader.js";
import { SIGNER_OPTION_NAMES, type SignerOptions, type SignOptions } from "./signerOptions.js";
import { openSigning, type Signing } from "./signing.js";

/**
 * Signs claims sets with one key. With a private key, `sign` and `signBatch` take a runtime that has `node:crypto`; with a key that signs
 * elsewhere, only the promises can be kept. Its functions may be passed around by themselves.
 */
export interface Signer {
  /**
   * Signs one claims set.
   * @throws TypeError when it is no object, not JSON, makes a token over 262,144 bytes, or has a NumericDate that is not a finite number of
   * seconds; when an option is wrong, or says a claim that the claims set has.
   */
  sign(claims: JwtClaims, options?: SignOptions): string;
  /** Signs many, in order, with the same options. @throws TypeError as `sign`, before anything is signed. */
  signBatch(claims: readonly JwtClaims[], options?: SignOptions): string[];
  /** As `sign`, a private key being used on the runtime's thread pool. Rejects also where a key that signs elsewhere fails or is too slow. */
  signAsync(claims: JwtClaims, options?: SignOptions): Promise<string>;
  /** As `signBatch`, side by side on the runtime's thread pool. */
  signBatchAsync(claims: readonly JwtClaims[], options?: SignOptions): Promise<string[]>;
}

/**
 * Makes a signer. Its secret is loaded into the engine at once and no copy of it is kept; a private key stays with the platform.
 * @throws TypeError for a wrong option, naming it.
 */
export const createSigner = /* @__PURE__ */ atCaller(function createSigner(given: SignerOptions): Signer {
  const options = ownOptions(given, "options", SIGNER_OPTION_NAMES);
  const plan = parseSigning(options);
  const encodeHeader = parseHeader(options.typ === undefined ? "JWT" : options.typ, options.header);
  const signing = openSigning(options.key, encodeHeader, boolean(options.allowWeakSecrets, "allowWeakSecrets"));
  return signerOf(signing, new ClaimsSets(plan, signing.overhead));
});

function signerOf(signing: Signing, sets: ClaimsSets): Signer {
  return {
    sign: (claims, options) => signing.sign(sets.payloads([claims], options))[0] as string,
    signBatch: (claims, options) => signing.sign(sets.payloads(claims, options)),
    signAsync: async (claims, options) => (await signing.signAsync(sets.payloads([claims], options)))[0] as string,
    signBatchAsync: async (claims, options) => signing.signAsync(sets.payloads(claims, options)),
  };
}
