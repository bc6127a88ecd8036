/** What the engine enforces of a token besides its signature: options as they are obeyed, complete, checked and copied. */
import type { Algorithm } from "../base/algorithms.js";

export interface Policy {
  /** The claim that selects a key; undefined where `kid` does. */
  readonly keyClaim: string | undefined;
  /** Empty where they follow the keys of a source. */
  readonly algorithms: readonly Algorithm[];
  readonly expected: Readonly<Record<"issuer" | "audience" | "subject" | "jwtId" | "nonce", readonly string[]>>;
  readonly typ: readonly string[];
  readonly crit: readonly string[];
  readonly requiredClaims: readonly string[];
  /** `jti`, if it is there, must be a string. */
  readonly needsTextId: boolean;
  /** Payloads are bytes: nothing is judged of them. */
  readonly takesBytes: boolean;
  readonly clockTolerance: number;
  readonly maxTokenAge: number | undefined;
  readonly maxLifetime: number | undefined;
  readonly ignoreExpiration: boolean;
  readonly ignoreNotBefore: boolean;
}
