/** JSON Web Keys of pairs (RFC 7517, RFC 7518 §6, RFC 8037 §2): what they may be used for, and their public part. */
import { kindOf, optionError } from "../base/errors.js";
import { ownMembers } from "../base/own.js";
import { decodeStrict } from "../engine/base64url.js";
import type { PublicJwk } from "../runtime/platform.js";
import { base64urlBytes, toBase64url } from "../runtime/text.js";
import { checkExponent, withoutZeros } from "./kind.js";
import { isOfSmallOrder } from "./smallOrder.js";

/** A JWK of a public or a private key; members that are not asked for are ignored. */
export interface AsymmetricJwk {
  readonly kty: "RSA" | "EC" | "OKP";
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  readonly [member: string]: unknown;
}

/** Bytes of a coordinate, by curve. */
const COORDINATES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  EC: { "P-256": 32, "P-384": 48, "P-521": 66 },
  OKP: { Ed25519: 32, Ed448: 57 },
};

export function isJwk(value: unknown): value is AsymmetricJwk {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "kty");
}

/** All members that are read of a JWK, private ones and a ring's times included. */
const JWK_MEMBERS: readonly string[] = [
  ...["kty", "kid", "alg", "use", "key_ops", "nbf", "exp"],
  ...["k", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "oth"],
];

/** A copy with the JWK's own members. @throws TypeError for one that is inherited. */
export function ownJwk<Jwk extends object>(jwk: Jwk, name: string): Jwk {
  return ownMembers(jwk, name, JWK_MEMBERS as readonly (keyof Jwk & string)[]);
}

/** What a key is for: `"verify"` or `"sign"` is in its `key_ops`, if it has any; or one of several, for a key that others are derived from. */
export type KeyOperations = readonly ("verify" | "sign" | "deriveKey" | "deriveBits")[];

/** @throws TypeError where `use` or `key_ops` says that the key is for something else (RFC 7517 §4.2, §4.3). */
export function checkUse(jwk: { readonly use?: unknown; readonly key_ops?: unknown }, operations: KeyOperations, name: string): void {
  const { use, key_ops: own } = jwk;
  if (use !== undefined && use !== "sig") throw optionError(`${name}.use`, '"sig"', use);
  if (own !== undefined && !(Array.isArray(own) && operations.some((operation) => own.includes(operation)))) {
    throw optionError(`${name}.key_ops`, `an array that has ${operations.map((each) => `"${each}"`).join(" or ")}`, own);
  }
}

/** The algorithm that the key names; that of RFC 9864 has the name of the curve. */
export function ownAlgorithm({ alg, crv, kty }: AsymmetricJwk): unknown {
  return kty === "OKP" && alg === crv ? "EdDSA" : alg;
}

/**
 * The public members of a JWK, private ones left behind.
 * @throws TypeError where one is not what the RFC says.
 */
export function publicPart(jwk: AsymmetricJwk, name: string): PublicJwk {
  const { kty, crv } = jwk;
  if (kty === "RSA") return rsaPart(jwk, name);
  const length = coordinateBytes(jwk);
  if (length === undefined) {
    throw new TypeError(`Expected \`${name}\` to be a key of RSA, or of the curve P-256, P-384, P-521, Ed25519 or Ed448`);
  }
  const x = coordinate(jwk.x, length, `${name}.x`);
  if (kty === "OKP" && isOfSmallOrder(crv as string, base64urlBytes(x))) {
    throw new TypeError(`Expected \`${name}.x\` to be a point of large order, got one by which anybody could sign`);
  }
  return kty === "OKP"
    ? { kty: "OKP", crv: crv as string, x }
    : { kty: "EC", crv: crv as string, x, y: coordinate(jwk.y, length, `${name}.y`) };
}

/**
 * Checks the members that only the owner has, as far as they are there (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2).
 * @throws TypeError where one is no base64url, or of a curve's key not as long as it must be.
 */
export function checkPrivatePart(jwk: AsymmetricJwk, name: string): void {
  const length = coordinateBytes(jwk);
  if (length !== undefined && jwk.d !== undefined) coordinate(jwk.d, length, `${name}.d`);
  if (jwk.kty !== "RSA") return;
  for (const member of ["d", "p", "q", "dp", "dq", "qi"]) if (jwk[member] !== undefined) checkedLength(jwk[member], `${name}.${member}`);
}

function coordinateBytes({ kty, crv }: AsymmetricJwk): number | undefined {
  const lengths = typeof kty === "string" && Object.hasOwn(COORDINATES, kty) ? COORDINATES[kty] : undefined;
  return typeof crv === "string" && lengths && Object.hasOwn(lengths, crv) ? lengths[crv] : undefined;
}

function rsaPart(jwk: AsymmetricJwk, name: string): PublicJwk {
  const n = withoutZeros(memberBytes(jwk.n, `${name}.n`));
  const e = checkExponent(memberBytes(jwk.e, `${name}.e`), name);
  return { kty: "RSA", n: toBase64url(n), e: toBase64url(e) };
}

/** At its full length (RFC 7518 §6.2.1.2, RFC 8037 §2). */
function coordinate(value: unknown, length: number, name: string): string {
  const got = checkedLength(value, name);
  if (got !== length) throw new TypeError(`Expected \`${name}\` to be ${length} bytes in base64url, got ${got}`);
  return value as string;
}

/** Of a member that may be private: nothing is left of its bytes. */
function checkedLength(value: unknown, name: string): number {
  const bytes = memberBytes(value, name);
  bytes.fill(0);
  return bytes.length;
}

/** @throws TypeError for what is no base64url. */
export function memberBytes(value: unknown, name: string): Uint8Array {
  const bytes = typeof value === "string" ? decodeStrict(value) : undefined;
  if (!bytes) {
    throw new TypeError(
      `Expected \`${name}\` to be base64url without padding, got ${typeof value === "string" ? "other text" : kindOf(value)}`,
    );
  }
  return bytes;
}
