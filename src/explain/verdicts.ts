/** What a verdict says of one check. */
import { type Rejection, type RejectionCode, type Verdict, verdictNumber } from "../index.js";

/** Undefined for one that accepts, or for none. */
export function codeOf(verdict: Verdict | undefined): RejectionCode | undefined {
  return verdict === undefined || verdict.ok ? undefined : verdict.code;
}

/** Did a check before the one of `code` end the judgement? Codes are numbered in its order. */
export function isBefore(verdict: Verdict, code: RejectionCode): boolean {
  return !verdict.ok && verdictNumber(verdict.code) < verdictNumber(code);
}

export function isAbout(verdict: Verdict | undefined, claim: string): verdict is Rejection {
  return verdict !== undefined && !verdict.ok && verdict.claim === claim;
}

/** Something else is wrong with the payload. */
export function isUndecided(verdict: Verdict | undefined): boolean {
  return verdict === undefined || !verdict.ok;
}
