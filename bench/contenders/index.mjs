/**
 * Everybody who is measured. A contender is `{ name, kind, package, isAsync, judges, load, make }`:
 *
 * - `load()` imports what it is made of; `make(module, context)` makes an instance for one fleet (`context` of fleet.mjs).
 * - The instance has `accepts(token)`, `run(items)`, which works through a batch and returns how many were accepted, and, where
 *   it takes something else than tokens, `prepare(token)`, which is not timed. With `isAsync` they return promises.
 * - `judges` is false for those who only make tags or only sign: they count what they were given.
 */
import { object, oneByOne, signBatch, twoClaims, verdict, verdictAsync } from "./engine.mjs";
import { fastJwt, fastJwtCache, fastJwtSigner } from "./fastJwt.mjs";
import { asSha256, bareHmac, hashWasm, noble } from "./hmac.mjs";
import { jose } from "./jose.mjs";
import { jsonwebtoken } from "./jsonwebtoken.mjs";
import { byHand, createHmac, cryptoVerify } from "./nodeCrypto.mjs";
import { nodeRs } from "./nodeRs.mjs";
import { subtle, subtleAll } from "./subtle.mjs";

const VERIFIERS = [
  verdict,
  twoClaims,
  object,
  oneByOne,
  createHmac,
  byHand,
  subtle,
  subtleAll,
  fastJwt,
  fastJwtCache,
  jose,
  jsonwebtoken,
  nodeRs,
];
const OF_PUBLIC_KEYS = [verdict, verdictAsync, object, cryptoVerify, fastJwt, jose, jsonwebtoken, nodeRs];
const SIGNERS = [signBatch, fastJwtSigner];
const TAGGERS = [verdict, bareHmac, noble, hashWasm, asSha256];

const FIELDS = { public: OF_PUBLIC_KEYS, sign: SIGNERS, hmac: TAGGERS };

/** The contender of a name in a scenario of `group`: `createHmac` takes bytes among those that only make tags. */
export function contenderNamed(name, group) {
  const found = (FIELDS[group] ?? VERIFIERS).find((contender) => contender.name === name);
  if (!found) throw new TypeError(`Expected a contender of group ${group}, got ${JSON.stringify(name)}`);
  return found;
}

export const VERIFIER_NAMES = VERIFIERS.map(({ name }) => name);
export const PUBLIC_NAMES = OF_PUBLIC_KEYS.map(({ name }) => name);
export const SIGNER_NAMES = SIGNERS.map(({ name }) => name);
export const TAGGER_NAMES = TAGGERS.map(({ name }) => name);
export const PACKAGES = [...new Set([...VERIFIERS, ...SIGNERS, ...TAGGERS].flatMap((contender) => contender.package ?? []))];
