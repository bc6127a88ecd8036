/** Public keys in every form they come in, and private ones by their public half: turned into one that can verify. */
import type { Algorithm, PublicAlgorithm } from "../base/algorithms.js";
import { isBytes } from "../base/brands.js";
import { boolean } from "../base/check.js";
import { kindOf, misuse, optionError, rejectUnknown } from "../base/errors.js";
import { bare, isPart, ownMembers, partMember } from "../base/own.js";
import type { PublicKey } from "../engine/key.js";
import {
  type AsymmetricKeyObject,
  isPublicJwk,
  nodeCrypto,
  nodeTypes,
  type PublicJwk,
  VerificationKey,
  type WebCryptoKey,
} from "../runtime/platform.js";
import { publicAlgorithms } from "./alg.js";
import { type AsymmetricJwk, checkUse, isJwk, ownAlgorithm, ownJwk, publicPart } from "./jwk.js";
import { ONE_PUBLIC_KEY, publicBlock } from "./keyText.js";
import { type Own, parseKid } from "./kid.js";
import { kindOfCryptoKey, kindOfJwk, signatureBytes } from "./kind.js";
import { isOffCurve } from "./onCurve.js";
import { OpenKey, openKeyError } from "./open.js";
import { isPublicPem } from "./pem.js";
import { certificate, pkcs1, spki, withExplicitCurve } from "./spki.js";

/**
 * A public key: PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`, `CERTIFICATE`), a JWK, a KeyObject, a CryptoKey. Of a private JWK or KeyObject
 * the public half is taken.
 */
export type PublicKeySource = string | AsymmetricJwk | AsymmetricKeyObject | WebCryptoKey;

/** A public key with its name and algorithm; bytes are DER or PEM here. `key` is another name of `publicKey`. */
export interface PublicKeyOptions {
  /** The name a token's header selects it by (RFC 7515 §4.1.4), at most 256 bytes. */
  readonly kid?: string;
  /** The algorithm it is for; may be left out where the key itself says it, or its curve. */
  readonly alg?: PublicAlgorithm;
  readonly publicKey?: PublicKeySource | Uint8Array;
  readonly key?: PublicKeySource | Uint8Array;
  /** Use it for tokens without `kid` that are of its algorithm. */
  readonly default?: boolean;
}

export type PublicKeyInput = PublicKeySource | PublicKeyOptions;

const KEY_OPTION_NAMES = ["kid", "alg", "publicKey", "key", "default"] as const;
const NO_OPTIONS: Own<PublicKeyOptions> = { kid: undefined, alg: undefined, publicKey: undefined, key: undefined, default: undefined };
/** Of CryptoKeys of any realm; it throws for what is none. */
const typeOfCryptoKey = typeof CryptoKey === "function" ? Object.getOwnPropertyDescriptor(CryptoKey.prototype, "type")?.get : undefined;
const FORMS = "PEM, DER, a JWK, a KeyObject or a CryptoKey";

/** Is this a public key rather than a secret? Bytes alone are a secret, and so is what is offered as one. */
export function isPublicKeyInput(input: unknown): input is PublicKeyInput {
  if (typeof input === "string") return isPublicPem(input);
  if (typeof input !== "object" || input === null || isBytes(input) || Object.hasOwn(input, "secret")) return false;
  if (isJwk(input)) return (input.kty as string) !== "oct";
  return (
    Object.hasOwn(input, "publicKey") ||
    Object.hasOwn(input, "key") ||
    ((isCryptoKey(input) || isKeyObject(input)) && input.type !== "secret")
  );
}

/**
 * Reads one configured public key, for one algorithm.
 * @throws TypeError that names the option, never what is in it.
 */
export function parsePublicKey(input: PublicKeyInput, name: string): PublicKey {
  const parsed = parsePublicKeys(input, name);
  if (parsed instanceof OpenKey) throw openKeyError(name);
  if (parsed.length > 1) throw new TypeError(`Expected \`${name}.alg\` to be one algorithm, got several`);
  return parsed[0] as PublicKey;
}

/**
 * Reads one configured public key: one for each of its algorithms, or of those that are configured for keys that do not say it.
 * @throws TypeError that names the option, never what is in it.
 */
export function parsePublicKeys(input: PublicKeyInput, name: string, configured?: readonly Algorithm[]): readonly PublicKey[] | OpenKey {
  const options = toOptions(input, name);
  const source = options.publicKey ?? options.key;
  const jwk = isJwk(source) ? ownJwk(source, name) : undefined;
  if (jwk) checkUse(jwk, ["verify"], name);
  const material = materialOf(jwk ?? source, name);
  const kind = isPublicJwk(material) ? kindOfJwk(material) : kindOfCryptoKey(material, name);
  const algorithms = publicAlgorithms(kind, { wanted: options.alg, own: jwk && ownAlgorithm(jwk), configured }, name);
  const kid = parseKid(options.kid ?? jwk?.kid, `${name}.kid`);
  const isDefault = boolean(options.default, `${name}.default`);
  const shown = isPublicJwk(material) ? material : undefined;
  const make = (algorithm: PublicAlgorithm): PublicKey => {
    const verification = verificationKey(algorithm, material, signatureBytes(kind, algorithm), name);
    return { kid, algorithm, isDefault, verification, jwk: shown, secret: undefined };
  };
  if (algorithms.length || !shown) return algorithms.map(make);
  // That the runtime takes it shows now, not when an algorithm is chosen.
  make("RS256");
  return new OpenKey({ kid, isDefault, jwk: shown }, signatureBytes(kind, "RS256"));
}

export function isKeyObject(value: unknown): value is AsymmetricKeyObject {
  return isPart(value, "export") && partMember(value as object, "type") !== undefined;
}

export function isCryptoKey(value: unknown): value is WebCryptoKey {
  if (typeof value !== "object" || value === null) return false;
  const isOfNode = nodeTypes()?.isCryptoKey;
  if (isOfNode) return isOfNode(value);
  try {
    return typeof typeOfCryptoKey?.call(value) === "string";
  } catch {
    return false;
  }
}

function toOptions(input: PublicKeyInput, name: string): Own<PublicKeyOptions> {
  if (typeof input === "string" || isJwk(input) || isCryptoKey(input) || isKeyObject(input)) return { ...NO_OPTIONS, publicKey: input };
  rejectUnknown(input, KEY_OPTION_NAMES, `${name}.`);
  if (Object.hasOwn(input, "publicKey") && Object.hasOwn(input, "key"))
    throw new TypeError(`Expected \`${name}\` to have \`publicKey\` or \`key\`, got both`);
  return { ...NO_OPTIONS, ...ownMembers(input, name, KEY_OPTION_NAMES) };
}

/** The key as a JWK of its public members, or the CryptoKey that it is. */
function materialOf(source: unknown, name: string): PublicJwk | WebCryptoKey {
  requireShort(source, name);
  if (typeof source === "string" || isBytes(source)) return fromText(source, name);
  if (isJwk(source)) return publicPart(source, name);
  if (isCryptoKey(source)) return usable(source, name);
  if (isKeyObject(source)) return fromKeyObject(source, name);
  throw optionError(`${name}.publicKey`, FORMS, source);
}

/** Of PEM and DER; no key and no certificate comes near it. */
const LONGEST_FILE = 65536;

/** @throws TypeError for text or bytes that are too long to be read. */
export function requireShort(source: unknown, name: string): void {
  const length = typeof source === "string" || isBytes(source) ? source.length : 0;
  if (length > LONGEST_FILE) throw new TypeError(`Expected \`${name}\` to be a key of at most ${LONGEST_FILE} bytes, got ${length}`);
}

const READERS = { "PUBLIC KEY": spki, "RSA PUBLIC KEY": pkcs1, CERTIFICATE: certificate } as const;

function fromText(given: string | Uint8Array, name: string): PublicJwk {
  const { label, der } = publicBlock(given, name);
  const jwk = der && (READERS[label as keyof typeof READERS](der) ?? byRuntime(withExplicitCurve(der), name));
  if (jwk) return publicPart(jwk, name);
  throw new TypeError(
    `Expected \`${name}\` to be ${ONE_PUBLIC_KEY}, got ${der ? "another kind of key" : "PEM that is cut off or damaged"}`,
  );
}

function byRuntime(key: Uint8Array | undefined, name: string): PublicJwk | undefined {
  const node = key && nodeCrypto();
  if (!node) return undefined;
  const source = bare({ key, format: "der", type: "spki" });
  return taken(() => node.createPublicKey(source).export(bare({ format: "jwk" })), name) as PublicJwk;
}

function fromKeyObject(key: AsymmetricKeyObject, name: string): PublicJwk {
  if (key.type !== "public" && key.type !== "private")
    throw misuse(`Expected \`${name}\` to be a public key: ${FORMS}`, "`{ secret: key }`");
  const jwk = taken(() => (key.type === "private" ? nodeCrypto()?.createPublicKey(key) : key)?.export(bare({ format: "jwk" })), name);
  return publicPart(jwk as AsymmetricJwk, name);
}

function usable(key: WebCryptoKey, name: string): WebCryptoKey {
  if (key.type !== "public" || !key.usages.includes("verify")) {
    const instead = key.type === "secret" ? "`{ secret: key }`" : undefined;
    throw misuse(`Expected \`${name}\` to be a CryptoKey of type "public" that may "verify"`, instead);
  }
  const node = nodeCrypto();
  // Only node:crypto shows what is in it, even where it may not be exported.
  if (node && key.algorithm.name.startsWith("Ed"))
    publicPart(taken(() => node.KeyObject.from(key).export(bare({ format: "jwk" })), name) as AsymmetricJwk, name);
  return key;
}

function verificationKey(algorithm: PublicAlgorithm, material: PublicJwk | WebCryptoKey, bytes: number, name: string): VerificationKey {
  const key = taken(() => new VerificationKey(algorithm, material, bytes), name);
  if (key.isSynchronous || !isPublicJwk(material)) return key;
  // WebCrypto only promises: to find out at the first token would be late. No browser has Ed448.
  if (material.kty === "OKP" && material.crv === "Ed448") {
    throw new TypeError(`Expected \`${name}\` to be of a curve that this runtime has, got one of Ed448`);
  }
  if (isOffCurve(material)) throw new TypeError(`Expected \`${name}\` to be a point on its curve, got another`);
  return key;
}

/** What the runtime makes of a key. Its own message might show what is in it: only its code is told. */
export function taken<Result>(take: () => Result, name: string): Result {
  try {
    return take();
  } catch (error) {
    throw new TypeError(`Expected \`${name}\` to be a key that this runtime takes, got one it refuses (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null ? partMember(error, "code") : undefined;
  return code === undefined ? kindOf(error) : String(code);
}
