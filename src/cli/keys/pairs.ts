/** A key of a pair in a file: PEM, DER or a JSON Web Key. A private key is never printed. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from "node:crypto";
import { isPublicAlgorithm } from "../../explain/index.js";
import type { AsymmetricJwk, PublicAlgorithm } from "../../index.js";
import { UsageError } from "../words/failure.js";
import { requireSameAlgorithm } from "./algorithm.js";
import { type Content, contentOf } from "./content.js";
import { contentError, type KeyFile, parseJson, readWhole, requireContent } from "./file.js";

const OF_CURVE: Readonly<Record<string, PublicAlgorithm>> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };
const OF_TYPE: Readonly<Record<string, PublicAlgorithm>> = { ed25519: "EdDSA", ed448: "EdDSA" };

export type Source = string | Uint8Array | AsymmetricJwk;

export function isJwk(source: Source): source is AsymmetricJwk {
  return typeof source !== "string" && !(source instanceof Uint8Array);
}

/** What a key is for that does not need to be told: it says so, or its curve does. What is wrong with it the library finds. */
export function ownAlgorithm(source: Source): PublicAlgorithm | undefined {
  if (isJwk(source) && source.alg !== undefined) return isPublicAlgorithm(source.alg) ? source.alg : undefined;
  const key = keyObjectOf(source);
  return OF_CURVE[key?.asymmetricKeyDetails?.namedCurve ?? ""] ?? OF_TYPE[key?.asymmetricKeyType ?? ""];
}

/** The public part; undefined where there is none that Node takes. */
export function keyObjectOf(source: Source): KeyObject | undefined {
  for (const take of waysToTake(source)) {
    try {
      return take();
    } catch {}
  }
  return undefined;
}

function waysToTake(source: Source): readonly (() => KeyObject)[] {
  if (isJwk(source)) return [() => createPublicKey({ key: source as JsonWebKey, format: "jwk" })];
  if (typeof source === "string") return [() => createPublicKey(source)];
  const key = Buffer.from(source);
  return [
    () => createPublicKey({ key, format: "der", type: "spki" }),
    () => createPublicKey({ key, format: "der", type: "pkcs1" }),
    () => new X509Certificate(key).publicKey,
  ];
}

/** What it is for; of a key that cannot be read, the library tells what is wrong. @throws UsageError */
export function algorithmOf(source: Source, given: PublicAlgorithm | undefined, label: string): { readonly alg?: PublicAlgorithm } {
  const own = ownAlgorithm(source);
  requireSameAlgorithm(given, own, label);
  const alg = given ?? own;
  if (alg === undefined && keyObjectOf(source)?.asymmetricKeyType === "rsa")
    throw new UsageError(`Expected \`--alg\` to say what \`${label}\` is for, such as \`--alg RS256\`: an RSA key may be for several`);
  return alg === undefined ? {} : { alg };
}

/** A sequence of as many bytes as follow, in DER. */
function isDer(bytes: Buffer): boolean {
  return bytes[0] === 0x30 && ((bytes[1] as number) > 0x80 || bytes[1] === bytes.length - 2);
}

/** The key in a file, as the library takes it; it may hold one of the `right` kinds. @throws UsageError */
export function readKey(named: KeyFile, right: readonly Content[]): Source {
  const bytes = readWhole(named);
  if (isDer(bytes)) return right.includes("private key") ? (privateInPem(bytes) ?? Uint8Array.from(bytes)) : Uint8Array.from(bytes);
  requireContent(named, bytes, right);
  if (!contentOf(bytes)) throw contentError(named, "something else");
  return (parseJson(bytes) as AsymmetricJwk | undefined) ?? bytes.toString("latin1");
}

/** Of a private key in DER, which may be in any of three forms, the one in PEM. */
function privateInPem(key: Buffer): string | undefined {
  for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
    try {
      return createPrivateKey({ key, format: "der", type }).export({ type: "pkcs8", format: "pem" }) as string;
    } catch {}
  }
  return undefined;
}
