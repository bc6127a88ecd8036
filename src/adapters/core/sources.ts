/** Finds the tokens of a request (RFC 6750 §2), all of them. */
import { bearerToken } from "../../token/bearer.js";
import { type Denial, MALFORMED_FIELD, MALFORMED_HEADER, SEVERAL_TOKENS } from "./denial.js";
import { bodyValues, cookieValues, queryValues } from "./fields.js";
import type { Incoming } from "./incoming.js";
import type { Place, Sources } from "./options.js";

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

const NONE: Found = { denial: undefined, token: undefined, isInQuery: false };

/** What a request brings. */
export interface Brought {
  readonly incoming: Incoming;
  /** What the caller's own function gave. */
  readonly given: string | undefined;
  /** Is an empty value no token, rather than a bad one? */
  readonly mayBeEmpty: boolean;
}

/**
 * The token of the request, or why it is not a proper request. Places of equal rank are looked at together, so that there is one token in
 * all of them; those of a lower rank only where the places before them have none.
 */
export function findToken(sources: Sources<never>, brought: Brought): Found | NotFound {
  for (const places of sources.ranks) {
    const found = oneIn(places, sources, brought);
    if (found.denial || found.token !== undefined) return found;
  }
  return NONE;
}

function oneIn(places: readonly Place[], sources: Sources<never>, brought: Brought): Found | NotFound {
  const tokens: unknown[] = [];
  let isInQuery = false;
  for (const place of places) {
    const values = valuesIn(place, sources, brought);
    if (!Array.isArray(values)) return { denial: values as Denial };
    for (const value of values as readonly unknown[]) {
      if (value === "" && brought.mayBeEmpty) continue;
      tokens.push(value);
      isInQuery ||= place === "query";
    }
  }
  if (tokens.length > 1) return { denial: SEVERAL_TOKENS };
  const [token] = tokens;
  if (tokens.length === 1 && typeof token !== "string") return { denial: MALFORMED_FIELD };
  return { denial: undefined, token: token as string | undefined, isInQuery };
}

function valuesIn(place: Place, sources: Sources<never>, { incoming, given }: Brought): readonly unknown[] | Denial {
  switch (place) {
    case "header":
      return authorizationIn(incoming);
    case "cookie":
      return cookieValues(incoming.header("cookie") ?? "", sources.cookie as string);
    case "query":
      return queryValues(incoming.url, sources.query as string);
    case "body":
      return hasBody(incoming.method) ? bodyValues(incoming.body, sources.body as string) : [];
    case "from":
      return given === undefined ? [] : [given];
  }
}

/** The scheme by itself, or among several credentials in one field. Others are of no concern here: they are no token. */
const BEARER = /(?:^|,)[ \t]*bearer(?:[ \t,]|$)/i;

function authorizationIn(incoming: Incoming): readonly string[] | Denial {
  const authorization = incoming.header("authorization");
  if (authorization === undefined) return [];
  if (incoming.hasSeveralAuthorizations) return SEVERAL_TOKENS;
  const token = bearerToken(authorization);
  if (token !== undefined) return [token];
  return BEARER.test(authorization) ? MALFORMED_HEADER : [];
}

/** Whether a body means anything to the method (RFC 6750 §2.2, RFC 9110 §9.3). */
export function hasBody(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}
