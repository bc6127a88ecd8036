/** JWK sets as issuers publish them: their members and their oddities, with keys made for this run. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { certificateOf } from "./certificate.js";
import { OTHER_PAIRS, PAIRS, type Pair } from "./pairs.js";
import { NOW } from "./tokens.js";

type Jwk = { readonly kty: string; readonly kid?: string } & Readonly<Record<string, unknown>>;
export interface PublishedSet {
  readonly keys: readonly Jwk[];
}

/** The pairs whose public keys are in the sets. */
export const RSA: readonly [Pair, Pair] = [PAIRS.RS256, OTHER_PAIRS.RS256];
export const EC: Pair = PAIRS.ES256;

const jwkOf = (key: KeyObject) => key.export({ format: "jwk" }) as Jwk;
const x5c = ({ publicKey, privateKey }: Pair) => [certificateOf(publicKey, privateKey).toString("base64")];
const rsa = (index: 0 | 1): Jwk => jwkOf(RSA[index].publicKey);

/** Microsoft Entra ID, v2.0: no `alg`. */
export function entra(): PublishedSet {
  const issuer = "https://login.microsoftonline.com/{tenantid}/v2.0";
  const of = (kid: string, index: 0 | 1) => ({ ...rsa(index), use: "sig", kid, x5t: kid, x5c: x5c(RSA[index]), issuer });
  return { keys: [of("entra-1", 0), of("entra-2", 1)] };
}

/** Azure AD B2C: no `alg`, and `nbf`. */
export function b2c(): PublishedSet {
  const { n, e, kty } = rsa(0);
  return { keys: [{ kid: "b2c-1", nbf: NOW - 1_000_000, use: "sig", kty, e, n }] };
}

/** Spring Authorization Server: neither `alg` nor `use`. */
export function spring(): PublishedSet {
  const { n, e, kty } = rsa(0);
  return { keys: [{ kty, e, kid: "spring-1", n }] };
}

export function auth0(): PublishedSet {
  const of = (kid: string, index: 0 | 1) => ({ ...rsa(index), use: "sig", kid, x5t: kid, x5c: x5c(RSA[index]), alg: "RS256" });
  return { keys: [of("auth0-1", 0), of("auth0-2", 1)] };
}

export function google(): PublishedSet {
  const of = (kid: string, index: 0 | 1) => ({ ...rsa(index), alg: "RS256", use: "sig", kid });
  return { keys: [of("google-1", 0), of("google-2", 1)] };
}

/** Keycloak: a key for encryption beside that for signatures. */
export function keycloak(): PublishedSet {
  const of = (kid: string, index: 0 | 1, alg: string, use: string) => {
    return { kid, ...rsa(index), alg, use, x5c: x5c(RSA[index]), x5t: kid, "x5t#S256": kid };
  };
  return { keys: [of("keycloak-enc", 1, "RSA-OAEP", "enc"), of("keycloak-1", 0, "RS256", "sig")] };
}

/** One name for keys of several kinds (RFC 7517 §4.5). */
export function sameName(): PublishedSet {
  return {
    keys: [
      { ...rsa(0), kid: "same", alg: "RS256" },
      { ...jwkOf(EC.publicKey), kid: "same", alg: "ES256" },
      { ...jwkOf(PAIRS.EdDSA.publicKey), kid: "same" },
    ],
  };
}

/** Keys that this library does not take, each with what is said of it, and one that it does. */
export function odd(): { readonly set: PublishedSet; readonly good: string; readonly problems: readonly string[] } {
  const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const odd: readonly (readonly [Jwk, string])[] = [
    [jwkOf(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey), "to be a key of RSA, or of the curve P-256"],
    [jwkOf(generateKeyPairSync("x25519").publicKey), "to be a key of RSA, or of the curve P-256"],
    [{ ...jwkOf(short), alg: "RS256" }, "to be an RSA key of 2048 to 16384 bits"],
    [{ ...rsa(1), alg: "RSA-OAEP" }, "to be one of RS256"],
    [{ ...rsa(1), alg: "RSA-OAEP-256", use: "enc" }, 'to be "sig"'],
    [{ ...jwkOf(EC.publicKey), key_ops: ["deriveBits"] }, 'to be an array that has "verify"'],
    [{ kty: "AKP", alg: "ML-DSA-44", pub: "AA" }, "to be oct, RSA, EC, OKP"],
    [{ ...jwkOf(EC.publicKey), x: "AA" }, "to be 32 bytes in base64url"],
  ];
  const good = { ...jwkOf(EC.publicKey), kid: "good", use: "sig" };
  return {
    set: { keys: [...odd.map(([jwk], index) => ({ ...jwk, kid: `odd-${index}` })), good] },
    good: "good",
    problems: odd.map(([, problem]) => problem),
  };
}
