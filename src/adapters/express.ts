/** wasm-jwt/express: middleware for Express, Connect and plain `node:http`. */
import { atCaller } from "../base/errors.js";
import { partMember } from "../base/own.js";
import { microtask } from "../runtime/soon.js";
import type { Auth, MayHaveAuth } from "./core/claims.js";
import { type Decision, decide, decideScope } from "./core/decide.js";
import { type Answer, answerToFailure, type Denial } from "./core/denial.js";
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
 * A request behind `authenticate`: `AuthenticatedRequest<typeof verifier, express.Request>`, or with claims in the verifier's place. `auth` is
 * undefined where there was no token, and need not be.
 */
export type AuthenticatedRequest<Verifier, Request = NodeRequest> = Request & {
  auth?: Auth<Verifier> | undefined;
  /** With `onRejected: "pass"`: why the token is bad. There is no `auth` then. */
  authDenial?: Denial | undefined;
};

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
export const authenticate = /* @__PURE__ */ atCaller(function authenticate<Claims, Request extends NodeRequest = NodeRequest>(
  options: AuthOptions<Claims, Request>,
  ...more: never[]
): Middleware<Request & MayHaveAuth<Claims>> {
  const plan = parseAuthOptions(options, more);
  return guard((request) => decide(plan, incomingOf(request), request));
});

/**
 * Lets requests pass whose token, which `authenticate` has accepted, grants these scopes, all of them.
 * @throws TypeError for a wrong option, naming it.
 */
export const requireScope = /* @__PURE__ */ atCaller(function requireScope<Request extends NodeRequest = NodeRequest>(
  scope: string | readonly string[],
  options: ScopeOptions<Request> = {},
  ...more: never[]
): Middleware<Request> {
  const plan = parseRequirement(scope, options, more);
  return guard((request) => decideScope(plan, partMember(request as AuthenticatedRequest<unknown>, "auth"), incomingOf(request), request));
});

function incomingOf(request: NodeRequest): NodeIncoming {
  return new NodeIncoming(request, partMember(request, "body"));
}

function guard<Request>(decideOn: (request: Request) => Promise<Decision<unknown>>): Middleware<Request> {
  return async (request, response, next) => {
    const authenticated = request as AuthenticatedRequest<unknown, Request>;
    let decision: Decision<unknown>;
    try {
      const decided = decideOn(request);
      const release = next ? undefined : hold(response);
      decision = await decided;
      release?.();
      if (decision.answer) send(response, decision.answer);
      else if (decision.cacheControl) response.setHeader("Cache-Control", decision.cacheControl);
    } catch (error) {
      if (next?.length) next(error);
      else fail(response, error);
      return false;
    }
    if (decision.answer) return false;
    authenticated.auth = decision.auth;
    if (decision.marks) authenticated.authDenial = decision.denial;
    next?.();
    return true;
  };
}

const ANSWERING = ["writeHead", "write", "end"] as const;

/**
 * Without a `next`, the handler goes on once the promise is fulfilled. One that goes on at once has forgotten to wait, and would answer
 * everybody: until the code that runs now has come to its end, to answer is an error. The result ends that at once.
 */
function hold(response: NodeResponse): () => void {
  const members = response as unknown as Record<string, unknown>;
  let isHeld = true;
  const releases = ANSWERING.filter((name) => typeof members[name] === "function").map((name) => {
    const answer = members[name] as (...values: unknown[]) => unknown;
    // What wraps it meanwhile keeps it.
    const held = function (this: unknown, ...values: unknown[]): unknown {
      if (!isHeld) return answer.apply(this, values);
      throw new Error("Expected `if (await guard(request, response))`, got an answer before the request is judged: `await` is missing");
    };
    members[name] = held;
    return () => {
      if (members[name] === held) members[name] = answer;
    };
  });
  const release = () => {
    isHeld = false;
    for (const each of releases) each();
  };
  microtask(release);
  return release;
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
