/** Refresh tokens as a refresher makes and reads them: a family, a number in it, and the claims of the login. */
import { CLAIM_INVALID, EXPIRED, MALFORMED, TYPE_MISMATCH } from "../abi.js";
import type { JwtClaims } from "../base/claims.js";
import { type Rejection, rejection } from "../base/codes.js";
import { ownMember, partMember } from "../base/own.js";
import { decode, type UnverifiedJwt } from "../token/decode.js";
import { isAccepted, type Verdict } from "../verify/verdict.js";
import type { TokenIdentity } from "./entry.js";
import { type Generation, generationOf, refreshId } from "./family.js";

/** Header `typ` of refresh tokens: nothing else is taken for one, and verifiers with a `typ` of their own take them for nothing else. */
const REFRESH_TYPE = "rt+jwt";

/** What a refresh token says. Times are in seconds. */
export interface Grant extends Generation {
  readonly iat: number;
  readonly exp: number;
  /** When its family ends, if it is to. */
  readonly end: number | undefined;
  /** Those of the login. */
  readonly claims: JwtClaims;
}

/** What an authentic refresh token says, be it spent, revoked or neither. */
export interface AuthenticGrant extends Grant {
  readonly identity: TokenIdentity;
  /** What its verifier said, if by its own list or guard it is revoked, or was used before. */
  readonly rejected: Rejection | undefined;
}

/** The claims set of a refresh token. Issuer and subject are those of the login, if it has them, else the signer's. */
export function claimsOf(grant: Grant): JwtClaims {
  const { iat, exp, end, claims } = grant;
  const iss = ownMember(claims, "iss");
  const sub = ownMember(claims, "sub");
  return {
    ...(iss !== undefined && { iss }),
    ...(sub !== undefined && { sub }),
    jti: refreshId(grant),
    iat,
    exp,
    ...(end !== undefined && { end }),
    claims,
  };
}

/** Reads a refresh token of which a verifier said this. */
export function grantOf(token: string, verdict: Verdict<unknown>): AuthenticGrant | Rejection {
  // These two are judged last: all else about such a token is right, and whether it is spent is not for its verifier to say.
  if (!isAccepted(verdict) && verdict.code !== "REVOKED" && verdict.code !== "REPLAYED") return verdict;
  const parts = decode(token);
  if (!parts) return rejection(MALFORMED);
  if (typeOf(parts) !== REFRESH_TYPE) return rejection(TYPE_MISMATCH);
  const claim = <Name extends keyof Grant>(name: Name) => ownMember(parts.unverifiedClaims, name) as Grant[Name];
  const identity = identityOf(parts);
  const generation = generationOf(identity.jti);
  if (!generation) return rejection(CLAIM_INVALID, "jti");
  if (typeof claim("exp") !== "number") return rejection(EXPIRED);
  return {
    ...generation,
    iat: claim("iat"),
    exp: claim("exp"),
    end: claim("end"),
    claims: claim("claims"),
    identity: { ...identity, kid: isAccepted(verdict) ? partMember(verdict, "keyName") : undefined },
    rejected: isAccepted(verdict) ? undefined : verdict,
  };
}

/** What is known of the tokens of a new pair. */
export interface PairIdentities {
  readonly refresh: TokenIdentity;
  readonly access: TokenIdentity;
}

/**
 * What the tokens of a pair say of themselves; an access token that is no JWT says nothing. All verifiers must be able to tell the two kinds
 * apart.
 * @throws TypeError that names the signer which does not see to it.
 */
export function identitiesOf(refreshToken: string, accessToken: string): PairIdentities {
  const refresh = decode(refreshToken);
  if (!refresh || typeOf(refresh) !== REFRESH_TYPE) throw new TypeError(`Expected \`refreshSigner\` to have \`typ: "${REFRESH_TYPE}"\``);
  const access = decode(accessToken);
  if (access && typeOf(access) === REFRESH_TYPE)
    throw new TypeError(`Expected \`accessSigner\` to have another \`typ\` than "${REFRESH_TYPE}", which is that of refresh tokens`);
  return { refresh: identityOf(refresh), access: access ? identityOf(access) : {} };
}

function typeOf({ unverifiedHeader }: UnverifiedJwt): unknown {
  return ownMember(unverifiedHeader, "typ");
}

/** `kid` is that of the header: the name of the key, where it names one. */
function identityOf({ unverifiedHeader, unverifiedClaims }: UnverifiedJwt): TokenIdentity {
  const claim = (name: "iss" | "sub" | "jti" | "iat") => ownMember(unverifiedClaims, name) as never;
  return {
    iss: claim("iss"),
    sub: claim("sub"),
    jti: claim("jti"),
    iat: claim("iat"),
    kid: ownMember(unverifiedHeader, "kid") as string | undefined,
  };
}
