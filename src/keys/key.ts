/** Any key that a verifier is given: a secret for the engine, or a public key for the platform. Never one for the other. */
import type { Algorithm, PublicAlgorithm, SecretAlgorithm } from "../base/algorithms.js";
import { ownMember, ownMembers, takenMember } from "../base/own.js";
import { holding, wipe } from "../base/wipe.js";
import type { Key, SecretKey } from "../engine/key.js";
import { configuredOnes, kindOfKey, parseAlg, type WithAlg } from "./alg.js";
import { isJwk } from "./jwk.js";
import { OpenKey, openKeyError } from "./open.js";
import { isPublicKeyInput, type PublicKeyInput, type PublicKeyOptions, parsePublicKeys } from "./public.js";
import { KEY_OPTION_NAMES, type KeyOptions, parseSecretKey, type SecretKeyInput, type SecretSource } from "./secret.js";

export type KeyInput = SecretKeyInput | PublicKeyInput | WithAlg<KeyOptions, SecretAlgorithm> | WithAlg<PublicKeyOptions, PublicAlgorithm>;

/** How keys are taken. */
export interface KeyRules {
  /** Secrets shorter than the hash. */
  readonly allowWeak: boolean;
  /** The algorithms of keys that do not say it. */
  readonly algorithms: readonly Algorithm[] | undefined;
}

/**
 * Reads one configured key, which is one for each of its algorithms.
 * @throws TypeError that names the option, never what is in it.
 */
export function parseKeys(input: KeyInput, name: string, rules: KeyRules): readonly Key[] | OpenKey {
  return isPublicKeyInput(input) ? parsePublicKeys(input, name, rules.algorithms) : parseSecretKeys(input as SecretKeyInput, name, rules);
}

/** The keys, an open one by these algorithms. @throws TypeError for one that they leave open. */
export function bound(parsed: readonly Key[] | OpenKey, algorithms: readonly Algorithm[], name: string): readonly Key[] {
  if (!(parsed instanceof OpenKey)) return parsed;
  const key = parsed.bind(algorithms);
  if (!key) throw openKeyError(name);
  return [key];
}

function parseSecretKeys(input: SecretKeyInput, name: string, { allowWeak, algorithms: configured }: KeyRules): readonly SecretKey[] {
  // Most have one algorithm, and are read once.
  if (!configured && !(isOptions(input) && Array.isArray(takenMember(input, "alg", name)))) return [parseSecretKey(input, name, allowWeak)];
  const options = isOptions(input) ? ownMembers(input, name, KEY_OPTION_NAMES) : undefined;
  const wanted: unknown = options?.alg;
  const several = Array.isArray(wanted) ? parseAlg(wanted, `${name}.alg`) : undefined;
  const secret = options ? options.secret : input;
  const said = (isJwk(secret) && ownMember(secret, "alg")) || (several ? undefined : wanted);
  const algorithms = said === undefined ? (several ?? configured)?.filter((each) => kindOfKey(each) === "oct") : [said];
  const chosen = configuredOnes(configuredOnes(algorithms as SecretAlgorithm[], several, name), configured, name);
  return holding(wipe, (held: SecretKey[]) => {
    for (const alg of chosen) {
      const one = options ? { ...(input as KeyOptions), ...options, alg } : { secret: input as SecretSource, alg };
      held.push(parseSecretKey(one, name, allowWeak));
    }
    return held;
  });
}

function isOptions(input: unknown): input is KeyOptions {
  return typeof input === "object" && input !== null && Object.hasOwn(input, "secret");
}
