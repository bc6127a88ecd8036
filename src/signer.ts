/**
 * Signers: claims in, tokens out (RFC 7515 §5.1), through the engine's HMAC or the platform's private keys. For devices that issue
 * their own tokens, and for those who issue tokens to devices.
 */

import { ALGORITHMS, type Algorithm } from "./algorithms.js";
import { ClaimsSets, parseSigning, type SigningPlan } from "./claimsSets.js";
import { placeSigningKey } from "./context.js";
import type { Engine } from "./engine.js";
import { atCaller, optionError } from "./errors.js";
import { isPrivateKeyInput, type PrivateKey, type PrivateKeyOptions, parsePrivateKey } from "./keys/private.js";
import { isPublicKeyInput } from "./keys/public.js";
import { parseSecretKey, type SecretKey, type SecretKeyInput } from "./keys/secret.js";
import { openEngine } from "./openEngine.js";
import { boolean, type JwtClaims, type Moment } from "./options.js";
import { ownOptions } from "./own.js";
import type { SigningKey } from "./platform.js";
import { released } from "./released.js";
import { asciiBytes, toBase64url, utf8Bytes } from "./text.js";

/** What a signer puts into every token. Times are in seconds. */
export interface SignerOptions {
  /** The key to sign with: a secret, or an object with a `privateKey`. Its `kid`, if any, goes into the header. */
  readonly key: SecretKeyInput | PrivateKeyOptions;
  /** `exp` = time of signing + this. */
  readonly expiresIn?: number;
  /** `nbf` = time of signing + this. */
  readonly notBefore?: number;
  /** `iat` = time of signing; on unless false. */
  readonly issuedAt?: boolean;
  /** `iss`, `aud`, `sub` of every token that has none of its own. */
  readonly issuer?: string;
  readonly audience?: string | readonly string[];
  readonly subject?: string;
  /** `jti`: "random" gives each token a random UUID (RFC 9562 §5.4). */
  readonly jwtId?: "random";
  /** `typ` in the header; "JWT" unless given, left out when null. */
  readonly typ?: string | null;
  /** The time to sign at instead of the clock. */
  readonly currentDate?: Moment | (() => Moment);
  readonly allowWeakSecrets?: boolean;
}

/** Signs claims sets with one key. With a private key, `sign` and `signBatch` take a runtime that has `node:crypto`. */
export interface Signer {
  /**
   * Signs one claims set.
   * @throws TypeError when it is no object, not JSON, makes a token over 262,144 bytes, or has a NumericDate that is not a finite number.
   */
  sign(claims: JwtClaims): string;
  /** Signs many, in order. @throws TypeError as `sign`, before anything is signed. */
  signBatch(claims: readonly JwtClaims[]): string[];
  /** As `sign`, a private key being used on the runtime's thread pool. */
  signAsync(claims: JwtClaims): Promise<string>;
  /** As `signBatch`, side by side on the runtime's thread pool. */
  signBatchAsync(claims: readonly JwtClaims[]): Promise<string[]>;
}

const OPTION_NAMES: readonly (keyof SignerOptions)[] = [
  "key",
  "expiresIn",
  "notBefore",
  "issuedAt",
  "issuer",
  "audience",
  "subject",
  "jwtId",
  "typ",
  "currentDate",
  "allowWeakSecrets",
];

/**
 * Makes a signer. Its secret is loaded into the engine at once and no copy of it is kept; a private key stays with the platform.
 * @throws TypeError for a wrong option, naming it.
 */
export const createSigner = /* @__PURE__ */ atCaller(function createSigner(given: SignerOptions): Signer {
  const options = ownOptions(given, "options", OPTION_NAMES);
  if (options.key === undefined || options.key === null) throw optionError("key", "a key", options.key);
  const plan = parseSigning(options);
  const typ = options.typ === undefined ? "JWT" : options.typ;
  if (typ !== null && (typeof typ !== "string" || typ === "" || typ.length > 256))
    throw optionError("typ", "a string of 1 to 256 characters or null", typ);
  const allowWeak = boolean(options.allowWeakSecrets, "allowWeakSecrets");
  if (isPrivateKeyInput(options.key)) {
    const key = parsePrivateKey(options.key, "key");
    return new PlatformSigner(key, encodedHeader(key, typ), plan);
  }
  if (isPublicKeyInput(options.key))
    throw new TypeError("Expected `key` to have a `privateKey` or be a secret: a public key signs nothing");
  return engineSigner(parseSecretKey(options.key, "key", allowWeak, ["sign"]), typ, plan);
});

/** The header and its dot (RFC 7515 §4). */
function encodedHeader(
  { algorithm, kid }: { readonly algorithm: Algorithm; readonly kid: string | undefined },
  typ: string | null,
): string {
  const header = { alg: algorithm, ...(typ === null ? {} : { typ }), ...(kid === undefined ? {} : { kid }) };
  return `${toBase64url(utf8Bytes(JSON.stringify(header)))}.`;
}

function engineSigner(key: SecretKey, typ: string | null, plan: SigningPlan): Signer {
  const engine = openEngine([key.algorithm]);
  const record = placeSigningKey(engine, key);
  const headerText = utf8Bytes(encodedHeader(key, typ));
  const headerAddress = engine.allocate(headerText.length);
  engine.bytes.set(headerText, headerAddress);
  const signer = new EngineSigner(
    engine,
    record.address,
    headerAddress,
    headerText.length,
    1 + ALGORITHMS[key.algorithm].signatureLength,
    plan,
  );
  released.register(signer, () => {
    engine.release(record.address, record.size);
    engine.release(headerAddress, headerText.length);
  });
  return signer;
}

class EngineSigner implements Signer {
  readonly #engine: Engine;
  readonly #key: number;
  readonly #header: number;
  readonly #headerLength: number;
  readonly #claims: ClaimsSets;

  /** `tailLength` characters stand behind the signing input: a dot and the signature. */
  constructor(engine: Engine, key: number, header: number, headerLength: number, tailLength: number, plan: SigningPlan) {
    this.#engine = engine;
    this.#key = key;
    this.#header = header;
    this.#headerLength = headerLength;
    this.#claims = new ClaimsSets(plan, headerLength + tailLength);
  }

  sign(claims: JwtClaims): string {
    return this.signBatch([claims])[0] as string;
  }

  signBatch(claims: readonly JwtClaims[]): string[] {
    const payloads = this.#claims.payloads(claims);
    const tokens: string[] = [];
    while (tokens.length < payloads.length) {
      this.#engine.signChunk(this.#key, this.#header, this.#headerLength, payloads, tokens.length, tokens);
    }
    return tokens;
  }

  async signAsync(claims: JwtClaims): Promise<string> {
    return this.sign(claims);
  }

  async signBatchAsync(claims: readonly JwtClaims[]): Promise<string[]> {
    return this.signBatch(claims);
  }
}

/** More jobs than threads, so that none of these waits; no more, so that a batch of a million is no million promises. */
const MOST_IN_FLIGHT = 64;

/** Signs with a private key, through the platform. */
class PlatformSigner implements Signer {
  readonly #key: SigningKey;
  readonly #header: string;
  readonly #claims: ClaimsSets;

  constructor({ signing, signatureBytes }: PrivateKey, header: string, plan: SigningPlan) {
    this.#key = signing;
    this.#header = header;
    this.#claims = new ClaimsSets(plan, header.length + 1 + Math.ceil((4 * signatureBytes) / 3));
  }

  sign(claims: JwtClaims): string {
    return this.signBatch([claims])[0] as string;
  }

  signBatch(claims: readonly JwtClaims[]): string[] {
    return this.#claims.payloads(claims).map((payload) => {
      const input = this.#signingInput(payload);
      return withSignature(input, this.#key.sign(asciiBytes(input)));
    });
  }

  async signAsync(claims: JwtClaims): Promise<string> {
    return (await this.signBatchAsync([claims]))[0] as string;
  }

  async signBatchAsync(claims: readonly JwtClaims[]): Promise<string[]> {
    const payloads = this.#claims.payloads(claims);
    const tokens = new Array<string>(payloads.length);
    let next = 0;
    const work = async () => {
      while (next < payloads.length) {
        const index = next++;
        const input = this.#signingInput(payloads[index] as string);
        tokens[index] = withSignature(input, await this.#key.signAsync(asciiBytes(input)));
      }
    };
    await Promise.all(Array.from({ length: Math.min(MOST_IN_FLIGHT, payloads.length) }, work));
    return tokens;
  }

  #signingInput(payload: string): string {
    return this.#header + toBase64url(utf8Bytes(payload));
  }
}

function withSignature(input: string, signature: Uint8Array): string {
  return `${input}.${toBase64url(signature)}`;
}
