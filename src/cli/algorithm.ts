/** The algorithms that a key can be for, as the command takes and shows them. */
import type { Algorithm } from "../index.js";
import { UsageError } from "./failure.js";

/** Each with the fewest bytes of a secret (RFC 7518 §3.2). */
export const SECRET_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const satisfies Record<Algorithm, number>;

export const ALGORITHMS = Object.keys(SECRET_BYTES) as readonly Algorithm[];

/** "HS256, HS384 or HS512". */
export const ANY_ALGORITHM = oneOfNames(ALGORITHMS);

export function isAlgorithm(name: unknown): name is Algorithm {
  return ALGORITHMS.includes(name as Algorithm);
}

/** @throws UsageError */
export function parseAlgorithm(value: string | undefined): Algorithm | undefined {
  if (value !== undefined && !isAlgorithm(value)) throw new UsageError(`Expected \`--alg\` to be ${ANY_ALGORITHM}`);
  return value;
}

/** "a", "a or b", "a, b or c". */
export function oneOfNames(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" or ");
}
