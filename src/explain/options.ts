/** What a token is explained by: rules under a verifier's own names, and keys, if there are any. */
import { bare, ownOptions } from "../base/own.js";
import { createVerifier, type Duration, type KeyInput, parseDuration, type VerifierOptions } from "../index.js";
import { randomBytes } from "./random.js";

const TIMES = ["clockTolerance", "maxTokenAge", "maxLifetime"] as const satisfies readonly (keyof VerifierOptions)[];
const RULE_NAMES = [
  ...["issuer", "audience", "subject", "jwtId", "nonce", "typ", "crit", "requiredClaims"],
  ...TIMES,
  ...["maxTokenLength", "currentDate", "ignoreExpiration", "ignoreNotBefore", "allowWeakSecrets"],
] as const satisfies readonly (keyof VerifierOptions)[];

/** The options of a verifier that can be explained. */
export type RuleName = (typeof RULE_NAMES)[number];

export interface ExplainOptions extends Pick<VerifierOptions, RuleName> {
  /** Without any, the signature is not verified, and the explanation says so. */
  readonly keys?: readonly KeyInput[] | undefined;
  /** How messages name an option: "`issuer`", unless given. */
  readonly nameOption?: ((option: RuleName) => string) | undefined;
}

/** The rules as the checks read them: times in seconds, all of one moment. */
export type Rules = Omit<Pick<VerifierOptions, RuleName>, (typeof TIMES)[number] | "currentDate"> & {
  readonly [Name in (typeof TIMES)[number]]?: number;
} & { readonly currentDate?: number };

export interface Settings {
  readonly rules: Rules & { readonly currentDate: number };
  readonly keys: readonly KeyInput[] | undefined;
  nameOption(option: RuleName): string;
}

/** @throws TypeError for a wrong option, as `createVerifier` does, before a token is looked at. */
export function readOptions(given: ExplainOptions): Settings {
  const { keys, nameOption, ...options } = ownOptions(given, "options", ["keys", "nameOption", ...RULE_NAMES]);
  createVerifier({ ...options, keys: keys ?? randomBytes(64) });
  const times = TIMES.map((name) => [name, secondsOf(options[name])] as const).filter(([, seconds]) => seconds !== undefined);
  const rules = bare({ ...options, ...Object.fromEntries(times), currentDate: momentOf(options.currentDate) }) as Settings["rules"];
  return { rules, keys, nameOption: nameOption ?? ((option) => `\`${option}\``) };
}

function secondsOf(duration: Duration | undefined): number | undefined {
  return typeof duration === "string" ? parseDuration(duration) : duration;
}

function momentOf(given: VerifierOptions["currentDate"] = Date.now() / 1000): number {
  const moment = typeof given === "function" ? given() : given;
  return typeof moment === "number" ? moment : moment.getTime() / 1000;
}

/** These of the rules, where they are given. */
export function only(rules: Rules, names: readonly RuleName[]): Rules {
  return Object.fromEntries(names.filter((name) => rules[name] !== undefined).map((name) => [name, rules[name]]));
}
