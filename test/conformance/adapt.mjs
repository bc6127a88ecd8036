/**
 * What a conformance row asks, in terms of this library: rows in, verdicts out. The library is handed in, so that the
 * same logic judges the built package (adapter.mjs) and the sources (generated.test.ts).
 *
 * A row that needs what is not here is skipped by name (`ok: null`), never guessed at.
 */

import { createPublicKey } from "node:crypto";

/** Algorithms that a row may name and this library does not have. */
const ABSENT = ["HS384", "HS512"];

/** Those with public keys, by the kind of key. */
const PUBLIC = {
  rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ec: ["ES256", "ES384", "ES512"],
  ed25519: ["EdDSA"],
  ed448: ["EdDSA"],
};
const PRESENT = ["HS256", ...Object.values(PUBLIC).flat()];

/** Options of a row that have another name here. */
const OPTION_NAMES = { jti: "jwtId", clockTimestamp: "currentDate", maxAge: "maxTokenAge" };

/** The corpus has long tokens on purpose. */
const LONGEST = 262144;

export function adapt({ createVerifier }) {
  const verifierOf = ({ key, alg, options }, named) =>
    createVerifier({
      keys: keysOf(key, alg, named),
      maxTokenLength: LONGEST,
      allowWeakSecrets: true,
      ...(alg ? { algorithms: alg.filter((name) => PRESENT.includes(name)) } : {}),
      ...optionsOf(options),
    });

  return {
    verify(row) {
      const skip = reasonToSkip(row, row.token);
      if (skip) return { ok: null, skip };
      const verifier = refusable(() => verifierOf(row, headerAlgorithm(row.token)));
      return verifier.refusal ?? answer(verifier.value.verify(row.token));
    },

    /** A key has one algorithm here: where a row leaves it open, there is a verifier for each that its tokens name. */
    verifyBatch(row) {
      const answers = new Array(row.tokens.length);
      const numbers = Map.groupBy ? Map.groupBy(row.tokens.keys(), nameOf) : grouped(row.tokens.keys(), nameOf);
      for (const [named, group] of numbers) {
        const verifier = refusable(() => verifierOf(row, named));
        const batch = verifier.value?.verifyBatch(group.map((number) => row.tokens[number]));
        group.forEach((number, index) => {
          const skip = reasonToSkip(row, row.tokens[number]);
          answers[number] = skip ? { ok: null, skip } : (verifier.refusal ?? answer(batch.at(index)));
        });
      }
      return answers;

      function nameOf(number) {
        return isOpen(row.key) ? headerAlgorithm(row.tokens[number]) : undefined;
      }
    },
  };
}

/** Whether the key's algorithm is for the row to say: not so for a secret. */
function isOpen({ format, value }) {
  return format === "pem" || (format.startsWith("jwk") && !JSON.stringify(value).includes('"oct"'));
}

function grouped(items, nameOf) {
  const groups = new Map();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return groups;
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

function reasonToSkip({ kind, alg, options }, token) {
  if (kind === "jws") return "raw JWS payloads: JWT only";
  if (JSON.stringify(options ?? {}).includes("$regex")) return "expected values as patterns are not here";
  if (alg && !alg.some((name) => PRESENT.includes(name))) return `${alg[0]} is not here yet`;
  // Where several algorithms would do, the token chooses.
  const named = headerAlgorithm(token);
  return ABSENT.includes(named) && (!alg || alg.includes(named)) ? `${named} is not here yet` : undefined;
}

function headerAlgorithm(token) {
  try {
    return JSON.parse(Buffer.from(token.split(".")[0], "base64url").toString()).alg;
  } catch {
    return undefined;
  }
}

/** `named` is what the token says of its algorithm: it counts only where the row allows it and the key is of that kind. */
function keysOf({ format, value }, alg, named) {
  if (format === "utf8") return value;
  if (format === "pem") return pemKey(value, alg, named);
  if (format === "base64url") return Buffer.from(value, "base64url");
  if (format === "jwk") return jwkKey(object(value), alg, named);
  if (format === "jwks") return object(value).keys.map((jwk) => jwkKey(jwk, alg, named));
  return undefined;
}

/** Where only HMAC is allowed, PEM is passed on as the secret: to refuse it is this library's answer. */
function pemKey(pem, alg, named) {
  return publicKey(pem, kindOfPem(pem), alg, named) ?? { secret: pem };
}

function kindOfPem(pem) {
  try {
    return createPublicKey(pem).asymmetricKeyType;
  } catch {
    return "rsa";
  }
}

function jwkKey(jwk, alg, named) {
  const kind = { RSA: "rsa", EC: "ec", OKP: "ed25519" }[jwk.kty];
  return jwk.alg === undefined ? (publicKey(jwk, kind, alg, named) ?? jwk) : jwk;
}

/** An RSA key has the token's algorithm, or else the first that the row allows it; curves speak for themselves. */
function publicKey(key, kind, alg, named) {
  const fitting = (alg ?? PRESENT).filter((name) => PUBLIC[kind]?.includes(name));
  if (fitting.length === 0) return undefined;
  return kind === "rsa" ? { publicKey: key, alg: fitting.includes(named) ? named : fitting[0] } : { publicKey: key };
}

function object(value) {
  return typeof value === "string" ? JSON.parse(value) : value;
}

function optionsOf(options = {}) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [OPTION_NAMES[name] ?? name, value]));
}
