/** fast-jwt with and without its cache, and its signer. Algorithms are pinned; it makes a KeyObject of the secret or the PEM itself. */
import { loadPackage } from "../packages.mjs";
import { claimsOf, parse } from "./claims.mjs";
import { throwing } from "./throwing.mjs";

const load = () => loadPackage("fast-jwt");

function contender(name, cache) {
  return {
    name,
    kind: "library",
    package: "fast-jwt",
    load,
    make({ createVerifier }, { algorithm, keys, checks, now }) {
      const options = {
        algorithms: [algorithm],
        cache,
        clockTimestamp: now * 1000,
        ...(checks.issuer ? { allowedIss: checks.issuer, allowedAud: checks.audience } : {}),
      };
      const verifiers = new Map(keys.map((key) => [key.kid, createVerifier({ ...options, key: formOf(key) })]));
      const only = verifiers.get(undefined);
      // With a function for a key it is asynchronous and prepares the key anew for every token: a verifier a key is its best form.
      return throwing(only ?? ((token) => verifiers.get(parse(token.slice(0, token.indexOf("."))).kid)(token)));
    },
  };
}

/** A public key is taken as text only. */
const formOf = ({ secret, publicKey }) => secret ?? publicKey.export({ type: "spki", format: "pem" });

export const fastJwt = contender("fast-jwt", false);
export const fastJwtCache = contender("fast-jwt, cache", true);

export const fastJwtSigner = {
  name: "fast-jwt, signer",
  kind: "library",
  package: "fast-jwt",
  judges: false,
  load,
  make({ createSigner }, { algorithm, keys: [{ kid, secret }] }) {
    const sign = createSigner({ key: secret, algorithm, ...(kid === undefined ? {} : { kid }) });
    return {
      prepare: claimsOf,
      accepts: (token) => sign(claimsOf(token)) === token,
      run(claims) {
        let signed = 0;
        for (const set of claims) if (sign(set).length > 0) signed++;
        return signed;
      },
    };
  },
};
