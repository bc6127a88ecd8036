/** Finds the tokens of a request (RFC 6750 §2), all of them. */
import { bearerToken } from "../../bearer.js";
import { type Denial, MALFORMED_FIELD, MALFORMED_HEADER, SEVERAL_TOKENS } from "./denial.js";
import { bodyValues, cookieValues, queryValues } from "./fields.js";
import type { Incoming } from "./incoming.js";
import type { Sources } from "./options.js";

/** The one token of a request, undefined where there is none. */
export interface Found {
  readonly denial: undefined;
  readonly token: string | undefined;
  /** Caches that others share must not keep the answer (RFC 6750 §2.3). */
  readonly isInQuery: boolean;
}

/** Why it is not a proper request. */
export interface NotFound {
  readonly denial: Denial;
}

/** The scheme by itself, or among several credentials in one field. Others are of no concern here: they are no token. */
const BEARER = /(?:^|,)[ \t]*bearer(?:[ \t,]|$)/i;

/** The token of the request, `given` by the caller's own function among them; or why it is not a proper request. */
export function findToken(sources: Sources<never>, incoming: Incoming, given: string | undefined): Found | NotFound {
  const tokens: unknown[] = given === undefined ? [] : [given];
  const authorization = sources.header ? incoming.header("authorization") : undefined;
  if (authorization !== undefined) {
    if (incoming.hasSeveralAuthorizations) return { denial: SEVERAL_TOKENS };
    const token = bearerToken(authorization);
    if (token === undefined && BEARER.test(authorization)) return { denial: MALFORMED_HEADER };
    if (token !== undefined) tokens.push(token);
  }
  if (sources.cookie !== undefined) tokens.push(...cookieValues(incoming.header("cookie") ?? "", sources.cookie));
  const inQuery = sources.query === undefined ? [] : queryValues(incoming.url, sources.query);
  tokens.push(...inQuery);
  if (sources.body !== undefined && hasBody(incoming.method)) tokens.push(...bodyValues(incoming.body, sources.body));
  if (tokens.length > 1) return { denial: SEVERAL_TOKENS };
  const [token] = tokens;
  if (tokens.length === 1 && typeof token !== "string") return { denial: MALFORMED_FIELD };
  return { denial: undefined, token: token as string | undefined, isInQuery: inQuery.length > 0 };
}

/** Whether a body means anything to the method (RFC 6750 §2.2, RFC 9110 §9.3). */
export function hasBody(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}
