/**
 * Every check that a token passes or fails, in the order of judgement, in words.
 *
 * The engine is asked about each check by itself, so that nothing here judges by rules of its own. What comes before
 * the signature is asked with a throwaway key. What comes after it is asked about the same claims set, signed with
 * that key: a token whose signature fails still shows what else is wrong with it.
 */
import { createHmac, randomBytes } from "node:crypto";
import {
  type Algorithm,
  createVerifier,
  describeRejection,
  type JwtClaims,
  type JwtHeader,
  type KeyInput,
  type RejectionCode,
  type Verdict,
} from "../index.js";
import { ALGORITHMS, isPublicAlgorithm, oneOfNames, PAIRS } from "./algorithm.js";
import { exactJson, exactObject, segmentText } from "./exact.js";
import { algorithmOf, type Keys } from "./keys.js";
import { jsonObject } from "./member.js";
import type { Rules } from "./rules.js";
import { jsonFault, MOST_BYTES, shapeFault } from "./shape.js";
import { dateText, durationText, relativeText } from "./units.js";

export type Status = "passed" | "failed" | "unknown" | "not asked";

export interface Check {
  readonly name: string;
  readonly status: Status;
  readonly text: string;
  readonly code?: RejectionCode;
}

export interface Explanation {
  readonly header: JwtHeader | undefined;
  readonly claims: JwtClaims | undefined;
  /** Both as they stand in the token, for `exactJson`. */
  readonly shown: Shown;
  readonly checks: readonly Check[];
  /** Whether a key was given and the signature is right. */
  readonly isSignatureVerified: boolean;
  /** That of a verifier with the key and the rules; undefined without a key. */
  readonly verdict: Verdict | undefined;
}

interface Shown {
  readonly header: Readonly<Record<string, unknown>> | undefined;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/** One token under examination. */
interface Case {
  readonly token: string;
  readonly header: JwtHeader | undefined;
  readonly claims: JwtClaims | undefined;
  readonly shown: Shown;
  readonly rules: Rules;
  readonly now: number;
  readonly keys: Keys | undefined;
  /** The algorithms of the keys; without any, all that there are. */
  readonly algorithms: readonly Algorithm[];
  /** The engine's verdict on the token by some of the rules, with a throwaway key for its algorithm. */
  probe(rules: Rules): Verdict;
  /** The same for the claims set alone, in a token with the right signature; undefined where there is no payload. */
  probeClaims(rules: Rules): Verdict | undefined;
}

/** `rules` come with a fixed `currentDate`, so that all checks are of one moment. */
export function explain(token: string, rules: Rules & { currentDate: number }, keys: Keys | undefined): Explanation {
  const [, payload] = token.split(".");
  const texts = { header: segmentText(token, 0), claims: segmentText(token, 1) };
  const secret = randomBytes(32);
  const shape = shapeFault(token);
  const signed = payload && !shape ? signedClaims(payload, secret) : undefined;
  const decodedHeader = jsonObject(texts.header) as JwtHeader | undefined;
  const algorithms = keys ? [...new Set(keys.keys.map(algorithmOf))] : ALGORITHMS;
  const throwaway = throwawayKey(algorithms.find((name) => name === decodedHeader?.alg) ?? (algorithms[0] as Algorithm));
  const subject: Case = {
    token,
    header: decodedHeader,
    claims: jsonObject(texts.claims) as JwtClaims | undefined,
    shown: { header: exactObject(texts.header), claims: exactObject(texts.claims) },
    rules,
    now: rules.currentDate,
    keys,
    algorithms,
    probe: (some) => createVerifier({ ...some, keys: throwaway }).verify(token),
    probeClaims: (some) =>
      signed === undefined ? undefined : createVerifier({ ...some, ...limits(token, rules), keys: secret }).verify(signed),
  };
  const checks = [shapeCheck(subject, shape), ...headerChecks(subject, shape), keyCheck(subject), signatureCheck(subject)];
  checks.push(
    payloadCheck(subject),
    expCheck(subject),
    nbfCheck(subject),
    iatCheck(subject),
    ...textChecks(subject),
    requiredCheck(subject),
  );
  return {
    header: subject.header,
    claims: subject.claims,
    shown: subject.shown,
    checks,
    isSignatureVerified: keys !== undefined && checks.some(({ name, status }) => name === "signature" && status === "passed"),
    verdict: keys && createVerifier({ ...rules, keys: keys.keys }).verify(token),
  };
}

/** A key that nobody has. */
function throwawayKey(alg: Algorithm): KeyInput {
  return isPublicAlgorithm(alg) ? { alg, publicKey: PAIRS[alg]().publicKey } : { alg, secret: randomBytes(64) };
}

const PLAIN_HEADER = Buffer.from('{"alg":"HS256"}').toString("base64url");

function signedClaims(payload: string, secret: Buffer): string {
  const input = `${PLAIN_HEADER}.${payload}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

/** The token of `signedClaims` may be a little longer than the one it stands for. */
function limits(token: string, { maxTokenLength = 8192 }: Rules): Rules {
  return { maxTokenLength: Math.min(MOST_BYTES, Math.max(maxTokenLength, token.length + 256)) };
}

// ---- before the signature ------------------------------------------------------------------------------------------

function shapeCheck({ token, rules, probe }: Case, fault: string | undefined): Check {
  const verdict = probe(only(rules, ["maxTokenLength"]));
  const code = verdict.ok ? undefined : verdict.code;
  if (code === "TOKEN_TOO_LONG")
    return failed("shape", `${token.length} characters are longer than the ${rules.maxTokenLength ?? 8192} bytes allowed`, code);
  if (code === "MALFORMED" && fault) return failed("shape", fault, code);
  return passed("shape", `three segments of base64url, ${token.length} bytes`);
}

function headerChecks(subject: Case, shape: string | undefined): Check[] {
  const { header, rules, probe } = subject;
  const verdict = probe(only(rules, ["maxTokenLength", "crit"]));
  const code = verdict.ok ? undefined : verdict.code;
  if (shape || code === "TOKEN_TOO_LONG") return ["header", "crit", "typ", "algorithm"].map((name) => notReached(name, "shape"));
  if (code === "MALFORMED" || !header) {
    const fault = jsonFault(verdict.ok ? undefined : verdict.reason);
    return [failed("header", fault, "MALFORMED"), ...["crit", "typ", "algorithm"].map((name) => notReached(name, "header"))];
  }
  return [
    passed("header", "a JSON object"),
    code === "CRITICAL_HEADER_UNSUPPORTED"
      ? failed("crit", "demands an extension that is not understood (--crit names those that are)", code)
      : passed("crit", header.crit === undefined ? "no extension is demanded" : "every extension it demands is understood"),
    typCheck(subject),
    algorithmCheck(subject),
  ];
}

function typCheck({ shown: { header }, rules, probe }: Case): Check {
  if (!rules.typ) return notAsked("typ", "--typ");
  const verdict = probe(only(rules, ["maxTokenLength", "crit", "typ"]));
  const got = header?.typ === undefined ? "there is none" : `it is ${quoted(header.typ)}`;
  if (!verdict.ok && verdict.code === "TYPE_MISMATCH") return failed("typ", `expected ${oneOf(rules.typ)}: ${got}`, verdict.code);
  return isBefore(verdict, "TYPE_MISMATCH") ? notReached("typ", "crit") : passed("typ", `${got}, as expected`);
}

function algorithmCheck(subject: Case): Check {
  const {
    shown: { header },
    keys,
    algorithms,
  } = subject;
  if (!algorithms.some((name) => name === header?.alg)) {
    return failed("algorithm", `${quoted(header?.alg)} is not allowed: ${oneOfNames(algorithms)} is`, "ALGORITHM_NOT_ALLOWED");
  }
  const verdict = keys && verdictOfSignature(subject);
  if (verdict?.ok === false && verdict.code === "ALGORITHM_NOT_ALLOWED") {
    return failed("algorithm", `${quoted(header?.alg)} is not that of the key`, verdict.code);
  }
  return passed("algorithm", `${quoted(header?.alg)} is allowed`);
}

// ---- key and signature -----------------------------------------------------------------------------------------------

function keyCheck(subject: Case): Check {
  const { header, keys } = subject;
  if (!keys) return unknown("key", "no key was given");
  const verdict = verdictOfSignature(subject);
  const named = typeof header?.kid === "string" ? `named ${quoted(header.kid)}` : "for a token that names none";
  if (!verdict.ok && verdict.code === "KEY_NOT_FOUND") return failed("key", `there is no key ${named}`, verdict.code);
  if (isBefore(verdict, "KEY_NOT_FOUND")) return unknown("key", "not looked for, since an earlier check failed");
  return passed("key", keys.keys.length === 1 ? "the only key there is" : `the key ${named}`);
}

function signatureCheck(subject: Case): Check {
  if (!subject.keys) return unknown("signature", "NOT verified: no key was given, so anyone may have written this token");
  const verdict = verdictOfSignature(subject);
  if (!verdict.ok && verdict.code === "BAD_SIGNATURE")
    return failed("signature", "is not of this key: the token is forged, altered, or of another key", verdict.code);
  if (isBefore(verdict, "BAD_SIGNATURE")) return unknown("signature", "NOT verified, since an earlier check failed");
  return passed("signature", "verified: whoever has the key wrote this token");
}

/** With the true keys and no rule for claims: whatever comes after the signature is about the payload. */
function verdictOfSignature({ token, rules, keys, now, probe }: Case): Verdict {
  const { keys: list } = keys as Keys;
  const bare = { ...only(rules, ["maxTokenLength", "crit", "typ", "allowWeakSecrets"]), currentDate: now, ...TIMELESS };
  const verdict = createVerifier({ ...bare, keys: list }).verify(token);
  // A payload that is malformed is found after the signature, a token that is malformed before it.
  const isPayload = !verdict.ok && verdict.code === "MALFORMED" && probe(bare);
  return isPayload && !isPayload.ok && isPayload.code === "BAD_SIGNATURE" ? { ok: false, code: "CLAIM_INVALID" } : verdict;
}

// ---- claims ------------------------------------------------------------------------------------------------------------

const TIMELESS: Rules = { ignoreExpiration: true, ignoreNotBefore: true };
const TIMES = ["exp", "nbf", "iat"];

function payloadCheck({ claims, probeClaims }: Case): Check {
  const verdict = probeClaims(TIMELESS);
  if (!verdict) return notReached("payload", "shape");
  if (!verdict.ok && verdict.code === "MALFORMED") return failed("payload", jsonFault(verdict.reason), verdict.code);
  if (!verdict.ok && verdict.claim !== undefined) {
    const isTwice = !TIMES.includes(verdict.claim) || isNumber(claims?.[verdict.claim]);
    if (isTwice) return failed("payload", `\`${verdict.claim}\` stands there twice`, verdict.code);
  }
  return passed("payload", "a JSON object, no registered claim twice");
}

function expCheck(subject: Case): Check {
  const { claims, rules, now, probeClaims } = subject;
  const timing = { ...only(rules, ["clockTolerance", "ignoreExpiration", "maxLifetime"]), currentDate: now, ignoreNotBefore: true };
  const verdict = probeClaims(timing);
  const exp = claims?.exp;
  if (isAbout(verdict, "exp") && verdict.code !== "LIFETIME_TOO_LONG") {
    if (verdict.code === "EXPIRED")
      return failed("exp", `expired ${relativeText(Number(exp), now)}, at ${dateText(Number(exp))}${tolerated(rules)}`, verdict.code);
    return failed(
      "exp",
      verdict.code === "CLAIM_MISSING" ? "is missing, and --max-lifetime asks for it" : notANumber(subject, "exp"),
      verdict.code,
    );
  }
  if (isUndecided(verdict)) return undecided("exp", claims);
  if (exp === undefined) return passed("exp", "is not there: the token never expires");
  if (now >= Number(exp)) {
    const reason = rules.ignoreExpiration ? "but --ignore-expiration is given" : "within the clock tolerance";
    return passed("exp", `expired ${relativeText(Number(exp), now)}, at ${dateText(Number(exp))}, ${reason}`);
  }
  return passed("exp", `expires ${relativeText(Number(exp), now)}, at ${dateText(Number(exp))}${likelyMilliseconds(Number(exp))}`);
}

function nbfCheck(subject: Case): Check {
  const { claims, rules, now, probeClaims } = subject;
  const verdict = probeClaims({ ...only(rules, ["clockTolerance", "ignoreNotBefore"]), currentDate: now, ignoreExpiration: true });
  const nbf = claims?.nbf;
  if (isAbout(verdict, "nbf")) {
    if (verdict.code !== "NOT_YET_VALID") return failed("nbf", notANumber(subject, "nbf"), verdict.code);
    return failed("nbf", `becomes valid ${relativeText(Number(nbf), now)}, at ${dateText(Number(nbf))}${tolerated(rules)}`, verdict.code);
  }
  if (isUndecided(verdict)) return undecided("nbf", claims);
  if (nbf === undefined) return passed("nbf", "is not there: the token is valid from the beginning");
  if (now < Number(nbf)) {
    const reason = rules.ignoreNotBefore ? "but --ignore-not-before is given" : "within the clock tolerance";
    return passed("nbf", `becomes valid ${relativeText(Number(nbf), now)}, at ${dateText(Number(nbf))}, ${reason}`);
  }
  return passed("nbf", `became valid ${relativeText(Number(nbf), now)}, at ${dateText(Number(nbf))}`);
}

function iatCheck(subject: Case): Check {
  const { claims, rules, now, probeClaims } = subject;
  const verdict = probeClaims({ ...only(rules, ["clockTolerance", "maxTokenAge", "maxLifetime"]), ...TIMELESS, currentDate: now });
  const iat = claims?.iat;
  if (verdict && !verdict.ok && (verdict.claim === "iat" || verdict.code === "LIFETIME_TOO_LONG")) {
    return failed("iat", iatFault(verdict.code, subject), verdict.code);
  }
  if (isUndecided(verdict)) return undecided("iat", claims);
  if (iat === undefined) return passed("iat", "is not there: nothing tells the token's age");
  return passed("iat", `issued ${relativeText(Number(iat), now)}, at ${dateText(Number(iat))}`);
}

function iatFault(code: RejectionCode, subject: Case): string {
  const { claims, rules, now } = subject;
  const iat = Number(claims?.iat);
  switch (code) {
    case "CLAIM_MISSING":
      return `is missing, and --max-${rules.maxTokenAge === undefined ? "lifetime" : "token-age"} asks for it`;
    case "ISSUED_IN_FUTURE":
      return `issued ${relativeText(iat, now)}, at ${dateText(iat)}: that is in the future`;
    case "TOO_OLD":
      return `issued ${relativeText(iat, now)}, at ${dateText(iat)}: older than the ${durationText(rules.maxTokenAge ?? 0)} allowed`;
    case "LIFETIME_TOO_LONG":
      return `lives ${durationText(Number(claims?.exp) - iat)}, longer than the ${durationText(rules.maxLifetime ?? 0)} allowed${likelyMilliseconds(Number(claims?.exp))}`;
    default:
      return notANumber(subject, "iat");
  }
}

/** Claims that are compared with expected values: each with its rule and its option. */
const TEXT_RULES = [
  ["iss", "issuer", "--issuer"],
  ["aud", "audience", "--audience"],
  ["sub", "subject", "--subject"],
  ["jti", "jwtId", "--jwt-id"],
  ["nonce", "nonce", "--nonce"],
] as const;

function textChecks({ claims, shown, rules, probeClaims }: Case): Check[] {
  return TEXT_RULES.map(([claim, rule, option]) => {
    const expected = rules[rule];
    if (!expected) return notAsked(claim, option);
    const verdict = probeClaims({ ...TIMELESS, [rule]: expected });
    const value = shown.claims?.[claim];
    const got = value === undefined ? "it is missing" : `it is ${quoted(value)}`;
    if (isAbout(verdict, claim)) return failed(claim, `expected ${oneOf(expected)}: ${got}`, verdict.code);
    return isUndecided(verdict) ? undecided(claim, claims) : passed(claim, `${got}, as expected`);
  });
}

function requiredCheck({ claims, rules, probeClaims }: Case): Check {
  const { requiredClaims } = rules;
  if (!requiredClaims) return notAsked("required", "--require");
  const verdict = probeClaims({ ...TIMELESS, requiredClaims });
  if (verdict && !verdict.ok && verdict.code === "CLAIM_MISSING")
    return failed("required", `${quoted(verdict.claim)} is missing`, verdict.code);
  return isUndecided(verdict) ? undecided("required", claims) : passed("required", `${requiredClaims.map(quoted).join(", ")}: all there`);
}

function isAbout(verdict: Verdict | undefined, claim: string): verdict is Extract<Verdict, { ok: false }> {
  return verdict !== undefined && !verdict.ok && verdict.claim === claim;
}

/** Something else is wrong with the payload. */
function isUndecided(verdict: Verdict | undefined): boolean {
  return verdict === undefined || !verdict.ok;
}

function undecided(name: string, claims: JwtClaims | undefined): Check {
  return claims ? unknown(name, "not judged, since another claim cannot be read") : notReached(name, "payload");
}

// ---- words ------------------------------------------------------------------------------------------------------------

function passed(name: string, text: string): Check {
  return { name, status: "passed", text };
}

function failed(name: string, text: string, code: RejectionCode): Check {
  return { name, status: "failed", text, code };
}

function unknown(name: string, text: string): Check {
  return { name, status: "unknown", text };
}

function notReached(name: string, because: string): Check {
  return unknown(name, `not judged, since the ${because} is wrong`);
}

function notAsked(name: string, option: string): Check {
  return { name, status: "not asked", text: `not compared: ${option} is not given` };
}

const ORDER: readonly RejectionCode[] = [
  "TOKEN_TOO_LONG",
  "MALFORMED",
  "CRITICAL_HEADER_UNSUPPORTED",
  "TYPE_MISMATCH",
  "ALGORITHM_NOT_ALLOWED",
  "KEY_NOT_FOUND",
  "BAD_SIGNATURE",
];

/** Did a check before the one of `code` end the judgement? */
function isBefore(verdict: Verdict, code: RejectionCode): boolean {
  return !verdict.ok && ORDER.indexOf(verdict.code) >= 0 && ORDER.indexOf(verdict.code) < ORDER.indexOf(code);
}

function only(rules: Rules, names: readonly (keyof Rules)[]): Rules {
  return Object.fromEntries(names.filter((name) => rules[name] !== undefined).map((name) => [name, rules[name]]));
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

function notANumber({ claims, shown }: Case, name: string): string {
  return isNumber(claims?.[name]) ? describeRejection("CLAIM_INVALID") : `${quoted(shown.claims?.[name])} is no number of seconds`;
}

function tolerated({ clockTolerance = 0 }: Rules): string {
  return clockTolerance ? `, more than the ${durationText(clockTolerance)} tolerated` : "";
}

function likelyMilliseconds(seconds: number): string {
  return seconds > 1e11 ? " (milliseconds, perhaps: the standard has seconds)" : "";
}

function oneOf(expected: string | readonly string[]): string {
  return [expected].flat().map(quoted).join(" or ");
}

function quoted(value: unknown): string {
  return exactJson(value) ?? "nothing";
}
