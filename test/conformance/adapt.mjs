/**
 * What a conformance row asks, in terms of this library: rows in, verdicts out. The library is handed in, so that the
 * same logic judges the built package (adapter.mjs) and the sources (generated.test.ts).
 *
 * A row that needs what is not here is skipped by name (`ok: null`), never guessed at.
 */

/** Algorithms that a row may name and this library does not have. */
const ABSENT = ["HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Options of a row that have another name here. */
const OPTION_NAMES = { jti: "jwtId", clockTimestamp: "currentDate", maxAge: "maxTokenAge" };

/** The corpus has long tokens on purpose. */
const LONGEST = 262144;

export function adapt({ createVerifier }) {
  const verifierOf = ({ key, options }) =>
    createVerifier({ keys: keysOf(key), maxTokenLength: LONGEST, allowWeakSecrets: true, ...optionsOf(options) });

  return {
    verify(row) {
      const skip = reasonToSkip(row, row.token);
      if (skip) return { ok: null, skip };
      const verifier = refusable(() => verifierOf(row));
      return verifier.refusal ?? answer(verifier.value.verify(row.token));
    },

    verifyBatch(row) {
      const skips = row.tokens.map((token) => reasonToSkip(row, token));
      const verifier = refusable(() => verifierOf(row));
      const batch = verifier.refusal ? undefined : verifier.value.verifyBatch(row.tokens);
      return row.tokens.map((_, index) => {
        if (skips[index]) return { ok: null, skip: skips[index] };
        return verifier.refusal ?? answer(batch.at(index));
      });
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

function reasonToSkip({ kind, alg, options }, token) {
  if (kind === "jws") return "raw JWS payloads: JWT only";
  if (JSON.stringify(options ?? {}).includes("$regex")) return "expected values as patterns are not here";
  if (alg && !alg.includes("HS256")) return `${alg[0]} is not here yet`;
  // Where several algorithms would do, the token chooses; none in the row means HS256 for a symmetric key.
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

/** PEM text is passed on as a text secret: to refuse it is this library's answer. */
function keysOf({ format, value }) {
  if (format === "utf8" || format === "pem") return value;
  if (format === "base64url") return Buffer.from(value, "base64url");
  if (format === "jwk") return object(value);
  if (format === "jwks") return object(value).keys;
  return undefined;
}

function object(value) {
  return typeof value === "string" ? JSON.parse(value) : value;
}

function optionsOf(options = {}) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [OPTION_NAMES[name] ?? name, value]));
}
