/** wasm-jwt/keyring: keys that change, for Node and browsers. */
export type { JwkSet } from "../keys/jwkSet.js";
export type { KeySource } from "../keys/source.js";
export { type CallbackOptions, callback, type RefreshOptions } from "./callback.js";
export type { RingKeyInput, RingKeysInput } from "./input.js";
export type { KeyList, Validity } from "./jwks.js";
export type { KeyRing, KeyRingOptions, KeyRingReload, KeyRingStatus } from "./keyRing.js";
export type { CloseSignal, Loaded, LoadRequest, RingSource, Watching } from "./loading.js";
export { type FetchRequest, type FetchResponse, type RemoteOptions, remote } from "./remote.js";
export { createKeyRing } from "./ring.js";
export { jwkThumbprint } from "./thumbprint.js";
