/** Secrets as JSON Web Keys in files (RFC 7518 §6.4), one or a set. */
import { isSecretAlgorithm, ownObject } from "../../explain/index.js";
import type { KeyOptions, OctJwk, SecretAlgorithm, SecretSource } from "../../index.js";
import { UsageError } from "../words/failure.js";
import { ANY_SECRET_ALGORITHM, requireSameAlgorithm } from "./algorithm.js";
import { contentError, labelOf, othersOf, parseJson, readWhole, requireContent, tellOthers } from "./file.js";
import type { Keys } from "./given.js";

/** What a key is wanted for, as its `key_ops` may have it (RFC 7517 §4.3). */
export type Operation = "sign" | "verify";

type Secret = SecretSource | KeyOptions;

export function jwkFile(file: string, alg: SecretAlgorithm | undefined, operation: Operation, options: object): Keys<Secret> {
  const named = { option: "--jwk", file, expected: "a JSON Web Key of type oct or a set of them", options };
  const bytes = readWhole(named);
  requireContent(named, bytes, ["secret JWK", "secret set", "set"]);
  const value = parseJson(bytes);
  if (!value) throw contentError(named, "no JSON object");
  const label = labelOf(named);
  if (!Array.isArray(value.keys)) return { label, keys: [ofAlgorithm(value as unknown as OctJwk, alg, label)] };
  return { label, keys: usableKeys(value.keys.map(ownObject), label, alg, operation) };
}

function ofAlgorithm(jwk: OctJwk, alg: SecretAlgorithm | undefined, label: string): Secret {
  requireSameAlgorithm(alg, isSecretAlgorithm(jwk.alg) ? jwk.alg : undefined, label);
  if (alg === undefined || jwk.alg === alg) return jwk;
  return jwk.alg === undefined ? { ...jwk, alg } : { secret: jwk, alg };
}

/** The keys of a set that are for the algorithm, or for any of a secret, and for the operation; the others are passed over (RFC 7517 §5). */
function usableKeys(set: readonly unknown[], label: string, alg: SecretAlgorithm | undefined, operation: Operation): readonly Secret[] {
  const wanted = alg ?? ANY_SECRET_ALGORITHM;
  const usable = set.filter((key) => isUsable(key, alg, operation));
  if (usable.length === 0) {
    const hint = set.length && operation === "verify" ? "; `--jwks` takes public ones" : "";
    throw new UsageError(`Expected \`${label}\` to hold an oct key for ${wanted}, got ${othersOf(set)}${hint}`);
  }
  if (usable.length > 1 && usable.some((key) => key.kid === undefined))
    throw new UsageError(`Expected each of the ${usable.length} oct keys of \`${label}\` to have a \`kid\`, got one without`);
  tellOthers(label, set.length - usable.length, wanted);
  return usable.map((key) => ofAlgorithm(key, alg, label));
}

/** `key` inherits nothing. */
function isUsable(key: unknown, wanted: SecretAlgorithm | undefined, operation: Operation): key is OctJwk {
  if (typeof key !== "object" || key === null || !("kty" in key) || key.kty !== "oct") return false;
  const { alg, use, key_ops: operations } = key as { alg?: unknown; use?: unknown; key_ops?: unknown };
  const isMeant = alg === undefined || (wanted === undefined ? isSecretAlgorithm(alg) : alg === wanted);
  return isMeant && (use === undefined || use === "sig") && (!Array.isArray(operations) || operations.includes(operation));
}
