/**
 * Rejections that can tell more of their tokens when they are asked: why one is MALFORMED, and what an authentic one claims. The token is
 * kept where no copy, no JSON and no console sees it.
 */
import { MALFORMED } from "../abi.js";
import {
  claimOf,
  isAfterSignature,
  type RefusedClaims,
  type Rejection,
  type RejectionCode,
  rejection,
  VERDICT_NAMES,
} from "../base/codes.js";
import { INSPECT } from "../base/inspected.js";
import type { MalformedReason } from "../base/malformedReason.js";
import { malformedReason } from "../token/malformed.js";
import { claimsText } from "../token/segments.js";

/** The rejection of a token; `claim` where the code alone does not tell it. `text` is undefined for what is no token by its type. */
export function rejectionOf(code: number, claim: string | undefined, text: string | undefined): Rejection {
  if (code === MALFORMED) return new MalformedToken(text);
  return text !== undefined && isAfterSignature(code) ? new RefusedToken(code, claim ?? claimOf(code), text) : rejection(code, claim);
}

/** The same for a token whose payload is bytes: none of its claims is told, since it has none. */
export function rejectionOfBytes(rejected: Rejection, text: string | undefined): Rejection {
  return rejected.code === "MALFORMED" ? new MalformedToken(text, true) : rejected;
}

class MalformedToken implements Rejection {
  readonly ok = false;
  readonly code = "MALFORMED";
  readonly #text: string | undefined;
  readonly #isOfBytes: boolean;

  constructor(text: string | undefined, isOfBytes = false) {
    this.#text = text;
    this.#isOfBytes = isOfBytes;
  }

  get reason(): MalformedReason {
    return malformedReason(this.#text, this.#isOfBytes);
  }

  /** For JSON and the console. */
  toJSON(): Rejection {
    return { ok: false, code: this.code, reason: this.reason };
  }

  [INSPECT](): Rejection {
    return this.toJSON();
  }
}

class RefusedToken implements Rejection {
  readonly ok = false;
  readonly code: RejectionCode;
  declare readonly claim?: string;
  readonly #text: string;
  #claims: RefusedClaims | undefined;

  constructor(code: number, claim: string | undefined, text: string) {
    this.code = VERDICT_NAMES[code] as RejectionCode;
    if (claim !== undefined) this.claim = claim;
    this.#text = text;
  }

  /** Of the token's own text, never of linear memory, where another token's may be by now. */
  get refusedClaims(): RefusedClaims {
    this.#claims ??= JSON.parse(claimsText(this.#text)) as RefusedClaims;
    return this.#claims;
  }

  [INSPECT](): Rejection {
    return { ...this };
  }
}
