/** One check that a token passes or fails. */
import type { RejectionCode } from "../index.js";

/** What is checked, in the order of judgement. */
export type CheckName =
  | "shape"
  | "header"
  | "crit"
  | "typ"
  | "algorithm"
  | "key"
  | "signature"
  | "payload"
  | "exp"
  | "nbf"
  | "iat"
  | "iss"
  | "aud"
  | "sub"
  | "jti"
  | "nonce"
  | "required";

/** A check is unknown where an earlier one or a missing key leaves it open, and not asked where no option demands it. */
export type Status = "passed" | "failed" | "unknown" | "not asked";

export interface Check {
  readonly name: CheckName;
  readonly status: Status;
  /** Why, in words. It may quote the token: make it safe before you show it, as any text from outside. */
  readonly text: string;
  /** What a verifier rejects such a token with. */
  readonly code?: RejectionCode;
}

export function passed(name: CheckName, text: string): Check {
  return { name, status: "passed", text };
}

export function failed(name: CheckName, text: string, code: RejectionCode): Check {
  return { name, status: "failed", text, code };
}

export function unknown(name: CheckName, text: string): Check {
  return { name, status: "unknown", text };
}

export function notReached(name: CheckName, because: CheckName): Check {
  return unknown(name, `not judged, since the ${because} is wrong`);
}

/** Of a claim that cannot be judged since something else is wrong with the payload. */
export function undecided(name: CheckName, claims: object | undefined): Check {
  return claims ? unknown(name, "not judged, since another claim cannot be read") : notReached(name, "payload");
}

/** `option` as a message names it. */
export function notAsked(name: CheckName, option: string): Check {
  return { name, status: "not asked", text: `not compared: ${option} is not given` };
}
