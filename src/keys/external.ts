/**
 * Keys that sign elsewhere: in an HSM, a KMS, another process. The code that asks them is the caller's. What it gives is checked before a
 * token is made of it, and it is not waited for any longer than `timeout`.
 */
import { ALGORITHMS, type Algorithm, algorithmNames, isAlgorithm, isPublicAlgorithm } from "../base/algorithms.js";
import { isArrayBuffer, isBytes, viewOf } from "../base/brands.js";
import { type Duration, duration } from "../base/durations.js";
import { kindOf, optionError, rejectUnknown } from "../base/errors.js";
import { isPart, ownMembers } from "../base/own.js";
import { reasonOf } from "../base/reason.js";
import type { PublicKey } from "../engine/key.js";
import { answerOf } from "../runtime/deadline.js";
import { parseKid } from "./kid.js";
import { type PublicKeySource, parsePublicKey } from "./public.js";

/** A key that only the caller's code can sign with: an HSM, a KMS. It takes `signAsync` and `signBatchAsync`. */
export interface ExternalKeyOptions {
  /** Goes into the header (RFC 7515 §4.1.4), at most 256 bytes; that of `publicKey`, if it is a JWK, unless given. */
  readonly kid?: string;
  /** The algorithm that it signs with. */
  readonly alg: Algorithm;
  /**
   * Signs the bytes, which are its own copy. It gives the signature in the form that a JWS has: that of ECDSA is r and s at full length
   * (RFC 7518 §3.4), not DER, which `signatureFromDer` converts.
   */
  readonly sign: (bytes: Uint8Array) => SignatureBytes | PromiseLike<SignatureBytes>;
  /** Each signature is verified with it, and no token is made of one that is another key's. */
  readonly publicKey?: PublicKeySource | Uint8Array;
  /** For how long `sign` is waited for, in seconds; 10 unless given. */
  readonly timeout?: Duration;
}

export type SignatureBytes = Uint8Array | ArrayBuffer;

const OPTION_NAMES = ["kid", "alg", "sign", "publicKey", "timeout"] as const;

export function isExternalKeyInput(input: unknown): input is ExternalKeyOptions {
  return isPart(input, "sign") && !Object.hasOwn(input as object, "secret") && !Object.hasOwn(input as object, "privateKey");
}

/**
 * Reads a key that signs elsewhere.
 * @throws TypeError that names the option, never what is in it.
 */
export function parseExternalKey(input: ExternalKeyOptions, name: string): ExternalKey {
  rejectUnknown(input, OPTION_NAMES, `${name}.`);
  const options = ownMembers(input, name, OPTION_NAMES);
  const { alg } = options;
  if (!isAlgorithm(alg)) throw optionError(`${name}.alg`, `one of ${algorithmNames()}`, alg);
  const publicKey = Object.hasOwn(options, "publicKey") ? publicKeyOf(options, name) : undefined;
  const timeout = duration(options.timeout, `${name}.timeout`, "a number of seconds from 0.001 to 600", 0.001, 600) ?? 10;
  const kid = parseKid(options.kid ?? publicKey?.kid, `${name}.kid`);
  return new ExternalKey(alg, kid, (bytes) => options.sign.call(input, bytes), publicKey, timeout);
}

function publicKeyOf({ alg, publicKey }: ExternalKeyOptions, name: string): PublicKey {
  if (publicKey === undefined) throw optionError(`${name}.publicKey`, "a public key", publicKey);
  if (!isPublicAlgorithm(alg)) throw new TypeError(`Expected \`${name}\` to have no \`publicKey\`: ${alg} has secrets`);
  return parsePublicKey({ alg, publicKey }, name);
}

export class ExternalKey {
  readonly algorithm: Algorithm;
  readonly kid: string | undefined;
  readonly #sign: ExternalKeyOptions["sign"];
  readonly #publicKey: PublicKey | undefined;
  readonly #timeout: number;

  constructor(
    algorithm: Algorithm,
    kid: string | undefined,
    sign: ExternalKeyOptions["sign"],
    publicKey: PublicKey | undefined,
    timeout: number,
  ) {
    this.algorithm = algorithm;
    this.kid = kid;
    this.#sign = sign;
    this.#publicKey = publicKey;
    this.#timeout = timeout;
  }

  /** No signature is longer, in bytes. */
  get signatureBytes(): number {
    return Math.max(...lengthsOf(this.algorithm));
  }

  /** @throws TypeError always: what signs elsewhere promises only. */
  sign(): never {
    throw new TypeError("Expected `signAsync` or `signBatchAsync`: this signer's key signs elsewhere, and promises only");
  }

  /** @throws Error (as a rejection) that says what was wrong with the answer, and nothing of it. */
  async signAsync(data: Uint8Array): Promise<Uint8Array> {
    const given = await answerOf("`key.sign`", this.#timeout, () => this.#ask(data));
    const signature = checkedSignature(this.algorithm, given);
    if (this.#publicKey && !(await this.#publicKey.verification.verifyAsync(data, signature)))
      throw new Error("Expected `key.sign` to give a signature that `key.publicKey` verifies, got another");
    return signature;
  }

  /** What fails may have in its error what it was given. */
  async #ask(data: Uint8Array): Promise<unknown> {
    try {
      return await this.#sign(Uint8Array.from(data));
    } catch (error) {
      throw new Error(`Expected \`key.sign\` to give a signature, got ${reasonOf(error)}`);
    }
  }
}

/** A copy of the signature. @throws Error where it is none of the algorithm, by its length. */
function checkedSignature(algorithm: Algorithm, given: unknown): Uint8Array {
  if (!isBytes(given) && !isArrayBuffer(given))
    throw new Error(`Expected \`key.sign\` to give the signature as a Uint8Array or an ArrayBuffer, got ${kindOf(given)}`);
  const signature = new Uint8Array(isBytes(given) ? viewOf(given) : given).slice();
  const { length } = signature;
  const lengths = lengthsOf(algorithm);
  if (isRsa(algorithm) ? length >= LEAST_RSA && length <= MOST_RSA : lengths.includes(length)) return signature;
  const isDer = algorithm.startsWith("ES") && signature[0] === 0x30;
  const got = isDer ? "one in DER, which `signatureFromDer` converts" : `${length}`;
  throw new Error(
    `Expected \`key.sign\` to give a signature of ${algorithm} of ${lengths.join(isRsa(algorithm) ? " to " : " or ")} bytes, got ${got}`,
  );
}

/** RSA's are as long as the modulus, of 2048 to 16,384 bits. */
const LEAST_RSA = 256;
const MOST_RSA = 2048;

/** The lengths of signatures (RFC 7518 §3.2, §3.4, RFC 8037 §3.1); of RSA's the least and the greatest. */
function lengthsOf(algorithm: Algorithm): readonly number[] {
  const entry = ALGORITHMS[algorithm];
  if (entry.kind === "secret") return [entry.secretBytes];
  return entry.kty === "RSA" ? [LEAST_RSA, MOST_RSA] : Object.values(entry.curves);
}

function isRsa(algorithm: Algorithm): boolean {
  const entry = ALGORITHMS[algorithm];
  return entry.kind === "public" && entry.kty === "RSA";
}
