/** The algorithms that a key can be for, as the command takes and shows them, and what a new key for each takes. */
import type { KeyPairKeyObjectResult } from "node:crypto";
import {
  ALGORITHM_NAMES,
  isPublicAlgorithm,
  isSecretAlgorithm,
  oneOfNames,
  PUBLIC_ALGORITHMS,
  SECRET_ALGORITHMS,
} from "../../explain/index.js";
import type { Algorithm, PublicAlgorithm, SecretAlgorithm } from "../../index.js";
import { UsageError } from "../words/failure.js";
import { newPair } from "./newPair.js";

const RSA = () => newPair("rsa", { modulusLength: 2048 });
/** Those of a public and a private key, each with what makes a new pair. */
export const PAIRS = {
  ...{ RS256: RSA, RS384: RSA, RS512: RSA, PS256: RSA, PS384: RSA, PS512: RSA },
  ES256: () => newPair("ec", { namedCurve: "P-256" }),
  ES384: () => newPair("ec", { namedCurve: "P-384" }),
  ES512: () => newPair("ec", { namedCurve: "P-521" }),
  EdDSA: () => newPair("ed25519"),
} as const satisfies Record<PublicAlgorithm, () => KeyPairKeyObjectResult>;

/** "HS256, HS384 or HS512". */
export const ANY_SECRET_ALGORITHM = oneOfNames(SECRET_ALGORITHMS);
/** "RS256, RS384, … or EdDSA". */
export const ANY_PUBLIC_ALGORITHM = oneOfNames(PUBLIC_ALGORITHMS);

/** Of any kind of key. @throws UsageError */
export function parseAlgorithm(value: string | undefined): Algorithm | undefined {
  if (value === undefined || isSecretAlgorithm(value) || isPublicAlgorithm(value)) return value;
  throw new UsageError(`Expected \`--alg\` to be ${oneOfNames(ALGORITHM_NAMES)}`);
}

/** @throws UsageError */
export function parseSecretAlgorithm(value: string | undefined): SecretAlgorithm | undefined {
  if (value === undefined || isSecretAlgorithm(value)) return value;
  throw new UsageError(`Expected \`--alg\` to be ${ANY_SECRET_ALGORITHM} for a secret`);
}

/** `option` is what names the key. @throws UsageError */
export function parsePublicAlgorithm(value: string | undefined, option: string): PublicAlgorithm | undefined {
  if (value === undefined || isPublicAlgorithm(value)) return value;
  throw new UsageError(`Expected \`--alg\` to be ${ANY_PUBLIC_ALGORITHM} for \`${option}\``);
}

/** What `--alg` says and what the key itself says. @throws UsageError */
export function requireSameAlgorithm(given: Algorithm | undefined, own: Algorithm | undefined, label: string): void {
  if (given && own && given !== own) throw new UsageError(`Expected \`--alg\` to be ${own}, as \`${label}\` says itself`);
}
