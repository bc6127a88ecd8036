/** What a refresher is made with, parsed once: later code cannot meet a wrong option. */
import { optionalFunction, requireObject, requirePart, whole } from "../base/check.js";
import type { JwtClaims } from "../base/claims.js";
import { type Duration, duration } from "../base/durations.js";
import { optionError } from "../base/errors.js";
import { type Moment, runningClock } from "../base/moment.js";
import { ownOptions } from "../base/own.js";
import type { Signer } from "../sign/signer.js";
import { requireVerifier } from "../verify/port.js";
import type { Verifier } from "../verify/verifier.js";
import type { RevocationList } from "./list.js";

/** Lifetimes are whole seconds, as numbers or as text with a unit. */
export interface RefresherOptions {
  /** Verifies refresh tokens: with their keys, issuer and audience. The refresher itself asks `revocations` what is revoked. */
  readonly verifier: Pick<Verifier<unknown>, "verifyAsync">;
  /** Signs access tokens. */
  readonly accessSigner: Pick<Signer, "signAsync">;
  /** Signs refresh tokens, with `typ: "rt+jwt"`, and best with a key that verifiers of access tokens do not have. */
  readonly refreshSigner: Pick<Signer, "signAsync">;
  /** The list in which access tokens are revoked, and which says what else is revoked. Give it to verifiers of access tokens as `revocation`. */
  readonly revocations: RevocationList;
  /**
   * Remembers which refresh tokens are spent and which families have ended, in place of `revocations`: refreshers alone need to know, and
   * verifiers look up less without it. Keep it in a store as durable as that of the other list.
   */
  readonly families?: RevocationList;
  readonly accessLifetime: Duration;
  /** For how long a refresh token can be used; each rotation begins it anew. */
  readonly refreshLifetime: Duration;
  /** How long after the login all of its tokens end, however often they are refreshed; without it, they never do. */
  readonly familyLifetime?: Duration;
  /**
   * Claims of an access token besides those of the login, which it is given: what has to be looked up each time. It is called before the
   * refresh token is spent; what it throws is thrown by `start` and `refresh`.
   */
  readonly accessClaims?: (claims: JwtClaims) => JwtClaims | Promise<JwtClaims>;
  /**
   * For how many seconds after a rotation, 0 to 60, the old refresh token is given the same pair again; 0 unless given. For clients with several
   * tabs, or that may not get their answer. Calls with one token at the same time share one rotation then. It holds in one process.
   */
  readonly reuseGrace?: Duration;
  /**
   * For how many seconds the verifier, `accessClaims`, a signer or a list's store is waited for, each by itself; 10 unless given. After that
   * the promise is rejected. The refresh token is not spent then, unless it was the store that did not answer.
   */
  readonly timeout?: Duration;
  /** The refresher's clock instead of the system's; that of its list should be the same. */
  readonly currentDate?: () => Moment;
}

export interface RefresherPlan extends Pick<RefresherOptions, "verifier" | "accessSigner" | "refreshSigner" | "revocations"> {
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

/** @throws TypeError for a wrong option, naming it. */
export function parseRefresherOptions(options: RefresherOptions): RefresherPlan {
  const given = ownOptions(options, "options", OPTION_NAMES, ["familyLifetime"]);
  const { verifier, accessSigner, refreshSigner, revocations, families = revocations, accessClaims } = given;
  requireVerifier(verifier, "verifier", "a verifier of `createVerifier`");
  requireMethod(accessSigner, "signAsync", "accessSigner", "a signer of `createSigner`");
  requireMethod(refreshSigner, "signAsync", "refreshSigner", "a signer of `createSigner`");
  requireMethod(revocations, "revokedBefore", "revocations", "a list of `createRevocationList`");
  requireMethod(families, "revokedBefore", "families", "a list of `createRevocationList`");
  optionalFunction(accessClaims, "accessClaims");
  const now = runningClock(given.currentDate);
  return {
    verifier,
    accessSigner,
    refreshSigner,
    revocations,
    families,
    accessLifetime: lifetime(given.accessLifetime, "accessLifetime"),
    refreshLifetime: lifetime(given.refreshLifetime, "refreshLifetime"),
    familyLifetime: given.familyLifetime === undefined ? undefined : lifetime(given.familyLifetime, "familyLifetime"),
    accessClaims,
    reuseGrace: duration(given.reuseGrace, "reuseGrace", "a number of seconds from 0 to 60", 0, 60) ?? 0,
    timeout: duration(given.timeout, "timeout", "a number of seconds from 0.001 to 600", 0.001, 600) ?? 10,
    now,
  };
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

function lifetime(value: unknown, name: string): number {
  const seconds = whole(duration(value, name, "a whole number of seconds from 1 to 1000000000", 1, 1e9), name, 1, 1e9, "seconds");
  if (seconds === undefined) throw optionError(name, "a whole number of seconds", value);
  return seconds;
}

function requireMethod(value: unknown, method: string, name: string, expected: string): void {
  requireObject(value, name, expected);
  requirePart(value, name, expected, method);
}
