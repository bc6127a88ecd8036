/** wasm-jwt/revocation: what is revoked, and what may be used once. */
export type { OnceOnly, Replays, RevocationCounts, Revocations } from "../verify/revocations.js";
export type {
  RevocationEntry,
  RevocationInput,
  RevocationSource,
  RevokedIssue,
  RevokedKey,
  RevokedSubject,
  RevokedToken,
  TokenIdentity,
} from "./entry.js";
export { createRevocationList, type RevocationHealth, type RevocationList, type RevocationListOptions } from "./list.js";
export type { TokenPair } from "./pairs.js";
export { createRefresher, type Refreshed, type Refresher } from "./refresher.js";
export type { RefresherOptions } from "./refresherOptions.js";
export { createReplayGuard, type ReplayGuard, type ReplayGuardOptions } from "./replayGuard.js";
export type { Passed, RevocationSink, RevocationStore } from "./store.js";
