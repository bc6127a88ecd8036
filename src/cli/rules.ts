/** The options that say what a verifier enforces, one for each of the library's. */
import type { VerifierOptions } from "../index.js";
import { flag, list, section, text } from "./command.js";
import { parseMoment, parseSeconds, parseWhole } from "./units.js";

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

interface RuleValues {
  readonly issuer: readonly string[];
  readonly audience: readonly string[];
  readonly subject: readonly string[];
  readonly "jwt-id": readonly string[];
  readonly nonce: readonly string[];
  readonly typ: readonly string[];
  readonly crit: readonly string[];
  readonly require: readonly string[];
  readonly "clock-tolerance": string | undefined;
  readonly "max-token-age": string | undefined;
  readonly "max-lifetime": string | undefined;
  readonly "max-token-length": string | undefined;
  readonly now: string | undefined;
  readonly "ignore-expiration": boolean;
  readonly "ignore-not-before": boolean;
  readonly "allow-weak-secrets": boolean;
}

type Times = "clockTolerance" | "maxTokenAge" | "maxLifetime";
/** The command has turned durations into seconds. */
export type Rules = Omit<VerifierOptions, "keys" | Times> & { readonly [Name in Times]?: number };

/** A verifier's options without its keys. What is not given is left out: an option must not be there and say nothing. */
export function readRules(values: RuleValues): Rules {
  const rules = {
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
  };
  return Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)) as Rules;
}

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length ? values : undefined;
}
