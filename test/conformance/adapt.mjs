/**
 * What a conformance row asks, in terms of this library: rows in, verdicts out. The library is handed in, so that the
 * same logic judges the built package (adapter.mjs) and the sources (generated.test.ts).
 *
 * A row that needs what is not here is skipped by name (`ok: null`), never guessed at.
 */

const PRESENT = ["HS256", "HS384", "HS512"];
/** Algorithms that a row may name and this library does not have. */
const ABSENT = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Options of a row that have another name here. */
const OPTION_NAMES = { jti: "jwtId", clockTimestamp: "currentDate", maxAge: "maxTokenAge" };

/** The corpus has long tokens on purpose. */
const LONGEST = 262144;

export function adapt({ createVerifier }) {
  const verifierOf = ({ key, alg, options }, algorithm) =>
    createVerifier({
      keys: keysOf(key, algorithm),
      ...(alg ? { algorithms: alg.filter((name) => PRESENT.includes(name)) } : {}),
      maxTokenLength: LONGEST,
      allowWeakSecrets: true,
      ...optionsOf(options),
    });

  return {
    verify(row) {
      const skip = reasonToSkip(row, row.token);
      if (skip) return { ok: null, skip };
      const verifier = refusable(() => verifierOf(row, keyAlgorithm(row, row.token)));
      return verifier.refusal ?? answer(verifier.value.verify(row.token));
    },

    /** One batch for each algorithm that the tokens ask of the key. */
    verifyBatch(row) {
      const answers = row.tokens.map((token) => ({ ok: null, skip: reasonToSkip(row, token) }));
      const algorithms = row.tokens.map((token, index) => (answers[index].skip ? undefined : keyAlgorithm(row, token)));
      for (const algorithm of new Set(algorithms.filter(Boolean))) {
        const verifier = refusable(() => verifierOf(row, algorithm));
        const batch = verifier.refusal ? undefined : verifier.value.verifyBatch(row.tokens);
        algorithms.forEach((own, index) => {
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

function reasonToSkip({ kind, alg, options }, token) {
  if (kind === "jws") return "raw JWS payloads: JWT only";
  if (JSON.stringify(options ?? {}).includes("$regex")) return "expected values as patterns are not here";
  if (alg && !alg.some((name) => PRESENT.includes(name))) return `${alg[0]} is not here yet`;
  const named = headerAlgorithm(token);
  return ABSENT.includes(named) && (!alg || alg.includes(named)) ? `${named} is not here yet` : undefined;
}

/** A key is for one algorithm here. Where several would do, the token chooses; none in the row means any for a symmetric key. */
function keyAlgorithm({ alg }, token) {
  const allowed = PRESENT.filter((name) => !alg || alg.includes(name));
  const named = headerAlgorithm(token);
  return allowed.includes(named) ? named : allowed[0];
}

function headerAlgorithm(token) {
  try {
    return JSON.parse(Buffer.from(token.split(".")[0], "base64url").toString()).alg;
  } catch {
    return undefined;
  }
}

/** PEM text is passed on as a text secret: to refuse it is this library's answer. */
function keysOf({ format, value }, alg) {
  if (format === "utf8" || format === "pem") return { secret: value, alg };
  if (format === "base64url") return { secret: Buffer.from(value, "base64url"), alg };
  if (format === "jwk") return withAlgorithm(object(value), alg);
  if (format === "jwks") return object(value).keys.map((jwk) => withAlgorithm(jwk, alg));
  return undefined;
}

function withAlgorithm(jwk, alg) {
  return jwk.alg === undefined ? { ...jwk, alg } : jwk;
}

function object(value) {
  return typeof value === "string" ? JSON.parse(value) : value;
}

function optionsOf(options = {}) {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [OPTION_NAMES[name] ?? name, value]));
}
