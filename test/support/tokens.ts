/** Makes tokens, right and wrong, with node:crypto only. */
import { createHmac } from "node:crypto";

/** A test key, public as this file is: never to be used for anything else. */
export const TEST_SECRET: Uint8Array = Uint8Array.from(Buffer.from("test key, to be used nowhere else: 0123456789abcdef"));
/** Another test key. */
export const OTHER_TEST_SECRET: Uint8Array = Uint8Array.from(Buffer.from("another test key, to be used nowhere else: fedcba98"));

/** A test key long enough for any algorithm. */
export const LONG_TEST_SECRET: Uint8Array = Uint8Array.from(
  Buffer.alloc(64, "a long test key, to be used nowhere else: 0123456789abcdef "),
);

export const NOW = 1_700_000_000;

export const HEADER = '{"alg":"HS256","typ":"JWT"}';

export function base64url(data: string | Uint8Array): string {
  return (typeof data === "string" ? Buffer.from(data, "utf8") : Buffer.from(data)).toString("base64url");
}

/** What node:crypto calls the hash of an algorithm. */
export const HASHES = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;
export type TestAlgorithm = keyof typeof HASHES;

export function signatureOf(signingInput: string, secret: Uint8Array = TEST_SECRET, algorithm: TestAlgorithm = "HS256"): string {
  return createHmac(HASHES[algorithm], secret).update(signingInput).digest("base64url");
}

/** Signs two segments as they stand, right or not. */
export function signSegments(
  header: string,
  payload: string,
  secret: Uint8Array = TEST_SECRET,
  algorithm: TestAlgorithm = "HS256",
): string {
  return `${header}.${payload}.${signatureOf(`${header}.${payload}`, secret, algorithm)}`;
}

/** Signs a payload (text) with an algorithm that its header names. */
export function signWith(algorithm: TestAlgorithm, payload: string, secret: Uint8Array = LONG_TEST_SECRET, kid?: string): string {
  return signSegments(base64url(JSON.stringify({ alg: algorithm, kid })), base64url(payload), secret, algorithm);
}

/** Signs a payload (text or bytes) under a header (text or bytes). */
export function signText(payload: string | Uint8Array, header: string | Uint8Array = HEADER, secret: Uint8Array = TEST_SECRET): string {
  return signSegments(base64url(header), base64url(payload), secret);
}

/** Signs a claims set. */
export function signClaims(claims: object, header: object = { alg: "HS256", typ: "JWT" }, secret: Uint8Array = TEST_SECRET): string {
  return signText(JSON.stringify(claims), JSON.stringify(header), secret);
}
