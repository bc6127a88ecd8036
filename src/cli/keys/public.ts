/** Public keys to verify with: from a file, or a set as issuers publish it. */
import { ownObject } from "../../explain/index.js";
import { type AsymmetricJwk, createVerifier, type PublicAlgorithm, type PublicKeyOptions } from "../../index.js";
import type { Values } from "../subcommand/definition.js";
import { UsageError } from "../words/failure.js";
import { ANY_PUBLIC_ALGORITHM, parsePublicAlgorithm } from "./algorithm.js";
import { contentError, labelOf, othersOf, parseJson, readWhole, requireContent, tellOthers } from "./file.js";
import { type Keys, namesOfKeys } from "./given.js";
import type { PUBLIC_KEY_OPTIONS } from "./options.js";
import { algorithmOf, ownAlgorithm, readKey } from "./pairs.js";
import type { KeyValues } from "./secrets.js";

/** The public keys; undefined where none is named. @throws UsageError */
export function readPublicKeys(values: Values<typeof PUBLIC_KEY_OPTIONS> & KeyValues): Keys<PublicKeyOptions> | undefined {
  namesOfKeys(values);
  const { "public-key": file, jwks, alg } = values;
  if (jwks !== undefined) return readKeySet(jwks, parsePublicAlgorithm(alg, "--jwks"), values);
  if (file === undefined) return undefined;
  const given = parsePublicAlgorithm(alg, "--public-key");
  const expected = "a public key in PEM or DER, or a JSON Web Key";
  const named = { option: "--public-key", file, expected, options: values };
  const publicKey = readKey(named, ["public key"]);
  return { label: labelOf(named), keys: [{ publicKey, ...algorithmOf(publicKey, given, labelOf(named)) }] };
}

/** The keys of a set that can verify; the others are passed over (RFC 7517 §5). */
function readKeySet(file: string, alg: PublicAlgorithm | undefined, options: object): Keys<PublicKeyOptions> {
  const named = { option: "--jwks", file, expected: "a JSON Web Key set with public keys", options };
  const bytes = readWhole(named);
  requireContent(named, bytes, ["set", "secret set"]);
  const set = parseJson(bytes)?.keys;
  if (!Array.isArray(set)) throw contentError(named, "no JSON object");
  const keys = set.map((jwk) => keyOfSet(ownObject(jwk) as AsymmetricJwk | undefined, alg)).filter((key) => key !== undefined);
  const label = labelOf(named);
  if (keys.length === 0) {
    const hint =
      alg === undefined && set.some(isUntold) ? "; for RSA keys that do not say theirs, give `--alg`, such as `--alg RS256`" : "";
    throw new UsageError(`Expected \`${label}\` to hold a public key for ${alg ?? ANY_PUBLIC_ALGORITHM}, got ${othersOf(set)}${hint}`);
  }
  tellOthers(label, set.length - keys.length, alg ?? "verifying");
  return { label, keys };
}

/** An RSA key that does not say its algorithm. */
function isUntold(jwk: unknown): boolean {
  const own = ownObject(jwk);
  return own?.kty === "RSA" && own.alg === undefined;
}

/** Undefined for one that the library takes for no public key, or for another algorithm. */
function keyOfSet(jwk: AsymmetricJwk | undefined, wanted: PublicAlgorithm | undefined): PublicKeyOptions | undefined {
  if (!jwk || Object.hasOwn(jwk, "d")) return undefined;
  const alg = ownAlgorithm(jwk) ?? wanted;
  if (alg === undefined || (wanted !== undefined && alg !== wanted)) return undefined;
  const key: PublicKeyOptions = { publicKey: jwk, alg };
  try {
    createVerifier({ keys: [key] });
    return key;
  } catch {
    return undefined;
  }
}
