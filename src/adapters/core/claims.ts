/** Types that follow a verifier, so that its claims are named once. */
import type { Acceptance } from "../../verify/verdict.js";
import type { TokenVerifier } from "./batched.js";

/** The claims that a verifier gives: `ClaimsOf<typeof verifier>`. Of what is no verifier, itself. */
export type ClaimsOf<Verifier> = [Verifier] extends [TokenVerifier<infer Claims>] ? Claims : Verifier;

/**
 * What is known of an authenticated request, the verdict on its token: `Auth<typeof verifier>` or `Auth<MyClaims>`. `claims` and `header` are read
 * when they are asked for.
 */
export type Auth<Verifier> = Acceptance<ClaimsOf<Verifier>>;

/** What may stand in a place that is an application's own, if it has declared it at all: this verifier's verdict and no other's. */
export type MayHaveAuth<Claims> = object & { readonly auth?: Acceptance<Claims> | undefined };
