/**
 * Asks the engine, so that nothing here judges by rules of its own. What comes before the signature is asked with a throwaway key. What
 * comes after it is asked about the same claims set, signed with such a key: a token whose signature fails still shows what else is wrong
 * with it.
 */
import { type Algorithm, createVerifier, type KeyInput, type Verdict, verdictName } from "../index.js";
import { base64urlEncode, hmacSha256 } from "../primitives.js";
import { ALGORITHM_NAMES } from "./algorithms.js";
import { only, type Rules } from "./options.js";
import { randomBytes } from "./random.js";
import { MOST_BYTES } from "./shape.js";
import { codeOf } from "./verdicts.js";

/** Rules that are not about claims. */
export const TIMELESS: Rules = { ignoreExpiration: true, ignoreNotBefore: true };

/**
 * The verdict on the token by some of the rules, with a random key. Its algorithm says nothing: all that comes before the
 * signature, and before the algorithm, is judged the same for all.
 */
export function probeOf(token: string): (rules: Rules) => Verdict {
  const keys = randomBytes(32);
  return (rules) => createVerifier({ ...rules, keys }).verify(token);
}

/** The same for the claims set alone, in a token with the right signature; undefined where there is no payload. */
export function claimsProbeOf(token: string, shapeFault: string | undefined, rules: Rules): (some: Rules) => Verdict | undefined {
  const [, payload] = token.split(".");
  if (!payload || shapeFault !== undefined || token.length > MOST_BYTES) return () => undefined;
  const keys = randomBytes(32);
  const signed = signedClaims(payload, keys);
  return (some) => createVerifier({ ...some, ...limits(token, rules), keys }).verify(signed);
}

const utf8 = new TextEncoder();

function signedClaims(payload: string, secret: Uint8Array): string {
  const input = `${headerOf("HS256")}.${payload}`;
  return `${input}.${base64urlEncode(hmacSha256(secret, utf8.encode(input)))}`;
}

/** The token of `signedClaims` may be a little longer than the one it stands for. */
function limits(token: string, { maxTokenLength = 8192 }: Rules): Rules {
  return { maxTokenLength: Math.min(MOST_BYTES, Math.max(maxTokenLength, token.length + 256)) };
}

/** With the true keys and no rule for claims: whatever comes after the signature is about the payload. */
export async function signatureVerdict(
  token: string,
  keys: readonly KeyInput[],
  rules: Rules & { readonly currentDate: number },
): Promise<Verdict> {
  const bare = { ...only(rules, ["maxTokenLength", "crit", "typ", "allowWeakSecrets", "currentDate"]), ...TIMELESS };
  const verdict = await createVerifier({ ...bare, keys }).verifyAsync(token);
  // A payload that is malformed is found after the signature, a token that is malformed before it.
  const isOfPayload = codeOf(verdict) === "MALFORMED" && codeOf(probeOf(token)(bare)) !== "MALFORMED";
  return isOfPayload ? { ok: false, code: "CLAIM_INVALID" } : verdict;
}

/** The algorithms that the keys are for, key by key. */
export async function algorithmsOf(keys: readonly KeyInput[]): Promise<readonly Algorithm[]> {
  const tokens = ALGORITHM_NAMES.map((name) => `${headerOf(name)}.e30.AAAA`);
  const names = keys.map(async (key) => {
    const { codes } = await createVerifier({ keys: [key], allowWeakSecrets: true }).verifyBatchAsync(tokens);
    return ALGORITHM_NAMES.filter((_, index) => verdictName(codes[index] as number) !== "ALGORITHM_NOT_ALLOWED");
  });
  return [...new Set((await Promise.all(names)).flat())];
}

function headerOf(alg: Algorithm): string {
  return base64urlEncode(utf8.encode(`{"alg":"${alg}"}`));
}
