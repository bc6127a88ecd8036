/** wasm-jwt: the public API. */
export type { Algorithm, PublicAlgorithm, SecretAlgorithm } from "./algorithms.js";
export { bearerToken } from "./bearer.js";
export { type Rejection, type RejectionCode, type VerdictCode, verdictName, verdictNumber } from "./codes.js";
export { decode, type UnverifiedJwt } from "./decode.js";
export { type DerivationOptions, type DerivedKeys, type DerivedKeysOptions, deriveKeys, deriveSecret } from "./derivedKeys.js";
export { describeRejection, JwtError } from "./errors.js";
export type { AsymmetricJwk } from "./keys/jwk.js";
export type { KeyInput } from "./keys/key.js";
export type { PrivateKeyOptions, PrivateKeySource } from "./keys/private.js";
export type { PublicKeyOptions, PublicKeySource } from "./keys/public.js";
export type { KeyOptions, OctJwk, SecretKeyObject, SecretSource } from "./keys/secret.js";
export { createKeyTable, type KeyTable, type KeyTableOptions } from "./keyTable.js";
export type { IssuerOptions, JwtClaims, Moment, VerifierOptions } from "./options.js";
export type { AsymmetricKeyObject, WebCryptoKey } from "./platform.js";
export { type KeyResolver, type ResolvedKeys, type ResolvedKeysOptions, resolveKeys } from "./resolvedKeys.js";
export type { Acceptance, BatchVerdicts, JwtHeader, Verdict } from "./result.js";
export { createSigner, type Signer, type SignerOptions } from "./signer.js";
export { createVerifier, type Verifier } from "./verifier.js";
