/** wasm-jwt/revocation/node: revocations in a file. */
export { file, type RevocationFileOptions } from "./file.js";
