/** A verdict as an exception. */
import type { RefusedClaims, Rejection, RejectionCode } from "./codes.js";
import type { MalformedReason } from "./malformedReason.js";
import { ownMember, partMember } from "./own.js";
import { describeRejection } from "./rejections.js";

/** Thrown by `verifyOrThrow`: the verdict as an exception. */
export class JwtError extends Error {
  override readonly name = "JwtError";
  readonly code: RejectionCode;
  declare readonly claim?: string;

  readonly #rejection: Rejection;

  constructor(rejection: Rejection) {
    const claim = ownMember(rejection, "claim");
    const reason = partMember(rejection, "reason");
    const about = claim === undefined ? reason : `claim ${JSON.stringify(claim)}`;
    super(describeRejection(rejection.code) + (about === undefined ? "" : ` (${about})`));
    this.code = rejection.code;
    if (claim !== undefined) this.claim = claim;
    this.#rejection = rejection;
  }

  /** Why the token is MALFORMED. */
  get reason(): MalformedReason | undefined {
    return partMember(this.#rejection, "reason");
  }

  /** As the verdict's: claims of a token whose signature is right, which **give no right to anything**. */
  get refusedClaims(): RefusedClaims | undefined {
    return partMember(this.#rejection, "refusedClaims");
  }
}
