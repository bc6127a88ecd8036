/** What `authenticate` leaves with a request that it lets pass, for those after it. */
import type { Denial } from "./denial.js";
import type { ScopePlan } from "./options.js";

type Told = Pick<ScopePlan<never>, "realm" | "scopeClaim">;

const plans = new WeakMap<object, Told>();
const denials = new WeakMap<object, Denial>();

/** Most plans have nothing to tell, and most requests meet one plan alone. */
export function leaveTrace(request: object, plan: Told, denial: Denial | undefined): void {
  if (plan.realm !== undefined || plan.scopeClaim !== undefined || plans.has(request)) plans.set(request, plan);
  if (denial) denials.set(request, denial);
  else denials.delete(request);
}

/** The plan with what it does not say itself from that of the last `authenticate`. */
export function withTrace<Plan extends ScopePlan<never>>(plan: Plan, request: object): Plan {
  const told = plans.get(request);
  return told ? { ...plan, realm: plan.realm ?? told.realm, scopeClaim: plan.scopeClaim ?? told.scopeClaim } : plan;
}

/** Why the request would have been turned away, if it passed all the same. */
export function denialOf(request: object): Denial | undefined {
  return denials.get(request);
}
