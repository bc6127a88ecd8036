/** wasm-jwt/hono: middleware for Hono, on any runtime. */
import { isError } from "../base/brands.js";
import { atCaller } from "../base/errors.js";
import { bare, partMember } from "../base/own.js";
import type { Acceptance } from "../verify/verdict.js";
import type { Auth, MayHaveAuth } from "./core/claims.js";
import { type Decision, decide, decideScope } from "./core/decide.js";
import type { Answer, Denial } from "./core/denial.js";
import { AuthFailure } from "./core/failure.js";
import type { Incoming } from "./core/incoming.js";
import { type AuthOptions, parseAuthOptions, parseRequirement, type ScopeOptions } from "./core/options.js";
import { hasBody } from "./core/sources.js";

export type { TokenVerifier } from "./core/batched.js";
export type { Auth, ClaimsOf, MayHaveAuth } from "./core/claims.js";
export type { Answer, AnswerChanges, Denial } from "./core/denial.js";
export type { AuthFailure } from "./core/failure.js";
export type { AuthOptions, Awaitable, OnRejected, Place, ScopeOptions, TokenSources } from "./core/options.js";
export type { ScopeClaim } from "./core/scope.js";

/**
 * `new Hono<{ Variables: AuthVariables<typeof verifier> }>()`, or with claims in the verifier's place. With `optional`, and for preflights that
 * pass, `auth` may be undefined: `Partial<AuthVariables<typeof verifier>>`.
 */
export interface AuthVariables<Verifier> {
  auth: Auth<Verifier>;
  /** With `onRejected: "pass"`: why the token is bad. There is no `auth` then. */
  authDenial?: Denial | undefined;
}

/** What is needed of Hono's context. */
export interface HonoContext {
  readonly res: { readonly headers: { has(name: string): boolean } };
  readonly req: {
    readonly method: string;
    readonly url: string;
    header(name: string): string | undefined;
    json(): Promise<unknown>;
    parseBody(options: { all: true }): Promise<unknown>;
  };
  get(name: never): unknown;
  set(name: never, value: never): void;
  header(name: string, value: string): void;
}

/** The platform's `Response`, where its types are known. */
export type PlatformResponse = typeof globalThis extends { Response: { prototype: infer Instance } } ? Instance : never;

// biome-ignore lint/suspicious/noConfusingVoidType: as Hono has it
export type Middleware<Context> = (context: Context, next: () => Promise<void>) => Promise<PlatformResponse | void>;

/**
 * Lets requests with a good token pass, `c.get("auth")` being the verdict, and answers all others. Errors of the server are thrown. With
 * `token.body` the body is read before anything is judged: limit it before. Variables that have an `auth` of other claims are an error of types.
 * @throws TypeError for a wrong option, naming it.
 */
export const authenticate = /* @__PURE__ */ atCaller(function authenticate<Claims, Context extends HonoContext = HonoContext>(
  options: AuthOptions<Claims, Context>,
  ...more: never[]
): Middleware<Context & { readonly var: MayHaveAuth<Claims> }> {
  const plan = parseAuthOptions(options, more);
  return guard(async (context) => decide(plan, incomingOf(context, plan.sources.body && (await bodyOf(context))), context));
});

/**
 * Lets requests pass whose token, which `authenticate` has accepted, grants these scopes, all of them.
 * @throws TypeError for a wrong option, naming it.
 */
export const requireScope = /* @__PURE__ */ atCaller(function requireScope<Context extends HonoContext = HonoContext>(
  scope: string | readonly string[],
  options: ScopeOptions<Context> = {},
  ...more: never[]
): Middleware<Context> {
  const plan = parseRequirement(scope, options, more);
  return guard((context) =>
    decideScope(plan, context.get("auth" as never) as Acceptance<unknown> | undefined, incomingOf(context), context),
  );
});

/** Several fields of one name come as one value with commas: what is in them is no bearer token. */
function incomingOf({ req }: HonoContext, body?: unknown): Incoming {
  return {
    method: req.method,
    url: req.url,
    hasSeveralAuthorizations: false,
    hasUntoldBody: false,
    body,
    header: (name) => req.header(name),
  };
}

/** A form or JSON; others can read it again. */
async function bodyOf({ req }: HonoContext): Promise<unknown> {
  const [type = ""] = (req.header("content-type") ?? "").split(";", 1);
  if (!hasBody(req.method)) return undefined;
  if (/^application\/x-www-form-urlencoded *$/i.test(type)) return req.parseBody(bare({ all: true }));
  if (!/^application\/json *$/i.test(type)) return undefined;
  try {
    return await req.json();
  } catch (error) {
    if (isError(error) && partMember(error, "name") === "SyntaxError") return undefined;
    throw error;
  }
}

function guard<Context extends HonoContext>(decideOn: (context: Context) => Promise<Decision<unknown>>): Middleware<Context> {
  return async (context, next) => {
    const decision = await decided(decideOn, context);
    if (decision.answer) return responseOf(decision.answer);
    context.set("auth" as never, decision.auth as never);
    if (decision.marks) context.set("authDenial" as never, decision.denial as never);
    await next();
    // Not before: a response that is no work of the context's would be without it.
    if (decision.cacheControl && !context.res.headers.has("cache-control")) context.header("cache-control", decision.cacheControl);
  };
}

/** Hono answers any error with 500, unless it says itself how: so does one that passes. */
async function decided<Context>(decideOn: (context: Context) => Promise<Decision<unknown>>, context: Context): Promise<Decision<unknown>> {
  try {
    return await decideOn(context);
  } catch (error) {
    if (error instanceof AuthFailure && error.status === 503)
      Object.assign(error, { getResponse: () => responseOf({ status: 503, headers: error.headers, body: "" }) });
    throw error;
  }
}

/** A 304 must be given no body, not even an empty one (Fetch §3.3.6). */
function responseOf({ status, headers, body }: Answer): PlatformResponse {
  return new Response(status === 304 ? null : body, bare({ status, headers })) as PlatformResponse;
}
