/** wasm-jwt/express: middleware for Express, Connect and plain `node:http`. */

import { partMember } from "../own.js";
import type { Auth, MayHaveAuth } from "./core/claims.js";
import { type Decision, decide, decideScope } from "./core/decide.js";
import { type Answer, answerToFailure } from "./core/denial.js";
import { NodeIncoming, type NodeRequest } from "./core/incoming.js";
import { type AuthOptions, parseAuthOptions, parseRequirement, type ScopeOptions } from "./core/options.js";

export type { TokenVerifier } from "./core/batched.js";
export type { Auth, ClaimsOf, MayHaveAuth } from "./core/claims.js";
export type { Answer, AnswerChanges, Denial } from "./core/denial.js";
export type { AuthFailure } from "./core/failure.js";
export type { NodeRequest } from "./core/incoming.js";
export type { AuthOptions, Awaitable, ScopeOptions, TokenSources } from "./core/options.js";

/**
 * A request behind `authenticate`: `AuthenticatedRequest<typeof verifier, express.Request>`, or with claims in the verifier's place. `auth` is
 * undefined where there was no token, and need not be.
 */
export type AuthenticatedRequest<Verifier, Request = NodeRequest> = Request & { auth?: Auth<Verifier> | undefined };

/** A response as `node:http` has it. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body?: string): unknown;
  readonly headersSent?: boolean;
  readonly writableEnded?: boolean;
  destroy?(): unknown;
}

/**
 * Middleware. Says whether the request has passed: without a `next`, go on only if it is so. An error of the server is given to `next`; where
 * there is none, or one that takes no argument and would go on all the same, the answer is 500.
 */
export type Middleware<Request> = (request: Request, response: NodeResponse, next?: (error?: unknown) => unknown) => Promise<boolean>;

/**
 * Lets requests with a good token pass, `request.auth` being the verdict, and answers all others. An `auth` of other claims, where the
 * request's type has one, is an error of types.
 * @throws TypeError for a wrong option, naming it.
 */
export function authenticate<Claims, Request extends NodeRequest = NodeRequest>(
  options: AuthOptions<Claims, Request>,
  ...more: never[]
): Middleware<Request & MayHaveAuth<Claims>> {
  const plan = parseAuthOptions(options, more);
  return guard((request) => decide(plan, incomingOf(request), request));
}

/**
 * Lets requests pass whose token, which `authenticate` has accepted, grants these scopes, all of them.
 * @throws TypeError for a wrong option, naming it.
 */
export function requireScope<Request extends NodeRequest = NodeRequest>(
  scope: string | readonly string[],
  options: ScopeOptions<Request> = {},
  ...more: never[]
): Middleware<Request> {
  const plan = parseRequirement(scope, options, more);
  return guard((request) => decideScope(plan, partMember(request as AuthenticatedRequest<unknown>, "auth"), incomingOf(request), request));
}

function incomingOf(request: NodeRequest): NodeIncoming {
  return new NodeIncoming(request, partMember(request, "body"));
}

function guard<Request>(judge: (request: Request) => Promise<Decision<unknown>>): Middleware<Request> {
  return async (request, response, next) => {
    const authenticated = request as AuthenticatedRequest<unknown, Request>;
    let decision: Decision<unknown>;
    try {
      decision = await judge(request);
      if (decision.answer) send(response, decision.answer);
      else if (decision.cacheControl) response.setHeader("Cache-Control", decision.cacheControl);
    } catch (error) {
      if (next?.length) next(error);
      else fail(response, error);
      return false;
    }
    if (decision.answer) return false;
    authenticated.auth = decision.auth;
    next?.();
    return true;
  };
}

/** Answers with the server's own error, unless a callback has begun an answer: an unfinished one is cut off. */
function fail(response: NodeResponse, error: unknown): void {
  if (!response.headersSent) send(response, answerToFailure(error));
  else if (!response.writableEnded) response.destroy?.();
}

function send(response: NodeResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
