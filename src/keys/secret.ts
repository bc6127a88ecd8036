/** Turns what a caller configures as a secret into one shape. Secrets are copied; the copies are wiped once loaded. */
import { LARGEST_SECRET } from "../abi.js";
import { ALGORITHMS, algorithmNames, isSecretAlgorithm, type SecretAlgorithm } from "../base/algorithms.js";
import { isBytes } from "../base/brands.js";
import { boolean } from "../base/check.js";
import { kindOf, misuse, optionError, rejectUnknown, secretError } from "../base/errors.js";
import { takenMember } from "../base/own.js";
import type { SecretKey } from "../engine/key.js";
import { nodeCrypto, nodeTypes, type WebCryptoKey } from "../runtime/platform.js";
import { utf8Bytes } from "../runtime/text.js";
import { checkUse, isJwk, type KeyOperations, memberBytes, ownJwk } from "./jwk.js";
import { type Own, parseKid } from "./kid.js";
import { recognizeKeyMaterial } from "./notSecret.js";
import { isCryptoKey, isKeyObject } from "./public.js";

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

/** Secret material: bytes, text (UTF-8), a JWK of type `oct`, a secret KeyObject, or a CryptoKey of HMAC where there is `node:crypto`. */
export type SecretSource = Uint8Array | string | OctJwk | SecretKeyObject | WebCryptoKey;

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

/**
 * Reads one configured secret, to be used for one of these operations; a JWK may say that it is not for them.
 * @throws TypeError that names the option, never the secret.
 */
export function parseSecretKey(input: SecretKeyInput, name: string, allowWeak: boolean, operations: KeyOperations = ["verify"]): SecretKey {
  const options = toKeyOptions(input, name);
  const jwk = isOctJwk(options.secret) ? options.secret : undefined;
  if (jwk) checkJwk(jwk, operations, `${name}.secret`);
  const hmac = isCryptoKey(options.secret) ? algorithmOfHmac(options.secret, operations, name) : undefined;
  const own = jwk ? jwk.alg : hmac;
  const kid = parseKid(options.kid ?? jwk?.kid, `${name}.kid`);
  const algorithm = options.alg ?? own ?? "HS256";
  if (!isSecretAlgorithm(algorithm)) throw optionError(`${name}.alg`, `one of ${algorithmNames("secret")}`, algorithm);
  if (own !== undefined && own !== algorithm) {
    throw new TypeError(`Expected \`${name}.alg\` and the ${hmac ? "CryptoKey's hash" : "JWK's own `alg`"} to be the same`);
  }
  const isDefault = boolean(options.default, `${name}.default`);
  const secret = secretBytes(options, name);
  // Not by `holding`: of a verifier that is made for one token, a closure and an array are felt.
  try {
    checkSecret(secret, algorithm, name, allowWeak, operations);
  } catch (error) {
    secret.fill(0);
    throw error;
  }
  return { kid, algorithm, secret, isDefault };
}

export const KEY_OPTION_NAMES = ["kid", "alg", "secret", "encoding", "default"] as const;

type OwnKeyOptions = Own<KeyOptions> & { readonly secret: SecretSource };

function toKeyOptions(input: SecretKeyInput, name: string): OwnKeyOptions {
  if (isSecretSource(input))
    return { kid: undefined, alg: undefined, secret: ownSecret(input, name), encoding: undefined, default: undefined };
  if (typeof input !== "object" || input === null || Array.isArray(input) || !Object.hasOwn(input, "secret")) {
    const isPrivate = typeof input === "object" && input !== null && Object.hasOwn(input, "privateKey");
    if (isPrivate)
      throw misuse(`Expected \`${name}\` to be a key to verify with, got a \`privateKey\``, "`{ publicKey }`: its public half");
    throw secretError(name, "a secret (bytes, text, an oct JWK, a secret KeyObject) or an object with `secret`", input);
  }
  rejectUnknown(input, KEY_OPTION_NAMES, `${name}.`);
  const { secret } = input;
  if (!isSecretSource(secret)) throw secretError(`${name}.secret`, "bytes, text, an oct JWK or a secret KeyObject", secret);
  return {
    kid: takenMember(input, "kid", name),
    alg: takenMember(input, "alg", name),
    secret: ownSecret(secret, name),
    encoding: takenMember(input, "encoding", name),
    default: takenMember(input, "default", name),
  };
}

function ownSecret(secret: SecretSource, name: string): SecretSource {
  return isOctJwk(secret) ? ownJwk(secret, name) : secret;
}

/** Of what kind it is, is told when it is read. */
const isOctJwk = isJwk as (value: unknown) => boolean as (value: unknown) => value is OctJwk;

function isSecretSource(value: unknown): value is SecretSource {
  return typeof value === "string" || isBytes(value) || isOctJwk(value) || isKeyObject(value) || isCryptoKey(value);
}

function checkJwk(jwk: OctJwk, operations: KeyOperations, name: string): void {
  if (jwk.kty !== "oct") throw new TypeError(`Expected \`${name}\` to be a JWK with \`kty\` "oct": another kind of key is no HMAC secret`);
  checkUse(jwk, operations, name);
}

/** Its hash binds it. @throws TypeError for a key of something else, or for another use. */
function algorithmOfHmac({ type, algorithm, usages }: WebCryptoKey, operations: KeyOperations, name: string): string {
  if (type !== "secret" || algorithm.name !== "HMAC" || !operations.some((operation) => usages.includes(operation)))
    throw new TypeError(`Expected \`${name}\` to be a CryptoKey of HMAC that may ${operations.map((each) => `"${each}"`).join(" or ")}`);
  const { hash } = algorithm as { readonly hash?: { readonly name?: string } };
  return `${hash?.name}`.replace("SHA-", "HS");
}

function bytesOfHmac(key: WebCryptoKey, name: string): Uint8Array {
  const node = nodeCrypto();
  if (!node)
    throw misuse(
      `Expected \`${name}\` to be bytes where there is no node:crypto, got a CryptoKey, which only promises them`,
      '`new Uint8Array(bytes)`, the bytes being what WebCrypto\'s `exportKey("raw", key)` promises',
    );
  if (!key.extractable) throw new TypeError(`Expected \`${name}\` to be a CryptoKey that is extractable: the engine needs its bytes`);
  return bytesOfObject(node.KeyObject.from(key) as unknown as SecretKeyObject, name);
}

function secretBytes(options: OwnKeyOptions, name: string): Uint8Array {
  const { secret, encoding } = options;
  if (encoding !== undefined && encoding !== "utf8" && encoding !== "base64url") {
    const message = `Expected \`${name}.encoding\` to be "utf8" or "base64url", got ${kindOf(encoding)}`;
    throw misuse(message, '`secret: Buffer.from(text, "base64")` for others');
  }
  if (typeof secret === "string") return encoding === "base64url" ? memberBytes(secret, name) : utf8Bytes(wellFormed(secret, name));
  if (encoding !== undefined) throw new TypeError(`Expected \`${name}.encoding\` to go with text, got a secret that is none`);
  if (isBytes(secret)) return new Uint8Array(secret);
  if (isOctJwk(secret)) return memberBytes(secret.k, `${name}.k`);
  return isCryptoKey(secret) ? bytesOfHmac(secret, name) : bytesOfObject(secret, name);
}

function bytesOfObject(secret: SecretKeyObject, name: string): Uint8Array {
  if (secret.type !== "secret") {
    throw new TypeError(`Expected \`${name}\` to be a KeyObject of type "secret": a public or private key is no HMAC secret`);
  }
  const exported: unknown = secret.export();
  // Of a number there would be as many zeros.
  if (!isBytes(exported)) throw optionError(name, "a KeyObject that exports bytes", exported);
  const copy = new Uint8Array(exported);
  // Node's export is a copy as well; what else has an `export` may give its own bytes.
  if (nodeTypes()?.isKeyObject?.(secret)) exported.fill(0);
  return copy;
}

function wellFormed(secret: string, name: string): string {
  if (!secret.isWellFormed()) throw new TypeError(`Expected \`${name}\` to be well-formed text, got a lone surrogate`);
  return secret;
}

function checkSecret(secret: Uint8Array, algorithm: SecretAlgorithm, name: string, allowWeak: boolean, operations: KeyOperations): void {
  if (secret.length === 0) throw new TypeError(`Expected \`${name}\` to be a secret, got an empty one`);
  if (secret.length > LARGEST_SECRET)
    throw new TypeError(`Expected \`${name}\` to be at most ${LARGEST_SECRET} bytes, got ${secret.length}`);
  const material = recognizeKeyMaterial(secret);
  if (material) {
    const asKey = operations[0] === "sign" ? "`{ privateKey, alg }`" : "`{ publicKey, alg }`";
    throw misuse(
      `Expected \`${name}\` to be a secret, got what looks like ${material}: that must never be an HMAC secret`,
      material.includes("JWK") ? "`JSON.parse(text)`" : asKey,
    );
  }
  const enough = ALGORITHMS[algorithm].secretBytes;
  if (secret.length < enough && !allowWeak) {
    throw new TypeError(
      `Expected \`${name}\` to be at least ${enough} bytes for ${algorithm} (RFC 7518 §3.2), got ${secret.length}; ` +
        "`allowWeakSecrets: true` takes it all the same",
    );
  }
}
