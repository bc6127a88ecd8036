/**
 * Public keys in DER: SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), PKCS #1 (RFC 8017 A.1.1), and the key in a certificate. Of a
 * certificate nothing else is read: neither its time, nor its names, nor who signed it.
 */
import type { PublicJwk } from "../runtime/platform.js";
import { latin1Text, toBase64url } from "../runtime/text.js";
import {
  BIT_STRING,
  type Element,
  elements,
  FIRST_OF_CONTEXT,
  IDENTIFIER,
  INTEGER,
  membersOf,
  NULL,
  OCTET_STRING,
  positive,
  SEQUENCE,
  sequence,
  wholeBytes,
} from "./der.js";

/** Object identifiers: rsaEncryption, ecPublicKey, and curves. */
const RSA = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const EC = "\x2a\x86\x48\xce\x3d\x02\x01";
const CURVES: ReadonlyMap<string, string> = new Map([
  ["\x2a\x86\x48\xce\x3d\x03\x01\x07", "P-256"],
  ["\x2b\x81\x04\x00\x22", "P-384"],
  ["\x2b\x81\x04\x00\x23", "P-521"],
]);
const EDWARDS: ReadonlyMap<string, string> = new Map([
  ["\x2b\x65\x70", "Ed25519"],
  ["\x2b\x65\x71", "Ed448"],
]);

export function spki(der: Uint8Array): PublicJwk | undefined {
  return keyOf(sequence(der, SEQUENCE, BIT_STRING));
}

/** RSAPublicKey: SEQUENCE { modulus, publicExponent }. */
export function pkcs1(der: Uint8Array): PublicJwk | undefined {
  const [modulus, exponent] = sequence(der, INTEGER, INTEGER) ?? [];
  const n = positive(modulus);
  const e = positive(exponent);
  return n && e && { kty: "RSA", n: toBase64url(n), e: toBase64url(e) };
}

export function certificate(der: Uint8Array): PublicJwk | undefined {
  return keyOf(membersOf(partsOf(der).key, SEQUENCE, BIT_STRING));
}

/**
 * Has each certificate been issued by the next one, as far as their names say (RFC 5280 §6.1)? One that names itself as its issuer is the
 * last one: of two with one name, an old key's and a new one's, neither is to be taken for the other.
 */
export function isChain(certificates: readonly (Uint8Array | undefined)[]): boolean {
  const names = certificates.map((der) => {
    const { issuer, subject } = partsOf(der ?? new Uint8Array(0));
    return issuer && subject && { issuer: latin1Text(issuer.whole), subject: latin1Text(subject.whole) };
  });
  return names.every((own, index) => {
    return index === names.length - 1 || (own && own.issuer === names[index + 1]?.subject && own.issuer !== own.subject);
  });
}

/**
 * An EC key, in a certificate or by itself, whose curve is not named but described: SubjectPublicKeyInfo for the runtime, which knows
 * whether it is one that has a name.
 */
export function withExplicitCurve(der: Uint8Array): Uint8Array | undefined {
  for (const key of [elements(der)?.[0], partsOf(der).key]) {
    const [identifier, parameters] = membersOf(membersOf(key, SEQUENCE, BIT_STRING)?.[0], IDENTIFIER, SEQUENCE) ?? [];
    if (identifier && parameters && latin1Text(identifier.content) === EC) return key?.whole;
  }
  return undefined;
}

/** Certificate: SEQUENCE { SEQUENCE { version?, serial, algorithm, issuer, validity, subject, key, … }, algorithm, signature }. */
function partsOf(der: Uint8Array): { issuer?: Element | undefined; subject?: Element | undefined; key?: Element | undefined } {
  const [signed] = sequence(der, SEQUENCE, SEQUENCE, BIT_STRING) ?? [];
  const fields = membersOf(signed) ?? [];
  const [, , issuer, , subject, key] = fields[0]?.tag === FIRST_OF_CONTEXT ? fields.slice(1) : fields;
  return { issuer, subject, key };
}

/** Kind, curve and, of an RSA key, the modulus of a private key in PKCS #8 (RFC 5208 §5); or undefined. */
export function pkcs8(der: Uint8Array): { kty: string; crv: string | undefined; n: Uint8Array | undefined } | undefined {
  const [version, algorithm, key] = sequence(der) ?? [];
  const kind = version?.tag === INTEGER && key?.tag === OCTET_STRING ? kindOfKey(algorithm) : undefined;
  if (kind?.kty !== "RSA") return kind && { ...kind, n: undefined };
  const n = positive(sequence((key as Element).content)?.[1]);
  return n && { kty: "RSA", crv: undefined, n };
}

function keyOf(members: Element[] | undefined): PublicJwk | undefined {
  const [algorithm, bits] = members ?? [];
  const key = wholeBytes(bits);
  const kind = key && kindOfKey(algorithm);
  if (!kind) return undefined;
  if (kind.kty === "RSA") return pkcs1(key);
  const crv = kind.crv as string;
  if (kind.kty === "OKP") return { kty: "OKP", crv, x: toBase64url(key) };
  // The point as it is, not one half of it and a bit (SEC 1 §2.3.3).
  if (key[0] !== 4 || key.length % 2 !== 1) return undefined;
  const half = (key.length - 1) / 2;
  return { kty: "EC", crv, x: toBase64url(key.subarray(1, 1 + half)), y: toBase64url(key.subarray(1 + half)) };
}

/** AlgorithmIdentifier: SEQUENCE { algorithm, parameters? }. */
function kindOfKey(algorithm: Element | undefined): { kty: "RSA" | "EC" | "OKP"; crv: string | undefined } | undefined {
  const [identifier, parameters, ...more] = membersOf(algorithm) ?? [];
  if (identifier?.tag !== IDENTIFIER || more.length > 0) return undefined;
  const name = latin1Text(identifier.content);
  // NULL (RFC 3279 §2.3.1), which some leave out.
  if (name === RSA)
    return !parameters || (parameters.tag === NULL && parameters.content.length === 0) ? { kty: "RSA", crv: undefined } : undefined;
  const isNamed = name === EC && parameters?.tag === IDENTIFIER;
  const curve = isNamed ? CURVES.get(latin1Text(parameters.content)) : parameters ? undefined : EDWARDS.get(name);
  return curve === undefined ? undefined : { kty: name === EC ? "EC" : "OKP", crv: curve };
}
