/** RSA keys that do not say which algorithm they are for, as Entra ID and Spring publish them: the algorithms that are allowed say it, or nothing does. */
import { ALGORITHMS, type Algorithm, type PublicAlgorithm } from "../base/algorithms.js";
import type { PublicKey } from "../engine/key.js";
import { type PublicJwk, VerificationKey } from "../runtime/platform.js";
import { kindOfKey } from "./alg.js";

/** What it may come to be for. */
export const OPEN_ALGORITHMS = (Object.keys(ALGORITHMS) as Algorithm[]).filter(
  (each): each is PublicAlgorithm => kindOfKey(each) === "RSA",
);

export class OpenKey {
  readonly kid: string | undefined;
  readonly isDefault: boolean;
  readonly jwk: PublicJwk;
  readonly #signatureBytes: number;
  readonly #bound = new Map<PublicAlgorithm, VerificationKey>();

  constructor({ kid, isDefault, jwk }: Pick<OpenKey, "kid" | "isDefault" | "jwk">, signatureBytes: number) {
    this.kid = kid;
    this.isDefault = isDefault;
    this.jwk = jwk;
    this.#signatureBytes = signatureBytes;
  }

  /** The key for the one algorithm of RSA among these; undefined where there are several, or none. */
  bind(algorithms: readonly Algorithm[]): PublicKey | undefined {
    const [algorithm, another] = new Set(algorithms.filter((each): each is PublicAlgorithm => kindOfKey(each) === this.jwk.kty));
    if (algorithm === undefined || another !== undefined) return undefined;
    const { kid, isDefault, jwk } = this;
    const verification = this.#bound.get(algorithm) ?? new VerificationKey(algorithm, jwk, this.#signatureBytes);
    this.#bound.set(algorithm, verification);
    return { kid, algorithm, isDefault, verification, jwk, secret: undefined };
  }
}

export function openKeyError(name: string): TypeError {
  return new TypeError(
    `Expected \`${name}\` to have an \`alg\`, as { alg: "RS256", … }, or \`algorithms\` to have one of RSA's only: an RSA key may be for several`,
  );
}
