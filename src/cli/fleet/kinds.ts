/** What a fleet is made of: how large its tokens are, and what is wrong with some of them. */
import type { VerdictCode } from "../../index.js";

export const SIZES = ["small", "mid", "big"] as const;
export type Size = (typeof SIZES)[number];

/** What can be the matter with a token, and the verdict on it. */
export const KINDS = {
  valid: "ACCEPTED",
  expired: "EXPIRED",
  "not-yet-valid": "NOT_YET_VALID",
  tampered: "BAD_SIGNATURE",
  "wrong-audience": "AUDIENCE_MISMATCH",
  malformed: "MALFORMED",
} as const satisfies Record<string, VerdictCode>;

export type Kind = keyof typeof KINDS;
/** How many tokens there are to be of each kind. */
export type Quotas = Record<Kind, number>;

export interface Plan {
  readonly size: Size;
  readonly now: number;
  /** Seconds from signing to expiry. */
  readonly lifetime: number;
  readonly issuer: string;
  readonly audience: string;
}
