/**
 * A refresher: issues access tokens for refresh tokens (RFC 6749 §1.5, §6). A refresh token is good for one rotation; when one is used again,
 * there is a copy of it, and its whole family ends (RFC 9700 §4.14.2). What it remembers is one entry a family in a revocation list.
 */
import { EXPIRED, MALFORMED, REPLAYED, REVOCATION_STALE, REVOKED } from "../abi.js";
import { bindMethods } from "../base/bound.js";
import type { JwtClaims } from "../base/claims.js";
import { type Rejection, rejection } from "../base/codes.js";
import { atCaller, optionError } from "../base/errors.js";
import { answerOf } from "../runtime/deadline.js";
import { rejectionOf } from "../verify/refused.js";
import type { RevocationEntry } from "./entry.js";
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
import { type AuthenticGrant, type Grant, grantOf } from "./grant.js";
import { type Issued, issue, moreClaims, pairOf, requireClaims, type TokenPair } from "./pairs.js";
import { parseRefresherOptions, type RefresherOptions, type RefresherPlan } from "./refresherOptions.js";

/** A new pair, or why there is none. A refresh token that was used before is REPLAYED; one of a family that has ended, REVOKED. */
export type Refreshed = (TokenPair & { readonly ok: true }) | Rejection;

/** Promises are rejected where nothing can be said of a token: the verifier, a signer, `accessClaims` or a store failed or took too long. */
export interface Refresher {
  /**
   * The first pair of a family, after a login. The claims become those of its access tokens, now and whenever they are refreshed; the
   * refresh tokens carry them, and each client can read its own. A subject that was revoked without `before` until now is not revoked for them.
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
export const createRefresher = /* @__PURE__ */ atCaller(function createRefresher(options: RefresherOptions): Refresher {
  return new FamilyRefresher(parseRefresherOptions(options));
});

/** A pair that a refresh token was exchanged for. */
interface Exchanged extends Issued {
  /** Has the lists remember that the old token is spent; fulfilled when their stores have it. */
  readonly spend: () => Promise<void>;
}

class FamilyRefresher implements Refresher {
  readonly #plan: RefresherPlan;
  readonly #grace: Grace<Exchanged, Refreshed> | undefined;

  constructor(plan: RefresherPlan) {
    this.#plan = plan;
    this.#grace = plan.reuseGrace ? new Grace(plan.reuseGrace, plan.now) : undefined;
    bindMethods(this as Refresher, "start", "refresh", "end", "endFamily");
  }

  async start(claims: JwtClaims): Promise<TokenPair> {
    requireClaims(claims, "claims");
    const login = { ...claims };
    const more = await moreClaims(this.#plan, login);
    const { familyLifetime, refreshLifetime } = this.#plan;
    const now = this.#plan.now();
    const end = familyLifetime === undefined ? undefined : Math.floor(now) + familyLifetime;
    const first = { family: newFamily(Math.floor(now) + refreshLifetime), number: 0, end, claims: login };
    return pairOf(this.#plan, await issue(this.#plan, first, more, now));
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
    if (typeof token !== "string") return rejectionOf(MALFORMED, undefined, undefined);
    return grantOf(token, await answerOf("`verifier`", this.#plan.timeout, () => this.#plan.verifier.verifyAsync(token)));
  }

  async #rotate(token: string, grant: AuthenticGrant): Promise<Refreshed> {
    const early = this.#refusalOf(grant);
    if (early) return this.#reject(early, grant);
    const more = await moreClaims(this.#plan, grant.claims);
    const issued = await issue(this.#plan, { ...grant, number: grant.number + 1 }, more, this.#plan.now());
    const entries = this.#spending(grant, issued);
    const since = this.#grace?.time() ?? 0;
    // From this judgement to the entry in memory no other code runs, nor a clock: a token is spent by one call.
    const late = this.#refusalOf(grant);
    if (late) return this.#reject(late, grant);
    const exchanged = { ...issued, spend: untilDone(() => this.#revoke(...entries)) };
    const spent = exchanged.spend();
    this.#grace?.keep(grant.family, token, exchanged, since);
    await spent;
    return this.#handOut(exchanged);
  }

  /** The same pair for a token that was exchanged a moment ago, unless the new one has been used. If the store failed, it is tried again. */
  async #repeat(exchanged: Exchanged, grant: AuthenticGrant): Promise<Refreshed> {
    const rejected = this.#refusalOf(grant, exchanged);
    if (rejected) return this.#reject(rejected, grant);
    await exchanged.spend();
    return this.#handOut(exchanged);
  }

  /** Why a refresh token is not to be used now; undefined where it is. `again` is what it was exchanged for, if it may be used once more. */
  #refusalOf({ family, number, identity, exp, rejected }: AuthenticGrant, again?: Exchanged): Rejection | undefined {
    const { revocations, families, now } = this.#plan;
    // Clocks may be foreign code: they are asked before anything is looked up.
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

  /** Its family may have ended while the store was waited for, or it may itself have been revoked before it is handed out again. */
  async #handOut(exchanged: Exchanged): Promise<Refreshed> {
    const { revocations, families } = this.#plan;
    const pair = await pairOf(this.#plan, exchanged);
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
   * When the latest token of a family was issued, or later, in whole seconds. The clock alone does not tell: it may be slower than the
   * one that was used then. The family's name, what is remembered of it, and the `exp` of each of its refresh tokens are `refreshLifetime` after a
   * time at which one was issued.
   */
  #latestIssue(family: string, exp: number): number {
    const { families, refreshLifetime, now } = this.#plan;
    const second = Math.floor(now());
    const remembered = families.revokedSubject(subjectOf(family))?.exp ?? 0;
    return Math.max(second, Math.max(firstUntil(family), remembered, exp) - refreshLifetime);
  }

  /** Both lists have the entries in memory at once; the promise waits for their stores. */
  async #revoke(ofFamily: RevocationEntry, ofAccess: readonly RevocationEntry[]): Promise<void> {
    const { revocations, families, timeout } = this.#plan;
    const revoked =
      families === revocations
        ? [revocations.revoke([ofFamily, ...ofAccess])]
        : [families.revoke(ofFamily), ofAccess.length ? revocations.revoke(ofAccess) : undefined];
    await answerOf("the list's store", timeout, () => Promise.all(revoked));
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
