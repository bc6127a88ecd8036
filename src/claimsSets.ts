/** The claims sets that a signer signs: completed by its options, checked, and written as JSON (RFC 7519 §4). */
import { LARGEST_TOKEN } from "./abi.js";
import { duration } from "./durations.js";
import { optionError } from "./errors.js";
import { boolean, clock, type JwtClaims, strings } from "./options.js";
import { ownMember } from "./own.js";
import type { SignerOptions } from "./signer.js";
import { utf8Bytes } from "./text.js";

/** Options as they are obeyed. */
export interface SigningPlan {
  readonly expiresIn: number | undefined;
  readonly notBefore: number | undefined;
  readonly issuedAt: boolean;
  readonly defaults: JwtClaims;
  readonly randomId: boolean;
  readonly now: () => number;
}

/** @throws TypeError for a wrong option, naming it. */
export function parseSigning(options: SignerOptions): SigningPlan {
  const [issuer, ...issuers] = strings(options.issuer, "issuer");
  const audience = strings(options.audience, "audience");
  const [subject, ...subjects] = strings(options.subject, "subject");
  if (issuers.length || subjects.length) throw new TypeError("Expected `issuer` and `subject` to be one string each");
  if (options.jwtId !== undefined && options.jwtId !== "random") throw optionError("jwtId", '"random"', options.jwtId);
  const defaults: JwtClaims = {};
  if (issuer !== undefined) defaults.iss = issuer;
  if (subject !== undefined) defaults.sub = subject;
  if (audience.length) defaults.aud = typeof options.audience === "string" ? options.audience : [...audience];
  const most = Number.MAX_SAFE_INTEGER;
  return {
    expiresIn: duration(options.expiresIn, "expiresIn", "a number of seconds, more than 0", Number.MIN_VALUE, most),
    notBefore: duration(options.notBefore, "notBefore", "a number of seconds", -most, most),
    issuedAt: options.issuedAt === undefined || boolean(options.issuedAt, "issuedAt"),
    defaults,
    randomId: options.jwtId === "random",
    now: clock(options.currentDate),
  };
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
   * @throws TypeError where there is no array, or one of them cannot be signed.
   */
  payloads(claims: readonly JwtClaims[]): string[] {
    if (!Array.isArray(claims)) throw new TypeError("Expected `claims` to be an array of claims sets");
    const now = Math.floor(this.#plan.now());
    const additions = this.#additions(now);
    return claims.map((set, index) => this.#payload(set, additions, claims.length === 1 ? -1 : index));
  }

  /** What the signer's options say of all claims sets of a batch. */
  #additions(now: number): JwtClaims {
    const { expiresIn, notBefore, issuedAt, defaults } = this.#plan;
    const additions = { ...defaults };
    if (issuedAt) additions.iat = now;
    if (notBefore !== undefined) additions.nbf = now + notBefore;
    if (expiresIn !== undefined) additions.exp = now + expiresIn;
    return additions;
  }

  /** The JSON of one claims set, completed; what it says itself wins over the signer's options, and undefined says nothing. */
  #payload(claims: JwtClaims, additions: JwtClaims, index: number): string {
    if (typeof claims !== "object" || claims === null || Array.isArray(claims)) throw optionError(nameOf(index), "a claims set", claims);
    if (!isPlain(claims)) throw optionError(nameOf(index), "a plain object, without `toJSON`", claims);
    const defaults: JwtClaims = this.#plan.randomId ? { ...additions, jti: crypto.randomUUID() } : additions;
    const completed: JwtClaims = { ...defaults, ...claims };
    for (const claim of Object.keys(defaults)) if (completed[claim] === undefined) completed[claim] = defaults[claim];
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

/** What an error calls the claims set with this number in its batch, -1 being the only one. */
function nameOf(index: number): string {
  return index < 0 ? "claims" : `claims[${index}]`;
}

/**
 * Only its members are signed and checked: a Map or a Date would be signed as if it were empty, and `toJSON` would put other claims in
 * their place. An object of another realm is plain as well.
 */
export function isPlain(claims: JwtClaims): boolean {
  const prototype: unknown = Object.getPrototypeOf(claims);
  const isOfNone = prototype === null || prototype === Object.prototype;
  const isOfRealm = isOfNone || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf"));
  return isOfRealm && typeof claims.toJSON !== "function";
}

function requireSeconds(value: unknown, claim: string, index: number): void {
  if (value !== undefined && !Number.isFinite(value)) throw optionError(`${nameOf(index)}.${claim}`, "a finite number of seconds", value);
}
