/** What single routes have of their own: `auth` in their `config`, and nowhere else. */
import { optionError } from "../../errors.js";
import { ownMembers } from "../../own.js";
import { type Plan, type RouteOptions, withRoute } from "./options.js";

/** What looks like an option of ours, in any spelling. */
const OPTIONS: readonly string[] = [
  "auth",
  "optional",
  ...["", "require", "required"].flatMap((verb) => [`${verb}scope`, `${verb}scopes`]),
];

/**
 * The plan for what a route's `config` says, each parsed once: `auth: false` gives undefined, for nothing at all.
 * @throws TypeError for a wrong option, and for one in the place of another, naming it.
 */
export function routePlans<Claims, Request>(
  plan: Plan<Claims, Request>,
): (config: object | undefined) => Plan<Claims, Request> | undefined {
  const plans = new WeakMap<object, Plan<Claims, Request> | null>();
  return (config) => {
    if (config === undefined) return plan;
    let known = plans.get(config);
    if (known === undefined) {
      known = planOf(plan, config) ?? null;
      plans.set(config, known);
    }
    return known ?? undefined;
  };
}

function planOf<Claims, Request>(plan: Plan<Claims, Request>, config: object): Plan<Claims, Request> | undefined {
  refuseMisplaced(config, "config", ["auth"]);
  const { auth: route } = ownMembers(config as { readonly auth?: unknown }, "config", ["auth"]);
  if (route === undefined || route === true) return plan;
  if (route === false) return undefined;
  // An undefined scope would require none.
  if (typeof route === "object" && route !== null && Object.hasOwn(route, "scope") && (route as RouteOptions).scope === undefined)
    throw optionError("scope", "scopes in a string or an array", undefined);
  return withRoute(plan, route as RouteOptions);
}

/**
 * An option in the wrong place would be ignored, and so require nothing.
 * @throws TypeError for one that is not `known` there, naming it and its place.
 */
export function refuseMisplaced(options: object, place: string, known: readonly string[] = []): void {
  const isMisplaced = (name: string) => OPTIONS.includes(name.replace(/[_-]/g, "").toLowerCase()) && !known.includes(name);
  const name = Object.keys(options).find(isMisplaced);
  if (name !== undefined)
    throw new TypeError(`Expected what a route requires in \`config.auth\`, such as \`{ scope }\`, got \`${name}\` in \`${place}\``);
}
