/** jsonwebtoken with a KeyObject: with a Buffer it makes one for every token. */
import { createSecretKey } from "node:crypto";
import { loadPackage } from "../packages.mjs";
import { parse } from "./claims.mjs";
import { throwing } from "./throwing.mjs";

export const jsonwebtoken = {
  name: "jsonwebtoken",
  kind: "library",
  package: "jsonwebtoken",
  load: () => loadPackage("jsonwebtoken"),
  make({ default: { verify } }, { algorithm, keys, checks, now }) {
    const byName = new Map(keys.map(({ kid, secret, publicKey }) => [kid, publicKey ?? createSecretKey(secret)]));
    const only = byName.get(undefined);
    const options = { algorithms: [algorithm], ...checks, clockTimestamp: now };
    return throwing((token) => verify(token, only ?? byName.get(parse(token.slice(0, token.indexOf("."))).kid), options));
  },
};
