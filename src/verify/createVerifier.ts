/** Makes verifiers: options become a plan, the plan goes into linear memory. */
import type { JwtClaims } from "../base/claims.js";
import { atCaller } from "../base/errors.js";
import { openEngine } from "../engine/openEngine.js";
import { ContextLoader } from "./contextLoader.js";
import { EngineVerifier } from "./engineVerifier.js";
import { IssuersLoader } from "./issuers.js";
import { KeyCount } from "./keyCount.js";
import { type Plan, parseOptions, type VerifierOptions, wipePlans, withoutKeys } from "./options.js";
import type { Verifier } from "./verifier.js";

/**
 * Makes a verifier. Its keys are loaded at once, secrets into the engine, and no copy of a secret is kept; those of a key ring are
 * loaded with the first call, and again whenever the ring has others.
 * @throws TypeError for a wrong option, naming it.
 */
export const createVerifier = /* @__PURE__ */ atCaller(function createVerifier<Claims extends object = JwtClaims>(
  options: VerifierOptions<Claims>,
): Verifier<Claims> {
  return openVerifier(parseOptions(options));
});

/** A verifier by a plan, whose secrets are in the engine then, or forgotten. */
export function openVerifier<Claims>(plan: Plan): EngineVerifier<Claims> {
  try {
    outliveTokens(plan);
    const engine = openEngine();
    const kept = withoutKeys(plan);
    const loader = plan.issuers.length ? new IssuersLoader(engine, plan.issuers) : new ContextLoader(engine, kept, plan.keys);
    return new EngineVerifier<Claims>(engine, loader, kept, new KeyCount(plan));
  } catch (error) {
    wipePlans([plan]);
    throw error;
  }
}

/** Lists and guards must remember tokens for as long as they are accepted. */
function outliveTokens(plan: Plan): void {
  const rules = [plan, ...plan.issuers];
  const tolerance = rules.some(({ ignoreExpiration }) => ignoreExpiration)
    ? Number.POSITIVE_INFINITY
    : Math.max(...rules.map(({ clockTolerance }) => clockTolerance));
  plan.revocation?.outlive(tolerance);
  plan.replay?.outlive(tolerance);
}
