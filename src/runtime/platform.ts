/**
 * The runtime's own asymmetric cryptography: `node:crypto` where there is one, which can answer at once; WebCrypto elsewhere, which
 * only promises. Whatever goes wrong within it is a signature that does not verify.
 */
import { ALGORITHMS, type PublicAlgorithm, type PublicAlgorithmEntry } from "../base/algorithms.js";
import { isBytes } from "../base/brands.js";
import { bare, ownMember } from "../base/own.js";
import { ecdsaInDer } from "./ecdsa.js";

/** The public members of a JSON Web Key, and no others (RFC 7518 §6, RFC 8037 §2). */
export type PublicJwk =
  | { readonly kty: "RSA"; readonly n: string; readonly e: string }
  | { readonly kty: "EC"; readonly crv: string; readonly x: string; readonly y: string }
  | { readonly kty: "OKP"; readonly crv: string; readonly x: string };

/** The part of WebCrypto's WebCryptoKey that is used: the library's types need no DOM. */
export interface WebCryptoKey {
  readonly type: string;
  readonly extractable: boolean;
  readonly usages: readonly string[];
  readonly algorithm: { readonly name: string };
}

/** The part of Node's KeyObject that is used of a public or private key. */
export interface AsymmetricKeyObject {
  readonly type: string;
  export(options: { readonly format: "jwk" }): object;
}

/** A KeyObject, with what the algorithm needs beside it. */
type NodeKey = AsymmetricKeyObject | { readonly key: AsymmetricKeyObject; readonly [parameter: string]: unknown };

/** The part of Node's Verify that is used. */
interface Verify {
  update(data: Uint8Array): Verify;
  verify(key: NodeKey, signature: Uint8Array): boolean;
}

interface NodeCrypto {
  createPublicKey(key: object): AsymmetricKeyObject;
  createPrivateKey(key: object | string): AsymmetricKeyObject;
  readonly KeyObject: { from(key: WebCryptoKey): AsymmetricKeyObject };
  verify(hash: string | null, data: Uint8Array, key: NodeKey, signature: Uint8Array): boolean;
  verify(hash: string | null, data: Uint8Array, key: NodeKey, signature: Uint8Array, done: (error: unknown, valid: boolean) => void): void;
  createVerify(hash: string): Verify;
  sign(hash: string | null, data: Uint8Array, key: NodeKey): Uint8Array;
  sign(hash: string | null, data: Uint8Array, key: NodeKey, done: (error: unknown, signature: Uint8Array) => void): void;
}

/** Asked for when a key needs it: to load it takes milliseconds. No import, so that bundles for the browser stay whole. */
export function nodeCrypto(): NodeCrypto | undefined {
  return builtinModule("node:crypto") as NodeCrypto | undefined;
}

/** What node:util knows of values. */
export function nodeTypes(): { isCryptoKey(value: unknown): boolean; isKeyObject?(value: unknown): boolean } | undefined {
  return (builtinModule("node:util") as { types: ReturnType<typeof nodeTypes> } | undefined)?.types;
}

function builtinModule(name: string): unknown {
  const process = ownMember(globalThis as { process?: { getBuiltinModule?(name: string): unknown } }, "process");
  return process?.getBuiltinModule?.(name);
}

/** `RSA_PKCS1_PSS_PADDING` of node:crypto's constants. */
const PSS_PADDING = 6;

/** What node:crypto verifies with. */
interface NodeVerification {
  readonly crypto: NodeCrypto;
  readonly key: NodeKey;
  readonly hash: string | null;
  /** Signatures are those of ECDSA, and go to it in DER. */
  readonly inDer: boolean;
}

/** Are these the members of a key, rather than a CryptoKey? */
export function isPublicJwk(material: object): material is PublicJwk {
  return Object.hasOwn(material, "kty");
}

/** A public key, ready to verify with one algorithm. */
export class VerificationKey {
  readonly #entry: PublicAlgorithmEntry;
  readonly #signatureBytes: number;
  readonly #node: NodeVerification | undefined;
  readonly #material: PublicJwk | WebCryptoKey;
  #imported: Promise<CryptoKey> | undefined;

  /**
   * `signatureBytes` is the one length that a signature can have.
   * @throws Error when node:crypto does not take the key.
   */
  constructor(algorithm: PublicAlgorithm, material: PublicJwk | WebCryptoKey, signatureBytes: number) {
    this.#entry = ALGORITHMS[algorithm];
    this.#signatureBytes = signatureBytes;
    this.#material = material;
    const crypto = nodeCrypto();
    if (!crypto) return;
    const key = isPublicJwk(material) ? crypto.createPublicKey(bare({ key: material, format: "jwk" })) : crypto.KeyObject.from(material);
    this.#node = nodeVerification(this.#entry, crypto, key);
  }

  /** Can it verify without a promise? */
  get isSynchronous(): boolean {
    return this.#node !== undefined;
  }

  /** Is this the signature of `data` (RFC 7515 §5.2)? False where the runtime cannot answer at once. */
  verify(data: Uint8Array, signature: Uint8Array): boolean {
    if (!this.#node || signature.length !== this.#signatureBytes) return false;
    try {
      return verifyAtOnce(this.#node, data, signature) === true;
    } catch {
      return false;
    }
  }

  /** The same on the runtime's thread pool. Never rejects. */
  async verifyAsync(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    if (signature.length !== this.#signatureBytes) return false;
    try {
      return (await (this.#node ? this.#verifyByNode(this.#node, data, signature) : this.#verifyBySubtle(data, signature))) === true;
    } catch {
      return false;
    }
  }

  #verifyByNode({ crypto, key, hash, inDer }: NodeVerification, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const form = inDer ? ecdsaInDer(signature) : signature;
    return new Promise((resolve) => {
      crypto.verify(hash, data, key, form, (error, valid) => resolve(!error && valid));
    });
  }

  async #verifyBySubtle(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    this.#imported ??= importPublic(this.#entry, this.#material);
    const key = await this.#imported;
    return crypto.subtle.verify(subtleParameters(this.#entry, key), key, signature as BufferSource, data as BufferSource);
  }
}

/** What a private key is made of where there is no node:crypto. */
export type PrivateMaterial = Readonly<Record<string, unknown>> | WebCryptoKey | Uint8Array;

/** A private key, ready to sign with one algorithm. */
export class SigningKey {
  readonly #entry: PublicAlgorithmEntry;
  readonly #node: { readonly crypto: NodeCrypto; readonly key: NodeKey } | undefined;
  readonly #imported: Promise<CryptoKey> | undefined;

  private constructor(algorithm: PublicAlgorithm, node: AsymmetricKeyObject | undefined, imported: Promise<CryptoKey> | undefined) {
    this.#entry = ALGORITHMS[algorithm];
    const crypto = nodeCrypto();
    this.#node = node && crypto ? { crypto, key: withParameters(this.#entry, node) } : undefined;
    this.#imported = imported;
    // An error is for the one who signs.
    imported?.catch(() => undefined);
  }

  static ofKeyObject(algorithm: PublicAlgorithm, key: AsymmetricKeyObject): SigningKey {
    return new SigningKey(algorithm, key, undefined);
  }

  /** A JWK, PKCS #8 in DER, which is wiped, or a CryptoKey, for WebCrypto; `curve` where there is one. */
  static ofMaterial(algorithm: PublicAlgorithm, material: PrivateMaterial, curve: string | undefined): SigningKey {
    return new SigningKey(algorithm, undefined, importPrivate(ALGORITHMS[algorithm], material, curve));
  }

  /** @throws TypeError where the runtime cannot sign at once. */
  sign(data: Uint8Array): Uint8Array {
    if (!this.#node) throw new TypeError("Expected a runtime with `node:crypto`: use `signAsync` and `signBatchAsync` here");
    return this.#node.crypto.sign(nodeHash(this.#entry), data, this.#node.key);
  }

  /** The same on the runtime's thread pool. */
  async signAsync(data: Uint8Array): Promise<Uint8Array> {
    if (this.#node) return this.#signByNode(this.#node, data);
    const key = await (this.#imported as Promise<CryptoKey>);
    return new Uint8Array(await crypto.subtle.sign(subtleParameters(this.#entry, key), key, data as BufferSource));
  }

  #signByNode({ crypto, key }: { crypto: NodeCrypto; key: NodeKey }, data: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      crypto.sign(nodeHash(this.#entry), data, key, (error, signature) => (error ? reject(error) : resolve(signature)));
    });
  }
}

/** `createVerify` costs RSA 2 to 4 % less than the job that `verify` sets up, on Node 20 to 26; Ed25519 hashes for itself. */
function verifyAtOnce({ crypto, key, hash, inDer }: NodeVerification, data: Uint8Array, signature: Uint8Array): boolean {
  if (hash === null) return crypto.verify(null, data, key, signature);
  return crypto
    .createVerify(hash)
    .update(data)
    .verify(key, inDer ? ecdsaInDer(signature) : signature);
}

// ---- how node:crypto names it ------------------------------------------------------------------------------------------

function nodeHash({ hashBits }: PublicAlgorithmEntry): string | null {
  return hashBits ? `sha${hashBits}` : null;
}

/**
 * ECDSA's signatures are turned into DER here: node:crypto would do it, but on Node 24 that takes 20 µs of 75, half of them for a key that
 * comes with parameters; 0.7 elsewhere.
 */
function nodeVerification(entry: PublicAlgorithmEntry, crypto: NodeCrypto, key: AsymmetricKeyObject): NodeVerification {
  const inDer = entry.scheme === "ECDSA";
  return { crypto, key: entry.scheme === "RSA-PSS" ? withParameters(entry, key) : withoutParameters(key), hash: nodeHash(entry), inDer };
}

/** The key itself, which is this library's own: what node:crypto may read of it besides is not there, whatever `Object.prototype` has. */
function withoutParameters(key: AsymmetricKeyObject): AsymmetricKeyObject {
  for (const name of ["padding", "saltLength", "dsaEncoding", "context"]) Object.defineProperty(key, name, bare({ value: undefined }));
  return key;
}

/** PSS with a salt as long as the hash (RFC 7518 §3.5); ECDSA signatures as the two numbers, not as DER (§3.4). */
function withParameters({ scheme, hashBits }: PublicAlgorithmEntry, key: AsymmetricKeyObject): NodeKey {
  if (scheme === "RSA-PSS") return bare({ key, padding: PSS_PADDING, saltLength: hashBits / 8 });
  return bare(scheme === "ECDSA" ? { key, dsaEncoding: "ieee-p1363" } : { key });
}

// ---- how WebCrypto names it --------------------------------------------------------------------------------------------

function subtleParameters({ scheme, hashBits }: PublicAlgorithmEntry, key: WebCryptoKey): AlgorithmIdentifier {
  return bare({ name: scheme ?? key.algorithm.name, hash: `SHA-${hashBits}`, saltLength: hashBits / 8 }) as AlgorithmIdentifier;
}

async function importPublic(entry: PublicAlgorithmEntry, material: PublicJwk | WebCryptoKey): Promise<CryptoKey> {
  if (!isPublicJwk(material)) return material as CryptoKey;
  const curve = material.kty === "RSA" ? undefined : material.crv;
  return crypto.subtle.importKey("jwk", bare(material), importParameters(entry, curve), false, ["verify"]);
}

async function importPrivate(entry: PublicAlgorithmEntry, material: PrivateMaterial, curve: string | undefined): Promise<CryptoKey> {
  const parameters = importParameters(entry, curve);
  if (isBytes(material))
    return crypto.subtle.importKey("pkcs8", material as BufferSource, parameters, false, ["sign"]).finally(() => material.fill(0));
  if (Object.hasOwn(material, "kty")) return crypto.subtle.importKey("jwk", material as JsonWebKey, parameters, false, ["sign"]);
  return material as CryptoKey;
}

function importParameters({ scheme, hashBits }: PublicAlgorithmEntry, curve: string | undefined): AlgorithmIdentifier {
  return bare({ name: scheme ?? curve, hash: `SHA-${hashBits}`, namedCurve: curve }) as AlgorithmIdentifier;
}
