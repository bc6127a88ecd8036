/** What a registry of sessions is told of a token. */
import { isPromise } from "../../base/own.js";
import type { SessionToken } from "../../sessions/token.js";

/**
 * What the caller's own function says of a verdict.
 * @throws TypeError for what is no object: for a promise, the registry would know neither when it ends nor what revokes it.
 */
export function sessionOf<Auth>(session: (auth: Auth) => SessionToken, auth: Auth): SessionToken {
  const token: unknown = session(auth);
  const isLater = isPromise(token);
  if (isLater) Promise.resolve(token).catch(() => {});
  if (typeof token !== "object" || token === null || isLater) throw new TypeError("Expected `session` to give an object");
  return token;
}
