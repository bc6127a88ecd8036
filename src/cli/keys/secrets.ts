/** Secrets from files and the environment. None is ever taken from the command line, and none is printed. */
import { isUtf8 } from "node:buffer";
import type { KeyOptions, SecretAlgorithm, SecretSource } from "../../index.js";
import type { Values } from "../subcommand/definition.js";
import { UsageError } from "../words/failure.js";
import { looksLikeFileName } from "../words/mistaken.js";
import { parseSecretAlgorithm } from "./algorithm.js";
import { contentOf } from "./content.js";
import { labelOf, readWhole, requireContent } from "./file.js";
import { type Keys, missingKey, namesOfKeys } from "./given.js";
import { jwkFile, type Operation } from "./octKeys.js";
import type { KEY_OPTIONS, SECRET_ALGORITHM_OPTIONS } from "./options.js";

export type KeyValues = Omit<Values<typeof KEY_OPTIONS & typeof SECRET_ALGORITHM_OPTIONS>, "allow-weak-secrets">;

/**
 * The secrets, or undefined where no option names any.
 * @throws UsageError
 */
export function readKeys(values: KeyValues, operation: Operation): Keys<SecretSource | KeyOptions> | undefined {
  if (!namesOfKeys(values).length && values.alg !== undefined) throw new UsageError("Expected `--alg` to go with a key");
  const decoded = values["secret-base64url"];
  const alg = parseSecretAlgorithm(values.alg);
  if (values["secret-file"] !== undefined) return withAlgorithm(secretFile(values["secret-file"], decoded, values), alg);
  if (values["secret-env"] !== undefined) return withAlgorithm(secretVariable(values["secret-env"], decoded), alg);
  if (decoded) throw new UsageError("Expected `--secret-base64url` to go with `--secret-file` or `--secret-env`");
  return values.jwk === undefined ? undefined : jwkFile(values.jwk, alg, operation, values);
}

/** As `readKeys`, where a key must be. */
export function requireKeys(values: KeyValues, operation: Operation): Keys<SecretSource | KeyOptions> {
  const keys = readKeys(values, operation);
  if (!keys) throw missingKey(values);
  return keys;
}

function withAlgorithm({ label, keys }: Keys<KeyOptions>, alg: SecretAlgorithm | undefined): Keys<KeyOptions> {
  return { label, keys: alg ? keys.map((key) => ({ ...key, alg })) : keys };
}

function secretFile(file: string, decoded: boolean, options: object): Keys<KeyOptions> {
  const named = { option: "--secret-file", file, expected: "a file with the secret", options };
  const bytes = withoutNewline(readWhole(named));
  requireContent(named, bytes, ["JSON"]);
  return { label: labelOf(named), keys: [decoded ? { secret: bytes.toString("latin1"), encoding: "base64url" } : { secret: bytes }] };
}

/** Of text alone: a last byte 0x0a of anything else belongs to it. */
function withoutNewline(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  const line = bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
  return isText(line) ? line : bytes;
}

/** UTF-8 without controls but tab and the ends of lines. */
function isText(bytes: Buffer): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what tells binary from text
  return isUtf8(bytes) && !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(bytes.toString("latin1"));
}

/** Words with `_` between them. What is longer, or has other characters, may be the secret itself: it is not repeated. */
const NAME_OF_VARIABLE = /^(?=.{1,40}$)_*[A-Za-z][A-Za-z\d]{0,14}(?:_+[A-Za-z\d]{1,15})*$/;

function secretVariable(name: string, decoded: boolean): Keys<KeyOptions> {
  const secret = Object.hasOwn(process.env, name) ? process.env[name] : undefined;
  const label = NAME_OF_VARIABLE.test(name) ? `--secret-env ${name}` : "--secret-env";
  const expected = `Expected \`${label}\` to name a variable with the secret, got`;
  if (secret === undefined && looksLikeFileName(name)) throw new UsageError(`${expected} the name of a file: \`--secret-file\` takes it`);
  if (secret === undefined && label === "--secret-env") throw new UsageError(`${expected} what is no name of one, or a secret itself`);
  if (!secret) throw new UsageError(`${expected} one that is ${secret === "" ? "empty" : "not set"}`);
  if (contentOf(Buffer.from(secret)) === "file name")
    throw new UsageError(`${expected} one with the name of a file: \`--secret-file\` takes it`);
  return { label, keys: [{ secret, encoding: decoded ? "base64url" : "utf8" }] };
}
