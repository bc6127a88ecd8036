/** What a file holds, as far as it shows: an option that takes something else can then be named. Nothing of it is repeated. */
import { existsSync } from "node:fs";
import { jsonObject, ownObject } from "../../explain/index.js";
import { looksLikeFileName, looksLikeToken } from "../words/mistaken.js";

export type Content = keyof typeof TOLD;

const TOLD = {
  nothing: "an empty file",
  "public key": "a public key",
  "private key": "a private key",
  "encrypted key": "an encrypted private key: decrypt it first, as with `openssl pkey -in FILE -out DECRYPTED`",
  "OpenSSH key": "a key of OpenSSH: turn a copy of it into PEM, as with `ssh-keygen -p -m PKCS8 -f COPY`",
  "secret JWK": "a secret as a JSON Web Key",
  set: "a set of JSON Web Keys",
  "secret set": "a set of secrets as JSON Web Keys",
  token: "a token",
  "file name": "the name of another file",
  JSON: "JSON that is no key",
} as const;

/** The option that takes it, if the command has it. */
const TAKEN_BY: Partial<Readonly<Record<Content, string>>> = {
  "public key": "public-key",
  "private key": "private-key",
  "secret JWK": "jwk",
  "secret set": "jwk",
  set: "jwks",
};

/** Undefined where it may be a secret, or anything in binary. */
export function contentOf(bytes: Uint8Array): Content | undefined {
  if (bytes.length === 0) return "nothing";
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/^\ufeff/, "");
  if (/^\s*\{/.test(text)) return contentOfJson(text);
  if (/OPENSSH PRIVATE KEY-----|^(?:ssh-|ecdsa-sha2-)\S+ AAAA/.test(text)) return "OpenSSH key";
  const labels = Array.from(text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g), ([, label]) => label as string);
  if (labels.includes("ENCRYPTED PRIVATE KEY") || /^Proc-Type: 4,ENCRYPTED/m.test(text)) return "encrypted key";
  if (labels.some((label) => label.endsWith("PRIVATE KEY"))) return "private key";
  if (labels.some((label) => /PUBLIC KEY$|^CERTIFICATE$/.test(label))) return "public key";
  if (looksLikeToken(text)) return "token";
  return looksLikeFileName(text.trim()) && existsSync(text.trim()) ? "file name" : undefined;
}

function contentOfJson(text: string): Content | undefined {
  const value = jsonObject(text);
  if (!value) return undefined;
  if (Array.isArray(value.keys)) return value.keys.some((key) => ownObject(key)?.kty === "oct") ? "secret set" : "set";
  if (typeof value.kty !== "string") return "JSON";
  if (value.kty === "oct") return "secret JWK";
  return Object.hasOwn(ownObject(value) ?? {}, "d") ? "private key" : "public key";
}

/** In words; with the option that takes it, if it is one of `options`, or what else helps. */
export function tellContent(content: Content, options: object): string {
  const other = TAKEN_BY[content];
  if (other && Object.hasOwn(options, other)) return `${TOLD[content]}: \`--${other}\` takes it`;
  if (content === "public key") return `${TOLD[content]}, which signs nothing`;
  const isForVerifying = content === "private key" && Object.hasOwn(options, "public-key");
  return TOLD[content] + (isForVerifying ? ": `wasm-jwt jwks` prints its public part, for `--jwks`" : "");
}
