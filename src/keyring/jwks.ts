/**
 * A JWK set (RFC 7517 §5) becomes keys of a ring. One bad key does not lose the others: it is left out and reported, by its index
 * and the member at fault, never by a value.
 */
import { kindOf, optionError, rejectUnset } from "../errors.js";
import { decodeStrict } from "../keys/base64url.js";
import { type AsymmetricJwk, checkUse, isJwk, ownJwk } from "../keys/jwk.js";
import { isForVerifying } from "../keys/jwkSet.js";
import type { Key } from "../keys/key.js";
import { parsePublicKey } from "../keys/public.js";
import { type OctJwk, parseSecretKey } from "../keys/secret.js";
import { bare, ownMember } from "../own.js";
import { HeldKey, type RingKey } from "./roster.js";
import { keyThumbprint, REQUIRED_MEMBERS } from "./thumbprint.js";

/** When a key is valid, in seconds since the epoch; without either member it always is. */
export interface Validity {
  /** From then on. */
  readonly nbf?: number;
  /** Not then, and not later. */
  readonly exp?: number;
}

/** What a source may hold. */
export interface JwkRules {
  /** Secrets shorter than the hash. */
  readonly allowWeak: boolean;
  /** Secrets and private keys at all: false where anybody could fetch them. */
  readonly allowSecrets: boolean;
}

/** What was read: keys, and what was wrong with those left out. */
export interface KeyList {
  /** @internal */
  readonly keys: readonly RingKey[];
  readonly problems: readonly string[];
  /** The worst that a key was left out for; undefined where the others are for something else than verifying. @internal */
  readonly fault?: Fault | undefined;
}

/** `"broken"`: it cannot be read, so it is not known which keys the set should have. `"refused"`: it is for verifying, but not taken. */
export type Fault = "broken" | "refused";

type Members = Readonly<Record<string, unknown>>;
type JwkParser = (jwk: Members, name: string, rules: JwkRules) => Key;

/** How each kind of key is parsed (RFC 7518 §6.1). A kind that is not here is reported and skipped, as RFC 7517 §5 wants it. */
const PARSERS: ReadonlyMap<unknown, JwkParser> = new Map([
  ["oct", parseOct],
  ["RSA", parsePublic],
  ["EC", parsePublic],
  ["OKP", parsePublic],
]);

/**
 * Reads the text of a JWK set or a single JWK, whose bytes are wiped.
 * @throws TypeError when it is neither; `what` stands for it in the message.
 */
export function parseJwksText(bytes: Uint8Array, what: string, rules: JwkRules): KeyList {
  return parseJwks(parseJson(bytes, what), what, rules);
}

/** What the parser itself says of text that is no JSON would show the text. */
function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", bare({ fatal: true })).decode(bytes));
  } catch {
    const got = bytes.length === 0 ? "nothing" : `${bytes.length} bytes that are no JSON`;
    throw new TypeError(`Expected ${what} to hold a JWK set, got ${got}`);
  } finally {
    bytes.fill(0);
  }
}

/**
 * Reads a JWK set, or a single JWK.
 * @throws TypeError when it is neither; `what` stands for it in the message.
 */
export function parseJwks(value: unknown, what: string, rules: JwkRules): KeyList {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`Expected ${what} to hold a JWK set, got ${kindOf(value)}`);
  }
  if (!Object.hasOwn(value, "keys") && isJwk(value)) return parseEach([value], () => "jwk", rules);
  const keys = ownMember(value, "keys");
  if (!Array.isArray(keys)) throw new TypeError(`Expected ${what} to hold a JWK set, got an object whose \`keys\` is ${kindOf(keys)}`);
  return parseEach(keys, (index) => `keys[${index}]`, rules);
}

function parseEach(jwks: readonly unknown[], nameOf: (index: number) => string, rules: JwkRules): KeyList {
  const keys: RingKey[] = [];
  const problems: string[] = [];
  let fault: Fault | undefined;
  jwks.forEach((jwk, index) => {
    try {
      keys.push(parseJwk(jwk, nameOf(index), rules));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problems.push(error.message);
      fault = worse(fault, faultOf(jwk));
    }
  });
  return { keys, problems, fault };
}

/** Why a key is left out; undefined where it says itself that it is for something else. */
function faultOf(jwk: unknown): Fault | undefined {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) return "broken";
  const members = jwk as Members;
  if (!isForVerifying(members)) return undefined;
  const required = REQUIRED_MEMBERS.get(members.kty)?.filter((member) => member !== "kty" && member !== "crv");
  return required?.every((member) => isReadable(members[member])) ? "refused" : "broken";
}

function isReadable(value: unknown): boolean {
  const bytes = typeof value === "string" ? decodeStrict(value) : undefined;
  bytes?.fill(0);
  return bytes !== undefined && bytes.length > 0;
}

/** The worse one of two faults. */
export function worse(left: Fault | undefined, right: Fault | undefined): Fault | undefined {
  return left === "broken" || right === undefined ? left : right;
}

/**
 * Reads one JWK, which must be for verifying: `use` and `key_ops` are respected where they are there (RFC 7517 §4.2, §4.3).
 * @throws TypeError that names the member.
 */
export function parseJwk(jwk: unknown, name: string, rules: JwkRules): RingKey {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) throw optionError(name, "a JWK", jwk);
  const members = ownJwk(jwk as Members, name);
  const parse = PARSERS.get(members.kty);
  if (!parse) {
    const got = typeof members.kty === "string" ? "another kind" : kindOf(members.kty);
    throw new TypeError(`Expected \`${name}.kty\` to be ${[...PARSERS.keys()].join(", ")}, got ${got}`);
  }
  checkUse(members, ["verify"], name);
  const times = validity(members, name);
  return hold(parse(members, name, rules), times, name);
}

function parseOct(jwk: Members, name: string, { allowWeak, allowSecrets }: JwkRules): Key {
  if (!allowSecrets) {
    throw new TypeError(`Expected \`${name}.kty\` to be that of a public key: a secret that can be fetched without authorization is none`);
  }
  return parseSecretKey(jwk as unknown as OctJwk, name, allowWeak);
}

/** What only the owner of a pair has (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2). */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth"] as const;

/** Private members are left behind; but who has published them has let anybody sign. */
function parsePublic(jwk: Members, name: string, { allowSecrets }: JwkRules): Key {
  if (!allowSecrets && PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) {
    throw new TypeError(`Expected \`${name}\` to be a public key: a private one that can be fetched without authorization is none`);
  }
  return parsePublicKey(jwk as unknown as AsymmetricJwk, name);
}

/**
 * Puts a parsed key into a ring's hands; without `kid`, its thumbprint names it.
 * @throws TypeError for one that has no thumbprint, by which a ring knows what it has already.
 */
export function hold(key: Key, times: Required<Validity>, name: string): RingKey {
  const thumbprint = keyThumbprint(key);
  if (!thumbprint) throw new TypeError(`Expected \`${name}\` to be PEM, DER, a JWK or a KeyObject: a ring cannot tell CryptoKeys apart`);
  return { name, key: new HeldKey(key, key.kid ?? thumbprint, thumbprint), ...times };
}

/**
 * The times of a key, complete.
 * @throws TypeError that names the member.
 */
export function validity(times: { readonly nbf?: unknown; readonly exp?: unknown }, name: string): Required<Validity> {
  rejectUnset(times, ["nbf", "exp"], `${name}.`);
  const nbf = seconds(times.nbf, `${name}.nbf`) ?? Number.NEGATIVE_INFINITY;
  const exp = seconds(times.exp, `${name}.exp`) ?? Number.POSITIVE_INFINITY;
  if (exp <= nbf) throw new TypeError(`Expected \`${name}.exp\` to be later than its \`nbf\``);
  return { nbf, exp };
}

function seconds(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) throw optionError(name, "a number of seconds since the epoch", value);
  return value;
}

/**
 * Those of a list whose `kid` no other key has: which of two would be meant cannot be told, so neither is taken, unless they are the
 * same key twice. A name of one of `others` is theirs.
 */
export function distinctKeys(list: KeyList, others: readonly RingKey[]): KeyList {
  const first = new Map<string, RingKey>();
  const ambiguous = new Set(others.map(({ key }) => key.kid));
  for (const each of list.keys) {
    const namesake = first.get(each.key.kid);
    if (!namesake) first.set(each.key.kid, each);
    else if (!isSameKey(each, namesake)) ambiguous.add(each.key.kid);
  }
  const refused = list.keys.filter(({ key }) => ambiguous.has(key.kid));
  const problems = refused.map(({ name }) => `Expected \`${name}.kid\` to be the name of one key only, got that of several`);
  return {
    keys: [...first.values()].filter(({ key }) => !ambiguous.has(key.kid)),
    problems: [...list.problems, ...problems],
    fault: refused.length ? worse(list.fault, "refused") : list.fault,
  };
}

/** The same key for the same time. */
export function isSameKey(left: RingKey, right: RingKey): boolean {
  return left.nbf === right.nbf && left.exp === right.exp && left.key.isSameAs(right.key);
}
