/** `wasm-jwt keygen`: a random secret, or a key pair, to a file that only its owner may read. */
import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, constants, existsSync, fchmodSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import type { PublicAlgorithm } from "../index.js";
import { ANY_PUBLIC_ALGORITHM, ANY_SECRET_ALGORITHM, isPublicAlgorithm, PAIRS, parseAlgorithm, SECRET_BYTES } from "./algorithm.js";
import { defineCommand, flag, section, text } from "./command.js";
import { fileError, SUCCESS, systemReason, UsageError } from "./failure.js";
import { printable } from "./printable.js";
import { parseWhole } from "./units.js";

const FORMATS = ["base64url", "hex", "raw", "jwk"] as const;
type Format = (typeof FORMATS)[number];

export const keygen = defineCommand({
  name: "keygen",
  usage: "[options]",
  summary: "make a random secret or a key pair",
  about: `Makes a random secret, as long as the hash unless told otherwise, and prints it or writes it to a file.

For an --alg of public keys it makes a pair: the private key goes to --out, the public key beside it, to the same name
and .pub.`,
  options: {
    ...section("The key", {
      alg: text(
        "ALG",
        `what it is for: a secret for ${ANY_SECRET_ALGORITHM}, HS256 unless given; a pair for ${ANY_PUBLIC_ALGORITHM}, of 2048 bits where it is RSA`,
      ),
    }),
    ...section("The secret", {
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
    "wasm-jwt keygen --alg ES256 --out issuer.key",
  ],
  async run(values, operands) {
    if (operands.length) throw new UsageError("Expected no arguments but options");
    const alg = parseAlgorithm(values.alg) ?? "HS256";
    if (isPublicAlgorithm(alg)) return makePair(alg, values);
    const format = parseFormat(values.format);
    if (values.kid !== undefined && format !== "jwk") throw new UsageError("Expected `--kid` to go with `--format jwk`");
    if (values.kid === "") throw new UsageError("Expected `--kid` to be a name, got an empty one");
    if (values.force && values.out === undefined) throw new UsageError("Expected `--force` to go with `--out`");
    if (format === "raw" && values.out === undefined && process.stdout.isTTY) {
      throw new UsageError("Expected `--format raw` to go to `--out FILE` or a pipe, not to a terminal");
    }
    const bytes = parseWhole(values.bytes, "bytes", SECRET_BYTES[alg], 65536) ?? SECRET_BYTES[alg];
    const content = inFormat(randomSecret(bytes), format, { kid: values.kid ?? randomUUID(), alg });
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
  readonly force: boolean;
}

function makePair(alg: PublicAlgorithm, values: PairValues): number {
  const other = (["bytes", "format", "kid"] as const).find((name) => values[name] !== undefined);
  if (other) throw new UsageError(`Expected \`--${other}\` to go with a secret, not with \`--alg ${alg}\``);
  if (values.out === undefined) throw new UsageError(`Expected \`--alg ${alg}\` to go with \`--out FILE\`, for the private key`);
  const { privateKey, publicKey } = PAIRS[alg]();
  const pair: readonly KeyFile[] = [
    { file: values.out, content: privateKey.export({ type: "pkcs8", format: "pem" }), kind: PRIVATE },
    { file: `${values.out}.pub`, content: publicKey.export({ type: "spki", format: "pem" }), kind: PUBLIC },
  ];
  writeKeys(pair, values.force);
  return SUCCESS;
}

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

/** What is written, whether its owner alone may read it, and how that is told. */
const SECRET = { isPrivate: true, told: "a new secret" } as const;
const PRIVATE = { isPrivate: true, told: "a new private key" } as const;
const PUBLIC = { isPrivate: false, told: "its public key" } as const;

interface KeyFile {
  readonly file: string;
  readonly content: string | Buffer;
  readonly kind: typeof SECRET | typeof PRIVATE | typeof PUBLIC;
}

interface OpenFile extends KeyFile {
  readonly descriptor: number;
  readonly isNew: boolean;
}

/** All files or none: each is open before one is written, and none that is new is left where one fails. */
function writeKeys(keys: readonly KeyFile[], force: boolean): void {
  const opened: OpenFile[] = [];
  let isDone = false;
  try {
    for (const key of keys) opened.push(toldOf(key, force, () => openKey(key, force)));
    for (const key of opened) toldOf(key, force, () => writeKey(key));
    isDone = true;
  } finally {
    for (const { descriptor } of opened) closeSync(descriptor);
    if (!isDone) for (const { file } of opened.filter(({ isNew }) => isNew)) rmSync(file, { force: true });
  }
  for (const { file, kind } of keys) {
    process.stderr.write(`wasm-jwt: wrote ${kind.told} to ${printable(file)}${kind.isPrivate ? ", readable by you only" : ""}\n`);
  }
}

/** A file that is there is not emptied yet. The mode of a new one is what the umask leaves. */
function openKey(key: KeyFile, force: boolean): OpenFile {
  const isNew = !existsSync(key.file);
  const flags = constants.O_WRONLY | constants.O_CREAT | (force ? 0 : constants.O_EXCL);
  return { ...key, isNew, descriptor: openSync(key.file, flags, key.kind.isPrivate ? 0o600 : 0o644) };
}

function writeKey({ descriptor, content, kind }: OpenFile): void {
  // A file that was there keeps its mode when it is opened.
  if (kind.isPrivate) fchmodSync(descriptor, 0o600);
  if (fstatSync(descriptor).isFile()) ftruncateSync(descriptor);
  writeSync(descriptor, typeof content === "string" ? Buffer.from(content) : content);
}

function toldOf<Result>({ file }: KeyFile, force: boolean, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw fileError("--out", file, force ? "a file to write" : "a new file (`--force` overwrites one)", systemReason(error));
  }
}
