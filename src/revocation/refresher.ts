/**
 * A refresher: issues access tokens for refresh tokens (RFC 6749 §1.5, §6). A refresh token is good for one rotation; when one is used again,
 * somebody has a copy, and all of its family ends (RFC 9700 §4.14.2). What it remembers is one entry a family in a revocation list.
 */
import { EXPIRED, MALFORMED, REPLAYED, REVOCATION_STALE, REVOKED } from "../abi.js";
import { isPlain } from "../claimsSets.js";
import { type Rejection, rejection } from "../codes.js";
import { optionError } from "../errors.js";
import { clock, type JwtClaims, type Moment, whole } from "../options.js";
import { isPart, ownMember, ownOptions } from "../own.js";
import type { Signer } from "../signer.js";
import type { Verifier } from "../verifier.js";
import type { RevocationEntry } from "./entry.js";
import {
  accessId,
  accessTokens,
  ENDED,
  ended,
  type Generation,
  isFamily,
  MOST_ACCESS_TOKENS,
  newFamily,
  spent,
  subjectOf,
} from "./family.js";
import { type AuthenticGrant, claimsOf, type Grant, grantOf, requireTypes } from "./grant.js";
import type { RevocationList } from "./list.js";

/** Claims that are the refresher's to set. */
const OWN_CLAIMS = ["jti", "iat", "exp"] as const;

/** Lifetimes are whole seconds. */
export interface RefresherOptions {
  /** Verifies refresh tokens: with their keys, issuer and audience. What is revoked, the refresher asks `revocations` itself. */
  readonly verifier: Pick<Verifier<unknown>, "verifyAsync">;
  /** Signs access tokens. */
  readonly accessSigner: Pick<Signer, "signAsync">;
  /** Signs refresh tokens, with `typ: "rt+jwt"`, and best with a key that verifiers of access tokens do not have. */
  readonly refreshSigner: Pick<Signer, "signAsync">;
  /** Where access tokens are revoked, and all that concerns refresh tokens is asked: verifiers of access tokens have it as `revocation`. */
  readonly revocations: RevocationList;
  /**
   * Remembers which refresh tokens are spent and which families have ended, in place of `revocations`: refreshers alone need to know, and
   * verifiers look up less without it. It must be kept as well as the other one.
   */
  readonly families?: RevocationList;
  readonly accessLifetime: number;
  /** For how long a refresh token can be used; each rotation begins it anew. */
  readonly refreshLifetime: number;
  /** For how long after the login all of its tokens end, however often they are refreshed; without it, never. */
  readonly familyLifetime?: number;
  /**
   * Claims of an access token besides those of the login, which it is given: what has to be looked up each time. It is called before the
   * refresh token is spent; what it throws is thrown by `start` and `refresh`.
   */
  readonly accessClaims?: (claims: JwtClaims) => JwtClaims | Promise<JwtClaims>;
  /** The refresher's clock instead of the system's; that of its list should be the same. */
  readonly currentDate?: () => Moment;
}

/** What a client gets (RFC 6749 §5.1). */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** For how many seconds the access token is valid. */
  readonly expiresIn: number;
  /** Names the login, for `endFamily`: 22 characters. The `jti` of each of its tokens begins with it. */
  readonly family: string;
}

/** A new pair, or why there is none. A refresh token that was used before is REPLAYED; one of a family that has ended, REVOKED. */
export type Refreshed = (TokenPair & { readonly ok: true }) | Rejection;

/** Promises are rejected where nothing can be said of a token: signers, `accessClaims` or the list's store have failed. */
export interface Refresher {
  /**
   * The first pair of a family, after a login. The claims become those of its access tokens, now and whenever they are refreshed; the
   * refresh tokens carry them, readable to whoever holds one.
   * @throws TypeError (as a rejection) for claims that cannot be signed, or that have `jti`, `iat` or `exp`.
   */
  start(claims: JwtClaims): Promise<TokenPair>;
  /**
   * A new pair for a refresh token, which is spent: of several calls with it one gets a pair, and the others end the family. A pair is handed
   * out when the store has that. Where the store fails, none is, and the token is spent here all the same.
   */
  refresh(refreshToken: string): Promise<Refreshed>;
  /** Ends the family of a refresh token, spent or not: a logout. Says what is wrong with the token, if it is not one that could be used. */
  end(refreshToken: string): Promise<{ readonly ok: true } | Rejection>;
  /**
   * Ends a family by its name. One that was begun with a longer `refreshLifetime` than this one, and never refreshed, is to be ended by its
   * token. @throws TypeError (as a rejection) for what is none.
   */
  endFamily(family: string): Promise<void>;
}

/**
 * Makes a refresher.
 * @throws TypeError for a wrong option, naming it.
 */
export function createRefresher(given: RefresherOptions): Refresher {
  const options = ownOptions(given, "options", OPTION_NAMES);
  const { verifier, accessSigner, refreshSigner, revocations, families = revocations, accessClaims, currentDate } = options;
  requireMethod(verifier, "verifyAsync", "verifier", "a verifier of `createVerifier`");
  requireMethod(accessSigner, "signAsync", "accessSigner", "a signer of `createSigner`");
  requireMethod(refreshSigner, "signAsync", "refreshSigner", "a signer of `createSigner`");
  requireMethod(revocations, "revokedBefore", "revocations", "a list of `createRevocationList`");
  requireMethod(families, "revokedBefore", "families", "a list of `createRevocationList`");
  if (accessClaims !== undefined && typeof accessClaims !== "function") throw optionError("accessClaims", "a function", accessClaims);
  if (currentDate !== undefined && typeof currentDate !== "function") throw optionError("currentDate", "a function", currentDate);
  return new FamilyRefresher({
    verifier,
    accessSigner,
    refreshSigner,
    revocations,
    families,
    accessLifetime: lifetime(options.accessLifetime, "accessLifetime"),
    refreshLifetime: lifetime(options.refreshLifetime, "refreshLifetime"),
    familyLifetime: options.familyLifetime === undefined ? undefined : lifetime(options.familyLifetime, "familyLifetime"),
    accessClaims,
    now: clock(currentDate),
  });
}

const OPTION_NAMES: readonly (keyof RefresherOptions)[] = [
  "verifier",
  "accessSigner",
  "refreshSigner",
  "revocations",
  "families",
  "accessLifetime",
  "refreshLifetime",
  "familyLifetime",
  "accessClaims",
  "currentDate",
];

interface Plan extends Pick<RefresherOptions, "verifier" | "accessSigner" | "refreshSigner" | "revocations"> {
  /** May be `revocations` itself. */
  readonly families: RevocationList;
  readonly accessLifetime: number;
  readonly refreshLifetime: number;
  readonly familyLifetime: number | undefined;
  readonly accessClaims: RefresherOptions["accessClaims"] | undefined;
  readonly now: () => number;
}

class FamilyRefresher implements Refresher {
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  async start(claims: JwtClaims): Promise<TokenPair> {
    requireClaims(claims, "claims");
    const { familyLifetime, now } = this.#plan;
    const end = familyLifetime === undefined ? undefined : Math.floor(now()) + familyLifetime;
    return (await this.#issue({ family: newFamily(), number: 0 }, { ...claims }, end)).pair;
  }

  async refresh(refreshToken: string): Promise<Refreshed> {
    const grant = await this.#read(refreshToken);
    if (isRejection(grant)) return grant;
    const early = this.#judge(grant);
    if (early) return this.#reject(early, grant);
    const next = { family: grant.family, number: grant.number + 1 };
    const { pair, exp } = await this.#issue(next, grant.claims, grant.end);
    // From this judgement to the entry in memory nobody else has a turn: a token is spent by one call.
    const late = this.#judge(grant);
    if (late) return this.#reject(late, grant);
    await this.#spend(grant, Math.max(exp, grant.exp));
    return { ok: true, ...pair };
  }

  async end(refreshToken: string): Promise<{ readonly ok: true } | Rejection> {
    const grant = await this.#read(refreshToken);
    if (isRejection(grant)) return grant;
    await this.#end(grant, grant.exp);
    return { ok: true };
  }

  async endFamily(family: string): Promise<void> {
    if (!isFamily(family)) throw optionError("family", "the name of one, 22 characters of base64url", family);
    await this.#end({ family, number: 0 }, 0);
  }

  async #read(token: string): Promise<AuthenticGrant | Rejection> {
    if (typeof token !== "string") return rejection(MALFORMED);
    return grantOf(token, await this.#plan.verifier.verifyAsync(token));
  }

  /** Why a refresh token is not to be used now; undefined where it is. */
  #judge({ family, number, identity, exp, rejected }: AuthenticGrant): Rejection | undefined {
    const { revocations, families, now } = this.#plan;
    // Whatever its verifier tolerates: the list forgets a family when its last token has expired.
    if (!(now() < exp)) return rejection(EXPIRED);
    const before = families.revokedBefore(subjectOf(family));
    if (before === ENDED) return rejection(REVOKED);
    if (before !== undefined && number < before) return rejection(REPLAYED);
    // The verifier's own list or guard, which it may have: what they reject is not known by its key.
    if (rejected) return rejected;
    if (revocations.isRevoked(identity)) return rejection(REVOKED);
    return revocations.place().isStale || families.place().isStale ? rejection(REVOCATION_STALE) : undefined;
  }

  /** A family ends when one of its tokens is used again. */
  async #reject(rejected: Rejection, grant: Grant): Promise<Rejection> {
    if (rejected.code === "REPLAYED") await this.#end(grant, grant.exp);
    return rejected;
  }

  /** Tokens of a family, and when its refresh token expires. */
  async #issue(
    generation: Generation,
    claims: JwtClaims,
    end: number | undefined,
  ): Promise<{ readonly pair: TokenPair; readonly exp: number }> {
    const { accessSigner, refreshSigner, accessClaims, accessLifetime, refreshLifetime, now } = this.#plan;
    const more = accessClaims ? await accessClaims(claims) : {};
    requireClaims(more, "accessClaims()");
    const iat = Math.floor(now());
    const until = (seconds: number) => Math.min(iat + seconds, end ?? Number.POSITIVE_INFINITY);
    const exp = until(refreshLifetime);
    const accessExp = until(accessLifetime);
    const [accessToken, refreshToken] = await Promise.all([
      accessSigner.signAsync({ ...claims, ...more, jti: accessId(generation), iat, exp: accessExp }),
      refreshSigner.signAsync(claimsOf({ ...generation, iat, exp, end, claims })),
    ]);
    requireTypes(refreshToken, accessToken);
    return { pair: { accessToken, refreshToken, expiresIn: accessExp - iat, family: generation.family }, exp };
  }

  /** Fulfilled when the store has it; in memory at once. An access token of long ago, if it is still valid, makes room for the new one. */
  #spend({ family, number }: Generation, exp: number): Promise<void> {
    const oldest = number + 1 - MOST_ACCESS_TOKENS;
    const crowdedOut = oldest < 0 ? [] : [{ jti: accessId({ family, number: oldest }), exp: this.#accessEnd() }];
    return this.#revoke(spent({ family, number }, exp), crowdedOut);
  }

  /** Revokes all of a family: what it has of refresh tokens and access tokens, the latest of them and those before. */
  #end({ family, number }: Generation, exp: number): Promise<void> {
    const { families, refreshLifetime, now } = this.#plan;
    const before = families.revokedBefore(subjectOf(family)) ?? 0;
    const latest = before === ENDED ? number : Math.max(before, number);
    const entry = ended(family, Math.max(exp, Math.ceil(now()) + refreshLifetime));
    return this.#revoke(entry, accessTokens({ family, number: latest }, this.#accessEnd()));
  }

  /** In memory all at once. */
  async #revoke(ofFamily: RevocationEntry, ofAccess: readonly RevocationEntry[]): Promise<void> {
    const { revocations, families } = this.#plan;
    if (families === revocations) return revocations.revoke([ofFamily, ...ofAccess]);
    await Promise.all([families.revoke(ofFamily), ofAccess.length ? revocations.revoke(ofAccess) : undefined]);
  }

  /** When the last of the access tokens that there are has expired. */
  #accessEnd(): number {
    return Math.ceil(this.#plan.now()) + this.#plan.accessLifetime;
  }
}

function isRejection(value: AuthenticGrant | Rejection): value is Rejection {
  return Object.hasOwn(value, "ok");
}

function lifetime(value: unknown, name: string): number {
  const seconds = whole(value, name, 1, 1e9, "seconds");
  if (seconds === undefined) throw optionError(name, "a whole number of seconds", value);
  return seconds;
}

function requireMethod(value: unknown, method: string, name: string, expected: string): void {
  if (typeof value !== "object" || !isPart(value, method)) throw optionError(name, expected, value);
}

function requireClaims(claims: unknown, name: string): void {
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) throw optionError(name, "a claims set", claims);
  if (!isPlain(claims as JwtClaims)) throw optionError(name, "a plain object, without `toJSON`", claims);
  const own = OWN_CLAIMS.find((claim) => ownMember(claims as JwtClaims, claim) !== undefined);
  if (own) throw new TypeError(`Expected \`${name}\` to have no \`${own}\`: it is the refresher's to set`);
}
