/** Signers of bytes: a payload that is no claims set in, a compact JWS out (RFC 7515 §5.1). */
import { LARGEST_TOKEN } from "../abi.js";
import { refuseOptions } from "../base/bound.js";
import { isBytes, viewOf } from "../base/brands.js";
import { boolean, requireArray } from "../base/check.js";
import { atCaller, optionError } from "../base/errors.js";
import { isTypeOfJwt, refuseClaimOptions } from "../base/jws.js";
import { ownOptions } from "../base/own.js";
import { type HeaderMembers, parseHeader } from "./joseHeader.js";
import { openSigning, type Signing, type SigningKeyInput } from "./signing.js";

/** What a signer of bytes signs with, and what it says in each header. There are no claims, and no options of claims. */
export interface JwsSignerOptions {
  /** The key to sign with, as that of `createSigner`. Its `kid`, if any, goes into the header. */
  readonly key: SigningKeyInput;
  /** `typ` in the header; none unless given. Not "JWT", nor what ends in "+jwt" or "/jwt": those have claims. */
  readonly typ?: string;
  /** More members of the JOSE header, as those of `createSigner`; `cty` says what the payload is. */
  readonly header?: HeaderMembers;
  readonly allowWeakSecrets?: boolean;
}

/** Signs bytes with one key, as a `Signer` signs claims sets. Its functions may be passed around by themselves. */
export interface JwsSigner {
  /**
   * Signs one payload, of any bytes, none included.
   * @throws TypeError for what is no Uint8Array, or makes a token over 262,144 bytes.
   */
  sign(payload: Uint8Array): string;
  /** Signs many, in order. @throws TypeError as `sign`, before anything is signed. */
  signBatch(payloads: readonly Uint8Array[]): string[];
  /** As `sign`; the bytes are read at once. */
  signAsync(payload: Uint8Array): Promise<string>;
  /** As `signBatch`; all bytes are read at once. */
  signBatchAsync(payloads: readonly Uint8Array[]): Promise<string[]>;
}

const OPTION_NAMES: readonly (keyof JwsSignerOptions)[] = ["key", "typ", "header", "allowWeakSecrets"];

/**
 * Makes a signer of bytes. Its secret is loaded into the engine at once and no copy of it is kept.
 * @throws TypeError for a wrong option, naming it; options of claims are among them.
 */
export const createJwsSigner = /* @__PURE__ */ atCaller(function createJwsSigner(given: JwsSignerOptions): JwsSigner {
  refuseClaimOptions(given, "createSigner");
  const options = ownOptions(given, "options", OPTION_NAMES);
  const { typ = null } = options;
  const encodeHeader = parseHeader(typ, options.header);
  if (typ !== null && isTypeOfJwt(typ))
    throw new TypeError('Expected `typ` not to be "JWT", nor to end in "+jwt" or "/jwt": such tokens have claims');
  return signerOf(openSigning(options.key, encodeHeader, boolean(options.allowWeakSecrets, "allowWeakSecrets")));
});

function signerOf(signing: Signing): JwsSigner {
  const one = (payload: unknown, more: readonly unknown[]) => {
    refuseOptions(more[0], "sign", "createJwsSigner");
    return [copied(payload, "payload", signing.overhead)];
  };
  const many = (payloads: unknown, more: readonly unknown[]) => {
    refuseOptions(more[0], "signBatch", "createJwsSigner");
    requireArray(payloads, "payloads", "an array of Uint8Arrays");
    return Array.from(payloads, (payload, index) => copied(payload, `payloads[${index}]`, signing.overhead));
  };
  return {
    sign: (payload, ...more: unknown[]) => signing.sign(one(payload, more))[0] as string,
    signBatch: (payloads, ...more: unknown[]) => signing.sign(many(payloads, more)),
    signAsync: async (payload, ...more: unknown[]) => (await signing.signAsync(one(payload, more)))[0] as string,
    signBatchAsync: async (payloads, ...more: unknown[]) => signing.signAsync(many(payloads, more)),
  };
}

/** A copy, which no one writes over. @throws TypeError for what is no bytes, or more than can be verified. */
function copied(payload: unknown, name: string, overhead: number): Uint8Array {
  if (typeof payload === "string")
    throw new TypeError(`Expected \`${name}\` to be a Uint8Array, got a string: new TextEncoder().encode(text) makes bytes of it`);
  if (!isBytes(payload)) throw optionError(name, "a Uint8Array", payload);
  const bytes = new Uint8Array(viewOf(payload, LARGEST_TOKEN));
  const length = overhead + Math.ceil((4 * bytes.length) / 3);
  if (length > LARGEST_TOKEN) throw new TypeError(`Expected \`${name}\` to make a token of at most ${LARGEST_TOKEN} bytes, got more`);
  return bytes;
}
