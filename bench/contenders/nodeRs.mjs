/** @node-rs/jsonwebtoken: Rust's jsonwebtoken, called synchronously. It has no other clock than the machine's. */
import { loadPackage } from "../packages.mjs";
import { parse } from "./claims.mjs";
import { throwing } from "./throwing.mjs";

export const nodeRs = {
  name: "@node-rs/jsonwebtoken",
  kind: "library",
  package: "@node-rs/jsonwebtoken",
  load: () => loadPackage("@node-rs/jsonwebtoken"),
  make({ verifySync }, { algorithm, keys, checks }) {
    const byName = new Map(keys.map(({ kid, secret, publicKey }) => [kid, secret ?? publicKey.export({ type: "spki", format: "pem" })]));
    const only = byName.get(undefined);
    const validation = {
      algorithms: [algorithm],
      leeway: 0,
      validateNbf: true,
      ...(checks.issuer ? { iss: [checks.issuer], aud: [checks.audience] } : {}),
    };
    return throwing((token) => verifySync(token, only ?? byName.get(parse(token.slice(0, token.indexOf("."))).kid), validation));
  },
};
