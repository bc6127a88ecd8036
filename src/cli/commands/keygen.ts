/** `wasm-jwt keygen`: a random secret, or a key pair, to a file that only its owner may read. */
import { randomBytes, randomUUID } from "node:crypto";
import { ALGORITHM_NAMES, isPublicAlgorithm, oneOfNames, secretBytes } from "../../explain/index.js";
import type { PublicAlgorithm } from "../../index.js";
import { ANY_PUBLIC_ALGORITHM, ANY_SECRET_ALGORITHM, PAIRS, parseAlgorithm } from "../keys/algorithm.js";
import { requireName } from "../keys/given.js";
import { type NewKey, PRIVATE, PUBLIC, SECRET, writeKeys } from "../keys/newFiles.js";
import { publish } from "../keys/published.js";
import { requireFileName } from "../output/output.js";
import { defineCommand } from "../subcommand/command.js";
import { flag, section, text } from "../subcommand/options.js";
import { parseWhole } from "../values/units.js";
import { SUCCESS, UsageError } from "../words/failure.js";

const SECRET_FORMATS = ["base64url", "hex", "raw", "jwk"] as const;
const PAIR_FORMATS = ["pem", "jwk"] as const;
const FORMATS = [...SECRET_FORMATS, "pem"] as const;
type Format = (typeof SECRET_FORMATS)[number];

export const keygen = defineCommand({
  name: "keygen",
  usage: "[options]",
  summary: "make a random secret or a key pair",
  about: `Makes a random secret, as long as the hash unless told otherwise, and prints it or writes it to a file.

For an --alg of public keys it makes a pair: the private key goes to --out, the public key beside it, to the same name
and .pub; --jwks prints the public key as the set that an issuer publishes.`,
  options: {
    ...section("The key", {
      alg: text(
        "ALG",
        `what it is for: a secret for ${ANY_SECRET_ALGORITHM}, HS256 unless given; a pair for ${ANY_PUBLIC_ALGORITHM}, of 2048 bits where it is RSA`,
        { short: "a", choices: ALGORITHM_NAMES },
      ),
      bytes: text("N", "the length of a secret, up to 65536; 32, 48 or 64 unless given, and no less"),
      format: text("FORMAT", "of a secret base64url (unless given), hex, raw or jwk; of a pair pem (unless given) or jwk", {
        choices: FORMATS,
      }),
      kid: text(
        "NAME",
        "with --format jwk or --jwks: its name; of a secret a random UUID unless given, of a pair its thumbprint (RFC 7638)",
      ),
    }),
    ...section("Output", {
      out: text("FILE", "a new file, readable by its owner only (mode 0600), instead of stdout", { short: "o" }),
      jwks: flag("print the public key of a pair as a JSON Web Key set"),
      force: flag("with --out: overwrite a file that exists"),
    }),
  },
  notes: `A file in base64url serves as it is, its text being the secret, or decoded with --secret-base64url: the other
side has to do the same. One in hex serves as it is, its text being the secret. --jwk reads a JWK.`,
  examples: [
    "wasm-jwt keygen --out secret.txt",
    "wasm-jwt keygen --alg HS512 --out secret.txt",
    "wasm-jwt keygen --format jwk --kid 2026-11 --out key.json",
    "wasm-jwt keygen --alg ES256 --out issuer.key --jwks > jwks.json",
  ],
  async run(values, operands) {
    if (operands.length) throw new UsageError("Expected no arguments but options");
    const alg = parseAlgorithm(values.alg) ?? "HS256";
    requireName(values.kid);
    requireFileName(values.out);
    if (isPublicAlgorithm(alg)) return makePair(alg, values);
    if (values.jwks) throw new UsageError(`Expected \`--jwks\` to go with an \`--alg\` of public keys: a secret is not published`);
    const format = parseFormat(values.format, SECRET_FORMATS, "a secret");
    if (values.kid !== undefined && format !== "jwk") throw new UsageError("Expected `--kid` to go with `--format jwk`");
    if (values.force && values.out === undefined) throw new UsageError("Expected `--force` to go with `--out`");
    if (format === "raw" && values.out === undefined && process.stdout.isTTY) {
      throw new UsageError("Expected `--format raw` to go to `--out FILE` or a pipe, not to a terminal");
    }
    const bytes = parseWhole(values.bytes, "bytes", secretBytes(alg), 65536) ?? secretBytes(alg);
    const content = inFormat(randomBytes(bytes), format, { kid: values.kid ?? randomUUID(), alg });
    if (values.out === undefined) process.stdout.write(content);
    else writeKeys([{ file: values.out, content, kind: SECRET }], values.force);
    return SUCCESS;
  },
});

interface PairValues {
  readonly bytes: string | undefined;
  readonly format: string | undefined;
  readonly kid: string | undefined;
  readonly out: string | undefined;
  readonly jwks: boolean;
  readonly force: boolean;
}

function makePair(alg: PublicAlgorithm, values: PairValues): number {
  if (values.bytes !== undefined) throw new UsageError(`Expected \`--bytes\` to go with a secret, not with \`--alg ${alg}\``);
  const format = parseFormat(values.format, PAIR_FORMATS, `\`--alg ${alg}\``);
  if (values.kid !== undefined && format !== "jwk" && !values.jwks)
    throw new UsageError("Expected `--kid` to go with `--format jwk` or `--jwks`");
  if (values.out === undefined) throw new UsageError(`Expected \`--alg ${alg}\` to go with \`--out FILE\`, for the private key`);
  const { privateKey, publicKey } = PAIRS[alg]();
  const published = publish(publicKey, alg, values.kid);
  const asJwk = (jwk: object) => `${JSON.stringify(jwk)}\n`;
  const isPem = format === "pem";
  const content = {
    private: isPem
      ? privateKey.export({ type: "pkcs8", format: "pem" })
      : asJwk({ ...privateKey.export({ format: "jwk" }), kid: published.kid, alg, use: "sig" }),
    public: isPem ? publicKey.export({ type: "spki", format: "pem" }) : asJwk(published),
  };
  const pair: readonly NewKey[] = [
    { file: values.out, content: content.private, kind: PRIVATE },
    { file: `${values.out}.pub`, content: content.public, kind: PUBLIC },
  ];
  writeKeys(pair, values.force);
  if (values.jwks) process.stdout.write(`${JSON.stringify({ keys: [published] }, undefined, 2)}\n`);
  return SUCCESS;
}

function parseFormat<Format extends string>(value: string | undefined, formats: readonly [Format, ...Format[]], of: string): Format {
  const format = formats.find((name) => name === (value ?? formats[0]));
  if (!format) throw new UsageError(`Expected \`--format\` to be ${oneOfNames(formats)} for ${of}`);
  return format;
}

function inFormat(secret: Buffer, format: Format, { kid, alg }: { kid: string; alg: string }): string | Buffer {
  if (format === "raw") return secret;
  if (format === "jwk") return `${JSON.stringify({ kty: "oct", kid, alg, use: "sig", k: secret.toString("base64url") })}\n`;
  return `${secret.toString(format)}\n`;
}
