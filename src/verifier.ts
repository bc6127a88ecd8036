/** Verifiers: tokens in, verdicts out. The engine judges; this file hands it chunks and keeps what it says. */
import { ACCEPTED, CLAIM_INVALID, CLAIM_MISSING, CLAIM_OTHER, KEY_NOT_FOUND, RECORD_CLAIM, VALIDATION_FAILED } from "./abi.js";
import { REGISTERED_CLAIMS, rejection } from "./codes.js";
import { type Chunk, type Engine, tokenText } from "./engine.js";
import { JwtError } from "./errors.js";
import { openEngine } from "./openEngine.js";
import { type JwtClaims, type Plan, parseOptions, type VerifierOptions } from "./options.js";
import { Placement } from "./placement.js";
import { type Acceptance, AcceptedToken, type BatchVerdicts, type Judged, type Verdict, Verdicts } from "./result.js";

/** Judges tokens by one set of keys and rules. Synchronous; a bad token is a verdict, never an exception. */
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
}

/**
 * Makes a verifier. Its keys are loaded into the engine at once and no copy of a secret is kept; those of a key ring are loaded
 * with the first call, and again whenever the ring has others.
 * @throws TypeError for a wrong option, naming it.
 */
export function createVerifier<Claims extends object = JwtClaims>(options: VerifierOptions<Claims>): Verifier<Claims> {
  const plan = parseOptions(options);
  const engine = openEngine(plan.keys.map((key) => key.algorithm));
  const placement = new Placement(engine, plan);
  const verifier = new EngineVerifier<Claims>(engine, placement, plan);
  const { block } = placement;
  released.register(verifier, () => block.release());
  return verifier;
}

/** Keys and options of a verifier that nobody holds any more are wiped from linear memory. */
const released = new FinalizationRegistry<() => void>((release) => release());

type Validate<Claims> = (claims: Claims) => boolean;

class EngineVerifier<Claims> implements Verifier<Claims> {
  readonly #engine: Engine;
  readonly #placement: Placement;
  readonly #plan: Plan;
  readonly #validate: Validate<Claims> | undefined;

  constructor(engine: Engine, placement: Placement, plan: Plan) {
    this.#engine = engine;
    this.#placement = placement;
    // The keys are in the engine; their wiped copies are not worth keeping.
    this.#plan = { ...plan, keys: [] };
    this.#validate = plan.validate as Validate<Claims> | undefined;
  }

  verify(token: string | Uint8Array): Verdict<Claims> {
    const { maxTokenLength, source } = this.#plan;
    const text = tokenText(token, maxTokenLength);
    const now = this.#plan.now();
    const code = this.#engine.verifyOne(this.#placement.at(now), text, maxTokenLength, now);
    if (code === KEY_NOT_FOUND) source?.missed?.();
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
    if (!Array.isArray(tokens)) throw new TypeError("Expected `tokens` to be an array of strings or Uint8Arrays");
    const length = tokens.length;
    const now = this.#plan.now();
    // The caller's own code has its last chance to swap keys before this, and one set of keys judges the whole batch.
    const context = this.#placement.at(now);
    const codes = new Uint8Array(length);
    const texts: unknown[] = new Array(length);
    let faults: Map<number, string> | undefined;
    let accepted = 0;
    let chunk: Chunk | undefined;
    for (let from = 0; from < length; from += chunk.count) {
      chunk = this.#engine.verifyChunk(context, tokens, from, this.#plan.maxTokenLength, now, codes, texts);
      accepted += chunk.accepted;
      if (chunk.hasFaults) faults = this.#noteFaults(chunk, codes, faults);
    }
    if (accepted < length && this.#plan.source?.missed && codes.includes(KEY_NOT_FOUND)) this.#plan.source.missed();
    const judged = { engine: this.#engine, codes, texts, faults, accepted, chunk };
    const verdicts = new Verdicts<Claims>(judged);
    return this.#validate ? this.#validated(verdicts, judged, this.#validate) : verdicts;
  }

  #noteFaults(chunk: Chunk, codes: Uint8Array, known: Map<number, string> | undefined): Map<number, string> | undefined {
    let faults = known;
    for (let index = 0; index < chunk.count; index++) {
      const claim = this.#faultOf(codes[chunk.from + index] as number, index);
      if (claim === undefined) continue;
      faults ??= new Map();
      faults.set(chunk.from + index, claim);
    }
    return faults;
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
