/** Keys from files and the environment. A secret is never taken from the command line and never printed. */
import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import type { Algorithm, KeyInput, KeyOptions, OctJwk, SecretAlgorithm, SecretSource } from "../index.js";
import { ANY_SECRET_ALGORITHM, isSecretAlgorithm, oneOfNames, parseSecretAlgorithm, SECRET_ALGORITHMS } from "./algorithm.js";
import { flag, section, text } from "./command.js";
import { type Content, contentOf, tellContent } from "./content.js";
import { fileError, systemReason, UsageError } from "./failure.js";
import { jsonObject, ownObject } from "./member.js";
import { looksLikeFileName } from "./mistaken.js";
import { printable } from "./printable.js";
import { counted } from "./units.js";

export const KEY_OPTIONS = section("Key (one of the first three)", {
  "secret-file": text("FILE", "the secret is the bytes of FILE; of text, one newline at the end does not belong to it", { short: "k" }),
  "secret-env": text("NAME", "the secret is the text of the environment variable NAME"),
  jwk: text("FILE", "FILE holds a JSON Web Key of type oct, or a set of them"),
  "secret-base64url": flag("the file or the variable has the secret in base64url, to be decoded"),
  "allow-weak-secrets": flag("take a secret shorter than the hash: 32, 48 or 64 bytes"),
});

/** For commands that take nothing but secrets. */
export const SECRET_ALGORITHM_OPTIONS = section("The key's algorithm", {
  alg: text("ALG", `${ANY_SECRET_ALGORITHM}; HS256 unless given, or said by the JWK`, { short: "a", choices: SECRET_ALGORITHMS }),
});

interface KeyValues {
  readonly "public-key"?: string | undefined;
  readonly jwks?: string | undefined;
  readonly "private-key"?: string | undefined;
  readonly "secret-file": string | undefined;
  readonly "secret-env": string | undefined;
  readonly jwk: string | undefined;
  readonly alg: string | undefined;
  readonly "secret-base64url": boolean;
}

type SecretKeyInput = SecretSource | KeyOptions;

/** Keys as the library takes them, and what stands for them on the command line. */
export interface Keys<Input extends KeyInput = KeyInput> {
  readonly label: string;
  readonly keys: readonly Input[];
}

/** The largest file that is read for a key or a set of them, in bytes. */
const LARGEST_FILE = 1_048_576;

/** What a key is wanted for, as its `key_ops` may have it (RFC 7517 §4.3). */
type Operation = "sign" | "verify";

/**
 * The secrets, or undefined where no option names any.
 * @throws UsageError
 */
export function readKeys(values: KeyValues, operation: Operation): Keys<SecretKeyInput> | undefined {
  if (!namesOfKeys(values).length && values.alg !== undefined) throw new UsageError("Expected `--alg` to go with a key");
  const decoded = values["secret-base64url"];
  const alg = parseSecretAlgorithm(values.alg);
  if (values["secret-file"] !== undefined) return withAlgorithm(secretFile(values["secret-file"], decoded, values), alg);
  if (values["secret-env"] !== undefined) return withAlgorithm(secretVariable(values["secret-env"], decoded), alg);
  if (decoded) throw new UsageError("Expected `--secret-base64url` to go with `--secret-file` or `--secret-env`");
  return values.jwk === undefined ? undefined : jwkFile(values.jwk, alg, operation, values);
}

function withAlgorithm({ label, keys }: Keys<KeyOptions>, alg: SecretAlgorithm | undefined): Keys<KeyOptions> {
  return { label, keys: alg ? keys.map((key) => ({ ...key, alg })) : keys };
}

/** What a key is for, if the library takes it: a public key says so here. */
export function algorithmOf(key: KeyInput): Algorithm {
  return (memberOf(key, "alg") ?? "HS256") as Algorithm;
}

/** As `readKeys`, where a key must be. */
export function requireKeys(values: KeyValues, operation: Operation): Keys<SecretKeyInput> {
  const keys = readKeys(values, operation);
  if (keys) return keys;
  const options = OPTIONS_OF_KEYS.filter((name) => Object.hasOwn(values, name));
  throw new UsageError(
    `Expected a key: give ${oneOfNames(options.map((name) => `\`--${name} ${name === "secret-env" ? "NAME" : "FILE"}\``))}`,
  );
}

const OPTIONS_OF_KEYS = ["secret-file", "secret-env", "jwk", "public-key", "jwks", "private-key"] as const;

/** The option that names a key, or none. @throws UsageError for several */
export function namesOfKeys(values: Readonly<Partial<Record<(typeof OPTIONS_OF_KEYS)[number], string | undefined>>>): readonly string[] {
  const given = OPTIONS_OF_KEYS.filter((name) => values[name] !== undefined);
  if (given.length > 1) throw new UsageError(`Expected one key, got ${given.map((name) => `\`--${name}\``).join(" and ")}`);
  return given;
}

/** @throws UsageError where the file holds something else that is known; `values` tell what the command takes besides. */
export function requireContent(
  option: string,
  file: string,
  expected: string,
  bytes: Uint8Array,
  right: readonly Content[],
  values: object,
): void {
  const content = contentOf(bytes);
  if (content && !right.includes(content)) throw fileError(option, file, expected, tellContent(content, values));
}

/** @throws UsageError for an empty one, as of a variable of the shell that is not set */
export function requireName(kid: string | undefined): void {
  if (kid === "") throw new UsageError("Expected `--kid` to be a name, got an empty one");
}

/** The one key to sign with: the only one there is, or the one that `kid` names. */
export function signingKey({ label, keys }: Keys<SecretKeyInput>, kid: string | undefined): SecretKeyInput {
  if (kid === undefined) {
    if (keys.length > 1) throw new UsageError(`Expected \`--kid\` to choose one of the ${keys.length} keys of \`${label}\``);
    return keys[0] as SecretKeyInput;
  }
  if (keys.length > 1) {
    const chosen = keys.find((key) => kidOf(key) === kid);
    if (!chosen) throw new UsageError(`Expected \`--kid\` to name a key of \`${label}\`, got a name that none of them has`);
    return chosen;
  }
  const [only] = keys as [SecretKeyInput];
  if (kidOf(only) !== undefined && kidOf(only) !== kid) throw new UsageError(`Expected \`--kid\` to be that of \`${label}\`, got another`);
  return memberOf(only, "secret") === undefined ? { secret: only as OctJwk, kid } : { ...(only as KeyOptions), kid };
}

function kidOf(key: SecretKeyInput): unknown {
  return memberOf(key, "kid");
}

function memberOf(key: unknown, name: string): unknown {
  return typeof key === "object" && key !== null && Object.hasOwn(key, name) ? (key as Record<string, unknown>)[name] : undefined;
}

function secretFile(file: string, decoded: boolean, values: KeyValues): Keys<KeyOptions> {
  const expected = "a file with the secret";
  const bytes = withoutNewline(readWhole("--secret-file", file, expected));
  requireContent("--secret-file", file, expected, bytes, ["JSON"], values);
  const label = `--secret-file ${printable(file)}`;
  return { label, keys: [decoded ? { secret: bytes.toString("latin1"), encoding: "base64url" } : { secret: bytes }] };
}

/** Words with `_` between them. What is longer, or has other characters, may be the secret itself: it is not repeated. */
const NAME_OF_VARIABLE = /^(?=.{1,40}$)_*[A-Za-z][A-Za-z\d]{0,14}(?:_+[A-Za-z\d]{1,15})*$/;

function secretVariable(name: string, decoded: boolean): Keys<KeyOptions> {
  const secret = memberOf(process.env, name) as string | undefined;
  const label = NAME_OF_VARIABLE.test(name) ? `--secret-env ${name}` : "--secret-env";
  const expected = `Expected \`${label}\` to name a variable with the secret, got`;
  if (secret === undefined && looksLikeFileName(name)) throw new UsageError(`${expected} the name of a file: \`--secret-file\` takes it`);
  if (secret === undefined && label === "--secret-env") throw new UsageError(`${expected} what is no name of one, or a secret itself`);
  if (!secret) throw new UsageError(`${expected} one that is ${secret === "" ? "empty" : "not set"}`);
  if (contentOf(Buffer.from(secret)) === "file name")
    throw new UsageError(`${expected} one with the name of a file: \`--secret-file\` takes it`);
  return { label, keys: [{ secret, encoding: decoded ? "base64url" : "utf8" }] };
}

function jwkFile(file: string, alg: SecretAlgorithm | undefined, operation: Operation, values: KeyValues): Keys<SecretKeyInput> {
  const expected = "a JSON Web Key of type oct or a set of them";
  const label = `--jwk ${printable(file)}`;
  const bytes = readWhole("--jwk", file, expected);
  requireContent("--jwk", file, expected, bytes, ["secret JWK", "secret set", "set"], values);
  const value = parseJson(bytes);
  if (!value) throw fileError("--jwk", file, expected, "no JSON object");
  if (!Array.isArray(value.keys)) return { label, keys: [ofAlgorithm(value as unknown as OctJwk, alg, label)] };
  return { label, keys: usableKeys(value.keys.map(ownObject), label, alg, operation) };
}

function ofAlgorithm(jwk: OctJwk, alg: SecretAlgorithm | undefined, label: string): SecretKeyInput {
  requireSameAlgorithm(alg, isSecretAlgorithm(jwk.alg) ? jwk.alg : undefined, label);
  if (alg === undefined || jwk.alg === alg) return jwk;
  return jwk.alg === undefined ? { ...jwk, alg } : { secret: jwk, alg };
}

/** What `--alg` says and what the key itself says. @throws UsageError */
export function requireSameAlgorithm(given: Algorithm | undefined, own: Algorithm | undefined, label: string): void {
  if (given && own && given !== own) throw new UsageError(`Expected \`--alg\` to be ${own}, as \`${label}\` says itself`);
}

/** The keys of a set that are for the algorithm, or for any of a secret, and for the operation; the others are passed over (RFC 7517 §5). */
function usableKeys(
  set: readonly unknown[],
  label: string,
  alg: SecretAlgorithm | undefined,
  operation: Operation,
): readonly SecretKeyInput[] {
  const wanted = alg ?? ANY_SECRET_ALGORITHM;
  const usable = set.filter((key) => isUsable(key, alg, operation));
  if (usable.length === 0)
    throw new UsageError(
      `Expected \`${label}\` to hold an oct key for ${wanted}, got ${othersOf(set)}${set.length && operation === "verify" ? "; `--jwks` takes public ones" : ""}`,
    );
  if (usable.length > 1 && usable.some((key) => key.kid === undefined)) {
    throw new UsageError(`Expected each of the ${usable.length} oct keys of \`${label}\` to have a \`kid\`, got one without`);
  }
  const others = set.length - usable.length;
  if (others) process.stderr.write(`wasm-jwt: \`${label}\` has ${counted(others, "key")} of no use for ${wanted}\n`);
  return usable.map((key) => ofAlgorithm(key, alg, label));
}

/** What a set has in place of the keys that are wanted, in words. */
export function othersOf(set: readonly unknown[]): string {
  return set.length ? counted(set.length, "other key") : "an empty set";
}

/** `key` inherits nothing. */
function isUsable(key: unknown, wanted: SecretAlgorithm | undefined, operation: Operation): key is OctJwk {
  if (typeof key !== "object" || key === null || !("kty" in key) || key.kty !== "oct") return false;
  const { alg, use, key_ops: operations } = key as { alg?: unknown; use?: unknown; key_ops?: unknown };
  const isMeant = alg === undefined || (wanted === undefined ? isSecretAlgorithm(alg) : alg === wanted);
  return isMeant && (use === undefined || use === "sig") && (!Array.isArray(operations) || operations.includes(operation));
}

/** A JSON object that inherits nothing; undefined for whatever else. */
export function parseJson(bytes: Buffer): Record<string, unknown> | undefined {
  return jsonObject(bytes.toString("utf8").replace(/^\ufeff/, ""));
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

export function readWhole(option: string, file: string, expected: string): Buffer {
  try {
    const bytes = readUpTo(file, LARGEST_FILE + 1);
    if (bytes.length <= LARGEST_FILE) return bytes;
  } catch (error) {
    throw fileError(option, file, expected, systemReason(error));
  }
  throw fileError(option, file, expected, "more than 1 MiB");
}

/** Also from a pipe, which has no size beforehand. */
function readUpTo(file: string, limit: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(limit);
    let length = 0;
    while (length < limit) {
      const read = readSync(descriptor, bytes, length, limit - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
