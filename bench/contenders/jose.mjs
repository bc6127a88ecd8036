/** jose with a CryptoKey. A batch at a time with `Promise.all`, which is faster than one by one. */
import { loadPackage } from "../packages.mjs";
import { importKey } from "./cryptoKey.mjs";
import { acceptTogether } from "./together.mjs";

export const jose = {
  name: "jose",
  kind: "library",
  package: "jose",
  isAsync: true,
  load: () => loadPackage("jose"),
  async make({ jwtVerify }, { algorithm, hash, keys, checks, now }) {
    const byName = new Map();
    for (const key of keys) byName.set(key.kid, await importKey(algorithm, hash, key));
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
