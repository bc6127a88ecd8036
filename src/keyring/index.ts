/** wasm-jwt/keyring: keys that change, for Node and browsers. */
export type { AlgOption } from "../keys/alg.js";
export type { JwkSet } from "../keys/jwkSet.js";
export type { KeySnapshot, KeySource } from "../keys/source.js";
export { type CallbackOptions, callback } from "./callback.js";
export { type DiscoverOptions, discover } from "./discover.js";
export type { FetchOptions, FetchRequest, FetchResponse } from "./document.js";
export type { HeadersOption } from "./headers.js";
export type { RingKeyInput, RingKeysInput } from "./input.js";
export type { Validity } from "./jwks.js";
export type { KeyRing, KeyRingOptions, KeyRingReload, KeyRingStatus } from "./keyRing.js";
export type { RingSource } from "./loading.js";
export { type RemoteOptions, remote } from "./remote.js";
export { createKeyRing } from "./ring.js";
export { jwkThumbprint } from "./thumbprint.js";
