/**
 * Verifiers of bytes: a compact JWS whose payload is no claims set (RFC 7515 §5.2). Shape, header, keys and signature are judged as those of a
 * JWT; of the payload nothing is, so that none of this may stand in for a verifier of JWTs.
 */
import { ACCEPTED } from "../abi.js";
import { refuseOptions } from "../base/bound.js";
import { requireArray } from "../base/check.js";
import type { JwtHeader } from "../base/claims.js";
import type { Rejection } from "../base/codes.js";
import { atCaller } from "../base/errors.js";
import { refuseClaimOptions } from "../base/jws.js";
import { JwtError } from "../base/jwtError.js";
import { ownOptions } from "../base/own.js";
import { base64urlBytes } from "../runtime/text.js";
import { openVerifier } from "./createVerifier.js";
import { parseOptions, type VerifierOptions } from "./options.js";
import { rejectionOfBytes } from "./refused.js";
import type { VerifierStats } from "./stats.js";
import type { BatchVerdicts, Verdict } from "./verdict.js";

/** What a verifier of bytes enforces: as that of JWTs, without what is about claims. */
export interface JwsVerifierOptions
  extends Pick<VerifierOptions, "keys" | "jwks" | "alg" | "algorithms" | "crit" | "maxTokenLength" | "currentDate" | "allowWeakSecrets"> {
  /**
   * Expected header `typ`, as that of `createVerifier`. Unless given, a token whose `typ` is "JWT" or ends in "+jwt" or "/jwt" is
   * TYPE_MISMATCH: it has claims, and none of them would be checked here.
   */
  readonly typ?: string | readonly string[];
}

/** A JWS that passed every check. All of it is the caller's own. */
export interface JwsAcceptance {
  readonly ok: true;
  readonly payload: Uint8Array;
  readonly header: JwtHeader;
  /** The name that its key was found by, as that of an accepted JWT. */
  readonly keyName: string | undefined;
}

/** What became of one JWS. */
export type JwsVerdict = JwsAcceptance | Rejection;

/** The verdicts of a batch, in the order of its tokens. */
export interface JwsBatchVerdicts extends Iterable<JwsVerdict> {
  readonly length: number;
  /** How many are accepted. */
  readonly accepted: number;
  /** One code a token, 0 for accepted; `verdictName` names them. */
  readonly codes: Uint8Array;
  /** @throws RangeError where there is no such token. */
  at(index: number): JwsVerdict;
  /** The payload of one token, or undefined when it is rejected. Each call decodes it anew. */
  payload(index: number): Uint8Array | undefined;
  /** The header of one token, or undefined when it is rejected. Each call builds a new object. */
  header(index: number): JwtHeader | undefined;
}

/** Judges compact JWS by one set of keys, as a `Verifier` judges JWTs. Its functions may be passed around by themselves. */
export interface JwsVerifier {
  /** What its payloads are: no adapter and no refresher takes it for a verifier of JWTs. */
  readonly payloads: "bytes";
  /** Judges one token: a string or its bytes. Anything else is MALFORMED. */
  verify(token: string | Uint8Array): JwsVerdict;
  /** @throws TypeError when `tokens` is no array; never because of what is in it. */
  verifyBatch(tokens: readonly (string | Uint8Array)[]): JwsBatchVerdicts;
  /** @throws JwtError with the verdict's `code`. */
  verifyOrThrow(token: string | Uint8Array): JwsAcceptance;
  /** As `verify`, a signature of a public key being verified on the runtime's thread pool. Rejects for no token. */
  verifyAsync(token: string | Uint8Array): Promise<JwsVerdict>;
  /** As `verifyBatch`, side by side on the runtime's thread pool. All tokens are read at once. */
  verifyBatchAsync(tokens: readonly (string | Uint8Array)[]): Promise<JwsBatchVerdicts>;
  /** As that of a `Verifier`. */
  stats(): VerifierStats;
}

const OPTION_NAMES = ["keys", "jwks", "alg", "algorithms", "typ", "crit", "maxTokenLength", "currentDate", "allowWeakSecrets"] as const;

/**
 * Makes a verifier of bytes. Keys are those of `createVerifier`: single ones, sets, rings and tables.
 * @throws TypeError for a wrong option, naming it; options of claims are among them.
 */
export const createJwsVerifier = /* @__PURE__ */ atCaller(function createJwsVerifier(given: JwsVerifierOptions): JwsVerifier {
  refuseClaimOptions(given, "createVerifier");
  const options = ownOptions(given, "options", OPTION_NAMES);
  const verifier = openVerifier<never>({ ...parseOptions(options), takesBytes: true });
  const { textOf, textsOf } = readerOf(verifier);
  const verify = (token: unknown, more: readonly unknown[], method: string) => {
    const text = textOf(token, more, method);
    return verdictOf(verifier.verify(text), text);
  };
  return {
    payloads: "bytes",
    verify: (token, ...more: unknown[]) => verify(token, more, "verify"),
    verifyBatch: (tokens, ...more: unknown[]) => {
      const texts = textsOf(tokens, more, "verifyBatch");
      return new Batch(verifier.verifyBatch(texts), texts);
    },
    verifyOrThrow: (token, ...more: unknown[]) => {
      const verdict = verify(token, more, "verifyOrThrow");
      if (!verdict.ok) throw new JwtError(verdict);
      return verdict;
    },
    verifyAsync: async (token, ...more: unknown[]) => {
      const text = textOf(token, more, "verifyAsync");
      return verdictOf(await verifier.verifyAsync(text), text);
    },
    verifyBatchAsync: async (tokens, ...more: unknown[]) => {
      const texts = textsOf(tokens, more, "verifyBatchAsync");
      return new Batch(await verifier.verifyBatchAsync(texts), texts);
    },
    stats: () => verifier.stats(),
  };
});

/**
 * Texts are read once, undefined for what is no token, before any code of the caller's runs that could write over them: the payload is of
 * what was judged.
 */
function readerOf(verifier: { textOf(token: string): string | undefined }) {
  return {
    textOf(token: unknown, more: readonly unknown[], method: string): string {
      refuseOptions(more[0], method, "createJwsVerifier");
      return verifier.textOf(token as string) as string;
    },
    textsOf(tokens: unknown, more: readonly unknown[], method: string): readonly string[] {
      refuseOptions(more[0], method, "createJwsVerifier");
      requireArray(tokens, "tokens", "an array of strings or Uint8Arrays");
      return Array.from(tokens, (token) => verifier.textOf(token as string) as string);
    },
  };
}

function verdictOf(verdict: Verdict<never>, text: string): JwsVerdict {
  return verdict.ok
    ? { ok: true, payload: payloadOf(text), header: verdict.header, keyName: verdict.keyName }
    : rejectionOfBytes(verdict, text);
}

/** The payload of a token that was accepted; no other bytes are beside it in its buffer. */
function payloadOf(text: string): Uint8Array {
  const first = text.indexOf(".");
  return new Uint8Array(base64urlBytes(text.slice(first + 1, text.indexOf(".", first + 1))));
}

class Batch implements JwsBatchVerdicts {
  readonly length: number;
  readonly accepted: number;
  readonly #verdicts: BatchVerdicts<never>;
  readonly #texts: readonly string[];

  constructor(verdicts: BatchVerdicts<never>, texts: readonly string[]) {
    this.length = verdicts.length;
    this.accepted = verdicts.accepted;
    this.#verdicts = verdicts;
    this.#texts = texts;
  }

  get codes(): Uint8Array {
    return this.#verdicts.codes;
  }

  at(index: number): JwsVerdict {
    return verdictOf(this.#verdicts.at(index), this.#texts[index] as string);
  }

  *[Symbol.iterator](): Iterator<JwsVerdict> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  payload(index: number): Uint8Array | undefined {
    return this.#verdicts.codes[index] === ACCEPTED ? payloadOf(this.#texts[index] as string) : undefined;
  }

  header(index: number): JwtHeader | undefined {
    return this.#verdicts.header(index);
  }
}
