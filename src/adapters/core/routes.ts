/** What single routes have of their own: `auth` in their `config`, and nowhere else. */
import { optionError } from "../../base/errors.js";
import { ownMember, ownMembers } from "../../base/own.js";
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

/** One slip of the finger from `auth`: a letter left out, added or replaced, or two exchanged. Four of these are other words. */
const SLIP =
  /^(?!oauth$|auto$|authn$|authz$)(?:[a-z]?uth|a[a-z]?th|au[a-z]?h|aut[a-z]?|uath|atuh|auht|[a-z]auth|a[a-z]uth|au[a-z]th|aut[a-z]h|auth[a-z])$/;

/** Does a member of `config` look like `auth`, or have in it what `auth` should have, by a name such as `authorization`? */
function isMeantAsAuth(name: string, value: unknown): boolean {
  const plain = plainName(name);
  if (name === "auth") return false;
  if (SLIP.test(plain)) return true;
  return plain.includes("auth") && typeof value === "object" && value !== null && Object.keys(value).some(isOption);
}

function isOption(name: string): boolean {
  return OPTIONS.includes(plainName(name));
}

function plainName(name: string): string {
  return name.replace(/[_-]/g, "").toLowerCase();
}

function planOf<Claims, Request>(plan: Plan<Claims, Request>, config: object): Plan<Claims, Request> | undefined {
  refuseMisplaced(config, "config", (name) => name === "auth" || !(isOption(name) || isMeantAsAuth(name, ownMember(config, name))));
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
 * @throws TypeError for one that may not be there, naming it and its place.
 */
export function refuseMisplaced(options: object, place: string, mayBe: (name: string) => boolean = (name) => !isOption(name)): void {
  const name = Object.keys(options).find((each) => !mayBe(each));
  if (name !== undefined)
    throw new TypeError(`Expected what a route requires in \`config.auth\`, such as \`{ scope }\`, got \`${name}\` in \`${place}\``);
}
