/** The claims sets that a signer signs: completed by its options and those of the call, checked, and written as JSON (RFC 7519 §4). */
import { LARGEST_TOKEN } from "../abi.js";
import { boolean, oneOf, strings } from "../base/check.js";
import type { JwtClaims } from "../base/claims.js";
import { duration, isInMilliseconds } from "../base/durations.js";
import { optionError } from "../base/errors.js";
import { clock } from "../base/moment.js";
import { isPlainData, ownMember, ownOptions } from "../base/own.js";
import { utf8Bytes } from "../runtime/text.js";
import { SIGN_OPTION_NAMES, type SignerOptions, type SignOptions } from "./signerOptions.js";

/** What options say of claims. */
interface Rules {
  readonly expiresIn: number | undefined;
  readonly notBefore: number | undefined;
  readonly claims: JwtClaims;
  readonly randomId: boolean;
}

/** A signer's options as they are obeyed. */
export interface SigningPlan {
  readonly rules: Rules;
  readonly issuedAt: boolean;
  readonly now: () => number;
}

/** @throws TypeError for a wrong option, naming it. */
export function parseSigning(options: SignerOptions): SigningPlan {
  oneOf(options.jwtId, "jwtId", ["random"]);
  return {
    rules: parseRules(options),
    issuedAt: options.issuedAt === undefined || boolean(options.issuedAt, "issuedAt"),
    now: clock(options.currentDate),
  };
}

/** @throws TypeError for a wrong one, and for one that is undefined: a token without `exp` would never expire. */
function parseRules(options: SignOptions): Rules {
  const absent = SIGN_OPTION_NAMES.find((name) => Object.hasOwn(options, name) && options[name] === undefined);
  if (absent) throw new TypeError(`Expected \`${absent}\` to have a value, got undefined: leave it out if tokens are to go without`);
  const [issuer, ...issuers] = strings(options.issuer, "issuer");
  const audience = strings(options.audience, "audience");
  const [subject, ...subjects] = strings(options.subject, "subject");
  const [jwtId, ...jwtIds] = strings(options.jwtId, "jwtId");
  if (issuers.length || subjects.length || jwtIds.length)
    throw new TypeError("Expected `issuer`, `subject` and `jwtId` to be one string each");
  const randomId = jwtId === "random";
  const claims: JwtClaims = {};
  if (issuer !== undefined) claims.iss = issuer;
  if (subject !== undefined) claims.sub = subject;
  if (audience.length) claims.aud = typeof options.audience === "string" ? options.audience : [...audience];
  if (jwtId !== undefined && !randomId) claims.jti = jwtId;
  return {
    expiresIn: span(options.expiresIn, "expiresIn", "a number of seconds, more than 0", Number.MIN_VALUE),
    notBefore: span(options.notBefore, "notBefore", "a number of seconds", -LONGEST_SPAN),
    claims,
    randomId,
  };
}

/** Three thousand years, in seconds. */
const LONGEST_SPAN = 1e11;

/** A time from that of signing on. */
function span(value: unknown, name: string, expected: string, least: number): number | undefined {
  const seconds = duration(value, name, expected, least, Number.MAX_SAFE_INTEGER);
  if (seconds === undefined || seconds <= LONGEST_SPAN) return seconds;
  throw optionError(name, "seconds from the time of signing on, neither milliseconds nor a date", seconds);
}

/** Turns claims sets into payloads. */
export class ClaimsSets {
  readonly #plan: SigningPlan;
  readonly #overhead: number;

  /** `overhead` is what a token has besides its payload, in bytes. */
  constructor(plan: SigningPlan, overhead: number) {
    this.#plan = plan;
    this.#overhead = overhead;
  }

  /**
   * The payloads of a batch, in JSON. "claims" in errors is the only one, else "claims[n]".
   * @throws TypeError where there is no array, an option is wrong, or one of them cannot be signed.
   */
  payloads(claims: readonly JwtClaims[], options: SignOptions | undefined): string[] {
    if (!Array.isArray(claims)) throw new TypeError("Expected `claims` to be an array of claims sets");
    const rules = options === undefined ? undefined : parseRules(ownOptions(options, "options", SIGN_OPTION_NAMES));
    if (rules && Object.hasOwn(rules.claims, "jti") && claims.length > 1)
      throw new TypeError('Expected `jwtId` to be "random" where several tokens are signed: one id would not tell them apart');
    const additions = this.#additions(Math.floor(this.#plan.now()), rules);
    return claims.map((set, index) => this.#payload(set, additions, claims.length === 1 ? -1 : index));
  }

  /** What the options say of all claims sets of a batch. */
  #additions(now: number, ofCall: Rules | undefined): Additions {
    const { rules, issuedAt } = this.#plan;
    const claims: JwtClaims = { ...rules.claims };
    if (issuedAt) claims.iat = now;
    addTimes(claims, rules, now);
    if (!ofCall) return { claims, randomId: rules.randomId, fixed: NONE };
    const fixed: JwtClaims = { ...ofCall.claims };
    addTimes(fixed, ofCall, now);
    return {
      claims: { ...claims, ...fixed },
      randomId: ofCall.randomId || (rules.randomId && !Object.hasOwn(fixed, "jti")),
      fixed: [...Object.keys(fixed), ...(ofCall.randomId ? ["jti"] : [])],
    };
  }

  /** The JSON of one claims set, completed; what it says itself wins over the signer's options, and undefined says nothing. */
  #payload(claims: JwtClaims, additions: Additions, index: number): string {
    if (typeof claims !== "object" || claims === null || Array.isArray(claims)) throw optionError(nameOf(index), "a claims set", claims);
    if (!isPlainData(claims)) throw optionError(nameOf(index), "a plain object, without `toJSON`", claims);
    const defaults: JwtClaims = additions.randomId ? { ...additions.claims, jti: crypto.randomUUID() } : additions.claims;
    const completed: JwtClaims = { ...defaults, ...claims };
    for (const claim of Object.keys(defaults)) if (completed[claim] === undefined) completed[claim] = defaults[claim];
    const repeated = additions.fixed.find((claim) => completed[claim] !== defaults[claim]);
    if (repeated) throw new TypeError(`Expected \`${nameOf(index)}\` to have no \`${repeated}\`: an option of the call says it`);
    for (const claim of ["exp", "nbf", "iat"]) requireSeconds(ownMember(completed, claim), claim, index);
    const json = JSON.stringify(completed);
    const length = this.#tokenLength(json);
    if (length > LARGEST_TOKEN)
      throw new TypeError(`Expected \`${nameOf(index)}\` to make a token of at most ${LARGEST_TOKEN} bytes, got ${length}`);
    return json;
  }

  /** The bytes of the token, or no fewer where it is short in any case: nothing is signed that cannot be verified. */
  #tokenLength(json: string): number {
    const most = this.#overhead + 4 * json.length;
    return most <= LARGEST_TOKEN ? most : this.#overhead + Math.ceil((4 * utf8Bytes(json).length) / 3);
  }
}

interface Additions {
  readonly claims: JwtClaims;
  readonly randomId: boolean;
  /** Claims that options of the call say: a claims set must not have others. */
  readonly fixed: readonly string[];
}

const NONE: readonly string[] = [];

function addTimes(claims: JwtClaims, { expiresIn, notBefore }: Rules, now: number): void {
  if (notBefore !== undefined) claims.nbf = now + notBefore;
  if (expiresIn !== undefined) claims.exp = now + expiresIn;
}

/** What an error calls the claims set with this number in its batch, -1 being the only one. */
function nameOf(index: number): string {
  return index < 0 ? "claims" : `claims[${index}]`;
}

function requireSeconds(value: unknown, claim: string, index: number): void {
  if (value === undefined) return;
  if (!Number.isFinite(value)) throw optionError(`${nameOf(index)}.${claim}`, "a finite number of seconds", value);
  if (isInMilliseconds(value as number))
    throw new TypeError(`Expected \`${nameOf(index)}.${claim}\` to be seconds since the epoch, got milliseconds: divide by 1000`);
}
