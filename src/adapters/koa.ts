/** wasm-jwt/koa: middleware for Koa. */
import { atCaller } from "../base/errors.js";
import { bare, partMember } from "../base/own.js";
import type { Auth, MayHaveAuth } from "./core/claims.js";
import { type Decision, decide, decideScope } from "./core/decide.js";
import type { Denial } from "./core/denial.js";
import { NodeIncoming, type NodeRequest } from "./core/incoming.js";
import { type AuthOptions, parseAuthOptions, parseRequirement, type ScopeOptions } from "./core/options.js";

export type { TokenVerifier } from "./core/batched.js";
export type { Auth, ClaimsOf, MayHaveAuth } from "./core/claims.js";
export type { Answer, AnswerChanges, Denial } from "./core/denial.js";
export type { AuthFailure } from "./core/failure.js";
export type { NodeRequest } from "./core/incoming.js";
export type { AuthOptions, Awaitable, OnRejected, Place, ScopeOptions, TokenSources } from "./core/options.js";
export type { ScopeClaim } from "./core/scope.js";

/**
 * The state of a context behind `authenticate`: `new Koa<AuthState<typeof verifier>>()`, or with claims in the verifier's place. Undefined where
 * there was no token, and need not be.
 */
export interface AuthState<Verifier> {
  auth?: Auth<Verifier> | undefined;
  /** With `onRejected: "pass"`: why the token is bad. There is no `auth` then. */
  authDenial?: Denial | undefined;
}

/** What is needed of Koa's context. */
export interface KoaContext {
  readonly req: NodeRequest;
  readonly method: string;
  readonly url: string;
  readonly request: object;
  readonly state: object;
  status: number;
  body: unknown;
  set(headers: { [name: string]: string }): unknown;
}

export type Middleware<Context> = (context: Context, next: () => Promise<unknown>) => Promise<void>;

/** Takes any such context as it is: Koa would add to the application's own what it infers of one that is named. */
export type AuthMiddleware<Claims, Context> = <Given extends Context & { readonly state: MayHaveAuth<Claims> }>(
  context: Given,
  next: () => Promise<unknown>,
) => Promise<void>;

/**
 * Lets requests with a good token pass, `ctx.state.auth` being the verdict, and answers all others. Errors of the server are thrown.
 * A state that has an `auth` of other claims is an error of types.
 * @throws TypeError for a wrong option, naming it.
 */
export const authenticate = /* @__PURE__ */ atCaller(function authenticate<Claims, Context extends KoaContext = KoaContext>(
  options: AuthOptions<Claims, Context>,
  ...more: never[]
): AuthMiddleware<Claims, Context> {
  const plan = parseAuthOptions(options, more);
  return guard((context) => decide(plan, incomingOf(context), context));
});

/**
 * Lets requests pass whose token, which `authenticate` has accepted, grants these scopes, all of them.
 * @throws TypeError for a wrong option, naming it.
 */
export const requireScope = /* @__PURE__ */ atCaller(function requireScope<Context extends KoaContext = KoaContext>(
  scope: string | readonly string[],
  options: ScopeOptions<Context> = {},
  ...more: never[]
): Middleware<Context> {
  const plan = parseRequirement(scope, options, more);
  return guard((context) => decideScope(plan, partMember(context.state as AuthState<unknown>, "auth"), incomingOf(context), context));
});

function incomingOf({ method, url, req, request }: KoaContext): NodeIncoming {
  const raw = { rawHeaders: partMember(req, "rawHeaders"), stream: partMember(req, "stream") };
  return new NodeIncoming({ method, url, headers: req.headers, ...raw }, partMember(request, "body"));
}

function guard<Context extends KoaContext>(decideOn: (context: Context) => Promise<Decision<unknown>>): Middleware<Context> {
  return async (context, next) => {
    const decision = await decideOn(context);
    if (decision.answer) {
      context.status = decision.answer.status;
      context.body = decision.answer.body;
      context.set(decision.answer.headers);
      return;
    }
    const state = context.state as AuthState<unknown>;
    state.auth = decision.auth;
    if (decision.marks) state.authDenial = decision.denial;
    if (decision.cacheControl) context.set(bare({ "cache-control": decision.cacheControl }));
    await next();
  };
}
