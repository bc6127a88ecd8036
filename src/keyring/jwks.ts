/**
 * A JWK set (RFC 7517 §5) becomes keys of a ring. One bad key does not lose the others: it is left out and reported, by its index
 * and the member at fault, never by a value.
 */
import { requireSeconds } from "../base/check.js";
import { kindOf, rejectUnset } from "../base/errors.js";
import { bare, ownMember } from "../base/own.js";
import { holding, wipe } from "../base/wipe.js";
import { decodeStrict } from "../engine/base64url.js";
import type { Key } from "../engine/key.js";
import { isJwk } from "../keys/jwk.js";
import { isForVerifying, verifyingJwk } from "../keys/jwkSet.js";
import { type KeyInput, type KeyRules, parseKeys } from "../keys/key.js";
import { OpenKey } from "../keys/open.js";
import { HeldKey, type RingKey, wipeKeys } from "./roster.js";
import { keyThumbprint, REQUIRED_MEMBERS } from "./thumbprint.js";

/** When a key is valid, in seconds since the epoch; without either member it always is. */
export interface Validity {
  /** From then on. */
  readonly nbf?: number;
  /** Not then, and not later. */
  readonly exp?: number;
}

/** What a source may hold. */
export interface JwkRules extends KeyRules {
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

/**
 * Reads the text of a JWK set or a single JWK, whose bytes are wiped.
 * @throws TypeError when it is neither; `what` stands for it in the message.
 */
export function parseJwksText(bytes: Uint8Array, what: string, rules: JwkRules): KeyList {
  return parseJwks(parseJson(bytes, what, "a JWK set"), what, rules);
}

/**
 * Reads JSON, whose bytes are wiped.
 * @throws TypeError for text that is none. What the parser itself says of it would show the text.
 */
export function parseJson(bytes: Uint8Array, what: string, expected: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", bare({ fatal: true })).decode(bytes));
  } catch {
    const got = bytes.length === 0 ? "nothing" : `${bytes.length} bytes that are no JSON`;
    throw new TypeError(`Expected ${what} to hold ${expected}, got ${got}`);
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
  const problems: string[] = [];
  let fault: Fault | undefined;
  const keys = holding(wipeKeys, (held: RingKey[]) => {
    jwks.forEach((jwk, index) => {
      try {
        held.push(parseJwk(jwk, nameOf(index), rules));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        problems.push(error.message);
        fault = worse(fault, faultOf(jwk));
      }
    });
    return held;
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
  const members = verifyingJwk(jwk, name);
  if (!rules.allowSecrets) requirePublic(members, name);
  const times = validity(members, name);
  return hold(parseKeys(members as unknown as KeyInput, name, rules), times, name);
}

/** What only the owner of a pair has (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2). */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth"] as const;

/** Private members are left behind; but who has published them has let anybody sign. */
function requirePublic(jwk: Members, name: string): void {
  if (jwk.kty === "oct") {
    throw new TypeError(
      `Expected \`${name}.kty\` to be that of a public key: a secret that can be fetched without authorization or encryption is none`,
    );
  }
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) {
    throw new TypeError(
      `Expected \`${name}\` to be a public key: a private one that can be fetched without authorization or encryption is none`,
    );
  }
}

/**
 * Puts a parsed key into a ring's hands; without `kid`, its thumbprint names it.
 * @throws TypeError for one that has no thumbprint, by which a ring knows what it has already.
 */
export function hold(keys: readonly Key[] | OpenKey, times: Required<Validity>, name: string): RingKey {
  const thumbprint = keys instanceof OpenKey ? keyThumbprint({ ...keys, secret: undefined }) : thumbprintOf(keys);
  if (!thumbprint) throw new TypeError(`Expected \`${name}\` to be PEM, DER, a JWK or a KeyObject: a ring cannot tell CryptoKeys apart`);
  return { name, key: new HeldKey(keys, thumbprint), ...times };
}

/** Of keys that are one, each for another algorithm. */
function thumbprintOf(keys: readonly Key[]): string | undefined {
  return holding(wipe, (held: Key[]) => {
    held.push(...keys);
    return keyThumbprint(keys[0] as Key);
  });
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
  if (value !== undefined) requireSeconds(value, name);
  return value;
}

/**
 * Those of a list whose `kid` no other key of the algorithm has: which of two would be meant cannot be told, so neither is taken. The same key
 * twice is one; of one that says its algorithm and does not, the former. A name of one of `others` is theirs.
 */
export function distinctKeys(list: KeyList, others: readonly RingKey[]): KeyList {
  const taken = new Set(others.map(({ key }) => key.kid));
  const namesakes = new Map<string, RingKey[]>();
  for (const each of list.keys) {
    const known = namesakes.get(each.key.kid) ?? [];
    namesakes.set(each.key.kid, known);
    if (!known.some((other) => isSameKey(each, other))) known.push(each);
  }
  const isRefused = (each: RingKey) => {
    const known = namesakes.get(each.key.kid) ?? [];
    return taken.has(each.key.kid) || known.some((other) => !isOneKey(each, other) && each.key.isRivalOf(other.key));
  };
  const isSaid = (each: RingKey) =>
    !each.key.isOpen || !namesakes.get(each.key.kid)?.some((other) => !other.key.isOpen && isOneKey(each, other));
  const refused = list.keys.filter(isRefused);
  const problems = refused.map(({ name }) => `Expected \`${name}.kid\` to be the name of one key of its algorithm, got that of several`);
  return {
    keys: [...namesakes.values()].flat().filter((each) => !isRefused(each) && isSaid(each)),
    problems: [...list.problems, ...problems],
    fault: refused.length ? worse(list.fault, "refused") : list.fault,
  };
}

/** Is it the same key at the same time, whatever it is said to be for? */
function isOneKey(left: RingKey, right: RingKey): boolean {
  return left.key.thumbprint === right.key.thumbprint && left.nbf === right.nbf && left.exp === right.exp;
}

/** The same key for the same time. */
export function isSameKey(left: RingKey, right: RingKey): boolean {
  return left.nbf === right.nbf && left.exp === right.exp && left.key.isSameAs(right.key);
}
