/** What Node itself offers: a bare HMAC and a bare `crypto.verify`, which judge nothing, and the verifier one writes by hand around an HMAC. */
import { claimsHold, keyFinder, parse } from "./claims.mjs";

const load = () => import("node:crypto");

let sink = 0;

/** `createHmac` with a KeyObject and a digest, nothing else: no library that calls it can be faster. */
export const createHmac = {
  name: "createHmac",
  kind: "native",
  judges: false,
  load,
  make({ createHmac, createSecretKey }, { hash, signatureLength, keys: [{ secret }] }) {
    const key = createSecretKey(secret);
    const tail = signatureLength + 1;
    const tagOf = (token) =>
      createHmac(hash, key)
        .update(token.slice(0, token.length - tail))
        .digest();
    return {
      accepts: (token) => tagOf(token).toString("base64url") === token.slice(-signatureLength),
      run(tokens) {
        for (const token of tokens) sink += tagOf(token)[0];
        return tokens.length;
      },
    };
  },
};

/**
 * `crypto.verify` with a KeyObject, the signature decoded and nothing else: the signing input's bytes are there already. It counts the
 * signatures that are right.
 */
export const cryptoVerify = {
  name: "crypto.verify",
  kind: "native",
  judges: false,
  load,
  /** @type {(module: { verify: Function }, context: import("../fleet.mjs").Context) => import("../prove.mjs").Instance} */
  make({ verify }, { algorithm, hash, keys: [{ publicKey }] }) {
    const key = algorithm.startsWith("ES") ? { key: publicKey, dsaEncoding: "ieee-p1363" } : publicKey;
    const prepare = (token) => {
      const dot = token.lastIndexOf(".");
      return { input: Buffer.from(token.slice(0, dot)), signature: Buffer.from(token.slice(dot + 1)).toString("latin1") };
    };
    const run = (items) => {
      let valid = 0;
      for (const { input, signature } of items) if (verify(hash, input, key, Buffer.from(signature, "base64url"))) valid++;
      return valid;
    };
    return { prepare, accepts: (token) => run([prepare(token)]) === 1, run };
  },
};

export const byHand = {
  name: "node:crypto by hand",
  kind: "native",
  load,
  make({ createHmac, createSecretKey, timingSafeEqual }, { algorithm, hash, keys, checks, now }) {
    const keyOf = keyFinder(
      algorithm,
      keys.map(({ kid, secret }) => ({ kid, key: createSecretKey(secret) })),
    );
    const verify = (token) => {
      const first = token.indexOf(".");
      const second = token.indexOf(".", first + 1);
      if (first < 0 || second < 0) return undefined;
      const key = keyOf(token.slice(0, first));
      if (!key) return undefined;
      const tag = createHmac(hash, key).update(token.slice(0, second)).digest();
      const signature = Buffer.from(token.slice(second + 1), "base64url");
      if (signature.length !== tag.length || !timingSafeEqual(signature, tag)) return undefined;
      const claims = parse(token.slice(first + 1, second));
      return claimsHold(claims, checks, now) ? claims : undefined;
    };
    return {
      accepts: (token) => verify(token) !== undefined,
      run(tokens) {
        let accepted = 0;
        for (const token of tokens) {
          const claims = verify(token);
          if (!claims) continue;
          sink += claims.exp;
          accepted++;
        }
        return accepted;
      },
    };
  },
};
