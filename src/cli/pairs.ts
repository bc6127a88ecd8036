/** Public and private keys: new ones, and those in files, in PEM or as a JSON Web Key. A private key is never printed. */
import { createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import type { AsymmetricJwk, PrivateKeyOptions, PublicAlgorithm, PublicKeyOptions } from "../index.js";
import { section, text } from "./command.js";
import { fileError, UsageError } from "./failure.js";
import { parseJson, readWhole } from "./keys.js";
import { printable } from "./printable.js";

const ALGORITHM = text("NAME", "the key's algorithm, as RS256 or PS512; an RSA key that does not say needs it");

export const PUBLIC_KEY_OPTIONS = section("Public key (instead of a secret)", {
  "public-key": text("FILE", "FILE holds a public key or a certificate in PEM, or a JSON Web Key"),
  alg: ALGORITHM,
});

export const PRIVATE_KEY_OPTIONS = section("Private key (instead of a secret)", {
  "private-key": text("FILE", "FILE holds a private key in PEM, or a JSON Web Key"),
  alg: ALGORITHM,
});

const RSA = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
/** Makes a new pair for an algorithm. */
export const PAIRS = {
  ...{ RS256: RSA, RS384: RSA, RS512: RSA, PS256: RSA, PS384: RSA, PS512: RSA },
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  ES512: () => generateKeyPairSync("ec", { namedCurve: "P-521" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
} as const;

interface SecretValues {
  readonly "secret-file": string | undefined;
  readonly "secret-env": string | undefined;
  readonly jwk: string | undefined;
  readonly alg: string | undefined;
}

/** The public key, and what stands for it on the command line; undefined where none is named. @throws UsageError */
export function readPublicKey(values: SecretValues & { readonly "public-key": string | undefined }) {
  const file = values["public-key"];
  if (!isNamed(file, "public-key", values)) return undefined;
  const publicKey = readKey("--public-key", file);
  const key: PublicKeyOptions = { publicKey, ...algorithm(values.alg) };
  return { label: `--public-key ${printable(file)}`, keys: [key], algorithm: values.alg ?? algorithmOf(publicKey) };
}

/** The private key to sign with, and what stands for it on the command line; undefined where none is named. @throws UsageError */
export function readPrivateKey(values: SecretValues & { readonly "private-key": string | undefined; readonly kid: string | undefined }) {
  const file = values["private-key"];
  if (!isNamed(file, "private-key", values)) return undefined;
  const kid = values.kid === undefined ? {} : { kid: values.kid };
  const key: PrivateKeyOptions = { privateKey: readKey("--private-key", file), ...algorithm(values.alg), ...kid };
  return { label: `--private-key ${printable(file)}`, key };
}

/** A key of a pair stands alone, and `--alg` goes with it. */
function isNamed(file: string | undefined, option: string, values: SecretValues): file is string {
  const secret = (["secret-file", "secret-env", "jwk"] as const).find((name) => values[name] !== undefined);
  if (file !== undefined && secret) throw new UsageError(`Expected one key, got \`--${option}\` and \`--${secret}\``);
  if (file === undefined && values.alg !== undefined) throw new UsageError(`Expected \`--alg\` to go with \`--${option}\``);
  return file !== undefined;
}

const OF_CURVE: Readonly<Record<string, PublicAlgorithm>> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };

/** What a key is for that does not need to be told: it says so, or its curve does. */
function algorithmOf(key: string | AsymmetricJwk): string | undefined {
  if (typeof key !== "string" && key.alg !== undefined) return key.alg;
  try {
    const { asymmetricKeyDetails } = createPublicKey(typeof key === "string" ? key : { key: key as JsonWebKey, format: "jwk" });
    return OF_CURVE[asymmetricKeyDetails?.namedCurve ?? ""] ?? "EdDSA";
  } catch {
    return undefined;
  }
}

/** The library says which ones there are. */
function algorithm(name: string | undefined): { readonly alg?: PublicAlgorithm } {
  return name === undefined ? {} : { alg: name as PublicAlgorithm };
}

function readKey(option: string, file: string): string | AsymmetricJwk {
  const expected = "a key in PEM or a JSON Web Key";
  const bytes = readWhole(option, file, expected);
  const isJson = /^\s*\{/.test(bytes.subarray(0, 64).toString("latin1"));
  if (!isJson) return bytes.toString("latin1");
  const value = parseJson(bytes);
  if (typeof value === "object" && value !== null && "kty" in value) return value as AsymmetricJwk;
  throw fileError(option, file, expected, value === undefined ? "text that is no JSON" : "JSON without `kty`");
}
