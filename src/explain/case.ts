/** One token under examination: what it says, what it is explained by, and what the engine says of it. */
import { type Algorithm, createVerifier, type JwtClaims, type JwtHeader, type Verdict } from "../index.js";
import { ALGORITHM_NAMES } from "./algorithms.js";
import { exactObject } from "./exact.js";
import { jsonObject, segmentText } from "./json.js";
import type { Rules, Settings } from "./options.js";
import { algorithmsOf, claimsProbeOf, probeOf, signatureVerdict } from "./probes.js";
import { shapeFault } from "./shape.js";

export interface Case {
  readonly token: string;
  readonly header: JwtHeader | undefined;
  readonly claims: JwtClaims | undefined;
  readonly shown: Shown;
  readonly rules: Settings["rules"];
  readonly now: number;
  readonly nameOption: Settings["nameOption"];
  /** What is wrong with the token's shape, in words. */
  readonly fault: string | undefined;
  /** The algorithms of the keys; without any, all that there are. */
  readonly algorithms: readonly Algorithm[];
  /** Undefined where no key is given. */
  readonly byKeys: ByKeys | undefined;
  /** The engine's verdict on the token by some of the rules, with a throwaway key. */
  probe(rules: Rules): Verdict;
  /** The same for the claims set alone, in a token with the right signature; undefined where there is no payload. */
  probeClaims(rules: Rules): Verdict | undefined;
}

/** Header and claims as they stand in the token, for `exactJson`. */
export interface Shown {
  readonly header: Readonly<Record<string, unknown>> | undefined;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/** What the true keys say. */
interface ByKeys {
  readonly count: number;
  /** By no rule for claims: what comes after the signature is CLAIM_INVALID. */
  readonly signature: Verdict;
  /** That of a verifier with all rules. */
  readonly verdict: Verdict;
}

export async function openCase(token: string, { rules, keys, nameOption }: Settings): Promise<Case> {
  const texts = { header: segmentText(token, 0), claims: segmentText(token, 1) };
  const fault = shapeFault(token);
  return {
    token,
    header: jsonObject(texts.header) as JwtHeader | undefined,
    claims: jsonObject(texts.claims) as JwtClaims | undefined,
    shown: { header: exactObject(texts.header), claims: exactObject(texts.claims) },
    rules,
    now: rules.currentDate,
    nameOption,
    fault,
    algorithms: keys ? await algorithmsOf(keys) : ALGORITHM_NAMES,
    byKeys: keys && {
      count: keys.length,
      signature: await signatureVerdict(token, keys, rules),
      verdict: await createVerifier({ ...rules, keys }).verifyAsync(token),
    },
    probe: probeOf(token),
    probeClaims: claimsProbeOf(token, fault, rules),
  };
}
