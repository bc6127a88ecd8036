/** Reads a token without verifying it, for tools and logs of one's own making: never to decide anything. */
import { refuseOptions } from "../base/bound.js";
import type { JwtClaims, JwtHeader } from "../base/claims.js";
import { bare } from "../base/own.js";
import { decodeStrict } from "../engine/base64url.js";

/** What a token says of itself. Nobody has checked who wrote it; the names say so wherever it goes. */
export interface UnverifiedJwt {
  readonly unverifiedHeader: JwtHeader;
  readonly unverifiedClaims: JwtClaims;
  readonly signature: string;
}

/** The parts of a token, or undefined when it is not three segments of base64url, the first two JSON objects. */
export function decode(token: string): UnverifiedJwt | undefined;
export function decode(token: string, more?: unknown): UnverifiedJwt | undefined {
  refuseOptions(more, "decode", "createVerifier");
  if (typeof token !== "string") return undefined;
  const segments = token.split(".");
  if (segments.length !== 3) return undefined;
  const [header, payload, signature] = segments as [string, string, string];
  const unverifiedHeader = jsonObject(header) as JwtHeader | undefined;
  const unverifiedClaims = jsonObject(payload) as JwtClaims | undefined;
  if (!unverifiedHeader || !unverifiedClaims || decodeStrict(signature) === undefined) return undefined;
  return { unverifiedHeader, unverifiedClaims, signature };
}

function jsonObject(segment: string): object | undefined {
  const bytes = decodeStrict(segment);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", bare({ fatal: true, ignoreBOM: true })).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
