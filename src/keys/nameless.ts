/** Tokens that name no key: which of a verifier's keys serve them. */
import { type Algorithm, isSecretAlgorithm } from "../base/algorithms.js";

/** So many secrets of one algorithm are tried at most: it bounds what a forged token costs. */
export const MOST_TRIED = 4;

export interface Candidate {
  readonly algorithm: Algorithm;
  /** It was marked so. */
  readonly isDefault: boolean;
  /** It was given without `kid`. */
  readonly isNameless: boolean;
}

/**
 * The only key; of several, for each algorithm, the one that is marked `default` and those without `kid`, where these are `MOST_TRIED`
 * secrets or one public key, and no more. Where they are more, it is the marked one alone: nothing tells the others apart.
 */
export function defaultsAmong<Key extends Candidate>(keys: readonly Key[]): ReadonlySet<Key> {
  if (keys.length === 1) return new Set(keys);
  const candidates = keys.filter(({ isDefault, isNameless }) => isDefault || isNameless);
  const fits = ({ algorithm }: Key) =>
    candidates.filter((other) => other.algorithm === algorithm).length <= (isSecretAlgorithm(algorithm) ? MOST_TRIED : 1);
  return new Set(candidates.filter((key) => key.isDefault || fits(key)));
}

/** Are two keys of one algorithm marked `default`? */
export function hasTwoDefaults(keys: readonly Pick<Candidate, "algorithm" | "isDefault">[]): boolean {
  const marked = keys.filter(({ isDefault }) => isDefault).map(({ algorithm }) => algorithm);
  return new Set(marked).size < marked.length;
}
