/** The options of a verifier, parsed once into a plan: later code cannot meet an invalid one. */
import { LARGEST_KID, LARGEST_TOKEN } from "../abi.js";
import { type Algorithm, algorithmNames, isAlgorithm } from "../base/algorithms.js";
import { boolean, part, strings, synchronous, whole } from "../base/check.js";
import type { JwtClaims } from "../base/claims.js";
import { type Duration, duration } from "../base/durations.js";
import { optionError } from "../base/errors.js";
import { criticalNames, mediaType } from "../base/headerNames.js";
import { clock, type Moment } from "../base/moment.js";
import { bare, ownMember, ownOptions } from "../base/own.js";
import { holding, wipe } from "../base/wipe.js";
import type { Key } from "../engine/key.js";
import type { Policy } from "../engine/policy.js";
import { type AlgOption, parseAlg } from "../keys/alg.js";
import { type ConfiguredKeys, type ConfiguredRules, parseConfigured } from "../keys/configured.js";
import { isJwkSet, type JwkSet, parseJwkSet } from "../keys/jwkSet.js";
import type { KeyInput } from "../keys/key.js";
import { utf8Bytes } from "../runtime/text.js";
import { isKeySource, type KeySource, ownSource } from "../sources/keySource.js";
import { isReplays, isRevocations, type Replays, type Revocations } from "./revocations.js";

/** What a verifier enforces. Names follow `jose` where it has one; times are in seconds, or text with a unit such as `"15m"`. */
export interface VerifierOptions<Claims = JwtClaims> {
  /**
   * One key or many: secrets as bytes, text, oct JWK or KeyObject, or objects with `kid`, `alg`, `secret`; public keys as PEM, JWK, KeyObject
   * or CryptoKey, or objects with `kid`, `alg`, `publicKey`. Or a key ring, whose keys change (`wasm-jwt/keyring`): each call judges
   * by those that are valid at its time. Or a key table, for very many (`createKeyTable`). Must be given, or else `jwks` or `issuers`.
   * Tokens select by `kid` and algorithm. Up to four secrets of an algorithm may have no `kid`: they are tried in their order.
   */
  readonly keys?: KeyInput | readonly KeyInput[] | JwkSet | KeySource;
  /**
   * In place of `keys`: a JWK set (RFC 7517 §5), or a key ring. Keys of a set that cannot verify are left out and listed in `problems` of the
   * verifier; one at least must be able to. A set on a server is a ring with `remote(url)`.
   */
  readonly jwks?: JwkSet | KeySource;
  /**
   * The algorithm of keys that do not name one, such as RSA keys of Entra ID; or several, of one kind of key. Keys of other algorithms are
   * refused, or left out of a set. Where it is not given, an RSA key is for the one of `algorithms` that it can be for, if there is just one.
   */
  readonly alg?: AlgOption;
  /**
   * By what a token names its key: its header's `kid`, unless a claim is named, a string such as `sub` or `iss`. That claim is read
   * before the signature is verified, and used for nothing else; keys are found by their `kid` all the same.
   */
  readonly keyFrom?: "kid" | { readonly claim: string };
  /**
   * Several issuers, each with its own keys and rules; a token is judged by those of the issuer that it names, and by no other's. The
   * verifier's own rules hold where an issuer has none. In place of `keys`, `jwks` and `issuer`.
   */
  readonly issuers?: readonly IssuerOptions[];
  /** Allowed algorithms; those of the keys unless given. */
  readonly algorithms?: readonly Algorithm[];
  /** Expected `iss` (RFC 7519 §4.1.1): one of these. */
  readonly issuer?: string | readonly string[];
  /** Expected `aud` (§4.1.3): the token names at least one of these. */
  readonly audience?: string | readonly string[];
  /** Expected `sub` (§4.1.2): one of these. */
  readonly subject?: string | readonly string[];
  /** Expected `jti` (§4.1.7): one of these. */
  readonly jwtId?: string | readonly string[];
  /** Expected `nonce`: one of these. */
  readonly nonce?: string | readonly string[];
  /** Expected header `typ` (RFC 7515 §4.1.9), without regard to case; `application/` may be left out where no other slash follows. */
  readonly typ?: string | readonly string[];
  /** Names of header extensions the caller understands (RFC 7515 §4.1.11). */
  readonly crit?: readonly string[];
  /** Claims that must be there, as own members of the claims set. */
  readonly requiredClaims?: readonly string[];
  /** `jti` must be there and a string: by it, if it is not empty, a token can be revoked or used once. */
  readonly requireJwtId?: boolean;
  /** What is revoked: a list of `wasm-jwt/revocation`. `iss`, `sub` and `jti` must be strings, where they are there. */
  readonly revocation?: Revocations;
  /** Accepts each token once: a guard of `wasm-jwt/revocation`. Makes `jti` and `exp` required. */
  readonly replay?: Replays;
  /** Clock skew allowed, 0 to 86,400 seconds. */
  readonly clockTolerance?: Duration;
  /** Greatest age by `iat`, in seconds; makes `iat` required and bars the future. */
  readonly maxTokenAge?: Duration;
  /** Greatest `exp - iat`, in seconds; makes both required. Stops an `exp` in milliseconds. */
  readonly maxLifetime?: Duration;
  /** Longest token, in bytes; 8192 unless given. */
  readonly maxTokenLength?: number;
  /** The time to judge by instead of the clock, or a function that gives it once for each call. */
  readonly currentDate?: Moment | (() => Moment);
  /** Do not compare `exp`; its type is still checked. */
  readonly ignoreExpiration?: boolean;
  /** Do not compare `nbf`; its type is still checked. */
  readonly ignoreNotBefore?: boolean;
  /** Take secrets shorter than the hash. Empty ones are never taken. */
  readonly allowWeakSecrets?: boolean;
  /** A last check: anything but `true`, an exception included, rejects with VALIDATION_FAILED. */
  readonly validate?: (claims: Claims) => boolean;
}

/** One of several issuers: what `iss` names it, its `keys` or `jwks`, and the rules in which it differs. */
export interface IssuerOptions
  extends Omit<VerifierOptions<never>, "issuers" | "maxTokenLength" | "currentDate" | "validate" | "revocation" | "replay"> {
  readonly issuer: string | readonly string[];
}

/** Options as they are obeyed: complete, checked, copied. */
export interface Plan extends Policy {
  readonly keys: readonly Key[];
  /** What is wrong with keys of a JWK set that were left out. */
  readonly problems: readonly string[];
  /** Where the keys come from, if they change: `keys` is empty then. */
  readonly source: KeySource | undefined;
  /** Those of a verifier of several: it has no keys of its own then. */
  readonly issuers: readonly Plan[];
  readonly revocation: Revocations | undefined;
  readonly replay: Replays | undefined;
  readonly maxTokenLength: number;
  readonly now: () => number;
  readonly validate: ((claims: never) => boolean) | undefined;
}

const NONE: readonly never[] = [];

/** A plan to keep: its keys are in the engine, and their wiped copies are not worth keeping. */
export function withoutKeys(plan: Plan): Plan {
  return { ...plan, keys: NONE, issuers: plan.issuers.map(withoutKeys) };
}

const OPTION_NAMES: readonly (keyof VerifierOptions)[] = [
  "keys",
  "algorithms",
  "issuer",
  "audience",
  "subject",
  "jwtId",
  "nonce",
  "typ",
  "crit",
  "requiredClaims",
  "clockTolerance",
  "maxTokenAge",
  "maxLifetime",
  "maxTokenLength",
  "currentDate",
  "ignoreExpiration",
  "ignoreNotBefore",
  "allowWeakSecrets",
  "validate",
  "keyFrom",
  "issuers",
  "jwks",
  "requireJwtId",
  "alg",
  "revocation",
  "replay",
];

/** Those without which less is checked: to be undefined is an error. */
const CHECKING: readonly (keyof VerifierOptions)[] = [
  "algorithms",
  "alg",
  "issuer",
  "audience",
  "subject",
  "jwtId",
  "nonce",
  "typ",
  "requiredClaims",
  "requireJwtId",
  "revocation",
  "replay",
  "maxTokenAge",
  "maxLifetime",
  "validate",
];

/** Options that are the verifier's alone. */
const SHARED_NAMES: readonly string[] = ["issuers", "maxTokenLength", "currentDate", "validate", "revocation", "replay"];
const isOfIssuer = (name: string): name is keyof IssuerOptions => !SHARED_NAMES.includes(name);
const ISSUER_OPTION_NAMES = OPTION_NAMES.filter(isOfIssuer);
const ISSUER_CHECKING = CHECKING.filter(isOfIssuer);

const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * Checks and completes a verifier's options.
 * @throws TypeError that names the option, what was expected and what kind of thing came.
 */
export function parseOptions<Claims>(given: VerifierOptions<Claims>): Plan {
  const options = ownOptions(given, "options", OPTION_NAMES, CHECKING);
  if (options.issuers === undefined) return parsePlan(options);
  const misplaced = (["keys", "jwks", "issuer", "keyFrom"] as const).find((name) => options[name] !== undefined);
  if (misplaced) throw new TypeError(`Expected \`${misplaced}\` to be an option of each of \`issuers\`, got both`);
  return parseIssuers(options, options.issuers);
}

/** The plan of a verifier of several issuers. Rules are each issuer's, the verifier's own where it has none. */
function parseIssuers<Claims>(options: VerifierOptions<Claims>, given: readonly IssuerOptions[]): Plan {
  if (!Array.isArray(given) || given.length === 0) throw optionError("issuers", "a non-empty array of objects", given);
  if (given.length > MOST_ISSUERS) throw new TypeError(`Expected \`issuers\` to be at most ${MOST_ISSUERS}, got ${given.length}`);
  const names = new Set<string>();
  return holding(wipePlans, (parsed: Plan[]) => {
    for (const [index, each] of given.entries()) {
      const name = `issuers[${index}]`;
      const own = within(name, () => ownOptions(each, name, ISSUER_OPTION_NAMES, ISSUER_CHECKING));
      parsed.push(within(name, () => parseIssuer(own, options)));
      for (const issuer of new Set(parsed[index]?.expected.issuer)) {
        if (names.has(issuer)) throw new TypeError(`Expected \`${name}.issuer\` to name no issuer that another one names`);
        names.add(issuer);
      }
    }
    const problems = parsed.flatMap((plan, index) => plan.problems.map((problem) => `In \`issuers[${index}]\`: ${problem}`));
    return { ...parseRules(options), problems, issuers: parsed };
  });
}

function parseIssuer<Claims>(each: IssuerOptions, rules: VerifierOptions<Claims>): Plan {
  if (each.issuer === undefined) throw optionError("issuer", "a non-empty string or array of them", each.issuer);
  const plan = parsePlan(withRules(each, rules));
  if (plan.expected.issuer.every((issuer) => utf8Bytes(issuer).length <= LARGEST_KID)) return plan;
  wipe(plan.keys);
  throw new TypeError(`Expected \`issuer\` to be at most ${LARGEST_KID} bytes: no longer one selects an issuer`);
}

/** Name by name, not by spreading: what is undefined must not stand in the place of a rule. */
function withRules<Claims>(each: IssuerOptions, rules: VerifierOptions<Claims>): VerifierOptions<Claims> {
  const rulesOfIssuer = ISSUER_OPTION_NAMES.map((name) => [name, each[name] === undefined ? rules[name] : each[name]]);
  // What a guard of the verifier needs of a token, its issuers demand.
  return bare({ ...Object.fromEntries(rulesOfIssuer), replay: rules.replay });
}

/** Forgets the secrets of plans that are not obeyed after all, those of their issuers included. */
export function wipePlans(plans: readonly Plan[]): void {
  for (const { keys, issuers } of plans) {
    wipe(keys);
    wipePlans(issuers);
  }
}

/** What is wrong with an issuer's option is said of it, not of the verifier's. */
function within<Result>(name: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TypeError && !error.message.includes(`\`${name}\``)) error.message = `In \`${name}\`: ${error.message}`;
    throw error;
  }
}

/** Their numbers have sixteen bits. */
const MOST_ISSUERS = 65536;

/** A plan but for its keys. Members that are still to come are there: an object that gets them later is a slow one. */
function parseRules<Claims>(options: VerifierOptions<Claims>): Plan {
  const expected = {
    issuer: strings(options.issuer, "issuer"),
    audience: strings(options.audience, "audience"),
    subject: strings(options.subject, "subject"),
    jwtId: strings(options.jwtId, "jwtId"),
    nonce: strings(options.nonce, "nonce"),
  };
  const replay = part(options.replay, "replay", isReplays, "a guard of `createReplayGuard`");
  const needsTextId = boolean(options.requireJwtId, "requireJwtId") || replay !== undefined;
  const required = [...new Set([...claimNames(options.requiredClaims), ...(needsTextId ? ["jti"] : []), ...(replay ? ["exp"] : [])])];
  return {
    keys: NONE,
    problems: NONE,
    source: undefined,
    algorithms: NONE,
    issuers: NONE,
    keyClaim: keyClaim(options.keyFrom),
    expected,
    typ: strings(options.typ, "typ").map(mediaType),
    crit: criticalNames(options.crit),
    requiredClaims: required,
    needsTextId,
    takesBytes: false,
    revocation: part(options.revocation, "revocation", isRevocations, "a list of `createRevocationList`"),
    replay,
    clockTolerance: duration(options.clockTolerance, "clockTolerance", "a number of seconds from 0 to 86400", 0, 86400) ?? 0,
    maxTokenAge: duration(options.maxTokenAge, "maxTokenAge", "a number of seconds, 0 or more", 0, FOREVER),
    maxLifetime: duration(options.maxLifetime, "maxLifetime", "a number of seconds, more than 0", Number.MIN_VALUE, FOREVER),
    maxTokenLength: whole(options.maxTokenLength, "maxTokenLength", 1, LARGEST_TOKEN) ?? 8192,
    ignoreExpiration: boolean(options.ignoreExpiration, "ignoreExpiration"),
    ignoreNotBefore: boolean(options.ignoreNotBefore, "ignoreNotBefore"),
    now: clock(options.currentDate),
    validate: synchronous(options.validate, "validate"),
  };
}

function parsePlan<Claims>(options: VerifierOptions<Claims>): Plan {
  const plan = parseRules(options);
  const allowed = allowedAlgorithms(options.algorithms) ?? NONE;
  const rules = {
    allowWeak: boolean(options.allowWeakSecrets, "allowWeakSecrets"),
    algorithms: parseAlg(options.alg, "alg"),
    allowed,
    now: plan.now,
  };
  if (options.keys !== undefined && options.jwks !== undefined) throw new TypeError("Expected `keys` or `jwks`, got both");
  const given = options.keys === undefined ? options.jwks : options.keys;
  if (isKeySource(given)) {
    const misplaced = (["allowWeakSecrets", "alg"] as const).find((name) => options[name] !== undefined);
    if (misplaced) throw new TypeError(`Expected \`${misplaced}\` to be an option of the ring or table that \`keys\` is`);
    return { ...plan, source: ownSource(given), algorithms: allowed };
  }
  // Keys come last, so that no secret is copied for options that are refused.
  const { keys, problems } = parseFixedKeys(options, rules);
  if (plan.keyClaim !== undefined && keys.some(({ kid }) => kid === undefined)) {
    wipe(keys);
    throw new TypeError("Expected each of `keys` to have a `kid`: with `keyFrom` a claim must name it");
  }
  const ofKeys = algorithmsOf(keys);
  if (allowed.length && !allowed.some((each) => ofKeys.includes(each))) {
    wipe(keys);
    throw new TypeError(`Expected \`algorithms\` to have one that a key is for (${ofKeys.join(", ")}), got none of them`);
  }
  return { ...plan, keys, problems, algorithms: allowed.length ? allowed : ofKeys };
}

/** A JWK set is one under either name: nothing else has an array `keys`. */
function parseFixedKeys({ keys, jwks }: Pick<VerifierOptions, "keys" | "jwks">, rules: ConfiguredRules): ConfiguredKeys {
  if (jwks !== undefined) return parseJwkSet(jwks, "jwks", rules);
  return isJwkSet(keys) ? parseJwkSet(keys, "keys", rules) : { keys: parseConfigured(keys, "keys", rules), problems: NONE };
}

/** The claim that names a key; undefined where `kid` does. */
function keyClaim(value: unknown): string | undefined {
  if (value === undefined || value === "kid") return undefined;
  const claim = typeof value === "object" && value !== null && !Array.isArray(value) ? ownMember(value, "claim") : undefined;
  const isName = typeof claim === "string" && claim !== "" && claim.isWellFormed();
  if (!isName || Object.keys(value as object).length !== 1)
    throw optionError("keyFrom", '"kid" or an object with `claim`, its name', value);
  return claim;
}

/** The algorithms of keys, each once. */
function algorithmsOf(keys: readonly Key[]): readonly Algorithm[] {
  return [...new Set(keys.map((key) => key.algorithm))];
}

function allowedAlgorithms(value: unknown): readonly Algorithm[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || !value.every(isAlgorithm)) {
    throw optionError("algorithms", `a non-empty array of ${algorithmNames()}`, value);
  }
  return [...value];
}

function claimNames(value: unknown): readonly string[] {
  if (value === undefined) return NONE;
  const isName = (item: unknown): item is string => typeof item === "string" && item.isWellFormed();
  if (!Array.isArray(value) || value.length === 0 || !value.every(isName)) {
    throw optionError("requiredClaims", "a non-empty array of claim names", value);
  }
  return [...new Set(value)];
}
