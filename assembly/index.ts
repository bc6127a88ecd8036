/** The engine's exports: all a host can call. Numbers and addresses only. */
import { placeInitialState } from "./hmac";
import { seedHashes } from "./keys";
import { spreadRoundConstants } from "./sha256x5";

export { decodeBase64url, encodeBase64url } from "./base64url";
export { forget } from "./forget";
export { hmac, keyMidstates, sha256 } from "./hmac";
export { hmac512, keyMidstates512, sha512 } from "./hmac512";
export { isJson } from "./json";
export { enterKey } from "./keys";
export { signTokens } from "./sign";
export { judgeAgain, judgeAuthentic, verifyTokens } from "./verify";
export { wipeKernel, wipeKernel512 } from "./wipe";

/** Fills the tables and seeds the hashes of names; once, before anything else. */
export function start(seed: u32): void {
  spreadRoundConstants();
  placeInitialState();
  seedHashes(seed);
}
