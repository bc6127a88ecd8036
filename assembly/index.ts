/** The engine's exports: all a host can call. Numbers and addresses only. */
import { placeInitialState } from "./hmac";
import { spreadRoundConstants } from "./lanes";
import { keyHashes } from "./sipHash";

export { decodeBase64url, encodeBase64url } from "./base64url";
export { forgetFirstBlocksOf } from "./firstBlocks";
export { forget } from "./forget";
export { hmac, keyMidstates, sha256 } from "./hmac";
export { hmac512, keyMidstates512, sha512 } from "./hmac512";
export { isJson } from "./json";
export { keyMidstatesOf } from "./keyMidstates";
export { readKeyName } from "./keyName";
export { enterNames, findName, moveNames, removeName } from "./names";
export { enterRevocations, findRevocation, moveRevocations, sweepRevocations } from "./revocationTable";
export { signTokens } from "./sign";
export { finishAuthentic, rejectRevoked, resumeWithNumbers, verifyTokens } from "./verify";
export { wipeKernel, wipeKernel512 } from "./wipe";

/** Fills the tables and keys the hash of names; once, before anything else. */
export function start(key0: u64, key1: u64): void {
  spreadRoundConstants();
  placeInitialState();
  keyHashes(key0, key1);
}
