/** The checks of the key and the signature. */
import type { Case } from "./case.js";
import { type Check, failed, passed, unknown } from "./check.js";
import { codeOf, isBefore } from "./verdicts.js";
import { quoted } from "./words.js";

export function keyCheck({ header, byKeys }: Case): Check {
  if (!byKeys) return unknown("key", "no key was given");
  const { count, signature } = byKeys;
  const named = typeof header?.kid === "string" ? `named ${quoted(header.kid)}` : "for a token that names none";
  if (codeOf(signature) === "KEY_NOT_FOUND") return failed("key", `there is no key ${named}`, "KEY_NOT_FOUND");
  if (isBefore(signature, "KEY_NOT_FOUND")) return unknown("key", "not looked for, since an earlier check failed");
  return passed("key", count === 1 ? "the only key there is" : `the key ${named}`);
}

export function signatureCheck({ byKeys }: Case): Check {
  if (!byKeys) return unknown("signature", "NOT verified: no key was given, so anyone may have written this token");
  const { signature } = byKeys;
  if (codeOf(signature) === "BAD_SIGNATURE")
    return failed("signature", "is not of this key: the token is forged, altered, or of another key", "BAD_SIGNATURE");
  if (isBefore(signature, "BAD_SIGNATURE")) return unknown("signature", "NOT verified, since an earlier check failed");
  return passed("signature", "verified: whoever has the key wrote this token");
}
