/** How many tokens of a fleet are to be of each kind. */
import { grouped } from "../../explain/index.js";
import { parseShare } from "../values/units.js";
import { UsageError } from "../words/failure.js";
import { KINDS, type Kind, type Quotas, type Size } from "./kinds.js";

const DEFAULT_SHARES: Readonly<Record<Exclude<Kind, "valid">, number>> = {
  expired: 0.02,
  "not-yet-valid": 0.005,
  tampered: 0.01,
  "wrong-audience": 0.005,
  malformed: 0.01,
};

export function parseQuotas(values: Readonly<Record<Exclude<Kind, "valid">, string | undefined>>, count: number, size: Size): Quotas {
  const quotas = { valid: count } as Quotas;
  const kinds = Object.keys(DEFAULT_SHARES) as (keyof typeof DEFAULT_SHARES)[];
  const isChosen = kinds.some((kind) => values[kind] !== undefined);
  let bad = 0;
  for (const kind of kinds) {
    const hasNone = kind === "wrong-audience" && size === "small";
    const share = parseShare(values[kind], kind) ?? (hasNone || isChosen ? 0 : DEFAULT_SHARES[kind]);
    if (hasNone && share > 0)
      throw new UsageError("Expected `--wrong-audience` to go with `--size mid` or `big`: small tokens have no `aud`");
    // 29 % of 100 is a little less than 29 in binary.
    quotas[kind] = Math.floor(share * count + 1e-6);
    quotas.valid -= quotas[kind];
    bad += share;
  }
  if (bad > 1 + 1e-9) throw new UsageError("Expected the shares of bad tokens to be 100% at most, all together");
  return quotas;
}

export function describeQuotas(quotas: Quotas): string {
  const kinds = (Object.keys(quotas) as Kind[]).filter((kind) => quotas[kind] > 0);
  return kinds.map((kind) => `${grouped(quotas[kind])} ${KINDS[kind]}`).join(", ");
}
