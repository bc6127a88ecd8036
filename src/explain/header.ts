/** The checks before the signature: the token's shape and its header. */
import type { Case } from "./case.js";
import { type Check, failed, notAsked, notReached, passed } from "./check.js";
import { only } from "./options.js";
import { jsonFault } from "./shape.js";
import { codeOf, isBefore } from "./verdicts.js";
import { oneOf, oneOfNames, quoted } from "./words.js";

export function shapeCheck({ token, rules, fault, probe }: Case): Check {
  const code = codeOf(probe(only(rules, ["maxTokenLength"])));
  if (code === "TOKEN_TOO_LONG")
    return failed("shape", `${token.length} characters are longer than the ${rules.maxTokenLength ?? 8192} bytes allowed`, code);
  if (code === "MALFORMED" && fault) return failed("shape", fault, code);
  return passed("shape", `three segments of base64url, ${token.length} bytes`);
}

const OF_HEADER = ["crit", "typ", "algorithm"] as const;

export function headerChecks(subject: Case): Check[] {
  const { header, rules, fault, probe } = subject;
  const verdict = probe(only(rules, ["maxTokenLength", "crit"]));
  const code = codeOf(verdict);
  if (fault || code === "TOKEN_TOO_LONG") return (["header", ...OF_HEADER] as const).map((name) => notReached(name, "shape"));
  if (code === "MALFORMED" || !header) {
    const text = jsonFault(verdict.ok ? undefined : verdict.reason);
    return [failed("header", text, "MALFORMED"), ...OF_HEADER.map((name) => notReached(name, "header"))];
  }
  const isCritical = code === "CRITICAL_HEADER_UNSUPPORTED";
  return [passed("header", "a JSON object"), critCheck(subject, isCritical), typCheck(subject), algorithmCheck(subject)];
}

function critCheck({ header, nameOption }: Case, isCritical: boolean): Check {
  if (isCritical) {
    const text = `demands an extension that is not understood (${nameOption("crit")} names those that are)`;
    return failed("crit", text, "CRITICAL_HEADER_UNSUPPORTED");
  }
  return passed("crit", header?.crit === undefined ? "no extension is demanded" : "every extension it demands is understood");
}

function typCheck({ shown: { header }, rules, nameOption, probe }: Case): Check {
  if (!rules.typ) return notAsked("typ", nameOption("typ"));
  const verdict = probe(only(rules, ["maxTokenLength", "crit", "typ"]));
  const got = header?.typ === undefined ? "there is none" : `it is ${quoted(header.typ)}`;
  if (codeOf(verdict) === "TYPE_MISMATCH") return failed("typ", `expected ${oneOf(rules.typ)}: ${got}`, "TYPE_MISMATCH");
  return isBefore(verdict, "TYPE_MISMATCH") ? notReached("typ", "crit") : passed("typ", `${got}, as expected`);
}

function algorithmCheck({ shown: { header }, algorithms, byKeys }: Case): Check {
  const got = quoted(header?.alg);
  if (!algorithms.some((name) => name === header?.alg))
    return failed("algorithm", `${got} is not allowed: ${oneOfNames(algorithms)} is`, "ALGORITHM_NOT_ALLOWED");
  const code = codeOf(byKeys?.signature);
  if (code === "ALGORITHM_NOT_ALLOWED") return failed("algorithm", `${got} is not that of the key`, code);
  return passed("algorithm", `${got} is allowed`);
}
