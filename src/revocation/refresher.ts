/**
 * A refresher: issues access tokens for refresh tokens (RFC 6749 §1.5, §6). A refresh token is good for one rotation; when one is used again,
 * somebody has a copy, and all of its family ends (RFC 9700 §4.14.2). What it remembers is one entry a family in a revocation list.
 */
import { EXPIRED, MALFORMED, REPLAYED, REVOCATION_STALE, REVOKED } from "../abi.js";
import { isPlain } from "../claimsSets.js";
import { type Rejection, rejection } from "../codes.js";
import { within } from "../deadline.js";
import { optionError } from "../errors.js";
import { clock, type JwtClaims, type Moment, number, whole } from "../options.js";
import { isPart, ownMember, ownOptions } from "../own.js";
import type { Signer } from "../signer.js";
import type { Verifier } from "../verifier.js";
import type { RevocationEntry, TokenIdentity } from "./entry.js";
import {
  accessId,
  accessTokens,
  ENDED,
  ended,
  firstUntil,
  type Generation,
  isFamily,
  MOST_ACCESS_TOKENS,
  newFamily,
  spent,
  subjectOf,
} from "./family.js";
import { Grace } from "./grace.js";
import { type AuthenticGrant, claimsOf, type Grant, grantOf, identitiesOf } from "./grant.js";
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
  /**
   * For how many seconds after a rotation, 0 to 60, the old refresh token is given the same pair again; 0 unless given. For clients with several
   * tabs, or that may not get their answer. Calls with one token at the same time share one rotation then. It holds in one process.
   */
  readonly reuseGrace?: number;
  /**
   * For how many seconds the verifier, `accessClaims`, a signer or a list's store is waited for, each by itself; 10 unless given. After that
   * the promise is rejected. The refresh token is not spent then, unless it was the store that did not answer.
   */
  readonly timeout?: number;
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

/** Promises are rejected where nothing can be said of a token: the verifier, a signer, `accessClaims` or a store failed or took too long. */
export interface Refresher {
  /**
   * The first pair of a family, after a login. The claims become those of its access tokens, now and whenever they are refreshed; the
   * refresh tokens carry them, readable to whoever holds one. A subject that was revoked without `before` until now is not revoked for them.
   * @throws TypeError (as a rejection) for claims that cannot be signed, or that have `jti`, `iat` or `exp`.
   */
  start(claims: JwtClaims): Promise<TokenPair>;
  /**
   * A new pair for a refresh token, which is spent: of several calls with it one gets a pair, and the others end the family, except within
   * `reuseGrace`. A pair is handed out when the store has that. Where the store fails, none is, and the token is spent here all the same; within
   * `reuseGrace`, the next call tries the store again.
   */
  refresh(refreshToken: string): Promise<Refreshed>;
  /** Ends the family of a refresh token, spent or not: a logout. Says what is wrong with the token, if it is not one that could be used. */
  end(refreshToken: string): Promise<{ readonly ok: true } | Rejection>;
  /** Ends a family by its name. @throws TypeError (as a rejection) for what is none. */
  endFamily(family: string): Promise<void>;
}

/**
 * Makes a refresher.
 * @throws TypeError for a wrong option, naming it.
 */
export function createRefresher(options: RefresherOptions): Refresher {
  const given = ownOptions(options, "options", OPTION_NAMES);
  const { verifier, accessSigner, refreshSigner, revocations, families = revocations, accessClaims, currentDate } = given;
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
    accessLifetime: lifetime(given.accessLifetime, "accessLifetime"),
    refreshLifetime: lifetime(given.refreshLifetime, "refreshLifetime"),
    familyLifetime: given.familyLifetime === undefined ? undefined : lifetime(given.familyLifetime, "familyLifetime"),
    accessClaims,
    reuseGrace: number(given.reuseGrace, "reuseGrace", "a number of seconds from 0 to 60", 0, 60) ?? 0,
    timeout: number(given.timeout, "timeout", "a number of seconds from 0.001 to 600", 0.001, 600) ?? 10,
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
  "reuseGrace",
  "timeout",
  "currentDate",
] as const;

interface Plan extends Pick<RefresherOptions, "verifier" | "accessSigner" | "refreshSigner" | "revocations"> {
  /** May be `revocations` itself. */
  readonly families: RevocationList;
  readonly accessLifetime: number;
  readonly refreshLifetime: number;
  readonly familyLifetime: number | undefined;
  readonly accessClaims: RefresherOptions["accessClaims"] | undefined;
  readonly reuseGrace: number;
  readonly timeout: number;
  readonly now: () => number;
}

/** A pair that was signed. */
interface Issued extends Generation {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** What the refresh token says. */
  readonly identity: TokenIdentity;
  readonly iat: number;
  readonly accessExp: number;
  /** When it was issued, by the clock, in whole seconds. */
  readonly second: number;
}

/** A pair that a refresh token was exchanged for. */
interface Exchanged extends Issued {
  /** Has the lists remember that the old token is spent; fulfilled when their stores have it. */
  readonly spend: () => Promise<void>;
}

/** A pair whose `iat` is so few seconds ahead, after log-outs in the same millisecond, is held back until then. */
const LONGEST_REST = 0.1;

class FamilyRefresher implements Refresher {
  readonly #plan: Plan;
  readonly #grace: Grace<Exchanged, Refreshed> | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#grace = plan.reuseGrace ? new Grace(plan.reuseGrace, plan.now) : undefined;
  }

  async start(claims: JwtClaims): Promise<TokenPair> {
    requireClaims(claims, "claims");
    const login = { ...claims };
    const more = await this.#moreClaims(login);
    const { familyLifetime, refreshLifetime } = this.#plan;
    const now = this.#plan.now();
    const end = familyLifetime === undefined ? undefined : Math.floor(now) + familyLifetime;
    const first = { family: newFamily(Math.floor(now) + refreshLifetime), number: 0, end, claims: login };
    return this.#pair(await this.#issue(first, more, now));
  }

  async refresh(refreshToken: string): Promise<Refreshed> {
    const grant = await this.#read(refreshToken);
    if (isRejection(grant)) return grant;
    const again = this.#grace?.find(grant.family, refreshToken);
    if (again) return this.#repeat(again, grant);
    const rotate = () => this.#rotate(refreshToken, grant);
    return this.#grace ? this.#grace.share(refreshToken, rotate) : rotate();
  }

  async end(refreshToken: string): Promise<{ readonly ok: true } | Rejection> {
    const grant = await this.#read(refreshToken);
    if (isRejection(grant)) return grant;
    await this.#end(grant, grant.exp);
    return { ok: true };
  }

  async endFamily(family: string): Promise<void> {
    if (!isFamily(family)) throw optionError("family", "the name of one, 22 characters of base64url", family);
    await this.#end({ family, number: 0 });
  }

  async #read(token: string): Promise<AuthenticGrant | Rejection> {
    if (typeof token !== "string") return rejection(MALFORMED);
    return grantOf(token, await this.#wait(() => this.#plan.verifier.verifyAsync(token), "`verifier`"));
  }

  async #rotate(token: string, grant: AuthenticGrant): Promise<Refreshed> {
    const early = this.#judge(grant);
    if (early) return this.#reject(early, grant);
    const more = await this.#moreClaims(grant.claims);
    const issued = await this.#issue({ ...grant, number: grant.number + 1 }, more, this.#plan.now());
    const entries = this.#spending(grant, issued);
    const since = this.#grace?.time() ?? 0;
    // From this judgement to the entry in memory nobody else has a turn, nor any clock: a token is spent by one call.
    const late = this.#judge(grant);
    if (late) return this.#reject(late, grant);
    const exchanged = { ...issued, spend: untilDone(() => this.#revoke(...entries)) };
    const spent = exchanged.spend();
    this.#grace?.keep(grant.family, token, exchanged, since);
    await spent;
    return this.#handOut(exchanged);
  }

  /** The same pair for a token that was exchanged a moment ago, unless the new one has been used. If the store failed, it is tried again. */
  async #repeat(exchanged: Exchanged, grant: AuthenticGrant): Promise<Refreshed> {
    const rejected = this.#judge(grant, exchanged);
    if (rejected) return this.#reject(rejected, grant);
    await exchanged.spend();
    return this.#handOut(exchanged);
  }

  /** Why a refresh token is not to be used now; undefined where it is. `again` is what it was exchanged for, if it may be used once more. */
  #judge({ family, number, identity, exp, rejected }: AuthenticGrant, again?: Exchanged): Rejection | undefined {
    const { revocations, families, now } = this.#plan;
    // Clocks may be anybody's code: they are asked before anything is looked up.
    const isExpired = !(now() < exp);
    const isStale = revocations.place().isStale || families.place().isStale;
    // Whatever its verifier tolerates: the list forgets a family when its last token has expired.
    if (isExpired) return rejection(EXPIRED);
    const before = families.revokedBefore(subjectOf(family));
    if (before === ENDED) return rejection(REVOKED);
    if (before !== undefined && (again?.number ?? number) < before) return rejection(REPLAYED);
    // The verifier's own list or guard, which it may have: what they reject is not known by its key.
    if (rejected && !(again && rejected.code === "REPLAYED")) return rejected;
    if (revocations.isRevoked(identity)) return rejection(REVOKED);
    return isStale ? rejection(REVOCATION_STALE) : undefined;
  }

  /** A family ends when one of its tokens is used again. */
  async #reject(rejected: Rejection, grant: Grant): Promise<Rejection> {
    if (rejected.code === "REPLAYED") await this.#end(grant, grant.exp);
    return rejected;
  }

  async #moreClaims(claims: JwtClaims): Promise<JwtClaims> {
    const { accessClaims } = this.#plan;
    const more = accessClaims ? await this.#wait(() => accessClaims(claims), "`accessClaims`") : {};
    requireClaims(more, "accessClaims()");
    return { ...more };
  }

  /** Tokens of a family, issued at `now`, with an `iat` that no log-out before this one reaches. */
  async #issue({ family, number, end, claims }: Omit<Grant, "iat" | "exp">, more: JwtClaims, now: number): Promise<Issued> {
    const { accessSigner, refreshSigner, revocations, accessLifetime, refreshLifetime } = this.#plan;
    const second = Math.floor(now);
    const until = (seconds: number) => Math.min(second + seconds, end ?? Number.POSITIVE_INFINITY);
    const exp = until(refreshLifetime);
    const accessExp = until(accessLifetime);
    const sign = async (iat: number) => {
      const [accessToken, refreshToken] = await Promise.all([
        this.#wait(
          () => accessSigner.signAsync({ ...claims, ...more, jti: accessId({ family, number }), iat, exp: accessExp }),
          "`accessSigner`",
        ),
        this.#wait(() => refreshSigner.signAsync(claimsOf({ family, number, iat, exp, end, claims })), "`refreshSigner`"),
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
  async #pair({ accessToken, refreshToken, family, iat, accessExp }: Issued): Promise<TokenPair> {
    const { accessLifetime, now } = this.#plan;
    const early = iat - now();
    if (early > 0 && early <= LONGEST_REST) await new Promise((resolve) => setTimeout(resolve, Math.ceil(1000 * early) + 1));
    const expiresIn = Math.min(Math.max(accessExp - Math.floor(now()), 0), accessLifetime);
    return { accessToken, refreshToken, expiresIn, family };
  }

  /** Its family may have ended while the store was waited for, or it may itself have been revoked before it is handed out again. */
  async #handOut(exchanged: Exchanged): Promise<Refreshed> {
    const { revocations, families } = this.#plan;
    const pair = await this.#pair(exchanged);
    const isOver = families.revokedBefore(subjectOf(pair.family)) === ENDED || revocations.isRevoked(exchanged.identity);
    return isOver ? rejection(REVOKED) : { ok: true, ...pair };
  }

  /** What is to be remembered of a rotation. An access token of long ago, if it is still valid, makes room for the new one. */
  #spending({ family, number, exp }: Grant, { second }: Issued): [RevocationEntry, RevocationEntry[]] {
    const { accessLifetime, refreshLifetime } = this.#plan;
    const latest = Math.max(second, this.#latestIssue(family, exp));
    const oldest = number + 1 - MOST_ACCESS_TOKENS;
    const crowdedOut = oldest < 0 ? [] : [{ jti: accessId({ family, number: oldest }), exp: latest + accessLifetime }];
    return [spent({ family, number }, latest + refreshLifetime), crowdedOut];
  }

  /** Revokes all of a family: what it has of refresh tokens and access tokens, the latest of them and those before. */
  async #end({ family, number }: Generation, exp = 0): Promise<void> {
    const { families, accessLifetime, refreshLifetime } = this.#plan;
    const issued = this.#latestIssue(family, exp);
    const before = families.revokedBefore(subjectOf(family)) ?? 0;
    const latest = before === ENDED ? number : Math.max(before, number);
    this.#grace?.forget(family);
    await this.#revoke(ended(family, issued + refreshLifetime), accessTokens({ family, number: latest }, issued + accessLifetime));
  }

  /**
   * When the latest token of a family was issued, or later, in whole seconds. The clock alone may be behind the one by which that was: what is
   * remembered of a family, its name and each of its tokens tell a time that is `refreshLifetime` after one at which one was issued.
   */
  #latestIssue(family: string, exp: number): number {
    const { families, refreshLifetime, now } = this.#plan;
    const second = Math.floor(now());
    const remembered = families.revokedSubject(subjectOf(family))?.exp ?? 0;
    return Math.max(second, Math.max(firstUntil(family), remembered, exp) - refreshLifetime);
  }

  /** In memory all at once. */
  async #revoke(ofFamily: RevocationEntry, ofAccess: readonly RevocationEntry[]): Promise<void> {
    const { revocations, families } = this.#plan;
    const revoked =
      families === revocations
        ? [revocations.revoke([ofFamily, ...ofAccess])]
        : [families.revoke(ofFamily), ofAccess.length ? revocations.revoke(ofAccess) : undefined];
    await this.#wait(() => Promise.all(revoked), "the list's store");
  }

  /** What is awaited is others' code: it has so long, and no longer. */
  #wait<Value>(work: () => Value | PromiseLike<Value>, name: string): Promise<Value> {
    const { timeout } = this.#plan;
    const started = async (): Promise<Value> => work();
    return within(timeout, started(), () => new Error(`Expected ${name} to answer within ${timeout} s`));
  }
}

function isRejection(value: AuthenticGrant | Rejection): value is Rejection {
  return Object.hasOwn(value, "ok");
}

/** Does the work once, and again only if it failed. */
function untilDone(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error) => {
      done = undefined;
      throw error;
    });
    return done;
  };
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
