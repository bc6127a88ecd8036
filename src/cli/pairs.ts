/** Public and private keys in files, in PEM or as a JSON Web Key. A private key is never printed. */
import { createPublicKey, type JsonWebKey } from "node:crypto";
import type { AsymmetricJwk, PrivateKeyOptions, PublicAlgorithm, PublicKeyOptions } from "../index.js";
import { ANY_PUBLIC_ALGORITHM, ANY_SECRET_ALGORITHM, isPublicAlgorithm, parsePublicAlgorithm } from "./algorithm.js";
import { section, text } from "./command.js";
import { fileError, UsageError } from "./failure.js";
import { type Keys, parseJson, readWhole } from "./keys.js";
import { printable } from "./printable.js";

/** For commands that take secrets and keys of a pair. */
const ALGORITHM_OPTIONS = section("The key's algorithm", {
  alg: text(
    "ALG",
    `of a secret ${ANY_SECRET_ALGORITHM}; HS256 unless given, or said by the JWK. Of a pair ${ANY_PUBLIC_ALGORITHM}; an RSA key that does not say needs it`,
  ),
});

export const PUBLIC_KEY_OPTIONS = {
  ...section("Public key (instead of a secret)", {
    "public-key": text("FILE", "FILE holds a public key or a certificate in PEM, or a JSON Web Key"),
  }),
  ...ALGORITHM_OPTIONS,
};

export const PRIVATE_KEY_OPTIONS = {
  ...section("Private key (instead of a secret)", {
    "private-key": text("FILE", "FILE holds a private key in PEM, or a JSON Web Key"),
  }),
  ...ALGORITHM_OPTIONS,
};

interface SecretValues {
  readonly "secret-file": string | undefined;
  readonly "secret-env": string | undefined;
  readonly jwk: string | undefined;
  /** Of whatever key there is. */
  readonly alg: string | undefined;
}

/** The public key, and what stands for it on the command line; undefined where none is named. @throws UsageError */
export function readPublicKey(values: SecretValues & { readonly "public-key": string | undefined }): Keys<PublicKeyOptions> | undefined {
  const file = values["public-key"];
  if (!isNamed(file, "public-key", values)) return undefined;
  const given = parsePublicAlgorithm(values.alg, "--public-key");
  const publicKey = readKey("--public-key", file);
  const key: PublicKeyOptions = { publicKey, ...algorithm(given ?? ownAlgorithm(publicKey)) };
  return { label: `--public-key ${printable(file)}`, keys: [key] };
}

/** The private key to sign with, and what stands for it on the command line; undefined where none is named. @throws UsageError */
export function readPrivateKey(values: SecretValues & { readonly "private-key": string | undefined; readonly kid: string | undefined }) {
  const file = values["private-key"];
  if (!isNamed(file, "private-key", values)) return undefined;
  const given = parsePublicAlgorithm(values.alg, "--private-key");
  const kid = values.kid === undefined ? {} : { kid: values.kid };
  const key: PrivateKeyOptions = { privateKey: readKey("--private-key", file), ...algorithm(given), ...kid };
  return { label: `--private-key ${printable(file)}`, key };
}

/** A key of a pair stands alone. */
function isNamed(file: string | undefined, option: string, values: SecretValues): file is string {
  const secret = (["secret-file", "secret-env", "jwk"] as const).find((name) => values[name] !== undefined);
  if (file !== undefined && secret) throw new UsageError(`Expected one key, got \`--${option}\` and \`--${secret}\``);
  return file !== undefined;
}

const OF_CURVE: Readonly<Record<string, PublicAlgorithm>> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };
const OF_TYPE: Readonly<Record<string, PublicAlgorithm>> = { ed25519: "EdDSA", ed448: "EdDSA" };

/** What a key is for that does not need to be told: it says so, or its curve does. What is wrong with it the library finds. */
function ownAlgorithm(key: string | AsymmetricJwk): PublicAlgorithm | undefined {
  if (typeof key !== "string" && key.alg !== undefined) return isPublicAlgorithm(key.alg) ? key.alg : undefined;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(
      typeof key === "string" ? key : { key: key as JsonWebKey, format: "jwk" },
    );
    return OF_CURVE[asymmetricKeyDetails?.namedCurve ?? ""] ?? OF_TYPE[asymmetricKeyType ?? ""];
  } catch {
    return undefined;
  }
}

function algorithm(alg: PublicAlgorithm | undefined): { readonly alg?: PublicAlgorithm } {
  return alg === undefined ? {} : { alg };
}

function readKey(option: string, file: string): string | AsymmetricJwk {
  const expected = "a key in PEM or a JSON Web Key";
  const bytes = readWhole(option, file, expected);
  const isJson = /^\s*\{/.test(bytes.subarray(0, 64).toString("latin1"));
  if (!isJson) return bytes.toString("latin1");
  const value = parseJson(bytes);
  if (value && "kty" in value) return value as unknown as AsymmetricJwk;
  throw fileError(option, file, expected, value === undefined ? "text that is no JSON" : "JSON without `kty`");
}
