/** Verdicts as callers see them, and how what a caller's own verifier gives is told to be one. */
import type { JwtClaims, JwtHeader } from "../base/claims.js";
import type { RefusedClaims, Rejection } from "../base/codes.js";
import type { MalformedReason } from "../base/malformedReason.js";
import { hasPartMember, partMember } from "../base/own.js";

/**
 * A token that passed every check. `claims` and `header` are built at first reading and are the caller's own. Declared as a class so that the
 * compiler knows what `{ ...verdict }` lacks: what is read lazily is not copied. `JSON.stringify` and `console.log` show all.
 */
export declare abstract class Acceptance<Claims> {
  readonly ok: true;
  get claims(): Claims;
  get header(): JwtHeader;
  /** Whose rules and keys it passed: the issuer's number among the verifier's `issuers`, if it has any. */
  readonly issuerIndex: number | undefined;
  /**
   * The name that its key was found by, which is what revoking a `kid` is about: its `kid`, or the claim of `keyFrom`, or, where it has none,
   * the name of the key for such tokens; undefined where the key has no name.
   */
  get keyName(): string | undefined;
}

/** What became of one token. */
export type Verdict<Claims = JwtClaims> = Acceptance<Claims> | Rejection;

/** The verdicts of a batch, in the order of its tokens. */
export interface BatchVerdicts<Claims = JwtClaims> extends Iterable<Verdict<Claims>> {
  /** How many tokens there were. */
  readonly length: number;
  /** How many of them are accepted. */
  readonly accepted: number;
  /** One code a token, 0 for accepted; `verdictName` names them. A copy: what is written to it changes no verdict. */
  readonly codes: Uint8Array;
  /**
   * The verdict on one token.
   * @throws RangeError where there is no such token.
   */
  at(index: number): Verdict<Claims>;
  /** The claims of one token, or undefined when it is rejected. Each call builds a new object. */
  claims(index: number): Claims | undefined;
  /** The header of one token, or undefined when it is rejected. Each call builds a new object. */
  header(index: number): JwtHeader | undefined;
  /** `sub` of an accepted token, without building its claims; undefined where it is absent or no string. */
  subject(index: number): string | undefined;
  /** `jti` of an accepted token, without building its claims; undefined where it is absent or no string. */
  jwtId(index: number): string | undefined;
  /** `exp` of an accepted token in seconds, without building its claims. */
  expiresAt(index: number): number | undefined;
  /** Whose rules and keys an accepted token passed: the issuer's number among `issuers`, if there are any. */
  issuerIndex(index: number): number | undefined;
  /** What is wrong with the form of one token, where it is MALFORMED. */
  reason(index: number): MalformedReason | undefined;
  /** `refusedClaims` of one token: of a rejected one whose signature is right. Each call builds a new object. */
  refusedClaims(index: number): RefusedClaims | undefined;
}

/**
 * Is the token accepted? Reads no claims.
 * @throws TypeError for what is no verdict on a JWT: a verifier may be the caller's own, and one of bytes accepts what has no claims.
 */
export function isAccepted<Claims>(verdict: Verdict<Claims>): verdict is Acceptance<Claims> {
  const isObject = typeof verdict === "object" && verdict !== null;
  const ok = isObject ? partMember(verdict, "ok") : undefined;
  if (typeof ok !== "boolean" || (ok && !hasPartMember(verdict, "claims"))) throw new TypeError("Expected the verifier to give a verdict");
  return ok;
}
