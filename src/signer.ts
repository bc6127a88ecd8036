/**
 * Signers: claims in, tokens out (RFC 7519 §7.1). For devices that issue their own tokens, and for servers that issue tokens to devices.
 */
import { ClaimsSets, parseSigning, type SignOptions } from "./claimsSets.js";
import { atCaller } from "./errors.js";
import { type HeaderMembers, parseHeader } from "./joseHeader.js";
import { boolean, type JwtClaims, type Moment } from "./options.js";
import { ownOptions } from "./own.js";
import { openSigning, type Signing, type SigningKeyInput } from "./signing.js";

/** What a signer puts into every token. Times are in seconds, or text with a unit such as `"15m"`. */
export interface SignerOptions extends Omit<SignOptions, "jwtId"> {
  /**
   * The key to sign with: a secret, an object with a `privateKey`, or an object with a `sign` function, whose key is in an HSM or KMS. Its
   * `kid`, if any, goes into the header.
   */
  readonly key: SigningKeyInput;
  /** `iat` = time of signing; on unless false. */
  readonly issuedAt?: boolean;
  /** `jti`: "random" gives each token a random UUID (RFC 9562 §5.4). */
  readonly jwtId?: "random";
  /** `typ` in the header; "JWT" unless given, left out when null. */
  readonly typ?: string | null;
  /**
   * More members of the JOSE header (RFC 7515 §4), as JSON: `cty`, `x5c`, your own. Not `alg`, `kid`, `typ`, `b64`, nor those of encryption. What
   * `crit` names must be there.
   */
  readonly header?: HeaderMembers;
  /** The time to sign at instead of the clock. */
  readonly currentDate?: Moment | (() => Moment);
  readonly allowWeakSecrets?: boolean;
}

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

const OPTION_NAMES: readonly (keyof SignerOptions)[] = [
  "key",
  "expiresIn",
  "notBefore",
  "issuedAt",
  "issuer",
  "audience",
  "subject",
  "jwtId",
  "typ",
  "header",
  "currentDate",
  "allowWeakSecrets",
];

/**
 * Makes a signer. Its secret is loaded into the engine at once and no copy of it is kept; a private key stays with the platform.
 * @throws TypeError for a wrong option, naming it.
 */
export const createSigner = /* @__PURE__ */ atCaller(function createSigner(given: SignerOptions): Signer {
  const options = ownOptions(given, "options", OPTION_NAMES);
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
