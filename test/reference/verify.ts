/**
 * A plain verifier to hold the engine against: node:crypto, JSON.parse, and the table of what is accepted, written down
 * rule by rule. It shares no code with the library and is meant to be read, not to be fast.
 */
import { constants, createHmac, type KeyObject, timingSafeEqual, verify as verifySignature } from "node:crypto";
import type { PublicAlgorithm } from "../../src/index.js";
import { firstRepeated, isObject, memberNames, nestingOf, parseStrict } from "./json.js";

export type ReferenceKey = { readonly kid?: string; readonly default?: boolean } & (
  | {
      readonly secret: Uint8Array;
      /** HS256 unless given. */
      readonly alg?: keyof typeof HASHES;
    }
  | { readonly alg: PublicAlgorithm; readonly publicKey: KeyObject }
);

/** What node:crypto calls the hash of an algorithm. */
const HASHES = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;

/** The library's options in their longest form: valid, and every list a list. */
export interface ReferenceOptions {
  readonly keys: readonly ReferenceKey[];
  readonly issuer?: readonly string[];
  readonly audience?: readonly string[];
  readonly subject?: readonly string[];
  readonly jwtId?: readonly string[];
  readonly nonce?: readonly string[];
  readonly typ?: readonly string[];
  readonly crit?: readonly string[];
  readonly requiredClaims?: readonly string[];
  readonly clockTolerance?: number;
  readonly maxTokenAge?: number;
  readonly maxLifetime?: number;
  readonly maxTokenLength?: number;
  readonly currentDate: number;
  readonly ignoreExpiration?: boolean;
  readonly ignoreNotBefore?: boolean;
}

export type ReferenceVerdict =
  | { readonly ok: true; readonly claims: Record<string, unknown>; readonly header: Record<string, unknown> }
  | { readonly ok: false; readonly code: string; readonly claim?: string };

const REGISTERED = ["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "nonce"];
const DEEPEST = 128;
const LONGEST_KID = 256;
const MOST_HEADER_MEMBERS = 64;

/** Thrown by a rule, caught in one place. */
class Rejected extends Error {
  constructor(
    readonly code: string,
    readonly claim?: string,
  ) {
    super(code);
  }
}

export function verify(token: unknown, options: ReferenceOptions): ReferenceVerdict {
  try {
    const { header, payload } = authenticate(token, options, false);
    const claims = readClaims(payload);
    judgeTimes(claims, options);
    judgeExpected(claims, options);
    for (const name of options.requiredClaims ?? []) {
      if (!Object.hasOwn(claims, name)) throw new Rejected("CLAIM_MISSING", name);
    }
    return { ok: true, claims, header };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return error.claim === undefined ? { ok: false, code: error.code } : { ok: false, code: error.code, claim: error.claim };
  }
}

/** The same for a payload of bytes: nothing is judged of it. */
export function verifyBytes(token: unknown, options: ReferenceOptions): ReferenceBytesVerdict {
  try {
    const { header, payload } = authenticate(token, options, true);
    return { ok: true, payload, header };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { ok: false, code: error.code };
  }
}

export type ReferenceBytesVerdict =
  | { readonly ok: true; readonly payload: Uint8Array; readonly header: Record<string, unknown> }
  | { readonly ok: false; readonly code: string };

/** All that is judged of a token but its payload. */
function authenticate(token: unknown, options: ReferenceOptions, isOfBytes: boolean) {
  const { signingInput, header: headerBytes, payload, signature } = split(token, options.maxTokenLength ?? 8192, isOfBytes);
  const header = readHeader(headerBytes);
  judgeCritical(header, options.crit ?? []);
  judgeType(header, options.typ ?? []);
  if (isOfBytes && !options.typ?.length) judgeTypeOfBytes(header);
  if (!options.keys.some((key) => algorithmOf(key) === header.alg)) throw new Rejected("ALGORITHM_NOT_ALLOWED");
  const keys = selectKeys(header, options.keys).filter((key) => algorithmOf(key) === header.alg);
  if (keys.length === 0) throw new Rejected("ALGORITHM_NOT_ALLOWED");
  judgeSignature(signingInput, signature, keys);
  return { header, payload };
}

// ---- shape -----------------------------------------------------------------------------------------------------------

function split(token: unknown, longest: number, mayBeEmpty: boolean) {
  const text = token instanceof Uint8Array ? Buffer.from(token).toString("latin1") : token;
  if (typeof text !== "string" || text === "") throw new Rejected("MALFORMED");
  if (text.length > longest) throw new Rejected("TOKEN_TOO_LONG");
  const segments = text.split(".");
  if (segments.length !== 3) throw new Rejected("MALFORMED");
  if (segments.some((segment, index) => segment === "" && !(mayBeEmpty && index === 1))) throw new Rejected("MALFORMED");
  const [header, payload, signature] = segments.map(decodeSegment) as [Buffer, Buffer, Buffer];
  return { signingInput: text.slice(0, text.lastIndexOf(".")), header, payload, signature };
}

/** Strict: what the bytes are encoded to again must be what was given. */
function decodeSegment(segment: string): Buffer {
  const bytes = Buffer.from(segment, "base64url");
  if (bytes.toString("base64url") !== segment) throw new Rejected("MALFORMED");
  return bytes;
}

// ---- header ----------------------------------------------------------------------------------------------------------

function readHeader(bytes: Uint8Array): Record<string, unknown> {
  const json = parseStrict(bytes);
  if (!json || !isObject(json.value) || nestingOf(json.text) > DEEPEST) throw new Rejected("MALFORMED");
  const names = memberNames(json.text);
  if (names.length > MOST_HEADER_MEMBERS || firstRepeated(names) !== undefined) throw new Rejected("MALFORMED");
  const { alg, kid } = json.value;
  if (typeof alg !== "string") throw new Rejected("MALFORMED");
  const kidIsRight = kid === undefined || (typeof kid === "string" && Buffer.byteLength(kid) <= LONGEST_KID);
  if (!kidIsRight) throw new Rejected("MALFORMED");
  return json.value;
}

function judgeCritical(header: Record<string, unknown>, understood: readonly string[]): void {
  const { crit } = header;
  const denied = new Rejected("CRITICAL_HEADER_UNSUPPORTED");
  if (Object.hasOwn(header, "b64") && header.b64 !== true) throw denied;
  if (!Object.hasOwn(header, "crit")) return;
  if (!Array.isArray(crit) || crit.length === 0 || new Set(crit).size < crit.length) throw denied;
  if (!crit.every((name) => understood.includes(name) && Object.hasOwn(header, name))) throw denied;
}

function judgeType(header: Record<string, unknown>, expected: readonly string[]): void {
  if (expected.length === 0) return;
  const matches = typeof header.typ === "string" && expected.map(mediaType).includes(mediaType(header.typ));
  if (!matches) throw new Rejected("TYPE_MISMATCH");
}

/** A type that says of itself that it has claims is none of bytes, unless it is asked for. */
function judgeTypeOfBytes(header: Record<string, unknown>): void {
  if (typeof header.typ !== "string") return;
  // Parameters follow a semicolon, perhaps after white space.
  const [type] = header.typ.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).split(/[;\0-\x20]/) as [string];
  if (type === "jwt" || type.endsWith("/jwt") || type.endsWith("+jwt")) throw new Rejected("TYPE_MISMATCH");
}

function mediaType(text: string): string {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return lower.includes("/") ? lower : `application/${lower}`;
}

/** Of any algorithm: those of the token's name; or, where it or all keys have none, those for such tokens. */
function selectKeys(header: Record<string, unknown>, keys: readonly ReferenceKey[]): readonly ReferenceKey[] {
  const areNamed = keys.some((key) => key.kid !== undefined);
  const isFor = (key: ReferenceKey) =>
    header.kid !== undefined && areNamed ? key.kid === header.kid : keys.length === 1 || key.kid === undefined || key.default;
  const selected = keys.filter(isFor);
  if (selected.length === 0) throw new Rejected("KEY_NOT_FOUND");
  return selected;
}

function algorithmOf(key: ReferenceKey): string {
  return key.alg ?? "HS256";
}

function judgeSignature(signingInput: string, signature: Uint8Array, keys: readonly ReferenceKey[]): void {
  const data = Buffer.from(signingInput, "latin1");
  const isBy = (key: ReferenceKey) =>
    "secret" in key ? isTag(data, signature, key) : isSignature(data, signature, key.alg, key.publicKey);
  if (!keys.some(isBy)) throw new Rejected("BAD_SIGNATURE");
}

function isTag(data: Uint8Array, signature: Uint8Array, { secret, alg = "HS256" }: Extract<ReferenceKey, { secret: Uint8Array }>): boolean {
  const tag = createHmac(HASHES[alg], secret).update(data).digest();
  return signature.length === tag.length && timingSafeEqual(signature, tag);
}

function isSignature(data: Uint8Array, signature: Uint8Array, alg: PublicAlgorithm, key: KeyObject): boolean {
  const bits = Number(alg.slice(2));
  const how = {
    RS: { key, padding: constants.RSA_PKCS1_PADDING },
    PS: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 },
    ES: { key, dsaEncoding: "ieee-p1363" as const },
    Ed: { key },
  }[alg.slice(0, 2)];
  return how !== undefined && verifySignature(bits ? `sha${bits}` : null, data, how, signature);
}

// ---- claims ----------------------------------------------------------------------------------------------------------

function readClaims(bytes: Uint8Array): Record<string, unknown> {
  const json = parseStrict(bytes);
  if (!json || !isObject(json.value) || nestingOf(json.text) > DEEPEST) throw new Rejected("MALFORMED");
  const repeated = firstRepeated(memberNames(json.text).filter((name) => REGISTERED.includes(name)));
  if (repeated !== undefined) throw new Rejected("CLAIM_INVALID", repeated);
  return json.value;
}

function judgeTimes(claims: Record<string, unknown>, options: ReferenceOptions): void {
  const { currentDate: now, clockTolerance: tolerance = 0, maxTokenAge, maxLifetime } = options;

  const exp = secondsOf(claims, "exp");
  if (exp === undefined && maxLifetime !== undefined) throw new Rejected("CLAIM_MISSING", "exp");
  if (exp !== undefined && !options.ignoreExpiration && now >= exp + tolerance) throw new Rejected("EXPIRED", "exp");

  const nbf = secondsOf(claims, "nbf");
  if (nbf !== undefined && !options.ignoreNotBefore && now < nbf - tolerance) throw new Rejected("NOT_YET_VALID", "nbf");

  const iat = secondsOf(claims, "iat");
  if (iat === undefined && (maxTokenAge !== undefined || maxLifetime !== undefined)) throw new Rejected("CLAIM_MISSING", "iat");
  if (iat === undefined) return;
  if (maxTokenAge !== undefined && iat > now + tolerance) throw new Rejected("ISSUED_IN_FUTURE", "iat");
  if (maxTokenAge !== undefined && now - iat > maxTokenAge + tolerance) throw new Rejected("TOO_OLD", "iat");
  if (maxLifetime !== undefined && (exp as number) - iat > maxLifetime) throw new Rejected("LIFETIME_TOO_LONG", "exp");
}

function secondsOf(claims: Record<string, unknown>, name: string): number | undefined {
  if (!Object.hasOwn(claims, name)) return undefined;
  const value = claims[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Rejected("CLAIM_INVALID", name);
  return value;
}

function judgeExpected(claims: Record<string, unknown>, options: ReferenceOptions): void {
  judgeText(claims, "iss", options.issuer, "ISSUER_MISMATCH");
  judgeText(claims, "aud", options.audience, "AUDIENCE_MISMATCH");
  judgeText(claims, "sub", options.subject, "SUBJECT_MISMATCH");
  judgeText(claims, "jti", options.jwtId, "JWT_ID_MISMATCH");
  judgeText(claims, "nonce", options.nonce, "NONCE_MISMATCH");
}

function judgeText(claims: Record<string, unknown>, name: string, expected: readonly string[] | undefined, mismatch: string): void {
  if (expected === undefined) return;
  if (!Object.hasOwn(claims, name)) throw new Rejected("CLAIM_MISSING", name);
  const value = claims[name];
  const texts: unknown[] = name === "aud" && Array.isArray(value) ? value : [value];
  if (!texts.every((text) => typeof text === "string")) throw new Rejected("CLAIM_INVALID", name);
  if (!texts.some((text) => expected.includes(text))) throw new Rejected(mismatch, name);
}
