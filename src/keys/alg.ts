/**
 * The option `alg` of what keys come from: the algorithms of keys that do not name one themselves. Several must be of one kind of key. RSA's two
 * schemes are of one kind: to forge a signature of either takes the private key, or a fault of a scheme that has been allowed by its name.
 */
import { ALGORITHMS, type Algorithm, algorithmNames, isAlgorithm, type PublicAlgorithm } from "../base/algorithms.js";
import { optionError } from "../base/errors.js";
import { chooseAlgorithm, type KeyKind } from "./kind.js";

/** One algorithm, or several of one kind of key: `HS…`, `RS…` and `PS…`, `ES…`, or `EdDSA`. */
export type AlgOption<Name extends Algorithm = Algorithm> = Name | readonly Name[];

/** Options of a key that is for each of several algorithms. */
export type WithAlg<Options extends object, Name extends Algorithm> = Omit<Options, "alg"> & { readonly alg: AlgOption<Name> };

/** A key is not for any of the algorithms that its source is configured for. */
export class OtherAlgorithmError extends TypeError {}

/** What a JWK calls the keys of an algorithm (RFC 7518 §6.1, RFC 8037 §2). */
export function kindOfKey(algorithm: Algorithm): "oct" | "RSA" | "EC" | "OKP" {
  const entry = ALGORITHMS[algorithm];
  return entry.kind === "secret" ? "oct" : entry.kty;
}

/** @throws TypeError for what names none, or algorithms of several kinds of keys. */
export function parseAlg(value: unknown, name: string): readonly Algorithm[] | undefined {
  if (value === undefined) return undefined;
  const given: readonly unknown[] = Array.isArray(value) ? [...value] : [value];
  if (given.length === 0 || !given.every(isAlgorithm)) {
    throw optionError(
      name,
      `one of ${algorithmNames()}, or an array of them`,
      given.length ? given.find((each) => !isAlgorithm(each)) : value,
    );
  }
  const kinds = new Set(given.map(kindOfKey));
  if (kinds.size > 1) throw new TypeError(`Expected \`${name}\` to be algorithms of one kind of key, got ${[...kinds].join(" and ")}`);
  return [...new Set(given)];
}

/**
 * Those of a key's algorithms that its source, or its options, are configured for.
 * @throws OtherAlgorithmError where there are none.
 */
export function configuredOnes<Name extends Algorithm>(
  algorithms: readonly Name[],
  configured: readonly Algorithm[] | undefined,
  name: string,
): readonly Name[] {
  if (!configured) return algorithms;
  const both = algorithms.filter((algorithm) => configured.includes(algorithm));
  if (both.length === 0) throw new OtherAlgorithmError(`Expected \`${name}\` to be a key for ${configured.join(" or ")}, got another`);
  return both;
}

/**
 * The algorithms of a public key: what its options or it itself say, as far as its source is configured for it, or else what that is. None for an
 * RSA key of which nothing is said.
 * @throws TypeError where that is none, or of another kind of key.
 */
export function publicAlgorithms(
  kind: KeyKind,
  { wanted, own, configured }: { readonly wanted: unknown; readonly own: unknown; readonly configured: readonly Algorithm[] | undefined },
  name: string,
): readonly PublicAlgorithm[] {
  const several = Array.isArray(wanted) ? parseAlg(wanted, `${name}.alg`) : undefined;
  const single = several?.includes(own as Algorithm) ? own : (several?.[0] ?? wanted);
  const isSaid = single !== undefined || own !== undefined || kind.certain !== undefined;
  if (isSaid) {
    const first = chooseAlgorithm(kind, single, own, name);
    const others = several && own === undefined ? several.slice(1) : [];
    return configuredOnes([first, ...others.map((each) => chooseAlgorithm(kind, each, own, name))], configured, name);
  }
  // Its size is judged in any case.
  chooseAlgorithm(kind, "RS256", undefined, name);
  return configured
    ? configuredOnes(
        configured.filter((each): each is PublicAlgorithm => kindOfKey(each) === "RSA"),
        configured,
        name,
      )
    : [];
}
