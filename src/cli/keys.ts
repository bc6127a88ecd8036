/** Keys from files and the environment. A secret is never taken from the command line and never printed. */
import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import type { Algorithm, KeyInput, KeyOptions, OctJwk, SecretAlgorithm, SecretSource } from "../index.js";
import { ANY_SECRET_ALGORITHM, isSecretAlgorithm, parseSecretAlgorithm } from "./algorithm.js";
import { flag, section, text } from "./command.js";
import { fileError, systemReason, UsageError } from "./failure.js";
import { jsonObject, ownObject } from "./member.js";
import { printable } from "./printable.js";
import { counted } from "./units.js";

export const KEY_OPTIONS = section("Key (one of the first three)", {
  "secret-file": text("FILE", "the secret is the bytes of FILE; of text, one newline at the end does not belong to it"),
  "secret-env": text("NAME", "the secret is the text of the environment variable NAME"),
  jwk: text("FILE", "FILE holds a JSON Web Key of type oct, or a set of them"),
  "secret-base64url": flag("the file or the variable has the secret in base64url, to be decoded"),
  "allow-weak-secrets": flag("take a secret shorter than the hash: 32, 48 or 64 bytes"),
});

/** For commands that take nothing but secrets. */
export const SECRET_ALGORITHM_OPTIONS = section("The key's algorithm", {
  alg: text("ALG", `${ANY_SECRET_ALGORITHM}; HS256 unless given, or said by the JWK`),
});

interface KeyValues {
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
  const given = (["secret-file", "secret-env", "jwk"] as const).filter((name) => values[name] !== undefined);
  if (given.length > 1) throw new UsageError(`Expected one key, got ${given.map((name) => `\`--${name}\``).join(" and ")}`);
  if (!given.length && values.alg !== undefined) throw new UsageError("Expected `--alg` to go with a key");
  const decoded = values["secret-base64url"];
  const alg = parseSecretAlgorithm(values.alg);
  if (values["secret-file"] !== undefined) return withAlgorithm(secretFile(values["secret-file"], decoded), alg);
  if (values["secret-env"] !== undefined) return withAlgorithm(secretVariable(values["secret-env"], decoded), alg);
  if (decoded) throw new UsageError("Expected `--secret-base64url` to go with `--secret-file` or `--secret-env`");
  return values.jwk === undefined ? undefined : jwkFile(values.jwk, alg, operation);
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
  if (!keys) throw new UsageError("Expected a key: give `--secret-file FILE`, `--secret-env NAME` or `--jwk FILE`");
  return keys;
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

function secretFile(file: string, decoded: boolean): Keys<KeyOptions> {
  const whole = readWhole("--secret-file", file, "a file with the secret");
  const bytes = decoded || isText(whole) ? withoutNewline(whole) : whole;
  if (bytes.length === 0) throw fileError("--secret-file", file, "a file with the secret", "an empty one");
  const label = `--secret-file ${printable(file)}`;
  return { label, keys: [decoded ? { secret: bytes.toString("latin1"), encoding: "base64url" } : { secret: bytes }] };
}

function secretVariable(name: string, decoded: boolean): Keys<KeyOptions> {
  const secret = memberOf(process.env, name) as string | undefined;
  const label = `--secret-env ${printable(name)}`;
  if (!secret)
    throw new UsageError(
      `Expected \`${label}\` to name a variable with the secret, got one that is ${secret === "" ? "empty" : "not set"}`,
    );
  return { label, keys: [{ secret, encoding: decoded ? "base64url" : "utf8" }] };
}

function jwkFile(file: string, alg: SecretAlgorithm | undefined, operation: Operation): Keys<SecretKeyInput> {
  const expected = "a JSON Web Key of type oct or a set of them";
  const label = `--jwk ${printable(file)}`;
  const value = parseJson(readWhole("--jwk", file, expected));
  if (!value) throw fileError("--jwk", file, expected, "no JSON object");
  if (!("keys" in value)) {
    if (!("kty" in value)) throw fileError("--jwk", file, expected, "JSON without `kty` or `keys`");
    if (value.kty !== "oct") throw fileError("--jwk", file, expected, "another kind of key");
    return { label, keys: [ofAlgorithm(value as unknown as OctJwk, alg)] };
  }
  if (!Array.isArray(value.keys)) throw fileError("--jwk", file, expected, "JSON whose `keys` is no array");
  return { label, keys: usableKeys(value.keys.map(ownObject), label, alg, operation) };
}

/** Another `alg` of its own is refused by the library. */
function ofAlgorithm(jwk: OctJwk, alg: SecretAlgorithm | undefined): SecretKeyInput {
  if (alg === undefined || jwk.alg === alg) return jwk;
  return jwk.alg === undefined ? { ...jwk, alg } : { secret: jwk, alg };
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
    throw new UsageError(`Expected \`${label}\` to hold an oct key for ${wanted}, got ${counted(set.length, "other key")}`);
  if (usable.length > 1 && usable.some((key) => key.kid === undefined)) {
    throw new UsageError(`Expected each of the ${usable.length} oct keys of \`${label}\` to have a \`kid\`, got one without`);
  }
  const others = set.length - usable.length;
  if (others) process.stderr.write(`wasm-jwt: \`${label}\` has ${counted(others, "key")} of no use for ${wanted}\n`);
  return usable.map((key) => ofAlgorithm(key, alg));
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

/** UTF-8 without control characters: what is random may end in a newline, but all the rest of it is hardly text. */
function isText(bytes: Buffer): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return isUtf8(bytes) && !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(bytes.toString("latin1"));
}

function withoutNewline(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
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
