/** The checks of the payload, but for its times. */
import type { Rejection } from "../index.js";
import type { Case } from "./case.js";
import { type Check, type CheckName, failed, notAsked, notReached, passed, undecided } from "./check.js";
import type { RuleName } from "./options.js";
import { TIMELESS } from "./probes.js";
import { jsonFault } from "./shape.js";
import { codeOf, isAbout, isUndecided } from "./verdicts.js";
import { isNumber, oneOf, quoted } from "./words.js";

const TIMES = ["exp", "nbf", "iat"];

export function payloadCheck({ claims, probeClaims }: Case): Check {
  const verdict = probeClaims(TIMELESS);
  if (!verdict) return notReached("payload", "shape");
  if (!verdict.ok && verdict.code === "MALFORMED") return failed("payload", jsonFault(verdict.reason), verdict.code);
  if (!verdict.ok && verdict.claim !== undefined) {
    const isTwice = !TIMES.includes(verdict.claim) || isNumber(claims?.[verdict.claim]);
    if (isTwice) return failed("payload", `\`${verdict.claim}\` stands there twice`, verdict.code);
  }
  return passed("payload", "a JSON object, no registered claim twice");
}

/** Claims that are compared with expected values, each with its rule. */
const TEXT_RULES = [
  ["iss", "issuer"],
  ["aud", "audience"],
  ["sub", "subject"],
  ["jti", "jwtId"],
  ["nonce", "nonce"],
] as const satisfies readonly (readonly [CheckName, RuleName])[];

export function textChecks({ claims, shown, rules, nameOption, probeClaims }: Case): Check[] {
  return TEXT_RULES.map(([claim, rule]) => {
    const expected = rules[rule];
    if (!expected) return notAsked(claim, nameOption(rule));
    const verdict = probeClaims({ ...TIMELESS, [rule]: expected });
    const value = shown.claims?.[claim];
    const got = value === undefined ? "it is missing" : `it is ${quoted(value)}`;
    if (isAbout(verdict, claim)) return failed(claim, `expected ${oneOf(expected)}: ${got}`, verdict.code);
    return isUndecided(verdict) ? undecided(claim, claims) : passed(claim, `${got}, as expected`);
  });
}

export function requiredCheck({ claims, rules, nameOption, probeClaims }: Case): Check {
  const { requiredClaims } = rules;
  if (!requiredClaims) return notAsked("required", nameOption("requiredClaims"));
  const verdict = probeClaims({ ...TIMELESS, requiredClaims });
  if (codeOf(verdict) === "CLAIM_MISSING") return failed("required", `${quoted((verdict as Rejection).claim)} is missing`, "CLAIM_MISSING");
  return isUndecided(verdict) ? undecided("required", claims) : passed("required", `${requiredClaims.map(quoted).join(", ")}: all there`);
}
