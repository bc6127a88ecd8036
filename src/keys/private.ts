/** Private keys for signing, in every form they come in. */
import type { PublicAlgorithm } from "../algorithms.js";
import { isBytes } from "../brands.js";
import { optionError } from "../errors.js";
import { bare, ownMembers } from "../own.js";
import { type AsymmetricKeyObject, nodeCrypto, type PublicJwk, SigningKey, VerificationKey, type WebCryptoKey } from "../platform.js";
import { latin1Text } from "../text.js";
import { type AsymmetricJwk, checkPrivatePart, checkUse, isJwk, ownAlgorithm, ownJwk, publicPart } from "./jwk.js";
import { parseKid, rejectUnknownMembers } from "./kid.js";
import { chooseAlgorithm, type KeyKind, kindOfCryptoKey, kindOfCurve, kindOfJwk, kindOfModulus, signatureBytes } from "./kind.js";
import { readPem } from "./pem.js";
import { isCryptoKey, isKeyObject, requireShort, taken } from "./public.js";
import { pkcs8 } from "./spki.js";

/** A private key: PEM, DER (PKCS #8), a JWK, a KeyObject, a CryptoKey. PKCS #1 and SEC 1 in PEM take a runtime with `node:crypto`. */
export type PrivateKeySource = string | Uint8Array | AsymmetricJwk | AsymmetricKeyObject | WebCryptoKey;

/** A private key with its name and algorithm. */
export interface PrivateKeyOptions {
  /** Goes into the header (RFC 7515 §4.1.4), at most 256 bytes. */
  readonly kid?: string;
  /** The algorithm to sign with; may be left out where the key itself says it, or its curve. */
  readonly alg?: PublicAlgorithm;
  readonly privateKey: PrivateKeySource;
}

/** A key as the signer holds it. */
export interface PrivateKey {
  readonly kid: string | undefined;
  readonly algorithm: PublicAlgorithm;
  /** The length of its signatures, in bytes. */
  readonly signatureBytes: number;
  readonly signing: SigningKey;
}

const OPTION_NAMES = ["kid", "alg", "privateKey"] as const;
const FORMS = "PEM, DER (PKCS #8), a JWK, a KeyObject or a CryptoKey, private";

export function isPrivateKeyInput(input: unknown): input is PrivateKeyOptions {
  return typeof input === "object" && input !== null && Object.hasOwn(input, "privateKey");
}

/**
 * Reads the private key of a signer.
 * @throws TypeError that names the option, never what is in it.
 */
export function parsePrivateKey(input: PrivateKeyOptions, name: string): PrivateKey {
  rejectUnknownMembers(input, OPTION_NAMES, name);
  const options = ownMembers(input, name, OPTION_NAMES);
  const source = isJwk(options.privateKey) ? ownJwk(options.privateKey, name) : options.privateKey;
  requireShort(source, name);
  const jwk = isJwk(source) ? source : undefined;
  if (jwk) checkUse(jwk, ["sign"], name);
  if (jwk) checkPrivatePart(jwk, name);
  const { kind, signing, publicKey } = isCryptoKey(source)
    ? fromCryptoKey(source, name)
    : nodeCrypto()
      ? byNode(source, name)
      : bySubtle(source, name);
  const algorithm = chooseAlgorithm(kind, options.alg, jwk && ownAlgorithm(jwk), name);
  const kid = parseKid(options.kid ?? jwk?.kid, `${name}.kid`);
  const key: PrivateKey = { kid, algorithm, signatureBytes: signatureBytes(kind, algorithm), signing: signing(algorithm) };
  if (publicKey) requireOnePair(key, publicKey, name);
  return key;
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

function byNode(source: unknown, name: string): Found {
  const node = nodeCrypto() as NonNullable<ReturnType<typeof nodeCrypto>>;
  const key = taken(() => {
    if (isKeyObject(source)) return source;
    if (isJwk(source)) return node.createPrivateKey(bare({ key: source, format: "jwk" }));
    if (isBytes(source) && source[0] === 0x30) return node.createPrivateKey(bare({ key: source, format: "der", type: "pkcs8" }));
    if (isBytes(source) || typeof source === "string") return node.createPrivateKey(source);
    return undefined;
  }, name);
  if (key?.type !== "private") throw optionError(`${name}.privateKey`, FORMS, source);
  const derived = taken(() => node.createPublicKey(key).export(bare({ format: "jwk" })), name);
  // Of Ed25519 the runtime takes no notice of `x`.
  const publicKey = publicPart(isJwk(source) ? source : (derived as AsymmetricJwk), name);
  return { kind: kindOfJwk(publicKey), publicKey, signing: (algorithm) => SigningKey.ofKeyObject(algorithm, key) };
}

/** WebCrypto would find out what else the JWK says, and may not know all of it. */
const JWK_MEMBERS: readonly string[] = ["kty", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi"];

function bySubtle(source: unknown, name: string): Found {
  if (isJwk(source)) {
    const members = bare(Object.fromEntries(Object.entries(source).filter(([member]) => JWK_MEMBERS.includes(member))));
    if (typeof members.d !== "string") throw optionError(`${name}.privateKey`, FORMS, source);
    const kind = kindOfJwk(publicPart(source, name));
    return { kind, publicKey: undefined, signing: (algorithm) => SigningKey.ofMaterial(algorithm, members, kind.curve) };
  }
  const der = pkcs8Bytes(source);
  const read = der && pkcs8(der);
  if (!der || !read) throw optionError(`${name}.privateKey`, "PKCS #8 in PEM or DER, a JWK or a CryptoKey, private", source);
  const kind = read.n ? kindOfModulus(read.n) : kindOfCurve(read.kty, read.crv as string);
  return { kind, publicKey: undefined, signing: (algorithm) => SigningKey.ofMaterial(algorithm, der, kind.curve) };
}

function pkcs8Bytes(source: unknown): Uint8Array | undefined {
  if (isBytes(source) && source[0] === 0x30) return Uint8Array.from(source);
  const text = isBytes(source) ? latin1Text(source) : source;
  const block = typeof text === "string" ? readPem(text) : undefined;
  return block?.label === "PRIVATE KEY" ? block.der : undefined;
}
