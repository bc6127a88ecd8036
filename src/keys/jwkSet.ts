/**
 * A JWK set (RFC 7517 §5) that is configured and stays as it is. Sets as servers publish them have keys for other things, and such as this
 * library does not take: they are left out, and what is wrong with each is told.
 */
import { requireObject, requireSeconds } from "../base/check.js";
import { kindOf, optionError } from "../base/errors.js";
import { holding } from "../base/wipe.js";
import { type ConfiguredKeys, type ConfiguredRules, type Entry, selectable, wipeEntries } from "./configured.js";
import { checkUse, ownJwk } from "./jwk.js";
import { bound, parseKeys } from "./key.js";

/** A JWK set: keys of any kinds and for any uses. */
export interface JwkSet {
  readonly keys: readonly object[];
}

type Members = Readonly<Record<string, unknown>>;

/** Kinds of keys that a verifier knows (RFC 7518 §6.1, RFC 8037 §2). */
const KINDS: readonly unknown[] = ["oct", "RSA", "EC", "OKP"];

export function isJwkSet(value: unknown): value is JwkSet {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "keys") && Array.isArray((value as JwkSet).keys);
}

/**
 * The keys of a set that can verify.
 * @throws TypeError for what is no set, or has none.
 */
export function parseJwkSet(set: unknown, name: string, rules: ConfiguredRules): ConfiguredKeys {
  if (typeof set !== "object" || set === null || Array.isArray(set) || !Object.hasOwn(set, "keys"))
    throw optionError(name, "a JWK set or a key ring", set);
  const { keys: jwks } = set as { readonly keys: unknown };
  if (!Array.isArray(jwks)) throw new TypeError(`Expected \`${name}\` to be a JWK set, got an object whose \`keys\` is ${kindOf(jwks)}`);
  const { keys, problems } = parseEach(jwks, name, rules);
  if (keys.length) return { keys, problems };
  const [first] = problems;
  throw new TypeError(`Expected \`${name}\` to have a key for verifying, got none of ${jwks.length}${first ? `: ${first}` : ""}`);
}

function parseEach(jwks: readonly unknown[], name: string, rules: ConfiguredRules): ConfiguredKeys {
  return holding(wipeEntries, (entries: Entry[]) => {
    const faults: string[] = [];
    for (const [index, jwk] of jwks.entries()) {
      try {
        entries.push(parseEntry(jwk, `${name}.keys[${index}]`, rules));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        faults.push(error.message);
      }
    }
    const { keys, problems } = selectable(entries);
    return { keys, problems: [...faults, ...problems] };
  });
}

function parseEntry(jwk: unknown, name: string, rules: ConfiguredRules): Entry {
  const members = verifyingJwk(jwk, name);
  checkTimes(members, name, rules.now);
  return { name, keys: bound(parseKeys(members as never, name, rules), rules.allowed, name) };
}

/** A set that is fixed has its keys for good: one that has begun is taken, and none that ends. */
function checkTimes({ nbf, exp }: Members, name: string, now: () => number): void {
  if (exp !== undefined) throw new TypeError(`Expected \`${name}\` to have no \`exp\`: only a key ring heeds it`);
  if (nbf === undefined) return;
  requireSeconds(nbf, `${name}.nbf`);
  if (now() < nbf) throw new TypeError(`Expected \`${name}\` to have begun (\`nbf\`): only a key ring waits for it`);
}

/**
 * The own members of a JWK of a kind that is known, and for verifying.
 * @throws TypeError that names the member.
 */
export function verifyingJwk(jwk: unknown, name: string): Members {
  requireObject(jwk, name, "a JWK");
  const members = ownJwk(jwk as Members, name);
  if (!KINDS.includes(members.kty)) {
    const got = typeof members.kty === "string" ? "another kind" : kindOf(members.kty);
    throw new TypeError(`Expected \`${name}.kty\` to be ${KINDS.join(", ")}, got ${got}`);
  }
  checkUse(members, ["verify"], name);
  return members;
}

/** By its kind, `use` and `key_ops` (RFC 7517 §4.2, §4.3, §5). What these hold that is no answer is for the parser to refuse. */
export function isForVerifying({ kty, use, key_ops: operations }: Members): boolean {
  if (typeof kty === "string" && !KINDS.includes(kty)) return false;
  if (typeof use === "string" && use !== "sig") return false;
  return !Array.isArray(operations) || operations.includes("verify");
}
