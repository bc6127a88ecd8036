/** A key, once it is parsed: a secret for the engine, or a public key for the platform. Never one for the other. */
import type { PublicAlgorithm, SecretAlgorithm } from "../base/algorithms.js";
import type { PublicJwk, VerificationKey } from "../runtime/platform.js";

export type Key = SecretKey | PublicKey;

/** A key as the engine loads it. */
export interface SecretKey {
  readonly kid: string | undefined;
  readonly algorithm: SecretAlgorithm;
  /** A private copy. */
  readonly secret: Uint8Array;
  readonly isDefault: boolean;
}

/** A key as the verifier holds it. */
export interface PublicKey {
  readonly kid: string | undefined;
  readonly algorithm: PublicAlgorithm;
  readonly isDefault: boolean;
  readonly verification: VerificationKey;
  /** Its members; undefined for a CryptoKey, which does not show them at once. */
  readonly jwk: PublicJwk | undefined;
  /** It has none: a SecretKey is told by having one. */
  readonly secret: undefined;
}
