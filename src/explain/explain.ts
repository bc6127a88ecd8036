/** Every check that a token passes or fails, in the order of judgement, in words. */
import type { JwtClaims, JwtHeader, Verdict } from "../index.js";
import { openCase, type Shown } from "./case.js";
import type { Check } from "./check.js";
import { payloadCheck, requiredCheck, textChecks } from "./claims.js";
import { headerChecks, shapeCheck } from "./header.js";
import { type ExplainOptions, readOptions } from "./options.js";
import { keyCheck, signatureCheck } from "./signature.js";
import { expCheck, iatCheck, nbfCheck } from "./times.js";

export interface Explanation {
  /** The moment that the token is judged at, in seconds. */
  readonly now: number;
  readonly header: JwtHeader | undefined;
  readonly claims: JwtClaims | undefined;
  /** Both as they stand in the token, for `exactJson`. */
  readonly shown: Shown;
  readonly checks: readonly Check[];
  /** Whether a key was given and the signature is right. Without it, anyone may have written what is shown. */
  readonly isSignatureVerified: boolean;
  /** That of a verifier with the keys and the rules; undefined without keys. */
  readonly verdict: Verdict | undefined;
}

/**
 * Explains one token. Nothing ends it early: after a check that fails, those that do not depend on it are still judged.
 * @throws TypeError for a wrong option, as `createVerifier` does.
 */
export async function explain(token: string, options: ExplainOptions): Promise<Explanation> {
  const subject = await openCase(token, readOptions(options));
  const { now, header, claims, shown, byKeys } = subject;
  const signature = signatureCheck(subject);
  const checks = [
    ...[shapeCheck(subject), ...headerChecks(subject), keyCheck(subject), signature],
    ...[payloadCheck(subject), expCheck(subject), nbfCheck(subject), iatCheck(subject), ...textChecks(subject), requiredCheck(subject)],
  ];
  return { now, header, claims, shown, checks, isSignatureVerified: signature.status === "passed", verdict: byKeys?.verdict };
}
