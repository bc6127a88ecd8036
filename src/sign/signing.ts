/**
 * Signs payloads with one key (RFC 7515 §5.1): in the engine with a secret, by the platform with a private key, by the caller's code where
 * the key is elsewhere. What payloads are is not known here.
 */
import { ALGORITHMS } from "../base/algorithms.js";
import { requireGiven } from "../base/check.js";
import { holding, wipe } from "../base/wipe.js";
import type { SecretKey } from "../engine/key.js";
import { openEngine } from "../engine/openEngine.js";
import { PlacedSigner } from "../engine/signing.js";
import { type ExternalKeyOptions, isExternalKeyInput, parseExternalKey } from "../keys/external.js";
import { isPrivateKeyInput, type PrivateKeyOptions, parsePrivateKey } from "../keys/private.js";
import { isPublicKeyInput } from "../keys/public.js";
import { parseSecretKey, type SecretKeyInput } from "../keys/secret.js";
import { released } from "../runtime/released.js";
import { asciiBytes, toBase64url, utf8Bytes } from "../runtime/text.js";
import type { EncodeHeader } from "./joseHeader.js";

/** What a signer signs with. */
export type SigningKeyInput = SecretKeyInput | PrivateKeyOptions | ExternalKeyOptions;

/** Text is signed as UTF-8. Bytes must belong to no other code: they may have to wait. */
type Payload = string | Uint8Array;

export interface Signing {
  /** What a token has besides its payload, in bytes, at most. */
  readonly overhead: number;
  /** @throws TypeError where the key promises only. */
  sign(payloads: readonly Payload[]): string[];
  signAsync(payloads: readonly Payload[]): Promise<string[]>;
}

/** @throws TypeError for a key that signs nothing. */
export function openSigning(input: SigningKeyInput, encodeHeader: EncodeHeader, allowWeak: boolean): Signing {
  requireGiven(input, "key", "a key");
  if (isPrivateKeyInput(input)) {
    const key = parsePrivateKey(input, "key");
    return new ByPlatform(key.signing, encodeHeader(key), key.signatureBytes);
  }
  if (isExternalKeyInput(input)) {
    const key = parseExternalKey(input, "key");
    return new ByPlatform(key, encodeHeader(key), key.signatureBytes);
  }
  if (isPublicKeyInput(input)) throw new TypeError("Expected `key` to have a `privateKey` or be a secret: a public key signs nothing");
  return holding(wipe, (held: SecretKey[]) => {
    const key = parseSecretKey(input, "key", allowWeak, ["sign"]);
    held.push(key);
    return openEngineSigning(key, encodeHeader);
  });
}

function openEngineSigning(key: SecretKey, encodeHeader: EncodeHeader): Signing {
  const engine = openEngine([key.algorithm]);
  const header = utf8Bytes(encodeHeader(key));
  const placed = new PlacedSigner(engine, key, header);
  // A dot and the signature come after the signing input.
  const signing = new ByEngine(placed, header.length + 1 + ALGORITHMS[key.algorithm].signatureLength);
  released.register(signing, placed.release);
  return signing;
}

class ByEngine implements Signing {
  readonly overhead: number;
  readonly #placed: PlacedSigner;

  constructor(placed: PlacedSigner, overhead: number) {
    this.#placed = placed;
    this.overhead = overhead;
  }

  sign(payloads: readonly Payload[]): string[] {
    return this.#placed.sign(payloads);
  }

  async signAsync(payloads: readonly Payload[]): Promise<string[]> {
    return this.sign(payloads);
  }
}

/** More jobs than threads, so that none of these waits; no more, so that a batch of a million is no million promises. */
const MOST_IN_FLIGHT = 64;

interface SigningKey {
  sign(data: Uint8Array): Uint8Array;
  signAsync(data: Uint8Array): Promise<Uint8Array>;
}

class ByPlatform implements Signing {
  readonly overhead: number;
  readonly #key: SigningKey;
  readonly #header: string;

  constructor(key: SigningKey, header: string, signatureBytes: number) {
    this.#key = key;
    this.#header = header;
    this.overhead = header.length + 1 + Math.ceil((4 * signatureBytes) / 3);
  }

  sign(payloads: readonly Payload[]): string[] {
    return payloads.map((payload) => {
      const input = this.#signingInput(payload);
      return withSignature(input, this.#key.sign(asciiBytes(input)));
    });
  }

  async signAsync(payloads: readonly Payload[]): Promise<string[]> {
    const tokens = new Array<string>(payloads.length);
    let next = 0;
    const work = async () => {
      while (next < payloads.length) {
        const index = next++;
        const input = this.#signingInput(payloads[index] as Payload);
        tokens[index] = withSignature(input, await this.#key.signAsync(asciiBytes(input)));
      }
    };
    const stopping = async () => {
      try {
        await work();
      } catch (error) {
        // Where one fails there is no batch: the others need not be begun.
        next = payloads.length;
        throw error;
      }
    };
    await Promise.all(Array.from({ length: Math.min(MOST_IN_FLIGHT, payloads.length) }, stopping));
    return tokens;
  }

  #signingInput(payload: Payload): string {
    return this.#header + toBase64url(typeof payload === "string" ? utf8Bytes(payload) : payload);
  }
}

function withSignature(input: string, signature: Uint8Array): string {
  return `${input}.${toBase64url(signature)}`;
}
