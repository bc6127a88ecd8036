/** Whether a request may pass: the protocol of RFC 6750, which all adapters share. */
import { type Acceptance, isAccepted, type Verdict } from "../../verify/verdict.js";
import { inTime } from "./deadline.js";
import { type Answer, answerTo, changed, type Denial, NO_SCOPE, NO_TOKEN, rejected } from "./denial.js";
import { failureOf } from "./failure.js";
import type { Incoming } from "./incoming.js";
import type { Plan, ScopePlan } from "./options.js";
import { isPreflight } from "./preflight.js";
import { grants } from "./scope.js";
import { findToken } from "./sources.js";
import { denialOf, leaveTrace, withTrace } from "./trace.js";

/** It passes, with what is known of it, or is answered. */
export type Decision<Claims> = Passed<Claims> | Answered;

interface Answered {
  readonly answer: Answer;
  readonly auth: undefined;
  readonly denial: undefined;
  readonly marks: false;
  readonly cacheControl: undefined;
}

interface Passed<Claims> {
  readonly answer: undefined;
  /** Undefined where there was no token, and need not be. */
  readonly auth: Acceptance<Claims> | undefined;
  /** Why it would have been turned away, where it passes all the same. There is no `auth` then. */
  readonly denial: Denial | undefined;
  /** Is the request to show `denial`, or that there is none any more? */
  readonly marks: boolean;
  /** What the response should say to caches, unless the application knows better. */
  readonly cacheControl: "private" | undefined;
}

const ANONYMOUS: Passed<never> = { answer: undefined, auth: undefined, denial: undefined, marks: false, cacheControl: undefined };

/**
 * Judges a request; `request` is what callbacks get.
 * @throws AuthFailure (as a rejection) when the verifier or `from` fails, or one of the three does not answer; whatever `onRejected` throws.
 */
export function decide<Claims, Request extends object>(
  plan: Plan<Claims, Request>,
  incoming: Incoming,
  request: Request,
): Promise<Decision<Claims>> {
  return plan.sources.from ? decideGiven(plan, incoming, request) : decideOn(plan, incoming, request, undefined);
}

async function decideGiven<Claims, Request extends object>(
  plan: Plan<Claims, Request>,
  incoming: Incoming,
  request: Request,
): Promise<Decision<Claims>> {
  let given: unknown;
  try {
    given = (await inTime(plan.sources.from?.(request), "`from` to give a token or none")) ?? undefined;
    if (given !== undefined && typeof given !== "string")
      throw new TypeError("Expected `from` to give a string, or undefined or null for none");
  } catch (error) {
    throw failureOf(error);
  }
  return decideOn(plan, incoming, request, given);
}

/** Two promises above the verifier's, and a timer that is called off: each request pays for them. */
async function decideOn<Claims, Request extends object>(
  plan: Plan<Claims, Request>,
  incoming: Incoming,
  request: Request,
  given: string | undefined,
): Promise<Decision<Claims>> {
  const found = findToken(plan.sources, { incoming, given, mayBeEmpty: plan.optional });
  if (found.denial) return denyOrPass(plan, found.denial, request, false);
  const { token, isInQuery } = found;
  if (token === undefined) return mayBeAnonymous(plan, incoming) ? pass(plan, request, ANONYMOUS) : deny(plan, NO_TOKEN, request);
  let verdict: Verdict<Claims>;
  let denial: Denial | undefined;
  try {
    verdict = await inTime(plan.verifier.verifyAsync(token), "the token to be judged");
    denial = denialBy(verdict, token, plan);
  } catch (error) {
    throw failureOf(error);
  }
  if (denial) return denyOrPass(plan, denial, request, isInQuery);
  const cacheControl = isInQuery ? "private" : undefined;
  return pass(plan, request, { answer: undefined, auth: verdict as Acceptance<Claims>, denial: undefined, marks: false, cacheControl });
}

/** Undefined where the token lets the request pass. @throws TypeError for what is no verdict, and whatever its getters throw. */
function denialBy<Claims>(verdict: Verdict<Claims>, token: string, { scopes, scopeClaim }: ScopePlan<never>): Denial | undefined {
  if (!isAccepted(verdict)) return rejected(verdict, token);
  return grants(verdict, scopes, scopeClaim) ? undefined : NO_SCOPE;
}

/** A bad token passes as none where the plan says so. One that cannot be judged now is not known to be bad. */
function denyOrPass<Claims, Request extends object>(
  plan: Plan<Claims, Request>,
  denial: Denial,
  request: Request,
  isInQuery: boolean,
): Decision<Claims> | Promise<Decision<Claims>> {
  if (!plan.passes || denial.status === 503) return deny(plan, denial, request);
  return pass(plan, request, { ...ANONYMOUS, denial, cacheControl: isInQuery ? "private" : undefined });
}

function pass<Claims, Request extends object>(plan: Plan<Claims, Request>, request: Request, decision: Passed<Claims>): Passed<Claims> {
  const marks = (decision.denial ?? denialOf(request)) !== undefined;
  leaveTrace(request, plan, decision.denial);
  return marks ? { ...decision, marks } : decision;
}

/** Judges whether a request that has passed has the scopes as well. One without a token has none. */
export async function decideScope<Claims, Request extends object>(
  given: ScopePlan<Request>,
  auth: Acceptance<Claims> | undefined | null,
  incoming: Incoming,
  request: Request,
): Promise<Decision<Claims>> {
  const plan = withTrace(given, request);
  if (!auth) return plan.preflight && isPreflight(incoming) ? ANONYMOUS : deny(plan, denialOf(request) ?? NO_TOKEN, request);
  return grants(auth, plan.scopes, plan.scopeClaim) ? { ...ANONYMOUS, auth } : deny(plan, NO_SCOPE, request);
}

function mayBeAnonymous<Claims, Request>(plan: Plan<Claims, Request>, incoming: Incoming): boolean {
  return plan.optional || (plan.preflight && isPreflight(incoming));
}

const ANSWERED = { auth: undefined, denial: undefined, marks: false, cacheControl: undefined } as const;

/** The answer to a request that is turned away, as `onRejected` wants it. */
export async function deny<Request>(plan: ScopePlan<Request>, denial: Denial, request: Request): Promise<Answered> {
  const answer = answerTo(denial, plan.realm, plan.scopes);
  const changes = await inTime(plan.onRejected?.(denial, request), "`onRejected` to settle");
  return { ...ANSWERED, answer: changes ? changed(answer, changes) : answer };
}
