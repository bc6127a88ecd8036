/** The names of the algorithms that there are, by what keys them. */
import { ALGORITHMS, isPublicAlgorithm, isSecretAlgorithm } from "../algorithms.js";
import type { Algorithm } from "../index.js";

export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as readonly Algorithm[];
export const SECRET_ALGORITHMS = ALGORITHM_NAMES.filter(isSecretAlgorithm);
export const PUBLIC_ALGORITHMS = ALGORITHM_NAMES.filter(isPublicAlgorithm);

export { isPublicAlgorithm, isSecretAlgorithm };
