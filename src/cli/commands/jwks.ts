/** `wasm-jwt jwks`: the set of public keys that an issuer publishes (RFC 7517 §5), from the files of its keys. */
import { PUBLIC_ALGORITHMS } from "../../explain/index.js";
import { ANY_PUBLIC_ALGORITHM, parsePublicAlgorithm } from "../keys/algorithm.js";
import { requireName } from "../keys/given.js";
import { readPublished } from "../keys/published.js";
import { standardOutput } from "../output/output.js";
import { defineCommand } from "../subcommand/command.js";
import { section, text } from "../subcommand/options.js";
import { SUCCESS, UsageError } from "../words/failure.js";
import { printable } from "../words/printable.js";

export const jwks = defineCommand({
  name: "jwks",
  usage: "FILE... [options]",
  summary: "print public keys as the JWK set that an issuer publishes",
  about: `Prints one JSON Web Key set with the public key of each FILE. A FILE holds a public key, a private key or a certificate
in PEM or DER, or a JSON Web Key. Of a private key, its public part alone is printed.`,
  options: {
    ...section("The keys", {
      alg: text("ALG", `the algorithm of keys that do not say theirs, as RSA keys in PEM or DER: ${ANY_PUBLIC_ALGORITHM}`, {
        short: "a",
        choices: PUBLIC_ALGORITHMS,
      }),
      kid: text("NAME", "the name of the key, if it is only one; its thumbprint (RFC 7638) unless given, or said by the JWK"),
    }),
  },
  operands: "FILE",
  notes: "The set is what `wasm-jwt verify --jwks` and any other verifier of JSON Web Tokens reads.",
  examples: ["wasm-jwt jwks issuer.key.pub > jwks.json", "wasm-jwt jwks --alg RS256 new.key.pub old.key.pub > jwks.json"],
  async run({ alg, kid }, files) {
    if (files.length === 0) throw new UsageError("Expected at least one FILE with a key");
    if (kid !== undefined && files.length > 1) throw new UsageError("Expected `--kid` to go with one FILE, got several");
    requireName(kid);
    const algorithm = parsePublicAlgorithm(alg, "FILE");
    const keys = files.map((file) => readPublished(file, { alg: algorithm, kid, isOnly: files.length === 1 }));
    if (algorithm && !keys.some((key) => key.alg === algorithm))
      throw new UsageError("Expected `--alg` to be for a FILE that does not say its algorithm, got none");
    const names = keys.map((key) => key.kid);
    const twice = names.findIndex((name, index) => names.indexOf(name) < index);
    if (twice >= 0)
      throw new UsageError(`Expected each FILE to have a name of its own, got that of \`${printable(files[twice] as string)}\` twice`);
    await standardOutput.write(`${JSON.stringify({ keys }, undefined, 2)}\n`);
    return SUCCESS;
  },
});
