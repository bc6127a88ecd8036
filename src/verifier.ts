/**
 * Verifiers: tokens in, verdicts out. The engine judges; this file hands it chunks and keeps what it says. Tokens of a public key take a
 * second way through it, once the platform has verified their signatures.
 */
import { ACCEPTED, BAD_SIGNATURE, CLAIM_INVALID, CLAIM_MISSING, CLAIM_OTHER, OUTSIDE, RECORD_CLAIM, VALIDATION_FAILED } from "./abi.js";
import { REGISTERED_CLAIMS, rejection } from "./codes.js";
import { placeContext, type VerifyingContext } from "./context.js";
import { type Chunk, type Engine, type OutsideToken, tokenText } from "./engine.js";
import { JwtError } from "./errors.js";
import { openEngine } from "./openEngine.js";
import { type JwtClaims, type Plan, parseOptions, type VerifierOptions } from "./options.js";
import { authenticTokens, isAuthentic, isAuthenticAsync } from "./outside.js";
import { type Acceptance, AcceptedToken, type BatchVerdicts, type Judged, type Verdict, Verdicts } from "./result.js";

/**
 * Judges tokens by one set of keys and rules. A bad token is a verdict, never an exception. Where a key is public and the runtime has no
 * `node:crypto`, only the promises can be kept: the others throw a TypeError then, whatever the token.
 */
export interface Verifier<Claims = JwtClaims> {
  /** Judges one token: a string or its bytes. Anything else is MALFORMED. */
  verify(token: string | Uint8Array): Verdict<Claims>;
  /**
   * Judges any number of tokens, in order.
   * @throws TypeError when `tokens` is no array; never because of what is in it.
   */
  verifyBatch(tokens: readonly (string | Uint8Array)[]): BatchVerdicts<Claims>;
  /**
   * Judges one token and returns what is accepted.
   * @throws JwtError with the verdict's `code`.
   */
  verifyOrThrow(token: string | Uint8Array): Acceptance<Claims>;
  /** As `verify`, a signature of a public key being verified on the runtime's thread pool. Rejects for no token. */
  verifyAsync(token: string | Uint8Array): Promise<Verdict<Claims>>;
  /**
   * As `verifyBatch`, signatures of public keys being verified side by side on the runtime's thread pool. All tokens are read at once and
   * judged by the time of the call.
   * @throws TypeError (as a rejection) when `tokens` is no array.
   */
  verifyBatchAsync(tokens: readonly (string | Uint8Array)[]): Promise<BatchVerdicts<Claims>>;
}

/**
 * Makes a verifier. Its keys are loaded into the engine at once and no copy of a secret is kept.
 * @throws TypeError for a wrong option, naming it.
 */
export function createVerifier<Claims extends object = JwtClaims>(options: VerifierOptions<Claims>): Verifier<Claims> {
  const plan = parseOptions(options);
  const engine = openEngine();
  const context = placeContext(engine, plan);
  const verifier = new EngineVerifier<Claims>(engine, context, plan);
  released.register(verifier, () => engine.release(context.address, context.size));
  return verifier;
}

/** Keys and options of a verifier that nobody holds any more are wiped from linear memory. */
const released = new FinalizationRegistry<() => void>((release) => release());

type Validate<Claims> = (claims: Claims) => boolean;

/** A batch on its way through the engine. */
interface Judging {
  readonly codes: Uint8Array;
  readonly texts: unknown[];
  readonly now: number;
  /** The keys and rules that all of it is judged by, also what the platform verifies first. */
  readonly context: VerifyingContext;
  readonly outside: OutsideToken[];
  faults: Map<number, string> | undefined;
  accepted: number;
  chunk: Chunk | undefined;
}

class EngineVerifier<Claims> implements Verifier<Claims> {
  readonly #engine: Engine;
  readonly #context: VerifyingContext;
  /** Every key can be used without a promise. */
  readonly #isSynchronous: boolean;
  readonly #plan: Plan;
  readonly #validate: Validate<Claims> | undefined;

  constructor(engine: Engine, context: VerifyingContext, plan: Plan) {
    this.#engine = engine;
    this.#context = context;
    this.#isSynchronous = [...context.publicKeys.values()].every((key) => key.isSynchronous);
    // The keys are in the engine; their wiped copies are not worth keeping.
    this.#plan = { ...plan, keys: [] };
    this.#validate = plan.validate as Validate<Claims> | undefined;
  }

  verify(token: string | Uint8Array): Verdict<Claims> {
    this.#requireSynchronous();
    const now = this.#plan.now();
    const text = tokenText(token, this.#plan.maxTokenLength);
    const context = this.#context;
    const code = this.#engine.verifyOne(context.address, text, this.#plan.maxTokenLength, now);
    if (code !== OUTSIDE) return this.#verdictOn(code, text);
    const outside = this.#engine.outsideToken(0, text, 0);
    return this.#verdictOnOutside(outside, isAuthentic(outside, context.publicKeys), context, now);
  }

  async verifyAsync(token: string | Uint8Array): Promise<Verdict<Claims>> {
    const now = this.#plan.now();
    const text = tokenText(token, this.#plan.maxTokenLength);
    const context = this.#context;
    const code = this.#engine.verifyOne(context.address, text, this.#plan.maxTokenLength, now);
    if (code !== OUTSIDE) return this.#verdictOn(code, text);
    const outside = this.#engine.outsideToken(0, text, 0);
    return this.#verdictOnOutside(outside, await isAuthenticAsync(outside, context.publicKeys), context, now);
  }

  #verdictOnOutside(token: OutsideToken, authentic: boolean, context: VerifyingContext, now: number): Verdict<Claims> {
    if (!authentic) return rejection(BAD_SIGNATURE);
    this.#engine.judgeAuthentic(context.address, [token], 0, now);
    return this.#verdictOn(this.#engine.code(0), token.text);
  }

  /** The verdict on the one token that the engine has just judged. */
  #verdictOn(code: number, text: string): Verdict<Claims> {
    if (code !== ACCEPTED) return rejection(code, this.#faultOf(code, 0));
    const accepted = new AcceptedToken<Claims>(this.#engine, this.#engine.generation, 0, text);
    return this.#validate && !passes(this.#validate, accepted) ? rejection(VALIDATION_FAILED) : accepted;
  }

  verifyOrThrow(token: string | Uint8Array): Acceptance<Claims> {
    const verdict = this.verify(token);
    if (!verdict.ok) throw new JwtError(verdict);
    return verdict;
  }

  verifyBatch(tokens: readonly (string | Uint8Array)[]): BatchVerdicts<Claims> {
    this.#requireSynchronous();
    const batch = this.#judge(tokens);
    return this.#conclude(
      batch,
      batch.outside.filter((token) => isAuthentic(token, batch.context.publicKeys)),
    );
  }

  async verifyBatchAsync(tokens: readonly (string | Uint8Array)[]): Promise<BatchVerdicts<Claims>> {
    const batch = this.#judge(tokens);
    return this.#conclude(batch, await authenticTokens(batch.outside, batch.context.publicKeys));
  }

  #requireSynchronous(): void {
    if (this.#isSynchronous) return;
    throw new TypeError("Expected a runtime with `node:crypto` for public keys: use `verifyAsync` and `verifyBatchAsync` here");
  }

  /** Judges all there is to judge without the platform. */
  #judge(tokens: readonly (string | Uint8Array)[]): Judging {
    if (!Array.isArray(tokens)) throw new TypeError("Expected `tokens` to be an array of strings or Uint8Arrays");
    const now = this.#plan.now();
    const length = tokens.length;
    const codes = new Uint8Array(length);
    const texts: unknown[] = new Array(length);
    const context = this.#context;
    const batch: Judging = { codes, texts, now, context, outside: [], faults: undefined, accepted: 0, chunk: undefined };
    let chunk: Chunk;
    for (let from = 0; from < length; from += chunk.count) {
      chunk = this.#engine.verifyChunk(context.address, tokens, from, this.#plan.maxTokenLength, now, codes, texts);
      batch.accepted += chunk.accepted;
      batch.chunk = chunk;
      if (this.#engine.hasOutside) this.#setOutside(chunk, batch);
      if (chunk.accepted < chunk.count) {
        for (let index = 0; index < chunk.count; index++) this.#noteFault(batch, codes[from + index] as number, index, from + index);
      }
    }
    return batch;
  }

  /** Sets the tokens of a chunk aside that the platform verifies; until it has, their signatures are bad. */
  #setOutside(chunk: Chunk, { codes, texts, outside }: Judging): void {
    for (let index = 0; index < chunk.count; index++) {
      const number = chunk.from + index;
      if (codes[number] !== OUTSIDE) continue;
      codes[number] = BAD_SIGNATURE;
      outside.push(this.#engine.outsideToken(index, texts[number] as string, number));
    }
  }

  /** Judges the tokens whose signatures the platform has verified. */
  #conclude(batch: Judging, authentic: readonly OutsideToken[]): BatchVerdicts<Claims> {
    const { codes, texts, now, context } = batch;
    for (let from = 0; from < authentic.length; ) {
      const { count, accepted } = this.#engine.judgeAuthentic(context.address, authentic, from, now);
      for (let index = 0; index < count; index++) {
        const { index: number } = authentic[from + index] as OutsideToken;
        codes[number] = this.#engine.code(index);
        this.#noteFault(batch, codes[number] as number, index, number);
      }
      batch.accepted += accepted;
      from += count;
    }
    const { faults, accepted, chunk } = batch;
    const judged = { engine: this.#engine, codes, texts, faults, accepted, chunk };
    const verdicts = new Verdicts<Claims>(judged);
    return this.#validate ? this.#validated(verdicts, judged, this.#validate) : verdicts;
  }

  /** The token has number `index` in the chunk judged last, `number` in its batch. */
  #noteFault(batch: Judging, code: number, index: number, number: number): void {
    const claim = this.#faultOf(code, index);
    if (claim === undefined) return;
    batch.faults ??= new Map();
    batch.faults.set(number, claim);
  }

  /** Two codes are about a claim that they do not name: it is in the token's record. */
  #faultOf(code: number, index: number): string | undefined {
    if (code !== CLAIM_INVALID && code !== CLAIM_MISSING) return undefined;
    const claim = this.#engine.field(index, RECORD_CLAIM);
    return claim < CLAIM_OTHER ? REGISTERED_CLAIMS[claim] : this.#plan.requiredClaims[claim - CLAIM_OTHER];
  }

  /** The caller's own check comes last, when the engine's memory is no longer in use. */
  #validated(verdicts: Verdicts<Claims>, judged: Judged, validate: Validate<Claims>): BatchVerdicts<Claims> {
    const { codes } = verdicts;
    let { accepted } = verdicts;
    for (let index = 0; index < codes.length; index++) {
      if (codes[index] !== ACCEPTED || passes(validate, verdicts.at(index) as Acceptance<Claims>)) continue;
      codes[index] = VALIDATION_FAILED;
      accepted--;
    }
    return new Verdicts<Claims>({ ...judged, accepted });
  }
}

/** Only `true` passes: a promise, say, does not. */
function passes<Claims>(validate: Validate<Claims>, token: Acceptance<Claims>): boolean {
  try {
    return validate(token.claims) === true;
  } catch {
    return false;
  }
}
