/** Pairs of tokens, as a refresher signs them: an access token and a refresh token of one login. */
import { requireObject } from "../base/check.js";
import type { JwtClaims } from "../base/claims.js";
import { optionError } from "../base/errors.js";
import { isPlainData, ownMember } from "../base/own.js";
import { answerOf } from "../runtime/deadline.js";
import { pause } from "../runtime/timer.js";
import type { TokenIdentity } from "./entry.js";
import { accessId, type Generation } from "./family.js";
import { claimsOf, type Grant, identitiesOf } from "./grant.js";
import type { RefresherPlan } from "./refresherOptions.js";

/** What a client gets (RFC 6749 §5.1). */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** For how many seconds the access token is valid. */
  readonly expiresIn: number;
  /** Names the login, for `endFamily`: 22 characters. The `jti` of each of its tokens begins with it. */
  readonly family: string;
}

/** A pair that was signed. */
export interface Issued extends Generation {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** What the refresh token says. */
  readonly identity: TokenIdentity;
  readonly iat: number;
  readonly accessExp: number;
  /** When it was issued, by the clock, in whole seconds. */
  readonly second: number;
}

/** Claims that are the refresher's to set. */
const OWN_CLAIMS = ["jti", "iat", "exp"] as const;
/** A pair whose `iat` is so few seconds ahead, after log-outs in the same millisecond, is held back until then. */
const LONGEST_REST = 0.1;

/** What `accessClaims` adds to the claims of a login. */
export async function moreClaims({ accessClaims, timeout }: RefresherPlan, claims: JwtClaims): Promise<JwtClaims> {
  const more = accessClaims ? await answerOf("`accessClaims`", timeout, () => accessClaims(claims)) : {};
  requireClaims(more, "accessClaims()");
  return { ...more };
}

/** @throws TypeError for claims that a refresher does not sign. */
export function requireClaims(claims: unknown, name: string): void {
  requireObject(claims, name, "a claims set");
  if (!isPlainData(claims as JwtClaims)) throw optionError(name, "a plain object, without `toJSON`", claims);
  const own = OWN_CLAIMS.find((claim) => ownMember(claims as JwtClaims, claim) !== undefined);
  if (own) throw new TypeError(`Expected \`${name}\` to have no \`${own}\`: it is the refresher's to set`);
}

/** Tokens of a family, issued at `now`, with an `iat` that no log-out before this one reaches. */
export async function issue(
  plan: RefresherPlan,
  { family, number, end, claims }: Omit<Grant, "iat" | "exp">,
  more: JwtClaims,
  now: number,
): Promise<Issued> {
  const { accessSigner, refreshSigner, revocations, accessLifetime, refreshLifetime, timeout } = plan;
  const second = Math.floor(now);
  const until = (seconds: number) => Math.min(second + seconds, end ?? Number.POSITIVE_INFINITY);
  const exp = until(refreshLifetime);
  const accessExp = until(accessLifetime);
  const sign = async (iat: number) => {
    const [accessToken, refreshToken] = await Promise.all([
      answerOf("`accessSigner`", timeout, () =>
        accessSigner.signAsync({ ...claims, ...more, jti: accessId({ family, number }), iat, exp: accessExp }),
      ),
      answerOf("`refreshSigner`", timeout, () => refreshSigner.signAsync(claimsOf({ family, number, iat, exp, end, claims }))),
    ]);
    const { refresh: identity, access } = identitiesOf(refreshToken, accessToken);
    // What the signers add, such as `iss`, is known now.
    const least = Math.max(revocations.issueTime(identity, now), revocations.issueTime(access, now));
    return { accessToken, refreshToken, identity, iat, least };
  };
  const first = await sign(revocations.issueTime({}, now));
  const signed = first.least > first.iat ? await sign(first.least) : first;
  return { ...signed, family, number, accessExp, second };
}

/** A pair as a client gets it, when its `iat` has come. */
export async function pairOf(
  { accessLifetime, now }: RefresherPlan,
  { accessToken, refreshToken, family, iat, accessExp }: Issued,
): Promise<TokenPair> {
  const early = iat - now();
  if (early > 0 && early <= LONGEST_REST) await pause((Math.ceil(1000 * early) + 1) / 1000);
  const expiresIn = Math.min(Math.max(accessExp - Math.floor(now()), 0), accessLifetime);
  return { accessToken, refreshToken, expiresIn, family };
}
