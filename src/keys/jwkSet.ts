/**
 * A JWK set (RFC 7517 §5) that is configured and stays as it is: its keys for verifying, as a verifier takes them. A server's set often has
 * keys for other things, which are passed over; one that is for verifying must be good.
 */
import { kindOf, optionError } from "../errors.js";
import { ownJwk } from "./jwk.js";
import type { KeyInput } from "./key.js";

/** A JWK set: keys of any kinds and for any uses. */
export interface JwkSet {
  readonly keys: readonly object[];
}

type Members = Readonly<Record<string, unknown>>;

/** Kinds of keys that a verifier knows (RFC 7518 §6.1, RFC 8037 §2). */
const KINDS: readonly unknown[] = ["oct", "RSA", "EC", "OKP"];

/**
 * The keys of a set that are for verifying, and what messages call each.
 * @throws TypeError for what is no set, has none, or has one that begins or ends, which only a key ring heeds.
 */
export function keysForVerifying(set: unknown, name: string): { readonly inputs: readonly KeyInput[]; readonly names: readonly string[] } {
  if (typeof set !== "object" || set === null || Array.isArray(set) || !Object.hasOwn(set, "keys"))
    throw optionError(name, "a JWK set or a key ring", set);
  const { keys } = set as { readonly keys: unknown };
  if (!Array.isArray(keys)) throw new TypeError(`Expected \`${name}\` to be a JWK set, got an object whose \`keys\` is ${kindOf(keys)}`);
  const inputs: KeyInput[] = [];
  const names: string[] = [];
  keys.forEach((each: unknown, index) => {
    const nameOfKey = `${name}.keys[${index}]`;
    if (typeof each !== "object" || each === null || Array.isArray(each)) throw optionError(nameOfKey, "a JWK", each);
    const jwk = ownJwk(each as Members, nameOfKey);
    if (!isForVerifying(jwk)) return;
    const time = ["nbf", "exp"].find((member) => member in jwk);
    if (time) throw new TypeError(`Expected \`${nameOfKey}.${time}\` to be that of a key ring's key: a set that is fixed has no end`);
    inputs.push(jwk as unknown as KeyInput);
    names.push(nameOfKey);
  });
  if (inputs.length === 0) throw new TypeError(`Expected \`${name}\` to have a key for verifying, got none of ${keys.length}`);
  return { inputs, names };
}

/** By its kind, `use` and `key_ops` (RFC 7517 §4.2, §4.3, §5). What these hold that is no answer is for the parser to refuse. */
export function isForVerifying({ kty, use, key_ops: operations }: Members): boolean {
  if (typeof kty === "string" && !KINDS.includes(kty)) return false;
  if (typeof use === "string" && use !== "sig") return false;
  return !Array.isArray(operations) || operations.includes("verify");
}
