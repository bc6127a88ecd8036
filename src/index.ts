/** wasm-jwt: the public API. */

export type { Algorithm, PublicAlgorithm, SecretAlgorithm } from "./base/algorithms.js";
export type { JwtClaims, JwtHeader } from "./base/claims.js";
export { type RefusedClaims, type Rejection, type RejectionCode, type VerdictCode, verdictName, verdictNumber } from "./base/codes.js";
export { type Duration, parseDuration } from "./base/durations.js";
export { JwtError } from "./base/jwtError.js";
export type { HeaderReason, JsonReason, MalformedReason, PayloadReason, ShapeReason } from "./base/malformedReason.js";
export type { Moment } from "./base/moment.js";
export { describeRejection, OverloadError } from "./base/rejections.js";
export type { AlgOption, WithAlg } from "./keys/alg.js";
export type { ExternalKeyOptions, SignatureBytes } from "./keys/external.js";
export type { AsymmetricJwk } from "./keys/jwk.js";
export type { JwkSet } from "./keys/jwkSet.js";
export type { KeyInput } from "./keys/key.js";
export type { PrivateKeyOptions, PrivateKeySource } from "./keys/private.js";
export type { PublicKeyInput, PublicKeyOptions, PublicKeySource } from "./keys/public.js";
export type { KeyOptions, OctJwk, SecretKeyInput, SecretKeyObject, SecretSource } from "./keys/secret.js";
export { signatureFromDer } from "./keys/signatureFromDer.js";
export type { AsymmetricKeyObject, WebCryptoKey } from "./runtime/platform.js";
export type { HeaderMembers } from "./sign/joseHeader.js";
export { createJwsSigner, type JwsSigner, type JwsSignerOptions } from "./sign/jwsSigner.js";
export { createSigner, type Signer } from "./sign/signer.js";
export type { SignerOptions, SignOptions } from "./sign/signerOptions.js";
export type { SigningKeyInput } from "./sign/signing.js";
export { type DerivationOptions, type DerivedKeys, type DerivedKeysOptions, deriveKeys, deriveSecret } from "./sources/derivedKeys.js";
export type { KeySource } from "./sources/keySource.js";
export { createKeyTable, type KeyTable, type KeyTableOptions } from "./sources/keyTable.js";
export { type KeyResolver, type ResolvedKeys, resolveKeys } from "./sources/resolvedKeys.js";
export type { ResolvedKeysOptions } from "./sources/resolvedOptions.js";
export { bearerToken } from "./token/bearer.js";
export { decode, type UnverifiedJwt } from "./token/decode.js";
export { type Batcher, type BatcherOptions, type BatcherStats, createBatcher } from "./verify/batcher.js";
export { createVerifier } from "./verify/createVerifier.js";
export {
  createJwsVerifier,
  type JwsAcceptance,
  type JwsBatchVerdicts,
  type JwsVerdict,
  type JwsVerifier,
  type JwsVerifierOptions,
} from "./verify/jwsVerifier.js";
export type { IssuerOptions, VerifierOptions } from "./verify/options.js";
export type { OnceOnly, Replays, RevocationCounts, Revocations } from "./verify/revocations.js";
export type { BatchSizes, BatchStats, VerifierStats } from "./verify/stats.js";
export type { Acceptance, BatchVerdicts, Verdict } from "./verify/verdict.js";
export type { Verifier } from "./verify/verifier.js";
