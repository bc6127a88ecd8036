/** The options that name a key and its algorithm. */
import { ALGORITHM_NAMES, SECRET_ALGORITHMS } from "../../explain/index.js";
import { flag, section, text } from "../subcommand/options.js";
import { ANY_PUBLIC_ALGORITHM, ANY_SECRET_ALGORITHM } from "./algorithm.js";

export const KEY_OPTIONS = section("Key (one of the first three)", {
  "secret-file": text("FILE", "the secret is the bytes of FILE; of text, one newline at the end does not belong to it", { short: "k" }),
  "secret-env": text("NAME", "the secret is the text of the environment variable NAME"),
  jwk: text("FILE", "FILE holds a JSON Web Key of type oct, or a set of them"),
  "secret-base64url": flag("the file or the variable has the secret in base64url, to be decoded"),
  "allow-weak-secrets": flag("take a secret shorter than the hash: 32, 48 or 64 bytes"),
});

const ALGORITHM = "The key's algorithm";

/** For commands that take nothing but secrets. */
export const SECRET_ALGORITHM_OPTIONS = section(ALGORITHM, {
  alg: text("ALG", `${ANY_SECRET_ALGORITHM}; HS256 unless given, or said by the JWK`, { short: "a", choices: SECRET_ALGORITHMS }),
});

/** For commands that take secrets and keys of a pair. */
const ALGORITHM_OPTIONS = section(ALGORITHM, {
  alg: text(
    "ALG",
    `of a secret ${ANY_SECRET_ALGORITHM}; HS256 unless given, or said by the JWK. Of a pair ${ANY_PUBLIC_ALGORITHM}; an RSA key that does not say needs it`,
    { short: "a", choices: ALGORITHM_NAMES },
  ),
});

export const PUBLIC_KEY_OPTIONS = {
  ...section("Public key (instead of a secret)", {
    "public-key": text("FILE", "FILE holds a public key or a certificate in PEM or DER, or a JSON Web Key", { short: "p" }),
    jwks: text("FILE", "FILE holds a JSON Web Key set with public keys, as issuers publish it"),
  }),
  ...ALGORITHM_OPTIONS,
};

export const PRIVATE_KEY_OPTIONS = {
  ...section("Private key (instead of a secret)", {
    "private-key": text("FILE", "FILE holds a private key in PEM or DER, or a JSON Web Key", { short: "p" }),
  }),
  ...ALGORITHM_OPTIONS,
};
