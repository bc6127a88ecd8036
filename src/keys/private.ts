/** Private keys for signing, in every form they come in. */
import type { PublicAlgorithm } from "../base/algorithms.js";
import { isBytes } from "../base/brands.js";
import { misuse, optionError, rejectUnknown, secretError } from "../base/errors.js";
import { bare, ownMembers } from "../base/own.js";
import { holding, wipeBytes } from "../base/wipe.js";
import {
  type AsymmetricKeyObject,
  nodeCrypto,
  type PublicJwk,
  SigningKey,
  VerificationKey,
  type WebCryptoKey,
} from "../runtime/platform.js";
import { type AsymmetricJwk, checkPrivatePart, checkUse, isJwk, ownAlgorithm, ownJwk, publicPart } from "./jwk.js";
import { isPrivatePem, privateBlock } from "./keyText.js";
import { parseKid } from "./kid.js";
import { chooseAlgorithm, type KeyKind, kindOfCryptoKey, kindOfCurve, kindOfJwk, kindOfModulus, signatureBytes } from "./kind.js";
import type { PemBlock } from "./pem.js";
import { isCryptoKey, isKeyObject, requireShort, taken } from "./public.js";
import { pkcs8 } from "./spki.js";

/** A private key: PEM, DER, a JWK, a KeyObject, a CryptoKey. PKCS #1, SEC 1 and what is encrypted take a runtime with `node:crypto`. */
export type PrivateKeySource = string | Uint8Array | AsymmetricJwk | AsymmetricKeyObject | WebCryptoKey;

/** A private key with its name and algorithm. `key` is another name of `privateKey`. */
export interface PrivateKeyOptions {
  /** Goes into the header (RFC 7515 §4.1.4), at most 256 bytes. */
  readonly kid?: string;
  /** The algorithm to sign with; may be left out where the key itself says it, or its curve. */
  readonly alg?: PublicAlgorithm;
  readonly privateKey?: PrivateKeySource;
  readonly key?: PrivateKeySource;
  /** What PEM or DER is decrypted with, where it is encrypted. */
  readonly passphrase?: string | Uint8Array;
}

/** A key as the signer holds it. */
export interface PrivateKey {
  readonly kid: string | undefined;
  readonly algorithm: PublicAlgorithm;
  /** The length of its signatures, in bytes. */
  readonly signatureBytes: number;
  readonly signing: SigningKey;
}

const OPTION_NAMES = ["kid", "alg", "privateKey", "key", "passphrase"] as const;
const FORMS = "PEM, DER, a JWK, a KeyObject or a CryptoKey, private";

/** Is this a private key, by itself or with options? What is offered as a secret is none. */
export function isPrivateKeyInput(input: unknown): input is PrivateKeyOptions {
  if (typeof input === "string") return isPrivatePem(input);
  if (typeof input !== "object" || input === null || Object.hasOwn(input, "secret")) return false;
  return Object.hasOwn(input, "privateKey") || Object.hasOwn(input, "key") || isBare(input);
}

function isBare(input: object): boolean {
  if (isJwk(input)) return (input.kty as string) !== "oct" && Object.hasOwn(input, "d");
  return (isCryptoKey(input) || isKeyObject(input)) && input.type === "private";
}

/**
 * Reads the private key of a signer.
 * @throws TypeError that names the option, never what is in it.
 */
export function parsePrivateKey(input: PrivateKeyOptions, name: string): PrivateKey {
  const options = toOptions(input, name);
  const given = options.privateKey ?? options.key;
  const source = isJwk(given) ? ownJwk(given, name) : given;
  requireShort(source, name);
  const jwk = isJwk(source) ? source : undefined;
  if (jwk) checkUse(jwk, ["sign"], name);
  if (jwk) checkPrivatePart(jwk, name);
  return holding(wipeBytes, (copies: Uint8Array[]) => {
    const { kind, signing, publicKey } = isCryptoKey(source)
      ? fromCryptoKey(source, name)
      : nodeCrypto()
        ? byNode(source, options.passphrase, name)
        : bySubtle(source, name, copies);
    const algorithm = chooseAlgorithm(kind, options.alg, jwk && ownAlgorithm(jwk), name);
    const kid = parseKid(options.kid ?? jwk?.kid, `${name}.kid`);
    const key: PrivateKey = { kid, algorithm, signatureBytes: signatureBytes(kind, algorithm), signing: signing(algorithm) };
    if (publicKey) requireOnePair(key, publicKey, name);
    return key;
  });
}

function toOptions(input: PrivateKeyOptions, name: string): PrivateKeyOptions {
  if (typeof input === "string" || isBare(input)) return bare({ privateKey: input as PrivateKeySource });
  rejectUnknown(input, OPTION_NAMES, `${name}.`);
  const options = ownMembers(input, name, OPTION_NAMES);
  if (options.privateKey !== undefined && options.key !== undefined)
    throw new TypeError(`Expected \`${name}\` to have \`privateKey\` or \`key\`, got both`);
  const { passphrase } = options;
  if (passphrase !== undefined && typeof passphrase !== "string" && !isBytes(passphrase))
    throw secretError(`${name}.passphrase`, "text or bytes", passphrase);
  return options;
}

/**
 * One signature, verified: a runtime takes keys whose parts are not of one pair. A millisecond for RSA of 2048 bits.
 * @throws TypeError where it does not verify, or cannot be made.
 */
function requireOnePair({ algorithm, signatureBytes, signing }: PrivateKey, publicKey: PublicJwk, name: string): void {
  const data = new Uint8Array(32);
  const isOnePair = taken(() => new VerificationKey(algorithm, publicKey, signatureBytes).verify(data, signing.sign(data)), name);
  if (!isOnePair) throw new TypeError(`Expected \`${name}\` to be a private key and its public part, got parts of several`);
}

/** What the key is, and how to make a signing key of it once its algorithm is known. */
interface Found {
  readonly kind: KeyKind;
  readonly signing: (algorithm: PublicAlgorithm) => SigningKey;
  /** Where a signature can be verified at once. */
  readonly publicKey: PublicJwk | undefined;
}

function fromCryptoKey(key: WebCryptoKey, name: string): Found {
  if (key.type !== "private" || !key.usages.includes("sign")) {
    throw new TypeError(`Expected \`${name}\` to be a CryptoKey of type "private" that may "sign"`);
  }
  const kind = kindOfCryptoKey(key, name);
  const node = nodeCrypto();
  return {
    kind,
    publicKey: undefined,
    signing: (algorithm) =>
      node
        ? SigningKey.ofKeyObject(
            algorithm,
            taken(() => node.KeyObject.from(key), name),
          )
        : SigningKey.ofMaterial(algorithm, key, kind.curve),
  };
}

function byNode(source: unknown, passphrase: PrivateKeyOptions["passphrase"], name: string): Found {
  const node = nodeCrypto() as NonNullable<ReturnType<typeof nodeCrypto>>;
  const key = isText(source) ? openedOnce(privateBlock(source, name), passphrase, name) : taken(() => keyObjectOf(source), name);
  if (key?.type !== "private") throw optionError(`${name}.privateKey`, FORMS, source);
  const derived = taken(() => node.createPublicKey(key).export(bare({ format: "jwk" })), name);
  // Of Ed25519 the runtime takes no notice of `x`.
  const publicKey = publicPart(isJwk(source) ? source : (derived as AsymmetricJwk), name);
  return { kind: kindOfJwk(publicKey), publicKey, signing: (algorithm) => SigningKey.ofKeyObject(algorithm, key) };
}

function keyObjectOf(source: unknown): AsymmetricKeyObject | undefined {
  if (isKeyObject(source)) return source;
  return isJwk(source) ? nodeCrypto()?.createPrivateKey(bare({ key: source, format: "jwk" })) : undefined;
}

function isText(source: unknown): source is string | Uint8Array {
  return typeof source === "string" || isBytes(source);
}

/** What node:crypto calls what the labels of PEM stand for. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["RSA PRIVATE KEY", "pkcs1"],
  ["EC PRIVATE KEY", "sec1"],
]);

/** The DER is wiped: the runtime has a copy. */
function openedOnce(block: PemBlock, passphrase: PrivateKeyOptions["passphrase"], name: string): AsymmetricKeyObject | undefined {
  try {
    return opened(block, passphrase, name);
  } finally {
    block.der?.fill(0);
  }
}

function opened(block: PemBlock, passphrase: PrivateKeyOptions["passphrase"], name: string): AsymmetricKeyObject | undefined {
  const { label, der, text } = block;
  const secret = isEncrypted(block) ? { passphrase } : {};
  const source = der ? { key: der, format: "der", type: TYPES.get(label) ?? "pkcs8" } : { key: text, format: "pem" };
  const open = () => nodeCrypto()?.createPrivateKey(bare({ ...source, ...secret }));
  if (!isEncrypted(block)) return taken(open, name);
  if (passphrase === undefined)
    throw misuse(`Expected \`${name}\` to be a private key, got one that is encrypted`, "`{ privateKey, passphrase }`");
  try {
    return open();
  } catch {
    throw new TypeError(`Expected \`${name}.passphrase\` to open the key, got one with which this runtime cannot decrypt it`);
  }
}

/** As PKCS #8 has it, or as RFC 1421 did. */
function isEncrypted({ label, text }: PemBlock): boolean {
  return label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type:.*ENCRYPTED/m.test(text);
}

/** WebCrypto would find out what else the JWK says, and may not know all of it. */
const JWK_MEMBERS: readonly string[] = ["kty", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi"];

/** Copies are put among `copies`, until the runtime has imported them. */
function bySubtle(source: unknown, name: string, copies: Uint8Array[]): Found {
  if (isJwk(source)) {
    const members = bare(Object.fromEntries(Object.entries(source).filter(([member]) => JWK_MEMBERS.includes(member))));
    if (typeof members.d !== "string") throw optionError(`${name}.privateKey`, FORMS, source);
    const kind = kindOfJwk(publicPart(source, name));
    return { kind, publicKey: undefined, signing: (algorithm) => SigningKey.ofMaterial(algorithm, members, kind.curve) };
  }
  const block = isText(source) ? privateBlock(source, name) : undefined;
  if (block?.der) copies.push(block.der);
  if (block && isEncrypted(block))
    throw misuse(
      `Expected \`${name}\` to be a private key that this runtime can read, got one that is encrypted`,
      "it decrypted: only node:crypto decrypts",
    );
  const der = block?.label === "PRIVATE KEY" ? block.der : undefined;
  const read = der && pkcs8(der);
  if (!der || !read) throw optionError(`${name}.privateKey`, "PKCS #8 in PEM or DER, a JWK or a CryptoKey, private", source);
  const kind = read.n ? kindOfModulus(read.n) : kindOfCurve(read.kty, read.crv as string);
  return { kind, publicKey: undefined, signing: (algorithm) => SigningKey.ofMaterial(algorithm, der, kind.curve) };
}
