/** wasm-jwt: the public API. */

export type { Algorithm, PublicAlgorithm, SecretAlgorithm } from "./algorithms.js";
export { type Batcher, type BatcherOptions, type BatcherStats, createBatcher } from "./batcher.js";
export { bearerToken } from "./bearer.js";
export type { JwtClaims, JwtHeader } from "./claims.js";
export { type RefusedClaims, type Rejection, type RejectionCode, type VerdictCode, verdictName, verdictNumber } from "./codes.js";
export { decode, type UnverifiedJwt } from "./decode.js";
export { type DerivationOptions, type DerivedKeys, type DerivedKeysOptions, deriveKeys, deriveSecret } from "./derivedKeys.js";
export { type Duration, parseDuration } from "./durations.js";
export type { HeaderMembers } from "./joseHeader.js";
export { createJwsSigner, type JwsSigner, type JwsSignerOptions } from "./jwsSigner.js";
export {
  createJwsVerifier,
  type JwsAcceptance,
  type JwsBatchVerdicts,
  type JwsVerdict,
  type JwsVerifier,
  type JwsVerifierOptions,
} from "./jwsVerifier.js";
export { JwtError } from "./jwtError.js";
export type { AlgOption, WithAlg } from "./keys/alg.js";
export type { ExternalKeyOptions, SignatureBytes } from "./keys/external.js";
export type { AsymmetricJwk } from "./keys/jwk.js";
export type { JwkSet } from "./keys/jwkSet.js";
export type { KeyInput } from "./keys/key.js";
export type { PrivateKeyOptions, PrivateKeySource } from "./keys/private.js";
export type { PublicKeyInput, PublicKeyOptions, PublicKeySource } from "./keys/public.js";
export type { KeyOptions, OctJwk, SecretKeyInput, SecretKeyObject, SecretSource } from "./keys/secret.js";
export { signatureFromDer } from "./keys/signatureFromDer.js";
export type { KeySource } from "./keys/source.js";
export { createKeyTable, type KeyTable, type KeyTableOptions } from "./keyTable.js";
export type { HeaderReason, JsonReason, MalformedReason, PayloadReason, ShapeReason } from "./malformedReason.js";
export type { Moment } from "./moment.js";
export type { IssuerOptions, VerifierOptions } from "./options.js";
export type { AsymmetricKeyObject, WebCryptoKey } from "./platform.js";
export { describeRejection, OverloadError } from "./rejections.js";
export { type KeyResolver, type ResolvedKeys, resolveKeys } from "./resolvedKeys.js";
export type { ResolvedKeysOptions } from "./resolvedOptions.js";
export type { Acceptance, BatchVerdicts, Verdict } from "./result.js";
export { createSigner, type Signer } from "./signer.js";
export type { SignerOptions, SignOptions } from "./signerOptions.js";
export type { SigningKeyInput } from "./signing.js";
export type { BatchSizes, BatchStats, VerifierStats } from "./stats.js";
export { createVerifier, type Verifier } from "./verifier.js";
