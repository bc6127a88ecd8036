/** wasm-jwt/keyring: keys that change, for Node and browsers. */
export type { AlgOption } from "../keys/alg.js";
export type { JwkSet } from "../keys/jwkSet.js";
export type { KeySource } from "../sources/keySource.js";
export { type CallbackOptions, callback, type RefreshOptions } from "./callback.js";
export { type DiscoverOptions, discover } from "./discover.js";
export type { FetchOptions, FetchRequest, FetchResponse } from "./document.js";
export type { HeadersOption } from "./headers.js";
export type { RingKeyInput, RingKeysInput } from "./input.js";
export type { KeyList, Validity } from "./jwks.js";
export type { KeyRing, KeyRingOptions, KeyRingReload, KeyRingStatus } from "./keyRing.js";
export type { CloseSignal, Loaded, LoadRequest, RingSource, Watching } from "./loading.js";
export { type RemoteOptions, remote } from "./remote.js";
export { createKeyRing } from "./ring.js";
export { jwkThumbprint } from "./thumbprint.js";
