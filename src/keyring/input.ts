/** Keys as they are configured in a ring: as a verifier takes them, or as JWKs, with a time to begin and a time to end. */
import type { PublicAlgorithm, SecretAlgorithm } from "../base/algorithms.js";
import { bare, ownMembers } from "../base/own.js";
import { holding } from "../base/wipe.js";
import { OtherAlgorithmError, type WithAlg } from "../keys/alg.js";
import { type AsymmetricJwk, isJwk } from "../keys/jwk.js";
import { isForVerifying, isJwkSet, type JwkSet } from "../keys/jwkSet.js";
import { type KeyInput, parseKeys } from "../keys/key.js";
import type { PublicKeyOptions } from "../keys/public.js";
import type { KeyOptions, OctJwk, SecretKeyObject } from "../keys/secret.js";
import type { AsymmetricKeyObject } from "../runtime/platform.js";
import { distinctKeys, type Fault, hold, type JwkRules, type KeyList, parseJwk, parseJwks, type Validity, validity } from "./jwks.js";
import { type RingKey, wipeKeys } from "./roster.js";

/** A key of a ring. One without `kid` is named by its thumbprint (RFC 7638). */
export type RingKeyInput =
  | string
  | Uint8Array
  | SecretKeyObject
  | AsymmetricKeyObject
  | ((
      | OctJwk
      | AsymmetricJwk
      | KeyOptions
      | PublicKeyOptions
      | WithAlg<KeyOptions, SecretAlgorithm>
      | WithAlg<PublicKeyOptions, PublicAlgorithm>
    ) &
      Validity);

/** Keys as they are given to a ring, or by a callback: one, several, or a JWK set. */
export type RingKeysInput = RingKeyInput | readonly RingKeyInput[] | JwkSet;

/**
 * Reads configured keys. Of a JWK set, bad ones are left out and reported; one that is given by itself or in an array must be good.
 * @throws TypeError that names the option, never the secret.
 */
export function parseRingKeys(input: RingKeysInput, name: string, rules: JwkRules): KeyList {
  if (Array.isArray(input)) return parseArray(input, name, rules);
  if (isJwkSet(input)) return parseJwks(input, `\`${name}\``, rules);
  return { keys: [parseRingKey(input as RingKeyInput, name, rules)], problems: [] };
}

/**
 * As `parseRingKeys`, of keys that are loaded: a JWK that is for something else has been withdrawn, so that it is left out and reported, as is a
 * key that is for another algorithm than its source is configured for.
 */
export function parseGivenKeys(input: RingKeysInput, name: string, rules: JwkRules): KeyList {
  if (isJwkSet(input)) return parseRingKeys(input, name, rules);
  const inputs: readonly RingKeyInput[] = Array.isArray(input) ? input : [input];
  const nameOf = (index: number) => (Array.isArray(input) ? `${name}[${index}]` : name);
  const problems: string[] = [];
  let fault: Fault | undefined;
  const keys = all(inputs, nameOf, (each, nameOfKey) => {
    if (isJwk(each) && !isForVerifying(each)) {
      problems.push(`Expected \`${nameOfKey}\` to be a key for verifying, got one for something else`);
      return undefined;
    }
    try {
      return parseRingKey(each, nameOfKey, rules);
    } catch (error) {
      if (!(error instanceof OtherAlgorithmError)) throw error;
      problems.push(error.message);
      fault = "refused";
      return undefined;
    }
  });
  return { keys, problems, fault };
}

function parseArray(inputs: readonly RingKeyInput[], name: string, rules: JwkRules): KeyList {
  const nameOf = (index: number) => `${name}[${index}]`;
  return { keys: all(inputs, nameOf, (input, nameOfKey) => parseRingKey(input, nameOfKey, rules)), problems: [] };
}

/** The keys that there are; all of them must be good, and each have a name of its own. */
function all(
  inputs: readonly RingKeyInput[],
  nameOf: (index: number) => string,
  parse: (input: RingKeyInput, name: string) => RingKey | undefined,
): readonly RingKey[] {
  return holding(wipeKeys, (keys: RingKey[]) => {
    inputs.forEach((input, index) => {
      const key = parse(input, nameOf(index));
      if (key) keys.push(key);
    });
    const [problem] = distinctKeys({ keys, problems: [] }, []).problems;
    if (problem) throw new TypeError(problem);
    return keys;
  });
}

/** @throws TypeError that names the option, never the secret. */
export function parseRingKey(input: RingKeyInput, name: string, rules: JwkRules): RingKey {
  if (isJwk(input)) return parseJwk(input, name, rules);
  if (isOptions(input)) {
    const { nbf: _nbf, exp: _exp, ...options } = bare(input);
    const times = validity(ownMembers(input, name, ["nbf", "exp"]), name);
    for (const source of Object.values(options)) rejectTimes(source, name);
    return hold(parseKeys(options as unknown as KeyInput, name, rules), times, name);
  }
  return hold(parseKeys(input as KeyInput, name, rules), validity(bare({}), name), name);
}

function isOptions(input: unknown): input is (KeyOptions | PublicKeyOptions) & Validity {
  return typeof input === "object" && input !== null && ["secret", "publicKey", "key"].some((member) => Object.hasOwn(input, member));
}

/** Of a JWK within options nobody would know whose times are meant. */
function rejectTimes(source: unknown, name: string): void {
  if (!isJwk(source)) return;
  const time = (["nbf", "exp"] as const).find((member) => Object.hasOwn(source, member));
  if (time) throw new TypeError(`Expected \`${time}\` of \`${name}\` to stand beside the key, got it within its JWK`);
}
