/** The tokens of a made-up fleet of devices, and what to expect of each. */
import type { JwtClaims, Signer, VerdictCode } from "../../index.js";
import { claimsOf } from "./claims.js";
import { KINDS, type Kind, type Plan, type Quotas } from "./kinds.js";
import type { Random } from "./random.js";
import { spoil } from "./spoil.js";

export interface FleetToken {
  readonly token: string;
  readonly expect: VerdictCode;
}

/**
 * The tokens, in batches, in random order. What is left of each kind is drawn from, so that the quotas come out
 * exactly without anything being remembered.
 */
export function* fleetTokens(signer: Signer, random: Random, plan: Plan, quotas: Quotas, batchSize: number): Generator<FleetToken[]> {
  const left = { ...quotas };
  let remaining = Object.values(left).reduce((sum, count) => sum + count, 0);
  for (let device = 0; remaining > 0; ) {
    const kinds: Kind[] = [];
    const claims: JwtClaims[] = [];
    while (kinds.length < batchSize && remaining > 0) {
      const kind = draw(left, random.below(remaining--));
      kinds.push(kind);
      claims.push(claimsOf(plan, kind, device++, random));
    }
    const tokens = signer.signBatch(claims);
    yield tokens.map((token, index) => ({ token: spoil(token, kinds[index] as Kind, random), expect: KINDS[kinds[index] as Kind] }));
  }
}

function draw(left: Quotas, place: number): Kind {
  for (const kind of Object.keys(left) as Kind[]) {
    if (place < left[kind]) {
      left[kind]--;
      return kind;
    }
    place -= left[kind];
  }
  throw new RangeError("Expected the place to be within what is left");
}
