/**
 * What one writes by hand with node:crypto and JSON.parse: HS256, exp, nbf, iat, issuer, audience. It shares nothing
 * with the engine, and answers with the same codes.
 */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";

const CANONICAL = /^[A-Za-z0-9_-]+$/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function createPlainVerifier({ secret, issuer, audience, now }) {
  const key = createSecretKey(secret);
  return (token) => {
    const segments = token.split(".");
    if (segments.length !== 3 || !segments.every(isBase64url)) return "MALFORMED";
    const [header, payload, signature] = segments;
    const parameters = parseObject(header);
    if (!parameters || typeof parameters.alg !== "string") return "MALFORMED";
    if (parameters.alg !== "HS256") return "ALGORITHM_NOT_ALLOWED";
    const mac = createHmac("sha256", key).update(`${header}.${payload}`).digest();
    const given = Buffer.from(signature, "base64url");
    if (given.length !== mac.length || !timingSafeEqual(given, mac)) return "BAD_SIGNATURE";
    const claims = parseObject(payload);
    if (!claims) return "MALFORMED";
    return judgeClaims(claims, issuer, audience, now);
  };
}

function judgeClaims(claims, issuer, audience, now) {
  const { exp, nbf, iat, iss, aud } = claims;
  if (exp !== undefined && !Number.isFinite(exp)) return "CLAIM_INVALID";
  if (exp !== undefined && now >= exp) return "EXPIRED";
  if (nbf !== undefined && !Number.isFinite(nbf)) return "CLAIM_INVALID";
  if (nbf !== undefined && now < nbf) return "NOT_YET_VALID";
  if (iat !== undefined && !Number.isFinite(iat)) return "CLAIM_INVALID";
  if (iss === undefined) return "CLAIM_MISSING";
  if (iss !== issuer) return "ISSUER_MISMATCH";
  if (aud === undefined) return "CLAIM_MISSING";
  return (Array.isArray(aud) ? aud : [aud]).includes(audience) ? "ACCEPTED" : "AUDIENCE_MISMATCH";
}

/** The url alphabet, and no second spelling of the same bytes. */
function isBase64url(segment) {
  return CANONICAL.test(segment) && Buffer.from(segment, "base64url").toString("base64url") === segment;
}

function parseObject(segment) {
  try {
    const value = JSON.parse(utf8.decode(Buffer.from(segment, "base64url")));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
