/** The options of all adapters, parsed once. */
import { optionError } from "../../errors.js";
import { boolean } from "../../options.js";
import { isPart, ownOptions } from "../../own.js";
import { batched, type TokenVerifier } from "./batched.js";
import type { AnswerChanges, Denial } from "./denial.js";
import { parseScopes } from "./scope.js";

/** At once or by a promise. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Where a token may be. One that is in two of these places, or twice in one, is 400 (RFC 6750 §2). */
export interface TokenSources<Request> {
  /** `Authorization: Bearer` (RFC 6750 §2.1); yes unless `false`. */
  readonly header?: boolean;
  /** The name of a cookie. Browsers send it with requests that other sites make: it needs `SameSite`, or a defence of your own. */
  readonly cookie?: string;
  /** The name of a query parameter (§2.3), such as `access_token`. Addresses are written to logs. */
  readonly query?: string;
  /** The name of a field of the body (§2.2), a form or JSON that is parsed already. That of a GET or HEAD is not looked at. */
  readonly body?: string;
  /** Your own: gives the token, or undefined where there is none. */
  readonly from?: (request: Request) => Awaitable<string | undefined>;
}

/** What requests must have, and what becomes of those that do not. */
export interface AuthOptions<Claims, Request> extends ScopeOptions<Request> {
  /** One of `createVerifier` gets a batcher: requests that arrive together are judged together. Or a batcher of your own. */
  readonly verifier: TokenVerifier<Claims>;
  readonly token?: TokenSources<Request>;
  /** Scopes that the token must grant, all of them: in `scope` (RFC 8693 §4.2), or `scp` where there is no `scope`. */
  readonly scope?: string | readonly string[];
  /** Let requests without a token pass. One with a bad token does not. Not together with `scope`. */
  readonly optional?: boolean;
}

export interface ScopeOptions<Request> {
  /** Named in challenges (RFC 9110 §11.5). */
  readonly realm?: string;
  /** Let CORS preflights pass without a token; for those whose CORS handler stands behind. Better have it stand before. */
  readonly preflight?: boolean;
  /** Hears of each request that is turned away, and may give what is to be otherwise in the answer, or throw instead of it. */
  // biome-ignore lint/suspicious/noConfusingVoidType: who only listens returns nothing
  readonly onRejected?: (denial: Denial, request: Request) => Awaitable<AnswerChanges | undefined | void>;
}

/** Options as they are obeyed. */
export interface Plan<Claims, Request> extends ScopePlan<Request> {
  readonly verifier: TokenVerifier<Claims>;
  readonly sources: Sources<Request>;
  readonly optional: boolean;
}

/** All members are there, if only as undefined. */
export type Sources<Request> = { readonly [Name in keyof TokenSources<Request>]-?: TokenSources<Request>[Name] | undefined } & {
  readonly header: boolean;
};

export interface ScopePlan<Request> {
  readonly realm: string | undefined;
  readonly onRejected: ScopeOptions<Request>["onRejected"] | undefined;
  readonly scopes: readonly string[];
  readonly preflight: boolean;
}

const SCOPE_OPTIONS = ["realm", "preflight", "onRejected"] as const;
const AUTH_OPTIONS = ["verifier", "token", "scope", "optional", ...SCOPE_OPTIONS] as const;
const SOURCES = ["header", "cookie", "query", "body", "from"] as const;

/** @throws TypeError for a wrong option, naming it, and for `more` than options. */
export function parseAuthOptions<Claims, Request>(
  given: AuthOptions<Claims, Request>,
  more: readonly unknown[] = [],
): Plan<Claims, Request> {
  refuseMore(more, "`options` alone");
  const options = ownOptions(given, "options", AUTH_OPTIONS);
  const { verifier, token = {}, scope, optional } = options;
  if (!isPart(verifier, "verifyAsync")) throw optionError("verifier", "a verifier", verifier);
  const plan = { ...parseScopeOptions(options), verifier: batched(verifier), sources: parseSources(token), optional: false };
  return withRoute(plan, { scope, optional });
}

/** `options` are own members. @throws TypeError for a wrong option, naming it. */
function parseScopeOptions<Request>(options: ScopeOptions<Request>): ScopePlan<Request> {
  const { realm, onRejected } = options;
  if (realm !== undefined && !(typeof realm === "string" && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(realm)))
    throw optionError("realm", "printable ASCII without quotes and backslashes", realm);
  if (onRejected !== undefined && typeof onRejected !== "function") throw optionError("onRejected", "a function", onRejected);
  return { realm, onRejected, preflight: boolean(options.preflight, "preflight"), scopes: [] };
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
  const plan = parseScopeOptions(ownOptions(options, "options", SCOPE_OPTIONS));
  if (scope === undefined) throw optionError("scope", "scopes in a string or an array", scope);
  return { ...plan, scopes: parseScopes(scope, "scope") };
}

/** What one route has of its own. A scope that it requires makes the token required. */
export interface RouteOptions {
  readonly scope?: string | readonly string[] | undefined;
  readonly optional?: boolean | undefined;
}

/**
 * The plan of one route.
 * @throws TypeError for a wrong option, naming it.
 */
export function withRoute<Claims, Request>(plan: Plan<Claims, Request>, given: RouteOptions): Plan<Claims, Request> {
  const route = ownOptions(given, "auth", ["scope", "optional"]);
  const optional = route.optional === undefined ? plan.optional && route.scope === undefined : boolean(route.optional, "optional");
  const scopes = route.scope === undefined && !optional ? plan.scopes : parseScopes(route.scope, "scope");
  if (optional && scopes.length) throw new TypeError("Expected `scope` or `optional`, got both: without a token nothing is granted");
  return { ...plan, optional, scopes };
}

function parseSources<Request>(given: TokenSources<Request>): Sources<Request> {
  const sources = ownOptions(given, "token", SOURCES);
  for (const name of ["cookie", "query", "body"] as const) {
    const value: unknown = sources[name];
    if (value !== undefined && !(typeof value === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(value)))
      throw optionError(name, "a name", value);
  }
  if (sources.from !== undefined && typeof sources.from !== "function") throw optionError("from", "a function", sources.from);
  const header = sources.header === undefined || boolean(sources.header, "header");
  if (!header && !SOURCES.some((name) => name !== "header" && sources[name] !== undefined))
    throw new TypeError("Expected `token` to name a place where tokens may be, got none");
  const { cookie, query, body, from } = sources;
  return { header, cookie, query, body, from };
}

/** @throws TypeError for arguments that would be ignored, such as a scope after the options. */
export function refuseMore(more: readonly unknown[], expected: string): void {
  if (more.length) throw new TypeError(`Expected ${expected}, got ${more.length} more`);
}
