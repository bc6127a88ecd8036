/** Keys from files and the environment. A secret is never taken from the command line and never printed. */
import { closeSync, openSync, readSync } from "node:fs";
import type { KeyOptions, OctJwk, SecretSource } from "../index.js";
import { flag, section, text } from "./command.js";
import { fileError, systemReason, UsageError } from "./failure.js";
import { printable } from "./printable.js";
import { counted } from "./units.js";

export const KEY_OPTIONS = section("Key (one of the first three)", {
  "secret-file": text("FILE", "the secret is the bytes of FILE; one newline at the end does not belong to it"),
  "secret-env": text("NAME", "the secret is the text of the environment variable NAME"),
  jwk: text("FILE", "FILE holds a JSON Web Key of type oct, or a set of them"),
  "secret-base64url": flag("the file or the variable has the secret in base64url, to be decoded"),
  "allow-weak-secrets": flag("take a secret of less than 32 bytes"),
});

interface KeyValues {
  readonly "secret-file": string | undefined;
  readonly "secret-env": string | undefined;
  readonly jwk: string | undefined;
  readonly "secret-base64url": boolean;
}

type KeyInput = SecretSource | KeyOptions;

/** Keys as the library takes them, and what stands for them on the command line. */
export interface Keys {
  readonly label: string;
  readonly keys: readonly KeyInput[];
}

/** The largest file that is read for a key or a set of them, in bytes. */
const LARGEST_FILE = 1_048_576;

/**
 * The keys, or undefined where no option names any.
 * @throws UsageError
 */
export function readKeys(values: KeyValues): Keys | undefined {
  const given = (["secret-file", "secret-env", "jwk"] as const).filter((name) => values[name] !== undefined);
  if (given.length > 1) throw new UsageError(`Expected one key, got ${given.map((name) => `\`--${name}\``).join(" and ")}`);
  const decoded = values["secret-base64url"];
  if (values["secret-file"] !== undefined) return secretFile(values["secret-file"], decoded);
  if (values["secret-env"] !== undefined) return secretVariable(values["secret-env"], decoded);
  if (decoded) throw new UsageError("Expected `--secret-base64url` to go with `--secret-file` or `--secret-env`");
  return values.jwk === undefined ? undefined : jwkFile(values.jwk);
}

/** As `readKeys`, where a key must be. */
export function requireKeys(values: KeyValues): Keys {
  const keys = readKeys(values);
  if (!keys) throw new UsageError("Expected a key: give `--secret-file FILE`, `--secret-env NAME` or `--jwk FILE`");
  return keys;
}

/** The one key to sign with: the only one there is, or the one that `kid` names. */
export function signingKey({ label, keys }: Keys, kid: string | undefined): KeyInput {
  if (kid === undefined) {
    if (keys.length > 1) throw new UsageError(`Expected \`--kid\` to choose one of the ${keys.length} keys of \`${label}\``);
    return keys[0] as KeyInput;
  }
  if (keys.length > 1) {
    const chosen = keys.find((key) => kidOf(key) === kid);
    if (!chosen) throw new UsageError(`Expected \`--kid\` to name a key of \`${label}\`, got a name that none of them has`);
    return chosen;
  }
  const [only] = keys as [KeyInput];
  if (kidOf(only) !== undefined && kidOf(only) !== kid) throw new UsageError(`Expected \`--kid\` to be that of \`${label}\`, got another`);
  return typeof only === "object" && "secret" in only ? { ...only, kid } : { secret: only as OctJwk, kid };
}

function kidOf(key: KeyInput): unknown {
  return typeof key === "object" && "kid" in key ? key.kid : undefined;
}

function secretFile(file: string, decoded: boolean): Keys {
  const bytes = withoutNewline(readWhole("--secret-file", file, "a file with the secret"));
  if (bytes.length === 0) throw fileError("--secret-file", file, "a file with the secret", "an empty one");
  const label = `--secret-file ${printable(file)}`;
  return { label, keys: [decoded ? { secret: bytes.toString("latin1"), encoding: "base64url" } : { secret: bytes }] };
}

function secretVariable(name: string, decoded: boolean): Keys {
  const secret = process.env[name];
  const label = `--secret-env ${printable(name)}`;
  if (!secret)
    throw new UsageError(
      `Expected \`${label}\` to name a variable with the secret, got one that is ${secret === "" ? "empty" : "not set"}`,
    );
  return { label, keys: [{ secret, encoding: decoded ? "base64url" : "utf8" }] };
}

function jwkFile(file: string): Keys {
  const expected = "a JSON Web Key of type oct or a set of them";
  const label = `--jwk ${printable(file)}`;
  const value = parseJson(readWhole("--jwk", file, expected));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw fileError("--jwk", file, expected, "no JSON object");
  if (!("keys" in value)) {
    if (!("kty" in value)) throw fileError("--jwk", file, expected, "JSON without `kty` or `keys`");
    if (value.kty !== "oct") throw fileError("--jwk", file, expected, "another kind of key");
    return { label, keys: [value as OctJwk] };
  }
  if (!Array.isArray(value.keys)) throw fileError("--jwk", file, expected, "JSON whose `keys` is no array");
  return { label, keys: usableKeys(value.keys, label) };
}

/** The keys of a set that are for HS256; the others are passed over (RFC 7517 §5). */
function usableKeys(set: readonly unknown[], label: string): readonly KeyInput[] {
  const usable = set.filter(isUsable);
  if (usable.length === 0)
    throw new UsageError(`Expected \`${label}\` to hold an oct key for HS256, got ${counted(set.length, "other key")}`);
  if (usable.length > 1 && usable.some((key) => key.kid === undefined)) {
    throw new UsageError(`Expected each of the ${usable.length} oct keys of \`${label}\` to have a \`kid\`, got one without`);
  }
  const others = set.length - usable.length;
  if (others) process.stderr.write(`wasm-jwt: \`${label}\` has ${counted(others, "key")} that HS256 has no use for\n`);
  return usable;
}

function isUsable(key: unknown): key is OctJwk {
  if (typeof key !== "object" || key === null || !("kty" in key) || key.kty !== "oct") return false;
  const { alg, use } = key as { alg?: unknown; use?: unknown };
  return (alg === undefined || alg === "HS256") && (use === undefined || use === "sig");
}

/** Never lets out the parser's message: it quotes the text. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
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
