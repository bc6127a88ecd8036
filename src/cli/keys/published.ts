/** Public keys as they are published (RFC 7517 §4), of a pair's files or of a new pair. */
import { createHash, type JsonWebKey, type KeyObject } from "node:crypto";
import { type AsymmetricJwk, createVerifier, type PublicAlgorithm } from "../../index.js";
import { inCommandLineWords } from "../words/library.js";
import { contentError, labelOf } from "./file.js";
import { algorithmOf, isJwk, keyObjectOf, ownAlgorithm, readKey } from "./pairs.js";

export type PublishedJwk = JsonWebKey & { readonly kid: string; readonly alg: PublicAlgorithm; readonly use: "sig" };

interface Given {
  readonly alg?: PublicAlgorithm | undefined;
  readonly kid?: string | undefined;
  /** It is the only file: what it says must then be what is given. Of several, `alg` is for those that do not say theirs. */
  readonly isOnly: boolean;
}

/** The public part of the key in a file, be it public or private. @throws UsageError */
export function readPublished(file: string, given: Given): PublishedJwk {
  const named = { option: "", file, expected: "a key of a pair, in PEM or DER, or a JSON Web Key", options: {} };
  const source = readKey(named, ["public key", "private key"]);
  const own = isJwk(source) ? source : undefined;
  const key = keyObjectOf(source);
  if (!key) throw contentError(named, "something else");
  if (own?.use !== undefined && own.use !== "sig") throw contentError(named, "one that is for encryption");
  const said = given.isOnly ? undefined : ownAlgorithm(source);
  const { alg } = algorithmOf(source, said ?? given.alg, labelOf(named));
  if (!alg) throw contentError(named, "one of another kind");
  const published = publish(key, alg, given.kid ?? (typeof own?.kid === "string" ? own.kid : undefined));
  inCommandLineWords(labelOf(named), () => createVerifier({ keys: [{ publicKey: published as AsymmetricJwk }] }));
  return published;
}

/** Without a name it gets its thumbprint (RFC 7638). */
export function publish(key: KeyObject, alg: PublicAlgorithm, kid: string | undefined): PublishedJwk {
  const members = key.export({ format: "jwk" });
  return { ...members, kid: kid ?? thumbprint(members), alg, use: "sig" };
}

/** The members of each type that make a key what it is, in lexicographic order (RFC 7638 §3.2, RFC 8037 §2). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  RSA: ["e", "kty", "n"],
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
};

function thumbprint(jwk: JsonWebKey): string {
  const members = (REQUIRED[jwk.kty ?? ""] ?? []).map((name) => [name, jwk[name]] as const);
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest("base64url");
}
