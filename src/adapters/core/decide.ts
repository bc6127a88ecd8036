/** Whether a request may pass: the protocol of RFC 6750, which all adapters share. */
import type { Verdict } from "../../result.js";
import { type Answer, answerTo, changed, type Denial, NO_SCOPE, NO_TOKEN, rejected } from "./denial.js";
import { AuthFailure } from "./failure.js";
import type { Incoming } from "./incoming.js";
import type { Auth, Plan, ScopePlan } from "./options.js";
import { isPreflight } from "./preflight.js";
import { grants } from "./scope.js";
import { findToken } from "./sources.js";

/** It passes, with what is known of it, or is answered. */
export type Decision<Claims> = Passed<Claims> | { readonly answer: Answer };

interface Passed<Claims> {
  readonly answer?: undefined;
  /** Undefined where there was no token, and need not be. */
  readonly auth: Auth<Claims> | undefined;
  /** What the response should say to caches, unless the application knows better. */
  readonly cacheControl: "private" | undefined;
}

const ANONYMOUS: Passed<never> = { auth: undefined, cacheControl: undefined };

/**
 * Judges a request; `request` is what callbacks get.
 * @throws AuthFailure (as a rejection) when the verifier or `from` fails; whatever `onRejected` throws.
 */
export async function decide<Claims, Request>(
  plan: Plan<Claims, Request>,
  incoming: Incoming,
  request: Request,
): Promise<Decision<Claims>> {
  const given = plan.sources.from ? await orFailure(() => givenBy(plan, request)) : undefined;
  const found = findToken(plan.sources, incoming, given);
  if ("status" in found) return deny(plan, found, request);
  const { token, isInQuery } = found;
  if (token === undefined) return mayBeAnonymous(plan, incoming) ? ANONYMOUS : deny(plan, NO_TOKEN, request);
  const verdict = await orFailure(() => plan.verifier.verifyAsync(token));
  if (!isAccepted(verdict)) return deny(plan, rejected(verdict), request);
  if (!grants(verdict.claims, plan.scopes)) return deny(plan, NO_SCOPE, request);
  return { auth: verdict, cacheControl: isInQuery ? "private" : undefined };
}

/** Judges whether a request that has passed has the scopes as well. One without a token has none. */
export async function decideScope<Claims, Request>(
  plan: ScopePlan<Request>,
  auth: Auth<Claims> | undefined | null,
  incoming: Incoming,
  request: Request,
): Promise<Decision<Claims>> {
  if (!auth) return plan.preflight && isPreflight(incoming) ? ANONYMOUS : deny(plan, NO_TOKEN, request);
  return grants(auth.claims, plan.scopes) ? { auth, cacheControl: undefined } : deny(plan, NO_SCOPE, request);
}

function mayBeAnonymous<Claims, Request>(plan: Plan<Claims, Request>, incoming: Incoming): boolean {
  return plan.optional || (plan.preflight && isPreflight(incoming));
}

async function deny<Request>(plan: ScopePlan<Request>, denial: Denial, request: Request): Promise<{ answer: Answer }> {
  const answer = answerTo(denial, plan.realm, plan.scopes);
  const changes = await plan.onRejected?.(denial, request);
  return { answer: changes ? changed(answer, changes) : answer };
}

/** What is neither accepted nor rejected is no verdict. */
function isAccepted<Claims>(verdict: Verdict<Claims>): verdict is Auth<Claims> {
  if (verdict?.ok !== true && verdict?.ok !== false) throw new AuthFailure(new TypeError("Expected the verifier to give a verdict"));
  return verdict.ok;
}

async function givenBy<Request>({ sources }: Plan<unknown, Request>, request: Request): Promise<string | undefined> {
  const token: unknown = await sources.from?.(request);
  if (token !== undefined && typeof token !== "string") throw new TypeError("Expected `from` to give a string or undefined");
  return token;
}

async function orFailure<Value>(action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    throw new AuthFailure(error);
  }
}
