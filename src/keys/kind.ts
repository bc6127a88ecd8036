/** What a public or private key is, as far as an algorithm cares; and which algorithm it is for. */
import { ALGORITHMS, algorithmNames, isPublicAlgorithm, type PublicAlgorithm, type PublicAlgorithmEntry } from "../base/algorithms.js";
import { optionError } from "../base/errors.js";
import { ownMembers } from "../base/own.js";
import type { PublicJwk, WebCryptoKey } from "../runtime/platform.js";
import { base64urlBytes } from "../runtime/text.js";

export interface KeyKind {
  readonly kty: string;
  /** Undefined for an RSA key. */
  readonly curve: string | undefined;
  /** 0 for a key of a curve. */
  readonly modulusBits: number;
  /** The one algorithm it can serve; unknown for an RSA key that does not say. */
  readonly certain: PublicAlgorithm | undefined;
}

/** A shorter modulus is weak (RFC 7518 §3.3), a longer one more than runtimes take. */
const LEAST_MODULUS = 2048;
const MOST_MODULUS = 16384;

export function kindOfJwk(jwk: PublicJwk): KeyKind {
  return jwk.kty === "RSA" ? kindOfModulus(base64urlBytes(jwk.n)) : kindOfCurve(jwk.kty, jwk.crv);
}

export function kindOfModulus(modulus: Uint8Array): KeyKind {
  return { kty: "RSA", curve: undefined, modulusBits: bitsOf(modulus), certain: undefined };
}

export function kindOfCurve(kty: string, curve: string): KeyKind {
  return { kty, curve, modulusBits: 0, certain: algorithmOfCurve(curve) };
}

/**
 * A CryptoKey says what it is for, down to the hash.
 * @throws TypeError for one of RSA with a hash that no algorithm has, such as SHA-1, or with an exponent that is none.
 */
export function kindOfCryptoKey(key: WebCryptoKey, name: string): KeyKind {
  const {
    name: scheme,
    hash,
    namedCurve,
    modulusLength,
    publicExponent,
  } = ownMembers(key.algorithm as CryptoKeyAlgorithm, name, PARAMETERS);
  const family = scheme === "RSASSA-PKCS1-v1_5" ? "RS" : scheme === "RSA-PSS" ? "PS" : undefined;
  if (family === undefined) return scheme === "ECDSA" ? kindOfCurve("EC", namedCurve as string) : kindOfCurve("OKP", scheme);
  const certain = `${family}${hash?.name.replace("SHA-", "")}`;
  if (!isPublicAlgorithm(certain)) throw new TypeError(`Expected \`${name}\` to be a CryptoKey with the hash SHA-256, SHA-384 or SHA-512`);
  checkExponent(publicExponent ?? new Uint8Array(), name);
  return { kty: "RSA", curve: undefined, modulusBits: modulusLength ?? 0, certain };
}

interface CryptoKeyAlgorithm {
  readonly name: string;
  readonly hash?: { readonly name: string };
  readonly namedCurve?: string;
  readonly modulusLength?: number;
  readonly publicExponent?: Uint8Array;
}

const PARAMETERS = ["name", "hash", "namedCurve", "modulusLength", "publicExponent"] as const;

/** As OpenSSL has it, of a modulus that is not small. */
const LONGEST_EXPONENT = 8;

/**
 * The exponent of an RSA key, without zeros before it.
 * @throws TypeError where it is even, or 1, by which anybody could sign, or too long.
 */
export function checkExponent(bytes: Uint8Array, name: string): Uint8Array {
  const exponent = withoutZeros(bytes);
  const isOdd = ((exponent.at(-1) ?? 0) & 1) === 1;
  if (isOdd && bitsOf(exponent) >= 2 && exponent.length <= LONGEST_EXPONENT) return exponent;
  throw new TypeError(`Expected \`${name}.e\` to be an odd number from 3 on, of at most ${LONGEST_EXPONENT} bytes`);
}

export function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(first < 0 ? bytes.length : first);
}

/** The bits of a number without zeros before it. */
function bitsOf(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : 8 * bytes.length - (Math.clz32(bytes[0] as number) - 24);
}

/**
 * The algorithm that the options or the key itself name, or the only one there is for such a key.
 * @throws TypeError where there is none, several, or another.
 */
export function chooseAlgorithm(kind: KeyKind, wanted: unknown, own: unknown, name: string): PublicAlgorithm {
  if (wanted !== undefined && own !== undefined && wanted !== own) {
    throw new TypeError(`Expected \`${name}.alg\` and the JWK's own \`alg\` to be the same`);
  }
  const algorithm = wanted ?? own ?? kind.certain;
  if (algorithm === undefined && kind.kty === "RSA") {
    throw new TypeError(`Expected \`${name}\` to have an \`alg\`, as { alg: "RS256", … }: an RSA key may be for several`);
  }
  if (algorithm !== undefined && !isPublicAlgorithm(algorithm)) {
    throw optionError(`${name}.alg`, `one of ${algorithmNames("public")} for a public or private key`, algorithm);
  }
  const entry: PublicAlgorithmEntry | undefined = algorithm && ALGORITHMS[algorithm];
  const isOfCurve = kind.curve === undefined || Object.hasOwn(entry?.curves ?? {}, kind.curve);
  if (algorithm === undefined || entry?.kty !== kind.kty || !isOfCurve || (kind.certain ?? algorithm) !== algorithm) {
    throw new TypeError(`Expected \`${name}\` to be a key for ${algorithm ?? algorithmNames("public")}, got another kind of key`);
  }
  checkModulus(kind, name);
  return algorithm;
}

/** How long a signature is, to the byte (RFC 8017 §8, RFC 7518 §3.4, RFC 8032). */
export function signatureBytes({ curve, modulusBits }: KeyKind, algorithm: PublicAlgorithm): number {
  const { curves }: PublicAlgorithmEntry = ALGORITHMS[algorithm];
  return curve === undefined ? Math.ceil(modulusBits / 8) : (curves[curve] as number);
}

function checkModulus({ kty, modulusBits }: KeyKind, name: string): void {
  if (kty !== "RSA" || (modulusBits >= LEAST_MODULUS && modulusBits <= MOST_MODULUS)) return;
  throw new TypeError(
    `Expected \`${name}\` to be an RSA key of ${LEAST_MODULUS} to ${MOST_MODULUS} bits (RFC 7518 §3.3), got one of ${modulusBits}`,
  );
}

function algorithmOfCurve(curve: string): PublicAlgorithm | undefined {
  return Object.keys(ALGORITHMS).find((name): name is PublicAlgorithm => {
    return isPublicAlgorithm(name) && Object.hasOwn(ALGORITHMS[name].curves, curve);
  });
}
