/** What single routes have of their own. */
import { optionError } from "../../errors.js";
import { type Plan, type RouteOptions, withRoute } from "./options.js";

/**
 * The plan for what a route says of itself, each parsed once: `false` gives undefined, for nothing at all.
 * @throws TypeError for a wrong option, naming it.
 */
export function routePlans<Claims, Request>(plan: Plan<Claims, Request>): (route: unknown) => Plan<Claims, Request> | undefined {
  const plans = new WeakMap<object, Plan<Claims, Request>>();
  return (route) => {
    if (route === undefined || route === true) return plan;
    if (route === false) return undefined;
    const known = plans.get(route as object);
    if (known) return known;
    // A scope that nobody has defined would require none.
    if (typeof route === "object" && route !== null && Object.hasOwn(route, "scope") && (route as RouteOptions).scope === undefined)
      throw optionError("scope", "scopes in a string or an array", undefined);
    const parsed = withRoute(plan, route as RouteOptions);
    plans.set(route as object, parsed);
    return parsed;
  };
}
