/** The token in an Authorization header (RFC 6750 §2.1). */

/** The scheme in any case (RFC 9110 §11.1), spaces, then one b64token and nothing else. */
const BEARER = /^ *bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/**
 * The token in the value of an `Authorization` header, or undefined where there is none: another scheme, several
 * values, characters no token has. What is returned is still to be verified.
 */
export function bearerToken(headerValue: string | null | undefined): string | undefined {
  return typeof headerValue === "string" ? BEARER.exec(headerValue)?.[1] : undefined;
}
