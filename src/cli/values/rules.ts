/** The options that say what a verifier enforces, one for each of the library's. */
import type { RuleName } from "../../explain/index.js";
import type { VerifierOptions } from "../../index.js";
import type { Values } from "../subcommand/definition.js";
import { flag, list, section, text } from "../subcommand/options.js";
import { parseMoment, parseSeconds, parseWhole } from "./units.js";
import { withoutUndefined } from "./without.js";

export const RULE_OPTIONS = section("What is enforced", {
  issuer: list("TEXT", "`iss` is this; with several, one of them"),
  audience: list("TEXT", "`aud` names this; with several, one of them"),
  subject: list("TEXT", "`sub` is this; with several, one of them"),
  "jwt-id": list("TEXT", "`jti` is this; with several, one of them"),
  nonce: list("TEXT", "`nonce` is this; with several, one of them"),
  typ: list("TEXT", "the header's `typ` is this; with several, one of them"),
  crit: list("NAME", "a header extension that is understood"),
  require: list("NAME", "a claim that must be there"),
  "clock-tolerance": text("TIME", "clock skew allowed, up to 1d"),
  "max-token-age": text("TIME", "greatest age by `iat`, which is then required"),
  "max-lifetime": text("TIME", "greatest `exp` less `iat`, which are then required"),
  "max-token-length": text("BYTES", "longest token; 8192 unless given"),
  now: text("MOMENT", "judge by this time: seconds since the epoch, or a date"),
  "ignore-expiration": flag("do not compare `exp`"),
  "ignore-not-before": flag("do not compare `nbf`"),
});

export const TIME_NOTE = "TIME is a number of seconds, or one with s, m, h, d or w after it: 90, 15m, 2h, 7d.";

/** Options of the library's own, durations turned into seconds. */
export type Rules = Pick<VerifierOptions, RuleName>;

type RuleValues = Values<typeof RULE_OPTIONS> & { readonly "allow-weak-secrets": boolean };

/** A verifier's options without its keys. */
export function readRules(values: RuleValues): Rules {
  return withoutUndefined({
    issuer: some(values.issuer),
    audience: some(values.audience),
    subject: some(values.subject),
    jwtId: some(values["jwt-id"]),
    nonce: some(values.nonce),
    typ: some(values.typ),
    crit: some(values.crit),
    requiredClaims: some(values.require),
    clockTolerance: parseSeconds(values["clock-tolerance"], "clock-tolerance"),
    maxTokenAge: parseSeconds(values["max-token-age"], "max-token-age"),
    maxLifetime: parseSeconds(values["max-lifetime"], "max-lifetime"),
    maxTokenLength: parseWhole(values["max-token-length"], "max-token-length", 1, 262144),
    currentDate: parseMoment(values.now, "now"),
    ignoreExpiration: values["ignore-expiration"],
    ignoreNotBefore: values["ignore-not-before"],
    allowWeakSecrets: values["allow-weak-secrets"],
  });
}

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length ? values : undefined;
}
