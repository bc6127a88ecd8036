/** The options of a signer, and those of its calls. */
/**
 * What a call adds to the claims sets that it signs, in place of what the signer's own options say. A claim that a claims set has itself
 * is a TypeError here. Times are in seconds, or text with a unit such as `"15m"`.
 */
import type { Duration } from "../base/durations.js";
import type { Moment } from "../base/moment.js";
import type { HeaderMembers } from "./joseHeader.js";
import type { SigningKeyInput } from "./signing.js";
export interface SignOptions {
  /** `exp` = time of signing + this. */
  readonly expiresIn?: Duration;
  /** `nbf` = time of signing + this. */
  readonly notBefore?: Duration;
  readonly issuer?: string;
  readonly audience?: string | readonly string[];
  readonly subject?: string;
  /** `jti`: "random" gives each token a random UUID (RFC 9562 §5.4); any other text is the id itself, of a single token. */
  readonly jwtId?: string;
}

export const SIGN_OPTION_NAMES = ["expiresIn", "notBefore", "issuer", "audience", "subject", "jwtId"] as const;

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

export const SIGNER_OPTION_NAMES: readonly (keyof SignerOptions)[] = [
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
