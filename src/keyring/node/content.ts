/** What files and variables hold: a JWK set, or one secret as it is. */
import { type Algorithm, algorithmNames, isSecretAlgorithm } from "../../base/algorithms.js";
import { oneOf } from "../../base/check.js";
import { optionError } from "../../base/errors.js";
import { bare } from "../../base/own.js";
import { type AlgOption, parseAlg } from "../../keys/alg.js";
import { latin1Text } from "../../runtime/text.js";
import { parseRingKey } from "../input.js";
import { type KeyList, parseJwksText } from "../jwks.js";
import type { LoadRequest } from "../loading.js";

/** How a content is read. */
export interface ContentOptions {
  /** `"jwks"`: a JWK set or a single JWK. `"secret"`: the secret itself; of text, one newline at its end does not belong to it. */
  readonly format?: "jwks" | "secret";
  /** How the text of a secret is turned into bytes: as it is (`"utf8"`, the default), or decoded from base64url. */
  readonly encoding?: "utf8" | "base64url";
  /**
   * The algorithm of a secret, HS256 unless given, and of JWKs that do not name one; or several, of one kind of key. JWKs of other algorithms are
   * left out.
   */
  readonly alg?: AlgOption;
}

/** Options as they are obeyed. */
export interface ContentPlan {
  readonly format: "jwks" | "secret";
  readonly encoding: "utf8" | "base64url";
  readonly algorithms: readonly Algorithm[] | undefined;
}

/** Those of all sources. */
export const CONTENT_OPTIONS = ["format", "encoding", "alg"] as const;

/**
 * `options` are own members, as of `ownOptions`.
 * @throws TypeError that names the option.
 */
export function parseContentOptions(options: ContentOptions, format: ContentPlan["format"]): ContentPlan {
  const plan = {
    algorithms: parseAlg(options.alg, "alg"),
    format: oneOf(options.format ?? undefined, "format", ["jwks", "secret"]) ?? format,
    encoding: oneOf(options.encoding ?? undefined, "encoding", ["utf8", "base64url"]) ?? "utf8",
  };
  if (plan.format === "secret" && plan.algorithms?.some((each) => !isSecretAlgorithm(each))) {
    throw optionError("alg", `one of ${algorithmNames("secret")} for a secret`, options.alg);
  }
  const forSecret = plan.format === "jwks" && (["encoding", "kid"] as const).find((name) => Object.hasOwn(options, name));
  if (forSecret) throw new TypeError(`Expected \`${forSecret}\` to go with \`format: "secret"\`: a JWK says that itself`);
  return plan;
}

/**
 * The keys in a content, whose bytes are wiped.
 * @throws TypeError that says `what` was read and what was expected of it.
 */
export function parseContent(
  bytes: Uint8Array,
  what: string,
  kid: string | undefined,
  plan: ContentPlan,
  { allowWeak, algorithms }: Pick<LoadRequest, "allowWeak" | "algorithms">,
): KeyList {
  const rules = { allowWeak, allowSecrets: true, algorithms: plan.algorithms ?? algorithms };
  if (plan.format === "jwks") return parseJwksText(bytes, what, rules);
  try {
    const { encoding } = plan;
    const text = textIn(bytes);
    const content = text === undefined && encoding === "utf8" ? bytes : withoutNewline(bytes);
    if (content.length === 0) throw new TypeError(`Expected ${what} to hold a secret, got nothing`);
    const decoded = encoding === "utf8" ? { secret: content } : { secret: latin1Text(content), encoding };
    const key = parseRingKey({ ...decoded, ...(kid !== undefined && { kid }) }, what, rules);
    const oddity = text === undefined ? undefined : oddityOf(text.replace(/\r?\n$/, ""));
    return {
      keys: [key],
      problems: oddity ? [`Expected ${what} to hold a secret and nothing else, got one with ${oddity}, which are taken`] : [],
    };
  } finally {
    bytes.fill(0);
  }
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** What the bytes say, if they are text (UTF-8 without control characters): in 32 random bytes, the last may be a newline, but not the others text. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", bare({ fatal: true, ignoreBOM: true })).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** What is probably no part of the secret. It is taken all the same: what signs may have read it so, too. */
function oddityOf(secret: string): string | undefined {
  if (/^\s|\s$/.test(secret)) return "blanks or line breaks at its ends";
  return /^(["']).*\1$/s.test(secret) ? "quotes around it" : undefined;
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== NEWLINE) return bytes;
  return bytes.subarray(0, bytes.at(-2) === RETURN ? -2 : -1);
}
