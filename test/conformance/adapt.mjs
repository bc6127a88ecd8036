/**
 * What a conformance row asks, in terms of this library: rows in, verdicts out. The library is handed in, so that the
 * same logic judges the built package (adapter.mjs) and the sources (generated.test.ts).
 *
 * A row that needs what is not here is skipped by name (`ok: null`), never guessed at.
 */

import { createPublicKey } from "node:crypto";

const SECRET = ["HS256", "HS384", "HS512"];
/** Those with public keys, by the kind of key. */
const PUBLIC = {
  rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ec: ["ES256", "ES384", "ES512"],
  ed25519: ["EdDSA"],
  ed448: ["EdDSA"],
};
const PRESENT = [...SECRET, ...Object.values(PUBLIC).flat()];

/** Options of a row that have another name here. */
const OPTION_NAMES = { jti: "jwtId", clockTimestamp: "currentDate", maxAge: "maxTokenAge" };

/** The corpus has long tokens on purpose. */
const LONGEST = 262144;

export function adapt({ createVerifier }) {
  const verifierOf = ({ key, alg, options }, named) =>
    createVerifier({
      keys: keysOf(key, alg ?? PRESENT, named),
      ...(alg ? { algorithms: alg.filter((name) => PRESENT.includes(name)) } : {}),
      maxTokenLength: LONGEST,
      allowWeakSecrets: true,
      ...optionsOf(options),
    });

  return {
    verify(row) {
      const skip = reasonToSkip(row);
      if (skip) return { ok: null, skip };
      const verifier = refusable(() => verifierOf(row, headerAlgorithm(row.token)));
      return verifier.refusal ?? answer(verifier.value.verify(row.token));
    },

    /** A key has one algorithm here: one batch for each that the tokens ask of it. */
    verifyBatch(row) {
      const skip = reasonToSkip(row);
      const answers = row.tokens.map(() => ({ ok: null, skip }));
      if (skip) return answers;
      const named = row.tokens.map(headerAlgorithm);
      for (const algorithm of new Set(named)) {
        const verifier = refusable(() => verifierOf(row, algorithm));
        const batch = verifier.value?.verifyBatch(row.tokens);
        named.forEach((own, index) => {
          if (own === algorithm) answers[index] = verifier.refusal ?? answer(batch.at(index));
        });
      }
      return answers;
    },
  };
}

/** A key or an option that is refused at construction rejects the row. */
function refusable(make) {
  try {
    return { value: make() };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { refusal: { ok: false, code: `REFUSED: ${error.message}` } };
  }
}

function answer(verdict) {
  return verdict.ok ? { ok: true, payload: verdict.claims } : { ok: false, code: verdict.code };
}

function reasonToSkip({ kind, alg, options }) {
  if (kind === "jws") return "raw JWS payloads: JWT only";
  if (JSON.stringify(options ?? {}).includes("$regex")) return "expected values as patterns are not here";
  if (alg && !alg.some((name) => PRESENT.includes(name))) return `${alg[0]} is not here yet`;
  return undefined;
}

function headerAlgorithm(token) {
  try {
    return JSON.parse(Buffer.from(token.split(".")[0], "base64url").toString()).alg;
  } catch {
    return undefined;
  }
}

/** `named` is what the token says of its algorithm: it counts only where the row allows it and the key is of that kind. */
function keysOf({ format, value }, allowed, named) {
  if (format === "utf8") return secretKey(value, allowed, named);
  if (format === "pem") return publicKey(value, kindOfPem(value), allowed, named) ?? secretKey(value, allowed, named);
  if (format === "base64url") return secretKey(Buffer.from(value, "base64url"), allowed, named);
  if (format === "jwk") return jwkKey(object(value), allowed, named);
  if (format === "jwks") return object(value).keys.map((jwk) => jwkKey(jwk, allowed, named));
  return undefined;
}

/** Where only HMAC is allowed, PEM is passed on as the secret: to refuse it is this library's answer. */
function secretKey(secret, allowed, named) {
  const alg = choose(SECRET, allowed, named);
  return alg ? { secret, alg } : { secret };
}

function kindOfPem(pem) {
  try {
    return createPublicKey(pem).asymmetricKeyType;
  } catch {
    return "rsa";
  }
}

function jwkKey(jwk, allowed, named) {
  if (jwk.alg !== undefined) return jwk;
  if (jwk.kty === "oct") return { ...jwk, alg: choose(SECRET, allowed, named) };
  return publicKey(jwk, { RSA: "rsa", EC: "ec", OKP: "ed25519" }[jwk.kty], allowed, named) ?? jwk;
}

/** Curves speak for themselves. */
function publicKey(key, kind, allowed, named) {
  const alg = choose(PUBLIC[kind] ?? [], allowed, named);
  if (!alg) return undefined;
  return kind === "rsa" ? { publicKey: key, alg } : { publicKey: key };
}

/** The token's algorithm, or else the first that the row allows the key. */
function choose(fitting, allowed, named) {
  const names = allowed.filter((name) => fitting.includes(name));
  return names.includes(named) ? named : names[0];
}

function object(value) {
  return typeof value === "string" ? JSON.parse(value) : value;
}

function optionsOf(options = {}) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [OPTION_NAMES[name] ?? name, value]));
}
