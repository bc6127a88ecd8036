/** Public and private keys in files: PEM, DER, a JSON Web Key or a set of them. A private key is never printed. */
import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from "node:crypto";
import { type AsymmetricJwk, createVerifier, type PrivateKeyOptions, type PublicAlgorithm, type PublicKeyOptions } from "../index.js";
import { ALGORITHMS, ANY_PUBLIC_ALGORITHM, ANY_SECRET_ALGORITHM, isPublicAlgorithm, parsePublicAlgorithm } from "./algorithm.js";
import { section, text } from "./command.js";
import { type Content, contentOf } from "./content.js";
import { fileError, inCommandLineWords, UsageError } from "./failure.js";
import { type Keys, namesOfKeys, othersOf, parseJson, readWhole, requireContent, requireSameAlgorithm } from "./keys.js";
import { ownObject } from "./member.js";
import { printable } from "./printable.js";
import { counted } from "./units.js";

/** For commands that take secrets and keys of a pair. */
const ALGORITHM_OPTIONS = section("The key's algorithm", {
  alg: text(
    "ALG",
    `of a secret ${ANY_SECRET_ALGORITHM}; HS256 unless given, or said by the JWK. Of a pair ${ANY_PUBLIC_ALGORITHM}; an RSA key that does not say needs it`,
    { short: "a", choices: ALGORITHMS },
  ),
});

export const PUBLIC_KEY_OPTIONS = {
  ...section("Public key (instead of a secret)", {
    "public-key": text("FILE", "FILE holds a public key or a certificate in PEM or DER, or a JSON Web Key", { short: "p" }),
    jwks: text("FILE", "FILE holds a JSON Web Key set with public keys, as issuers publish it"),
  }),
  ...ALGORITHM_OPTIONS,
};

export const PRIVATE_KEY_OPTIONS = {
  ...section("Private key (instead of a secret)", {
    "private-key": text("FILE", "FILE holds a private key in PEM or DER, or a JSON Web Key", { short: "p" }),
  }),
  ...ALGORITHM_OPTIONS,
};

interface KeyValues {
  readonly "secret-file": string | undefined;
  readonly "secret-env": string | undefined;
  readonly jwk: string | undefined;
  /** Of whatever key there is. */
  readonly alg: string | undefined;
}

interface PublicValues extends KeyValues {
  readonly "public-key": string | undefined;
  readonly jwks: string | undefined;
}

/** The public keys, and what stands for them on the command line; undefined where none is named. @throws UsageError */
export function readPublicKeys(values: PublicValues): Keys<PublicKeyOptions> | undefined {
  namesOfKeys(values);
  const { "public-key": file, jwks, alg } = values;
  if (jwks !== undefined) return readKeySet(jwks, parsePublicAlgorithm(alg, "--jwks"), values);
  if (file === undefined) return undefined;
  const given = parsePublicAlgorithm(alg, "--public-key");
  const label = `--public-key ${printable(file)}`;
  const publicKey = readKey("--public-key", file, "a public key in PEM or DER, or a JSON Web Key", ["public key"], values);
  return { label, keys: [{ publicKey, ...algorithmOf(publicKey, given, label) }] };
}

/** The private key to sign with, and what stands for it on the command line; undefined where none is named. @throws UsageError */
export function readPrivateKey(values: KeyValues & { readonly "private-key": string | undefined; readonly kid: string | undefined }) {
  namesOfKeys(values);
  const file = values["private-key"];
  if (file === undefined) return undefined;
  const given = parsePublicAlgorithm(values.alg, "--private-key");
  const kid = values.kid === undefined ? {} : { kid: values.kid };
  const privateKey = readKey("--private-key", file, "a private key in PEM or DER, or a JSON Web Key", ["private key"], values);
  const label = `--private-key ${printable(file)}`;
  const key: PrivateKeyOptions = { privateKey, ...algorithmOf(privateKey, given, label), ...kid };
  return { label, key };
}

/** The keys of a set that can verify; the others are passed over (RFC 7517 §5). */
function readKeySet(file: string, alg: PublicAlgorithm | undefined, values: object): Keys<PublicKeyOptions> {
  const expected = "a JSON Web Key set with public keys";
  const bytes = readWhole("--jwks", file, expected);
  requireContent("--jwks", file, expected, bytes, ["set", "secret set"], values);
  const set = parseJson(bytes)?.keys;
  if (!Array.isArray(set)) throw fileError("--jwks", file, expected, "no JSON object");
  const keys = set.map((jwk) => keyOfSet(ownObject(jwk) as AsymmetricJwk | undefined, alg));
  const usable = keys.filter((key) => key !== undefined);
  const label = `--jwks ${printable(file)}`;
  if (usable.length === 0) {
    const isUntold = alg === undefined && set.some((jwk) => ownObject(jwk)?.kty === "RSA" && ownObject(jwk)?.alg === undefined);
    const hint = isUntold ? "; for RSA keys that do not say theirs, give `--alg`, such as `--alg RS256`" : "";
    throw new UsageError(`Expected \`${label}\` to hold a public key for ${alg ?? ANY_PUBLIC_ALGORITHM}, got ${othersOf(set)}${hint}`);
  }
  const others = set.length - usable.length;
  if (others) process.stderr.write(`wasm-jwt: \`${label}\` has ${counted(others, "key")} of no use for ${alg ?? "verifying"}\n`);
  return { label, keys: usable };
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

/** A public key as it is published (RFC 7517 §4). */
export type PublishedJwk = JsonWebKey & { readonly kid: string; readonly alg: PublicAlgorithm; readonly use: "sig" };

interface Given {
  readonly alg?: PublicAlgorithm | undefined;
  readonly kid?: string | undefined;
  /** It is the only file: what it says must then be what is given. Of several, `alg` is for those that do not say theirs. */
  readonly isOnly: boolean;
}

/** The public part of the key in a file, be it public or private. @throws UsageError */
export function readPublished(file: string, given: Given): PublishedJwk {
  const expected = "a key of a pair, in PEM or DER, or a JSON Web Key";
  const source = readKey("", file, expected, ["public key", "private key"], {});
  const own = isJwk(source) ? source : undefined;
  const key = keyObjectOf(source);
  if (!key) throw fileError("", file, expected, "something else");
  if (own?.use !== undefined && own.use !== "sig") throw fileError("", file, expected, "one that is for encryption");
  const said = given.isOnly ? undefined : ownAlgorithm(source);
  const { alg } = algorithmOf(source, said ?? given.alg, printable(file));
  if (!alg) throw fileError("", file, expected, "one of another kind");
  const published = publish(key, alg, given.kid ?? (typeof own?.kid === "string" ? own.kid : undefined));
  inCommandLineWords(printable(file), () => createVerifier({ keys: [{ publicKey: published as AsymmetricJwk }] }));
  return published;
}

/** Without a name it gets its thumbprint (RFC 7638). */
export function publish(key: KeyObject, alg: PublicAlgorithm, kid: string | undefined): PublishedJwk {
  const members = key.export({ format: "jwk" });
  return { ...members, kid: kid ?? thumbprint(members), alg, use: "sig" };
}

/** The members of each type that make a key what it is, in lexicographic order (RFC 7638 §3.2, RFC 8037 §2). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  RSA: ["e", "kty", "n"],
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
};

function thumbprint(jwk: JsonWebKey): string {
  const members = (REQUIRED[jwk.kty ?? ""] ?? []).map((name) => [name, jwk[name]] as const);
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest("base64url");
}

const OF_CURVE: Readonly<Record<string, PublicAlgorithm>> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };
const OF_TYPE: Readonly<Record<string, PublicAlgorithm>> = { ed25519: "EdDSA", ed448: "EdDSA" };

type Source = string | Uint8Array | AsymmetricJwk;

function isJwk(source: Source): source is AsymmetricJwk {
  return typeof source !== "string" && !(source instanceof Uint8Array);
}

/** What a key is for that does not need to be told: it says so, or its curve does. What is wrong with it the library finds. */
function ownAlgorithm(source: Source): PublicAlgorithm | undefined {
  if (isJwk(source) && source.alg !== undefined) return isPublicAlgorithm(source.alg) ? source.alg : undefined;
  const key = keyObjectOf(source);
  return OF_CURVE[key?.asymmetricKeyDetails?.namedCurve ?? ""] ?? OF_TYPE[key?.asymmetricKeyType ?? ""];
}

/** The public part; undefined where there is none that Node takes. */
function keyObjectOf(source: Source): KeyObject | undefined {
  for (const take of waysToTake(source)) {
    try {
      return take();
    } catch {}
  }
  return undefined;
}

function waysToTake(source: Source): readonly (() => KeyObject)[] {
  if (isJwk(source)) return [() => createPublicKey({ key: source as JsonWebKey, format: "jwk" })];
  if (typeof source === "string") return [() => createPublicKey(source)];
  const key = Buffer.from(source);
  return [
    () => createPublicKey({ key, format: "der", type: "spki" }),
    () => createPublicKey({ key, format: "der", type: "pkcs1" }),
    () => new X509Certificate(key).publicKey,
  ];
}

/** What it is for; of a key that cannot be read, the library tells what is wrong. @throws UsageError */
function algorithmOf(source: Source, given: PublicAlgorithm | undefined, label: string): { readonly alg?: PublicAlgorithm } {
  const own = ownAlgorithm(source);
  requireSameAlgorithm(given, own, label);
  const alg = given ?? own;
  if (alg === undefined && keyObjectOf(source)?.asymmetricKeyType === "rsa")
    throw new UsageError(`Expected \`--alg\` to say what \`${label}\` is for, such as \`--alg RS256\`: an RSA key may be for several`);
  return alg === undefined ? {} : { alg };
}

/** A sequence of as many bytes as follow, in DER. */
function isDer(bytes: Buffer): boolean {
  return bytes[0] === 0x30 && ((bytes[1] as number) > 0x80 || bytes[1] === bytes.length - 2);
}

function readKey(option: string, file: string, expected: string, right: readonly Content[], values: object): Source {
  const bytes = readWhole(option, file, expected);
  if (isDer(bytes)) return right.includes("private key") ? (privateInPem(bytes) ?? Uint8Array.from(bytes)) : Uint8Array.from(bytes);
  requireContent(option, file, expected, bytes, right, values);
  if (!contentOf(bytes)) throw fileError(option, file, expected, "something else");
  return (parseJson(bytes) as AsymmetricJwk | undefined) ?? bytes.toString("latin1");
}

/** Of a private key in DER, which may be in any of three forms, the one in PEM. */
function privateInPem(key: Buffer): string | undefined {
  for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
    try {
      return createPrivateKey({ key, format: "der", type }).export({ type: "pkcs8", format: "pem" }) as string;
    } catch {}
  }
  return undefined;
}
