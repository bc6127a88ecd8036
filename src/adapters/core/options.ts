/** The options of all adapters, parsed once. */
import { boolean, oneOf, optionalFunction } from "../../base/check.js";
import { optionError } from "../../base/errors.js";
import { bare, ownOptions } from "../../base/own.js";
import { requireVerifier } from "../../verify/port.js";
import { batched, type TokenVerifier } from "./batched.js";
import type { AnswerChanges, Denial } from "./denial.js";
import { parseScopeClaim, parseScopes, type ScopeClaim } from "./scope.js";

/** At once or by a promise. */
export type Awaitable<Value> = Value | Promise<Value>;

/** A place where tokens may be. */
export type Place = "header" | "cookie" | "query" | "body" | "from";

/** Where a token may be. One that is in two of these places, or twice in one, is 400 (RFC 6750 §2), unless `prefer` says which counts. */
export interface TokenSources<Request> {
  /** `Authorization: Bearer` (RFC 6750 §2.1); yes unless `false`. */
  readonly header?: boolean;
  /** The name of a cookie. Browsers send it with requests that other sites make: it needs `SameSite`, or a defence of your own. */
  readonly cookie?: string;
  /** The name of a query parameter (§2.3), such as `access_token`. Addresses are written to logs. */
  readonly query?: string;
  /** The name of a field of the body (§2.2), a form or JSON that is parsed already. That of a GET or HEAD is not looked at. */
  readonly body?: string;
  /** Your own: gives the token, or undefined or null where there is none. */
  readonly from?: (request: Request) => Awaitable<string | null | undefined>;
  /**
   * The place that counts where tokens are in several, or an order of places: if it has a token, good or bad, the places after it are not
   * looked at. Places that are not named come last, all of them together.
   */
  readonly prefer?: Place | readonly Place[];
}

/** What requests must have, and what becomes of those that do not. */
export interface AuthOptions<Claims, Request> extends Omit<ScopeOptions<Request>, "onRejected"> {
  /** One of `createVerifier` gets a batcher: requests that arrive together are judged together. Or a batcher of your own. */
  readonly verifier: TokenVerifier<Claims>;
  readonly token?: TokenSources<Request>;
  /** Scopes that the token must grant, all of them: in `scope` (RFC 8693 §4.2), or `scp` where there is no `scope`, unless `scopeClaim` says otherwise. */
  readonly scope?: string | readonly string[];
  /** Let requests without a token pass. One with a bad token does not. Not together with `scope`. */
  readonly optional?: boolean;
  /**
   * Hears of each request that is turned away, and may give what is to be otherwise in the answer, or throw instead of it. Or `"pass"`, for login
   * pages, with `optional: true`: a request with a bad token passes as one without a token does, has no `auth`, and has the reason in
   * `authDenial`. One whose token cannot be judged now is 503 all the same.
   */
  readonly onRejected?: OnRejected<Request> | "pass";
}

/** Hears of a request that is turned away, and may give what is to be otherwise in the answer, or throw instead of it. */
// biome-ignore lint/suspicious/noConfusingVoidType: who only listens returns nothing
export type OnRejected<Request> = (denial: Denial, request: Request) => Awaitable<AnswerChanges | undefined | void>;

export interface ScopeOptions<Request> {
  /** Named in challenges (RFC 9110 §11.5). Of `requireScope`: that of `authenticate` unless given. */
  readonly realm?: string;
  /**
   * The claim with the scopes, a string or an array, such as `"permissions"`, in place of `scope` and `scp`; or the names that lead to it, such
   * as `["realm_access", "roles"]`. Of `requireScope`: that of `authenticate` unless given.
   */
  readonly scopeClaim?: ScopeClaim;
  /** Let CORS preflights pass without a token; for those whose CORS handler stands behind. Better have it stand before. */
  readonly preflight?: boolean;
  /** Hears of each request that is turned away, and may give what is to be otherwise in the answer, or throw instead of it. */
  readonly onRejected?: OnRejected<Request>;
}

/** Options as they are obeyed. */
export interface Plan<Claims, Request> extends ScopePlan<Request> {
  readonly verifier: TokenVerifier<Claims>;
  readonly sources: Sources<Request>;
  readonly optional: boolean;
  /** Does a request with a bad token pass as one without a token? Only where that passes. */
  readonly passes: boolean;
}

/** Places with their names. All members are there, if only as undefined. */
export interface Sources<Request> {
  readonly cookie: string | undefined;
  readonly query: string | undefined;
  readonly body: string | undefined;
  readonly from: TokenSources<Request>["from"] | undefined;
  /** The places where tokens may be, by rank. */
  readonly ranks: readonly (readonly Place[])[];
}

export interface ScopePlan<Request> {
  readonly realm: string | undefined;
  readonly onRejected: OnRejected<Request> | undefined;
  readonly scopes: readonly string[];
  /** The names that lead to the claim with the scopes; undefined for `scope` or `scp`. */
  readonly scopeClaim: readonly string[] | undefined;
  readonly preflight: boolean;
}

const SCOPE_OPTIONS = ["realm", "scopeClaim", "preflight", "onRejected"] as const;
const AUTH_OPTIONS = ["verifier", "token", "scope", "optional", ...SCOPE_OPTIONS] as const;
const PLACES = ["header", "cookie", "query", "body", "from"] as const satisfies readonly Place[];

/** @throws TypeError for a wrong option, naming it, and for `more` than options. */
export function parseAuthOptions<Claims, Request>(
  given: AuthOptions<Claims, Request>,
  more: readonly unknown[] = [],
): Plan<Claims, Request> {
  refuseMore(more, "`options` alone");
  const options = ownOptions(given, "options", AUTH_OPTIONS, ["scope", "scopeClaim"]);
  const { verifier, token = {}, scope, optional, onRejected } = options;
  requireVerifier(verifier, "verifier");
  const [heard, route] = onRejected === "pass" ? [undefined, { onRejected }] : [onRejected, {}];
  const parsed = parseScopeOptions(bare({ ...options, onRejected: heard }) as ScopeOptions<Request>);
  const plan = { ...parsed, verifier: batched(verifier), sources: parseSources(token), optional: false, passes: false };
  return withRoute(plan, scope === undefined ? { optional, ...route } : { scope, optional, ...route });
}

/** `options` are own members. @throws TypeError for a wrong option, naming it. */
function parseScopeOptions<Request>(options: ScopeOptions<Request>): ScopePlan<Request> {
  const { realm, onRejected } = options;
  if (realm !== undefined && !(typeof realm === "string" && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(realm)))
    throw optionError("realm", "printable ASCII without quotes and backslashes", realm);
  optionalFunction(onRejected, "onRejected");
  const scopeClaim = parseScopeClaim(options.scopeClaim);
  return { realm, onRejected, scopeClaim, preflight: boolean(options.preflight, "preflight"), scopes: [] };
}

/**
 * The plan of `requireScope`: without a scope it would require nothing.
 * @throws TypeError for a wrong option, naming it, and for `more` than options.
 */
export function parseRequirement<Request>(
  scope: string | readonly string[],
  options: ScopeOptions<Request>,
  more: readonly unknown[] = [],
): ScopePlan<Request> {
  refuseMore(more, "`scope` and `options` alone");
  const plan = parseScopeOptions(ownOptions(options, "options", SCOPE_OPTIONS, ["scopeClaim"]));
  if (scope === undefined) throw optionError("scope", "scopes in a string or an array", scope);
  return { ...plan, scopes: parseScopes(scope, "scope") };
}

/** What one route has of its own. A scope that it requires makes the token required. */
export interface RouteOptions {
  readonly scope?: string | readonly string[] | undefined;
  readonly optional?: boolean | undefined;
  /** Lets a bad token pass as none, where none need be. */
  readonly onRejected?: "pass" | undefined;
}

/**
 * The plan of one route.
 * @throws TypeError for a wrong option, naming it.
 */
export function withRoute<Claims, Request>(plan: Plan<Claims, Request>, given: RouteOptions): Plan<Claims, Request> {
  const route = ownOptions(given, "auth", ["scope", "optional", "onRejected"]);
  const optional = route.optional === undefined ? plan.optional && route.scope === undefined : boolean(route.optional, "optional");
  const scopes = route.scope === undefined && !optional ? plan.scopes : parseScopes(route.scope, "scope");
  if (optional && scopes.length) throw new TypeError("Expected `scope` or `optional`, got both: without a token nothing is granted");
  return { ...plan, optional, scopes, passes: passesOf(plan, route, optional) };
}

function passesOf(plan: { readonly passes: boolean }, { onRejected }: RouteOptions, optional: boolean): boolean {
  if (onRejected === undefined) return plan.passes && optional;
  oneOf(onRejected, "onRejected", ["pass"]);
  if (!optional) throw new TypeError('Expected `optional: true` beside `onRejected: "pass"`: a bad token is no better than none');
  return true;
}

function parseSources<Request>(given: TokenSources<Request>): Sources<Request> {
  const { header, cookie, query, body, from, prefer } = ownOptions(given, "token", [...PLACES, "prefer"]);
  for (const [name, value] of Object.entries({ cookie, query, body }) as [string, unknown][]) {
    if (value !== undefined && !(typeof value === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(value)))
      throw optionError(name, "a name", value);
  }
  optionalFunction(from, "from");
  const isNamed = { header: header === undefined || boolean(header, "header"), cookie, query, body, from };
  const places = PLACES.filter((place) => isNamed[place] !== undefined && isNamed[place] !== false);
  if (places.length === 0) throw new TypeError("Expected `token` to name a place where tokens may be, got none");
  return { cookie, query, body, from, ranks: parseRanks(prefer, places) };
}

function parseRanks(prefer: unknown, places: readonly Place[]): Sources<never>["ranks"] {
  if (prefer === undefined) return [places];
  const first: readonly Place[] = Array.isArray(prefer) ? prefer : [prefer];
  const isKnown = (place: Place, index: number) => places.includes(place) && first.indexOf(place) === index;
  if (places.length < 2 || first.length === 0 || !first.every(isKnown))
    throw optionError("prefer", "one or several of the places that `token` names, of which there are two or more", prefer);
  const others = places.filter((place) => !first.includes(place));
  return [...first.map((place) => [place]), ...(others.length ? [others] : [])];
}

/** @throws TypeError for arguments that would be ignored, such as a scope after the options. */
export function refuseMore(more: readonly unknown[], expected: string): void {
  if (more.length)
    throw new TypeError(
      `Expected ${expected}, got ${more.length} more${more.some((each) => typeof each === "function") ? ": call it, and register what it gives" : ""}`,
    );
}
