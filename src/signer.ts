/** Signers: claims in, tokens out (RFC 7515 §5.1), through the engine's HMAC. For devices that issue their own tokens. */
import { LARGEST_TOKEN } from "./abi.js";
import { ALGORITHMS } from "./algorithms.js";
import { placeSigningKey } from "./context.js";
import type { Engine } from "./engine.js";
import { optionError } from "./errors.js";
import { type KeyInput, parseKey } from "./keys/secret.js";
import { openEngine } from "./openEngine.js";
import { boolean, clock, type JwtClaims, type Moment, number, rejectUnknown, strings } from "./options.js";
import { utf8Bytes } from "./text.js";

/** What a signer puts into every token. Times are in seconds. */
export interface SignerOptions {
  /** The key to sign with; its `kid`, if any, goes into the header. */
  readonly key: KeyInput;
  /** `exp` = time of signing + this. */
  readonly expiresIn?: number;
  /** `nbf` = time of signing + this. */
  readonly notBefore?: number;
  /** `iat` = time of signing; on unless false. */
  readonly issuedAt?: boolean;
  /** `iss`, `aud`, `sub` of every token that has none of its own. */
  readonly issuer?: string;
  readonly audience?: string | readonly string[];
  readonly subject?: string;
  /** `jti`: "random" gives each token a random UUID (RFC 9562 §5.4). */
  readonly jwtId?: "random";
  /** `typ` in the header; "JWT" unless given, left out when null. */
  readonly typ?: string | null;
  /** The time to sign at instead of the clock. */
  readonly currentDate?: Moment | (() => Moment);
  readonly allowWeakSecrets?: boolean;
}

/** Signs claims sets with one key. */
export interface Signer {
  /**
   * Signs one claims set.
   * @throws TypeError when it is no object, not JSON, makes a token over 262,144 bytes, or has a NumericDate that is not a finite number.
   */
  sign(claims: JwtClaims): string;
  /** Signs many, in order. @throws TypeError as `sign`, before anything is signed. */
  signBatch(claims: readonly JwtClaims[]): string[];
}

const OPTION_NAMES: readonly string[] = [
  "key",
  "expiresIn",
  "notBefore",
  "issuedAt",
  "issuer",
  "audience",
  "subject",
  "jwtId",
  "typ",
  "currentDate",
  "allowWeakSecrets",
];

/** Options as they are obeyed. */
interface SigningPlan {
  readonly expiresIn: number | undefined;
  readonly notBefore: number | undefined;
  readonly issuedAt: boolean;
  readonly defaults: JwtClaims;
  readonly randomId: boolean;
  readonly now: () => number;
}

/**
 * Makes a signer. Its key is loaded into the engine at once and no copy of the secret is kept.
 * @throws TypeError for a wrong option, naming it.
 */
export function createSigner(options: SignerOptions): Signer {
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw optionError("options", "an object", options);
  rejectUnknown(options, OPTION_NAMES);
  if (options.key === undefined || options.key === null) throw optionError("key", "a key", options.key);
  const plan = parseSigning(options);
  const typ = options.typ === undefined ? "JWT" : options.typ;
  if (typ !== null && (typeof typ !== "string" || typ === "" || typ.length > 256))
    throw optionError("typ", "a string of 1 to 256 characters or null", typ);
  const key = parseKey(options.key, "key", boolean(options.allowWeakSecrets, "allowWeakSecrets"));
  const header = { alg: key.algorithm, ...(typ === null ? {} : { typ }), ...(key.kid === undefined ? {} : { kid: key.kid }) };
  const engine = openEngine([key.algorithm]);
  const record = placeSigningKey(engine, key);
  const headerText = utf8Bytes(`${base64urlText(JSON.stringify(header))}.`);
  const headerAddress = engine.allocate(headerText.length);
  engine.bytes.set(headerText, headerAddress);
  const signer = new EngineSigner(
    engine,
    record.address,
    headerAddress,
    headerText.length,
    1 + ALGORITHMS[key.algorithm].signatureLength,
    plan,
  );
  released.register(signer, () => {
    engine.release(record.address, record.size);
    engine.release(headerAddress, headerText.length);
  });
  return signer;
}

const released = new FinalizationRegistry<() => void>((release) => release());

function parseSigning(options: SignerOptions): SigningPlan {
  const issuer = strings(options.issuer, "issuer");
  const audience = strings(options.audience, "audience");
  const subject = strings(options.subject, "subject");
  if (issuer.length > 1 || subject.length > 1) throw new TypeError("Expected `issuer` and `subject` to be one string each");
  if (options.jwtId !== undefined && options.jwtId !== "random") throw optionError("jwtId", '"random"', options.jwtId);
  const defaults: JwtClaims = {};
  if (issuer[0] !== undefined) defaults.iss = issuer[0];
  if (subject[0] !== undefined) defaults.sub = subject[0];
  if (audience.length) defaults.aud = typeof options.audience === "string" ? options.audience : [...audience];
  const most = Number.MAX_SAFE_INTEGER;
  return {
    expiresIn: number(options.expiresIn, "expiresIn", "a number of seconds, more than 0", Number.MIN_VALUE, most),
    notBefore: number(options.notBefore, "notBefore", "a number of seconds", -most, most),
    issuedAt: options.issuedAt === undefined || boolean(options.issuedAt, "issuedAt"),
    defaults,
    randomId: options.jwtId === "random",
    now: clock(options.currentDate),
  };
}

class EngineSigner implements Signer {
  readonly #engine: Engine;
  readonly #key: number;
  readonly #header: number;
  readonly #headerLength: number;
  /** What stands behind the signing input: a dot and the signature. */
  readonly #tailLength: number;
  readonly #plan: SigningPlan;

  constructor(engine: Engine, key: number, header: number, headerLength: number, tailLength: number, plan: SigningPlan) {
    this.#engine = engine;
    this.#key = key;
    this.#header = header;
    this.#headerLength = headerLength;
    this.#tailLength = tailLength;
    this.#plan = plan;
  }

  sign(claims: JwtClaims): string {
    return this.signBatch([claims])[0] as string;
  }

  signBatch(claims: readonly JwtClaims[]): string[] {
    if (!Array.isArray(claims)) throw new TypeError("Expected `claims` to be an array of claims sets");
    const now = Math.floor(this.#plan.now());
    const additions = this.#additions(now);
    const payloads = claims.map((set, index) => this.#payload(set, additions, claims.length === 1 ? -1 : index));
    const tokens: string[] = [];
    while (tokens.length < payloads.length) {
      this.#engine.signChunk(this.#key, this.#header, this.#headerLength, payloads, tokens.length, tokens);
    }
    return tokens;
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

  /** The JSON of one claims set, completed; what it says itself wins over the signer's options. */
  #payload(claims: JwtClaims, additions: JwtClaims, index: number): string {
    if (typeof claims !== "object" || claims === null || Array.isArray(claims)) throw optionError(nameOf(index), "a claims set", claims);
    const completed = this.#plan.randomId ? { ...additions, jti: crypto.randomUUID(), ...claims } : { ...additions, ...claims };
    requireSeconds(completed.exp, "exp", index);
    requireSeconds(completed.nbf, "nbf", index);
    requireSeconds(completed.iat, "iat", index);
    const json = JSON.stringify(completed);
    const length = this.#tokenLength(json);
    if (length > LARGEST_TOKEN)
      throw new TypeError(`Expected \`${nameOf(index)}\` to make a token of at most ${LARGEST_TOKEN} bytes, got ${length}`);
    return json;
  }

  /** The bytes of the token, or no fewer where it is short in any case: nothing is signed that cannot be verified. */
  #tokenLength(json: string): number {
    const fixed = this.#headerLength + this.#tailLength;
    const most = fixed + 4 * json.length;
    return most <= LARGEST_TOKEN ? most : fixed + Math.ceil((4 * utf8Bytes(json).length) / 3);
  }
}

/** What an error calls the claims set with this number in its batch, -1 being the only one. */
function nameOf(index: number): string {
  return index < 0 ? "claims" : `claims[${index}]`;
}

function requireSeconds(value: unknown, claim: string, index: number): void {
  if (value !== undefined && !Number.isFinite(value)) throw optionError(`${nameOf(index)}.${claim}`, "a finite number of seconds", value);
}

function base64urlText(text: string): string {
  const binary = Array.from(utf8Bytes(text), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
