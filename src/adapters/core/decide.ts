/** Whether a request may pass: the protocol of RFC 6750, which all adapters share. */
import type { Rejection } from "../../codes.js";
import { isAccepted, type Verdict } from "../../result.js";
import { type Answer, answerTo, changed, type Denial, NO_SCOPE, NO_TOKEN, rejected } from "./denial.js";
import { AuthFailure } from "./failure.js";
import type { Incoming } from "./incoming.js";
import type { Auth, Plan, ScopePlan } from "./options.js";
import { isPreflight } from "./preflight.js";
import { grants } from "./scope.js";
import { findToken } from "./sources.js";

/** It passes, with what is known of it, or is answered. */
export type Decision<Claims> = Passed<Claims> | Answered;

interface Answered {
  readonly answer: Answer;
  readonly auth: undefined;
  readonly cacheControl: undefined;
}

interface Passed<Claims> {
  readonly answer: undefined;
  /** Undefined where there was no token, and need not be. */
  readonly auth: Auth<Claims> | undefined;
  /** What the response should say to caches, unless the application knows better. */
  readonly cacheControl: "private" | undefined;
}

const ANONYMOUS: Passed<never> = { answer: undefined, auth: undefined, cacheControl: undefined };

/**
 * Judges a request; `request` is what callbacks get.
 * @throws AuthFailure (as a rejection) when the verifier or `from` fails; whatever `onRejected` throws.
 */
export function decide<Claims, Request>(plan: Plan<Claims, Request>, incoming: Incoming, request: Request): Promise<Decision<Claims>> {
  return plan.sources.from ? decideGiven(plan, incoming, request) : decideOn(plan, incoming, request, undefined);
}

async function decideGiven<Claims, Request>(plan: Plan<Claims, Request>, incoming: Incoming, request: Request): Promise<Decision<Claims>> {
  let given: unknown;
  try {
    given = await plan.sources.from?.(request);
    if (given !== undefined && typeof given !== "string") throw new TypeError("Expected `from` to give a string or undefined");
  } catch (error) {
    throw new AuthFailure(error);
  }
  return decideOn(plan, incoming, request, given);
}

/** One promise above the verifier's: each request pays for it. */
async function decideOn<Claims, Request>(
  plan: Plan<Claims, Request>,
  incoming: Incoming,
  request: Request,
  given: string | undefined,
): Promise<Decision<Claims>> {
  const found = findToken(plan.sources, incoming, given);
  if (found.denial) return deny(plan, found.denial, request);
  const { token, isInQuery } = found;
  if (token === undefined) return mayBeAnonymous(plan, incoming) ? ANONYMOUS : deny(plan, NO_TOKEN, request);
  let verdict: Verdict<Claims>;
  let isGood: boolean;
  try {
    verdict = await plan.verifier.verifyAsync(token);
    isGood = isAccepted(verdict);
  } catch (error) {
    throw new AuthFailure(error);
  }
  if (!isGood) return deny(plan, rejected(verdict as Rejection), request);
  if (!grants(verdict as Auth<Claims>, plan.scopes)) return deny(plan, NO_SCOPE, request);
  return { answer: undefined, auth: verdict as Auth<Claims>, cacheControl: isInQuery ? "private" : undefined };
}

/** Judges whether a request that has passed has the scopes as well. One without a token has none. */
export async function decideScope<Claims, Request>(
  plan: ScopePlan<Request>,
  auth: Auth<Claims> | undefined | null,
  incoming: Incoming,
  request: Request,
): Promise<Decision<Claims>> {
  if (!auth) return plan.preflight && isPreflight(incoming) ? ANONYMOUS : deny(plan, NO_TOKEN, request);
  return grants(auth, plan.scopes) ? { answer: undefined, auth, cacheControl: undefined } : deny(plan, NO_SCOPE, request);
}

function mayBeAnonymous<Claims, Request>(plan: Plan<Claims, Request>, incoming: Incoming): boolean {
  return plan.optional || (plan.preflight && isPreflight(incoming));
}

/** The answer to a request that is turned away, as `onRejected` wants it. */
export async function deny<Request>(plan: ScopePlan<Request>, denial: Denial, request: Request): Promise<Answered> {
  const answer = answerTo(denial, plan.realm, plan.scopes);
  const changes = await plan.onRejected?.(denial, request);
  return { answer: changes ? changed(answer, changes) : answer, auth: undefined, cacheControl: undefined };
}
