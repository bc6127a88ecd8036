/** The Web Crypto API of Node, by hand: awaited one by one, and a batch at a time. */
import { claimsHold, keyFinder, parse } from "./claims.mjs";
import { importKey } from "./cryptoKey.mjs";
import { acceptTogether } from "./together.mjs";

const load = () => import("node:crypto");

let sink = 0;

async function verifierOf({ webcrypto: { subtle } }, { algorithm, hash, keys, checks, now }) {
  const imported = keys.map(async (key) => ({ kid: key.kid, key: await importKey(algorithm, hash, key) }));
  const keyOf = keyFinder(algorithm, await Promise.all(imported));
  return async (token) => {
    const first = token.indexOf(".");
    const second = token.indexOf(".", first + 1);
    if (first < 0 || second < 0) return undefined;
    const key = keyOf(token.slice(0, first));
    if (!key) return undefined;
    const signature = Buffer.from(token.slice(second + 1), "base64url");
    if (!(await subtle.verify("HMAC", key, signature, Buffer.from(token.slice(0, second))))) return undefined;
    const claims = parse(token.slice(first + 1, second));
    return claimsHold(claims, checks, now) ? claims : undefined;
  };
}

function contender(name, verifyAll) {
  return {
    name,
    kind: "native",
    isAsync: true,
    load,
    async make(module, context) {
      const verify = await verifierOf(module, context);
      return {
        accepts: async (token) => (await verify(token)) !== undefined,
        run: (tokens) => verifyAll(tokens, verify),
      };
    },
  };
}

export const subtle = contender("crypto.subtle", async (tokens, verify) => {
  let accepted = 0;
  for (const token of tokens) {
    const claims = await verify(token);
    if (!claims) continue;
    sink += claims.exp;
    accepted++;
  }
  return accepted;
});

export const subtleAll = contender("crypto.subtle, Promise.all", acceptTogether);
