/** jose with a CryptoKey. A batch at a time with `Promise.all`, which is faster than one by one. */
import { webcrypto } from "node:crypto";
import { loadRival } from "../rivals.mjs";
import { acceptTogether } from "./together.mjs";

export const jose = {
  name: "jose",
  kind: "library",
  package: "jose",
  isAsync: true,
  load: () => loadRival("jose"),
  async make({ jwtVerify }, { algorithm, hash, keys, checks, now }) {
    const parameters = { name: "HMAC", hash: hash.replace("sha", "SHA-") };
    const byName = new Map();
    for (const { kid, secret } of keys) {
      byName.set(kid, await webcrypto.subtle.importKey("raw", secret, parameters, false, ["verify"]));
    }
    const key = byName.get(undefined) ?? (({ kid }) => byName.get(kid));
    const options = { algorithms: [algorithm], ...checks, currentDate: new Date(now * 1000) };
    const verify = (token) =>
      jwtVerify(token, key, options).then(
        ({ payload }) => payload,
        () => undefined,
      );
    return {
      accepts: async (token) => (await verify(token)) !== undefined,
      run: (tokens) => acceptTogether(tokens, verify),
    };
  },
};
