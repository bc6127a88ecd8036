/** What a session must know of its token. */
import type { JwtClaims } from "../base/claims.js";
import { ownMember, partMember } from "../base/own.js";
import type { TokenIdentity } from "../revocation/entry.js";
import type { Acceptance } from "../verify/verdict.js";

/** A token by what it can be revoked by, and when it expires; times are in seconds. */
export interface SessionToken extends TokenIdentity {
  /** Without it, it never does. */
  readonly exp?: number | undefined;
}

/** This of a token that a verifier has accepted. Its `kid` is the name that its key was found by; that of its header, where there is none. */
export function sessionToken(accepted: Pick<Acceptance<object>, "claims" | "header" | "keyName">): SessionToken {
  const claims = accepted.claims as JwtClaims;
  const claim = (name: string) => ownMember(claims, name);
  const kid = partMember(accepted, "keyName") ?? ownMember(accepted.header, "kid");
  return {
    iss: text(claim("iss")),
    sub: text(claim("sub")),
    jti: text(claim("jti")),
    kid: text(kid),
    iat: seconds(claim("iat")),
    exp: seconds(claim("exp")),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
