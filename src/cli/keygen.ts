/** `wasm-jwt keygen`: a random secret, to a file that only its owner may read. */
import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, fchmodSync, openSync, writeSync } from "node:fs";
import { ANY_ALGORITHM, parseAlgorithm, SECRET_BYTES } from "./algorithm.js";
import { defineCommand, flag, section, text } from "./command.js";
import { fileError, SUCCESS, systemReason, UsageError } from "./failure.js";
import { printable } from "./printable.js";
import { parseWhole } from "./units.js";

const FORMATS = ["base64url", "hex", "raw", "jwk"] as const;
type Format = (typeof FORMATS)[number];

export const keygen = defineCommand({
  name: "keygen",
  usage: "[options]",
  summary: "make a random secret",
  about: "Makes a random secret, as long as the hash unless told otherwise, and prints it or writes it to a file.",
  options: {
    ...section("The key", {
      alg: text("ALG", `what it is for, ${ANY_ALGORITHM}; HS256 unless given`),
      bytes: text("N", "its length, up to 65536; 32, 48 or 64 unless given, and no less"),
      format: text("FORMAT", "base64url (unless given), hex, raw, or jwk"),
      kid: text("NAME", "with --format jwk: its name; a random UUID unless given"),
    }),
    ...section("Output", {
      out: text("FILE", "a new file, readable by its owner only (mode 0600), instead of stdout"),
      force: flag("with --out: overwrite a file that exists"),
    }),
  },
  notes: `A file in base64url serves as it is, its text being the secret, or decoded with --secret-base64url: the other
side has to do the same. One in hex serves as it is, its text being the secret. --jwk reads a JWK.`,
  examples: [
    "wasm-jwt keygen --out secret.txt",
    "wasm-jwt keygen --alg HS512 --out secret.txt",
    "wasm-jwt keygen --format jwk --kid 2026-11 --out key.json",
  ],
  async run(values, operands) {
    if (operands.length) throw new UsageError("Expected no arguments but options");
    const format = parseFormat(values.format);
    if (values.kid !== undefined && format !== "jwk") throw new UsageError("Expected `--kid` to go with `--format jwk`");
    if (values.kid === "") throw new UsageError("Expected `--kid` to be a name, got an empty one");
    if (values.force && values.out === undefined) throw new UsageError("Expected `--force` to go with `--out`");
    if (format === "raw" && values.out === undefined && process.stdout.isTTY) {
      throw new UsageError("Expected `--format raw` to go to `--out FILE` or a pipe, not to a terminal");
    }
    const alg = parseAlgorithm(values.alg) ?? "HS256";
    const bytes = parseWhole(values.bytes, "bytes", SECRET_BYTES[alg], 65536) ?? SECRET_BYTES[alg];
    const content = inFormat(randomSecret(bytes), format, { kid: values.kid ?? randomUUID(), alg });
    if (values.out === undefined) process.stdout.write(content);
    else writeKey(values.out, content, values.force);
    return SUCCESS;
  },
});

function parseFormat(value: string | undefined): Format {
  const format = FORMATS.find((name) => name === (value ?? "base64url"));
  if (!format) throw new UsageError(`Expected \`--format\` to be one of ${FORMATS.join(", ")}`);
  return format;
}

/** Never with a newline at the end, which is not read as part of a secret. */
function randomSecret(length: number): Buffer {
  for (;;) {
    const secret = randomBytes(length);
    if (secret.at(-1) !== 0x0a) return secret;
  }
}

function inFormat(secret: Buffer, format: Format, { kid, alg }: { kid: string; alg: string }): string | Buffer {
  if (format === "raw") return secret;
  if (format === "jwk") return `${JSON.stringify({ kty: "oct", kid, alg, use: "sig", k: secret.toString("base64url") })}\n`;
  return `${secret.toString(format)}\n`;
}

function writeKey(file: string, content: string | Buffer, force: boolean): void {
  try {
    const descriptor = openSync(file, force ? "w" : "wx", 0o600);
    try {
      // A file that was there keeps its mode when it is opened.
      fchmodSync(descriptor, 0o600);
      writeSync(descriptor, typeof content === "string" ? Buffer.from(content) : content);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw fileError("--out", file, force ? "a file to write" : "a new file (`--force` overwrites one)", systemReason(error));
  }
  process.stderr.write(`wasm-jwt: wrote a new secret to ${printable(file)}, readable by you only\n`);
}
