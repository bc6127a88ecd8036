/** Whether a request may pass: the protocol of RFC 6750, which all adapters share. */
import { type Acceptance, isAccepted, type Verdict } from "../../result.js";
import { inTime } from "./deadline.js";
import { type Answer, answerTo, changed, type Denial, NO_SCOPE, NO_TOKEN, rejected } from "./denial.js";
import { failureOf } from "./failure.js";
import type { Incoming } from "./incoming.js";
import type { Plan, ScopePlan } from "./options.js";
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
  readonly auth: Acceptance<Claims> | undefined;
  /** What the response should say to caches, unless the application knows better. */
  readonly cacheControl: "private" | undefined;
}

const ANONYMOUS: Passed<never> = { answer: undefined, auth: undefined, cacheControl: undefined };

/**
 * Judges a request; `request` is what callbacks get.
 * @throws AuthFailure (as a rejection) when the verifier or `from` fails, or one of the three does not answer; whatever `onRejected` throws.
 */
export function decide<Claims, Request>(plan: Plan<Claims, Request>, incoming: Incoming, request: Request): Promise<Decision<Claims>> {
  return plan.sources.from ? decideGiven(plan, incoming, request) : decideOn(plan, incoming, request, undefined);
}

async function decideGiven<Claims, Request>(plan: Plan<Claims, Request>, incoming: Incoming, request: Request): Promise<Decision<Claims>> {
  let given: unknown;
  try {
    given = await inTime(plan.sources.from?.(request), "`from` to give a token or none");
    if (given !== undefined && typeof given !== "string") throw new TypeError("Expected `from` to give a string or undefined");
  } catch (error) {
    throw failureOf(error);
  }
  return decideOn(plan, incoming, request, given);
}

/** Two promises above the verifier's, and a timer that is called off: each request pays for them. */
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
  let denial: Denial | undefined;
  try {
    verdict = await inTime(plan.verifier.verifyAsync(token), "the token to be judged");
    denial = denialOf(verdict, token, plan.scopes);
  } catch (error) {
    throw failureOf(error);
  }
  if (denial) return deny(plan, denial, request);
  return { answer: undefined, auth: verdict as Acceptance<Claims>, cacheControl: isInQuery ? "private" : undefined };
}

/** Undefined where the token lets the request pass. @throws TypeError for what is no verdict, and whatever its getters throw. */
function denialOf<Claims>(verdict: Verdict<Claims>, token: string, scopes: readonly string[]): Denial | undefined {
  if (!isAccepted(verdict)) return rejected(verdict, token);
  return grants(verdict, scopes) ? undefined : NO_SCOPE;
}

/** Judges whether a request that has passed has the scopes as well. One without a token has none. */
export async function decideScope<Claims, Request>(
  plan: ScopePlan<Request>,
  auth: Acceptance<Claims> | undefined | null,
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
  const changes = await inTime(plan.onRejected?.(denial, request), "`onRejected` to settle");
  return { answer: changes ? changed(answer, changes) : answer, auth: undefined, cacheControl: undefined };
}
