/** Turns what a caller configures as a secret into one shape. Secrets are copied; the copies are wiped once loaded. */

import { LARGEST_SECRET } from "../abi.js";
import { ALGORITHMS, algorithmNames, isSecretAlgorithm, type SecretAlgorithm } from "../algorithms.js";
import { isBytes } from "../brands.js";
import { kindOf, optionError } from "../errors.js";
import { isPart, partMember, takenMember } from "../own.js";
import { utf8Bytes } from "../text.js";
import { decodeStrict } from "./base64url.js";
import { checkUse, type KeyOperations, ownJwk } from "./jwk.js";
import { type Own, parseKid, rejectUnknownMembers } from "./kid.js";
import { recognizeKeyMaterial } from "./notSecret.js";

/** A symmetric JSON Web Key (RFC 7517, RFC 7518 §6.4). `k` is base64url. `use` and `key_ops`, if they are there, must allow what the key is given for. */
export interface OctJwk {
  readonly kty: "oct";
  readonly k: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
}

/** The part of Node's KeyObject that is used: a secret key, exported once. */
export interface SecretKeyObject {
  readonly type: string;
  export(): Uint8Array;
}

/** Secret material: bytes, text (UTF-8), a JWK of type `oct`, or a secret KeyObject. */
export type SecretSource = Uint8Array | string | OctJwk | SecretKeyObject;

/** A key with its name and algorithm. */
export interface KeyOptions {
  /** The name a token's header selects it by (RFC 7515 §4.1.4), at most 256 bytes. */
  readonly kid?: string;
  /** The algorithm it is for; HS256 unless said otherwise, here or in the JWK. */
  readonly alg?: SecretAlgorithm;
  readonly secret: SecretSource;
  /** How a text is turned into bytes: as UTF-8 (the default), or decoded from base64url. */
  readonly encoding?: "utf8" | "base64url";
  /** Use it for tokens without `kid` that are of its algorithm. */
  readonly default?: boolean;
}

export type SecretKeyInput = SecretSource | KeyOptions;

/** A key as the engine loads it. */
export interface SecretKey {
  readonly kid: string | undefined;
  readonly algorithm: SecretAlgorithm;
  /** A private copy. */
  readonly secret: Uint8Array;
  readonly isDefault: boolean;
}

/**
 * Reads one configured secret, to be used for one of these operations; a JWK may say that it is not for them.
 * @throws TypeError that names the option, never the secret.
 */
export function parseSecretKey(input: SecretKeyInput, name: string, allowWeak: boolean, operations: KeyOperations = ["verify"]): SecretKey {
  const options = toKeyOptions(input, name);
  const jwk = isJwk(options.secret) ? options.secret : undefined;
  if (jwk) checkJwk(jwk, operations, `${name}.secret`);
  const kid = parseKid(options.kid ?? jwk?.kid, `${name}.kid`);
  const algorithm = options.alg ?? jwk?.alg ?? "HS256";
  if (!isSecretAlgorithm(algorithm)) throw optionError(`${name}.alg`, `one of ${algorithmNames("secret")}`, algorithm);
  if (jwk?.alg !== undefined && jwk.alg !== algorithm) {
    throw new TypeError(`Expected \`${name}.alg\` and the JWK's own \`alg\` to be the same`);
  }
  if (options.default !== undefined && typeof options.default !== "boolean") {
    throw optionError(`${name}.default`, "a boolean", options.default);
  }
  const secret = secretBytes(options, name);
  try {
    checkSecret(secret, algorithm, name, allowWeak);
  } catch (error) {
    secret.fill(0);
    throw error;
  }
  return { kid, algorithm, secret, isDefault: options.default === true };
}

export const KEY_OPTION_NAMES = ["kid", "alg", "secret", "encoding", "default"] as const;

type OwnKeyOptions = Own<KeyOptions> & { readonly secret: SecretSource };

function toKeyOptions(input: SecretKeyInput, name: string): OwnKeyOptions {
  if (isSecretSource(input))
    return { kid: undefined, alg: undefined, secret: ownSecret(input, name), encoding: undefined, default: undefined };
  if (typeof input !== "object" || input === null || Array.isArray(input) || !Object.hasOwn(input, "secret")) {
    throw optionError(name, "a secret (bytes, text, an oct JWK, a secret KeyObject) or an object with `secret`", input);
  }
  rejectUnknownMembers(input, KEY_OPTION_NAMES, name);
  const { secret } = input;
  if (!isSecretSource(secret)) throw optionError(`${name}.secret`, "bytes, text, an oct JWK or a secret KeyObject", secret);
  return {
    kid: takenMember(input, "kid", name),
    alg: takenMember(input, "alg", name),
    secret: ownSecret(secret, name),
    encoding: takenMember(input, "encoding", name),
    default: takenMember(input, "default", name),
  };
}

function ownSecret(secret: SecretSource, name: string): SecretSource {
  return isJwk(secret) ? ownJwk(secret, name) : secret;
}

function isSecretSource(value: unknown): value is SecretSource {
  return typeof value === "string" || isBytes(value) || isJwk(value) || isKeyObject(value);
}

function isJwk(value: unknown): value is OctJwk {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "kty");
}

function isKeyObject(value: unknown): value is SecretKeyObject {
  return isPart(value, "export") && partMember(value as object, "type") !== undefined;
}

function checkJwk(jwk: OctJwk, operations: KeyOperations, name: string): void {
  if (jwk.kty !== "oct") throw new TypeError(`Expected \`${name}\` to be a JWK with \`kty\` "oct": another kind of key is no HMAC secret`);
  checkUse(jwk, operations, name);
}

function secretBytes(options: OwnKeyOptions, name: string): Uint8Array {
  const { secret, encoding } = options;
  if (encoding !== undefined && encoding !== "utf8" && encoding !== "base64url") {
    throw optionError(`${name}.encoding`, '"utf8" or "base64url"', encoding);
  }
  if (isBytes(secret)) return new Uint8Array(secret);
  if (typeof secret === "string") return encoding === "base64url" ? fromBase64url(secret, name) : utf8Bytes(wellFormed(secret, name));
  if (isJwk(secret)) return fromBase64url(secret.k, `${name}.k`);
  if (secret.type !== "secret") {
    throw new TypeError(`Expected \`${name}\` to be a KeyObject of type "secret": a public or private key is no HMAC secret`);
  }
  const exported: unknown = secret.export();
  // Of a number there would be as many zeros.
  if (!isBytes(exported)) throw optionError(name, "a KeyObject that exports bytes", exported);
  return new Uint8Array(exported);
}

function wellFormed(secret: string, name: string): string {
  if (!secret.isWellFormed()) throw new TypeError(`Expected \`${name}\` to be well-formed text, got a lone surrogate`);
  return secret;
}

function fromBase64url(text: unknown, name: string): Uint8Array {
  const bytes = typeof text === "string" ? decodeStrict(text) : undefined;
  if (!bytes)
    throw new TypeError(
      `Expected \`${name}\` to be base64url without padding, got ${typeof text === "string" ? "other text" : kindOf(text)}`,
    );
  return bytes;
}

function checkSecret(secret: Uint8Array, algorithm: SecretAlgorithm, name: string, allowWeak: boolean): void {
  if (secret.length === 0) throw new TypeError(`Expected \`${name}\` to be a secret, got an empty one`);
  if (secret.length > LARGEST_SECRET)
    throw new TypeError(`Expected \`${name}\` to be at most ${LARGEST_SECRET} bytes, got ${secret.length}`);
  const material = recognizeKeyMaterial(secret);
  if (material)
    throw new TypeError(`Expected \`${name}\` to be a secret, got what looks like ${material}: that must never be an HMAC secret`);
  const enough = ALGORITHMS[algorithm].secretBytes;
  if (secret.length < enough && !allowWeak) {
    throw new TypeError(
      `Expected \`${name}\` to be at least ${enough} bytes for ${algorithm} (RFC 7518 §3.2), got ${secret.length}; ` +
        "`allowWeakSecrets: true` takes it all the same",
    );
  }
}
