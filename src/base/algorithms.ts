/**
 * The algorithms a verifier can allow: one table (RFC 7518 §3.1, RFC 8037 §3.1). The engine hashes for those with a secret; signatures
 * of those with a public key are the platform's to verify.
 */
import {
  ALGORITHM_EDDSA,
  ALGORITHM_ES256,
  ALGORITHM_HS256,
  ALGORITHM_HS384,
  ALGORITHM_HS512,
  ALGORITHM_PS256,
  ALGORITHM_RS256,
  KEY_BYTES,
  KEY_BYTES_512,
  KEY_INNER,
} from "../abi.js";

/** The name of an algorithm that is keyed with a secret (RFC 7518 §3.1). */
export type SecretAlgorithm = "HS256" | "HS384" | "HS512";
/** The name of one that is keyed with a public and a private key (RFC 7518 §3.1, RFC 8037 §3.1). */
export type PublicAlgorithm = "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA";
/** The name of an algorithm. */
export type Algorithm = SecretAlgorithm | PublicAlgorithm;

/** One that is keyed with a secret. */
interface SecretAlgorithmEntry {
  readonly kind: "secret";
  /** Its number in the engine (`ALGORITHM_…` in abi.ts). */
  readonly engine: number;
  /** A shorter secret is weak (RFC 7518 §3.2), in bytes. */
  readonly secretBytes: number;
  /** Characters of its signatures. */
  readonly signatureLength: number;
  /** Its key's record in the engine without the name, in bytes. */
  readonly keyBytes: number;
}

/** One that is keyed with a pair. */
export interface PublicAlgorithmEntry {
  readonly kind: "public";
  readonly engine: number;
  /** What a JWK calls such keys (RFC 7518 §6.1, RFC 8037 §2). */
  readonly kty: "RSA" | "EC" | "OKP";
  /** Its curves, each with the bytes of a signature; none for RSA, whose signatures are as long as the modulus. */
  readonly curves: Readonly<Record<string, number>>;
  /** The bits of the SHA-2 it hashes with; 0 where that is the curve's own affair. */
  readonly hashBits: number;
  /** The scheme's name in WebCrypto; undefined where it is that of the curve. */
  readonly scheme: "RSASSA-PKCS1-v1_5" | "RSA-PSS" | "ECDSA" | undefined;
  readonly keyBytes: number;
}

export const ALGORITHMS = {
  HS256: { kind: "secret", engine: ALGORITHM_HS256, secretBytes: 32, signatureLength: 43, keyBytes: KEY_BYTES },
  HS384: { kind: "secret", engine: ALGORITHM_HS384, secretBytes: 48, signatureLength: 64, keyBytes: KEY_BYTES_512 },
  HS512: { kind: "secret", engine: ALGORITHM_HS512, secretBytes: 64, signatureLength: 86, keyBytes: KEY_BYTES_512 },
  RS256: {
    kind: "public",
    engine: ALGORITHM_RS256,
    kty: "RSA",
    curves: {},
    hashBits: 256,
    scheme: "RSASSA-PKCS1-v1_5",
    keyBytes: KEY_INNER,
  },
  RS384: {
    kind: "public",
    engine: ALGORITHM_RS256 + 1,
    kty: "RSA",
    curves: {},
    hashBits: 384,
    scheme: "RSASSA-PKCS1-v1_5",
    keyBytes: KEY_INNER,
  },
  RS512: {
    kind: "public",
    engine: ALGORITHM_RS256 + 2,
    kty: "RSA",
    curves: {},
    hashBits: 512,
    scheme: "RSASSA-PKCS1-v1_5",
    keyBytes: KEY_INNER,
  },
  PS256: { kind: "public", engine: ALGORITHM_PS256, kty: "RSA", curves: {}, hashBits: 256, scheme: "RSA-PSS", keyBytes: KEY_INNER },
  PS384: { kind: "public", engine: ALGORITHM_PS256 + 1, kty: "RSA", curves: {}, hashBits: 384, scheme: "RSA-PSS", keyBytes: KEY_INNER },
  PS512: { kind: "public", engine: ALGORITHM_PS256 + 2, kty: "RSA", curves: {}, hashBits: 512, scheme: "RSA-PSS", keyBytes: KEY_INNER },
  ES256: {
    kind: "public",
    engine: ALGORITHM_ES256,
    kty: "EC",
    curves: { "P-256": 64 },
    hashBits: 256,
    scheme: "ECDSA",
    keyBytes: KEY_INNER,
  },
  ES384: {
    kind: "public",
    engine: ALGORITHM_ES256 + 1,
    kty: "EC",
    curves: { "P-384": 96 },
    hashBits: 384,
    scheme: "ECDSA",
    keyBytes: KEY_INNER,
  },
  ES512: {
    kind: "public",
    engine: ALGORITHM_ES256 + 2,
    kty: "EC",
    curves: { "P-521": 132 },
    hashBits: 512,
    scheme: "ECDSA",
    keyBytes: KEY_INNER,
  },
  EdDSA: {
    kind: "public",
    engine: ALGORITHM_EDDSA,
    kty: "OKP",
    curves: { Ed25519: 64, Ed448: 114 },
    hashBits: 0,
    scheme: undefined,
    keyBytes: KEY_INNER,
  },
} as const satisfies Record<SecretAlgorithm, SecretAlgorithmEntry> & Record<PublicAlgorithm, PublicAlgorithmEntry>;

export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === "string" && Object.hasOwn(ALGORITHMS, name);
}

export function isPublicAlgorithm(name: unknown): name is PublicAlgorithm {
  return isAlgorithm(name) && ALGORITHMS[name].kind === "public";
}

export function isSecretAlgorithm(name: unknown): name is SecretAlgorithm {
  return isAlgorithm(name) && ALGORITHMS[name].kind === "secret";
}

/** For messages: the names, comma-separated; all, or those of one kind. */
export function algorithmNames(kind?: "secret" | "public"): string {
  const names = Object.keys(ALGORITHMS) as Algorithm[];
  return names.filter((name) => kind === undefined || ALGORITHMS[name].kind === kind).join(", ");
}
