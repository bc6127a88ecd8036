/** wasm-jwt/sessions: connections that end with their tokens. */
export {
  createSessionRegistry,
  type SessionEnd,
  type SessionHandle,
  type SessionRegistry,
  type SessionRegistryOptions,
} from "./registry.js";
export { type SessionToken, sessionToken } from "./token.js";
