/** Who is compared, in the order in which they are told, and what must be said beside their names. */

export const VERDICT = "wasm-jwt, verdict";
export const OBJECT = "wasm-jwt, object";
export const ONE_BY_ONE = "wasm-jwt, one by one";
export const HMAC = "createHmac";
export const CRYPTO_VERIFY = "crypto.verify";
export const BY_HAND = "node:crypto by hand";
export const FAST_JWT = "fast-jwt";
export const SIGN_BATCH = "wasm-jwt, signBatch";
export const FAST_JWT_SIGNER = "fast-jwt, signer";

export const KINDS = {
  engine: "wasm-jwt",
  native: "The platform’s own crypto",
  library: "JWT libraries",
  hmac: "Hash libraries, HMAC alone: no token is judged",
  peer: "Native programs, a process of their own",
  tags: "Native programs, tags alone: no token is judged",
};

const NOTES = {
  [VERDICT]: "all claims judged",
  "wasm-jwt, two claims": "and two claims read",
  [OBJECT]: "and claims read as an object",
  [ONE_BY_ONE]: "verify(), claims read",
  "wasm-jwt, verdict by promise": "signatures on the thread pool",
  [HMAC]: "HMAC alone, nothing judged",
  [CRYPTO_VERIFY]: "signature alone, nothing judged",
  "fast-jwt, cache": "every token met once",
};

/** `group` is the scenario's: where tokens come again, they are not met once. */
export const noteOf = (contender, group) => (group === "repeated" && contender === "fast-jwt, cache" ? undefined : NOTES[contender]);

const ORDER = [
  VERDICT,
  "wasm-jwt, verdict by promise",
  "wasm-jwt, two claims",
  OBJECT,
  ONE_BY_ONE,
  SIGN_BATCH,
  HMAC,
  CRYPTO_VERIFY,
  BY_HAND,
  "crypto.subtle, Promise.all",
  "crypto.subtle",
  FAST_JWT,
  "fast-jwt, cache",
  FAST_JWT_SIGNER,
  "@node-rs/jsonwebtoken",
  "jsonwebtoken",
  "jose",
];

/** Known contenders in their order, then the others in the order given. */
export function inOrder(names) {
  return [...ORDER.filter((name) => names.includes(name)), ...names.filter((name) => !ORDER.includes(name))];
}
