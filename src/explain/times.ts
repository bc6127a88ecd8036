/** The checks of the times in a token: `exp`, `nbf` and `iat`. */
import { describeRejection, type RejectionCode } from "../index.js";
import type { Case } from "./case.js";
import { type Check, failed, passed, undecided } from "./check.js";
import { dateText, durationText, relativeText } from "./moments.js";
import { only, type Rules } from "./options.js";
import { TIMELESS } from "./probes.js";
import { isAbout, isUndecided } from "./verdicts.js";
import { isNumber, quoted } from "./words.js";

export function expCheck(subject: Case): Check {
  const { claims, rules, now, nameOption, probeClaims } = subject;
  const names = ["clockTolerance", "ignoreExpiration", "maxLifetime", "currentDate"] as const;
  const verdict = probeClaims({ ...only(rules, names), ignoreNotBefore: true });
  if (isAbout(verdict, "exp") && verdict.code !== "LIFETIME_TOO_LONG") return failed("exp", expFault(verdict.code, subject), verdict.code);
  if (isUndecided(verdict)) return undecided("exp", claims);
  if (claims?.exp === undefined) return passed("exp", "is not there: the token never expires");
  const exp = Number(claims.exp);
  if (now < exp) return passed("exp", `expires ${told(exp, now)}${likelyMilliseconds(exp)}`);
  const reason = rules.ignoreExpiration ? `but ${nameOption("ignoreExpiration")} is given` : "within the clock tolerance";
  return passed("exp", `expired ${told(exp, now)}, ${reason}`);
}

function expFault(code: RejectionCode, subject: Case): string {
  const { claims, rules, now, nameOption } = subject;
  if (code === "EXPIRED") return `expired ${told(Number(claims?.exp), now)}${tolerated(rules)}`;
  return code === "CLAIM_MISSING" ? `is missing, and ${nameOption("maxLifetime")} asks for it` : notANumber(subject, "exp");
}

export function nbfCheck(subject: Case): Check {
  const { claims, rules, now, nameOption, probeClaims } = subject;
  const verdict = probeClaims({ ...only(rules, ["clockTolerance", "ignoreNotBefore", "currentDate"]), ignoreExpiration: true });
  const nbf = Number(claims?.nbf);
  if (isAbout(verdict, "nbf")) {
    if (verdict.code !== "NOT_YET_VALID") return failed("nbf", notANumber(subject, "nbf"), verdict.code);
    return failed("nbf", `becomes valid ${told(nbf, now)}${tolerated(rules)}`, verdict.code);
  }
  if (isUndecided(verdict)) return undecided("nbf", claims);
  if (claims?.nbf === undefined) return passed("nbf", "is not there: the token is valid from the beginning");
  if (now >= nbf) return passed("nbf", `became valid ${told(nbf, now)}`);
  const reason = rules.ignoreNotBefore ? `but ${nameOption("ignoreNotBefore")} is given` : "within the clock tolerance";
  return passed("nbf", `becomes valid ${told(nbf, now)}, ${reason}`);
}

export function iatCheck(subject: Case): Check {
  const { claims, rules, now, probeClaims } = subject;
  const names = ["clockTolerance", "maxTokenAge", "maxLifetime", "currentDate"] as const;
  const verdict = probeClaims({ ...only(rules, names), ...TIMELESS });
  if (verdict && !verdict.ok && (verdict.claim === "iat" || verdict.code === "LIFETIME_TOO_LONG"))
    return failed("iat", iatFault(verdict.code, subject), verdict.code);
  if (isUndecided(verdict)) return undecided("iat", claims);
  if (claims?.iat === undefined) return passed("iat", "is not there: nothing tells the token's age");
  return passed("iat", `issued ${told(Number(claims.iat), now)}`);
}

function iatFault(code: RejectionCode, subject: Case): string {
  const { claims, rules, now, nameOption } = subject;
  const [iat, exp] = [Number(claims?.iat), Number(claims?.exp)];
  switch (code) {
    case "CLAIM_MISSING":
      return `is missing, and ${nameOption(rules.maxTokenAge === undefined ? "maxLifetime" : "maxTokenAge")} asks for it`;
    case "ISSUED_IN_FUTURE":
      return `issued ${told(iat, now)}: that is in the future`;
    case "TOO_OLD":
      return `issued ${told(iat, now)}: older than the ${durationText(rules.maxTokenAge ?? 0)} allowed`;
    case "LIFETIME_TOO_LONG":
      return `lives ${durationText(exp - iat)}, longer than the ${durationText(rules.maxLifetime ?? 0)} allowed${likelyMilliseconds(exp)}`;
    default:
      return notANumber(subject, "iat");
  }
}

/** "3 minutes ago, at 2026-01-31 12:00:00 UTC" */
function told(seconds: number, now: number): string {
  return `${relativeText(seconds, now)}, at ${dateText(seconds)}`;
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
