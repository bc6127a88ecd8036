/** The algorithms that there are, by what keys them. */
import { ALGORITHMS, isPublicAlgorithm, isSecretAlgorithm } from "../base/algorithms.js";
import type { Algorithm, SecretAlgorithm } from "../index.js";

export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as readonly Algorithm[];
export const SECRET_ALGORITHMS = ALGORITHM_NAMES.filter(isSecretAlgorithm);
export const PUBLIC_ALGORITHMS = ALGORITHM_NAMES.filter(isPublicAlgorithm);

/** The fewest bytes that a secret for it should have (RFC 7518 §3.2). */
export function secretBytes(alg: SecretAlgorithm): number {
  return ALGORITHMS[alg].secretBytes;
}

export { isPublicAlgorithm, isSecretAlgorithm };
