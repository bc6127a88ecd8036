/** Ours: the verifier in the three ways its verdicts are used, one call a token, verdicts as a promise, and the signer. */
import { claimsOf } from "./claims.mjs";

const load = () => import("../../dist/index.js");

/** A sum of what was read, so that no compiler drops the reading. */
let sink = 0;

/** More keys than these are in a table. */
const FEW = 1000;

function verifierOf({ createKeyTable, createVerifier }, { algorithm, keys, checks, now }) {
  const [{ kid }] = keys;
  const given = keys.map((key) => ({ ...key, alg: algorithm }));
  const several = keys.length > FEW ? createKeyTable({ keys: given }) : given;
  return createVerifier({ keys: kid === undefined ? given[0] : several, ...checks, currentDate: now });
}

/** A contender that judges batches and then reads from the verdicts. */
function batchwise(name, read) {
  return {
    name,
    kind: "engine",
    load,
    make(module, context) {
      const verifier = verifierOf(module, context);
      return {
        accepts: (token) => verifier.verifyBatch([token]).accepted === 1,
        run(tokens) {
          const verdicts = verifier.verifyBatch(tokens);
          read?.(verdicts);
          return verdicts.accepted;
        },
      };
    },
  };
}

export const verdict = batchwise("wasm-jwt, verdict");

export const twoClaims = batchwise("wasm-jwt, two claims", (verdicts) => {
  for (let index = 0; index < verdicts.length; index++) {
    if (verdicts.codes[index] === 0) sink += verdicts.subject(index).length + verdicts.expiresAt(index);
  }
});

export const object = batchwise("wasm-jwt, object", (verdicts) => {
  for (let index = 0; index < verdicts.length; index++) {
    if (verdicts.codes[index] === 0) sink += verdicts.claims(index).exp;
  }
});

export const oneByOne = {
  name: "wasm-jwt, one by one",
  kind: "engine",
  load,
  make(module, context) {
    const verifier = verifierOf(module, context);
    return {
      accepts: (token) => verifier.verify(token).ok,
      run(tokens) {
        let accepted = 0;
        for (const token of tokens) {
          const verdict = verifier.verify(token);
          if (!verdict.ok) continue;
          sink += verdict.claims.exp;
          accepted++;
        }
        return accepted;
      },
    };
  },
};

/** Signatures of public keys on the thread pool of the process: it takes more than one core. */
export const verdictAsync = {
  name: "wasm-jwt, verdict by promise",
  kind: "engine",
  isAsync: true,
  load,
  make(module, context) {
    const verifier = verifierOf(module, context);
    const run = async (tokens) => (await verifier.verifyBatchAsync(tokens)).accepted;
    return { accepts: async (token) => (await run([token])) === 1, run };
  },
};

export const signBatch = {
  name: "wasm-jwt, signBatch",
  kind: "engine",
  judges: false,
  load,
  make({ createSigner }, { algorithm, keys: [{ kid, secret }], now }) {
    const signer = createSigner({
      key: { secret, alg: algorithm, ...(kid === undefined ? {} : { kid }) },
      issuedAt: false,
      currentDate: now,
    });
    return {
      prepare: claimsOf,
      accepts: (token) => signer.signBatch([claimsOf(token)])[0] === token,
      run: (claims) => signer.signBatch(claims).length,
    };
  },
};
