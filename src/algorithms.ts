/** The algorithms a verifier can allow: one table. The engine hashes for those that have an engine number. */
import { ALGORITHM_HS256, ALGORITHM_HS384, ALGORITHM_HS512, KEY_BYTES, KEY_BYTES_512 } from "./abi.js";

export interface AlgorithmEntry {
  /** Its number in the engine (`ALGORITHM_…` in abi.ts). */
  readonly engine: number;
  /** A shorter secret is weak (RFC 7518 §3.2), in bytes. */
  readonly secretBytes: number;
  /** Characters of its signatures. */
  readonly signatureLength: number;
  /** Its key's record in the engine, in bytes. */
  readonly keyBytes: number;
}

export const ALGORITHMS = {
  HS256: { engine: ALGORITHM_HS256, secretBytes: 32, signatureLength: 43, keyBytes: KEY_BYTES },
  HS384: { engine: ALGORITHM_HS384, secretBytes: 48, signatureLength: 64, keyBytes: KEY_BYTES_512 },
  HS512: { engine: ALGORITHM_HS512, secretBytes: 64, signatureLength: 86, keyBytes: KEY_BYTES_512 },
} as const satisfies Record<string, AlgorithmEntry>;

/** The name of an algorithm (RFC 7518 §3.1). */
export type Algorithm = keyof typeof ALGORITHMS;

export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === "string" && Object.hasOwn(ALGORITHMS, name);
}

/** For messages: the names, comma-separated. */
export const ALGORITHM_NAMES = Object.keys(ALGORITHMS).join(", ");
