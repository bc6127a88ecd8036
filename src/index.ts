/** wasm-jwt: the public API. */
export type { Algorithm } from "./algorithms.js";
export { bearerToken } from "./bearer.js";
export { type Rejection, type RejectionCode, type VerdictCode, verdictName, verdictNumber } from "./codes.js";
export { decode, type UnverifiedJwt } from "./decode.js";
export { describeRejection, JwtError } from "./errors.js";
export type { KeyInput, KeyOptions, OctJwk, SecretKeyObject, SecretSource } from "./keys/secret.js";
export type { JwtClaims, Moment, VerifierOptions } from "./options.js";
export type { Acceptance, BatchVerdicts, JwtHeader, Verdict } from "./result.js";
export { createSigner, type Signer, type SignerOptions } from "./signer.js";
export { createVerifier, type Verifier } from "./verifier.js";
