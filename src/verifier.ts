/** Verifiers: tokens in, verdicts out. The engine judges; this file hands it chunks and keeps what it says. */
import { ACCEPTED, CLAIM_INVALID, CLAIM_MISSING, CLAIM_OTHER, RECORD_CLAIM, VALIDATION_FAILED } from "./abi.js";
import { REGISTERED_CLAIMS } from "./codes.js";
import { placeContext } from "./context.js";
import { type Chunk, type Engine, openEngine } from "./engine.js";
import { JwtError } from "./errors.js";
import { type JwtClaims, type Plan, parseOptions, type VerifierOptions } from "./options.js";
import { type Acceptance, type BatchVerdicts, type Verdict, Verdicts } from "./result.js";

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
 * Makes a verifier. Its keys are loaded into the engine at once and no copy of a secret is kept.
 * @throws TypeError for a wrong option, naming it.
 */
export function createVerifier<Claims extends object = JwtClaims>(options: VerifierOptions<Claims>): Verifier<Claims> {
  const plan = parseOptions(options);
  const engine = openEngine();
  const context = placeContext(engine, plan);
  const verifier = new EngineVerifier<Claims>(engine, context.address, plan);
  released.register(verifier, () => engine.release(context.address, context.size));
  return verifier;
}

/** Keys and options of a verifier that nobody holds any more are wiped from linear memory. */
const released = new FinalizationRegistry<() => void>((release) => release());

class EngineVerifier<Claims> implements Verifier<Claims> {
  readonly #engine: Engine;
  readonly #context: number;
  readonly #plan: Plan;

  constructor(engine: Engine, context: number, plan: Plan) {
    this.#engine = engine;
    this.#context = context;
    // The keys are in the engine; their wiped copies are not worth keeping.
    this.#plan = { ...plan, keys: [] };
  }

  verify(token: string | Uint8Array): Verdict<Claims> {
    return this.verifyBatch([token]).at(0);
  }

  verifyOrThrow(token: string | Uint8Array): Acceptance<Claims> {
    const verdict = this.verify(token);
    if (!verdict.ok) throw new JwtError(verdict);
    return verdict;
  }

  verifyBatch(tokens: readonly (string | Uint8Array)[]): BatchVerdicts<Claims> {
    if (!Array.isArray(tokens)) throw new TypeError("Expected `tokens` to be an array of strings or Uint8Arrays");
    const now = this.#plan.now();
    const length = tokens.length;
    const codes = new Uint8Array(length);
    const texts: unknown[] = new Array(length);
    const faults = new Map<number, string>();
    let accepted = 0;
    let chunk: Chunk | undefined;
    for (let from = 0; from < length; from += chunk.count) {
      chunk = this.#engine.verifyChunk(this.#context, tokens, from, this.#plan.maxTokenLength, now, codes, texts);
      accepted += chunk.accepted;
      if (chunk.accepted < chunk.count) this.#noteFaults(chunk, codes, faults);
    }
    const verdicts = new Verdicts<Claims>({ engine: this.#engine, codes, texts, faults, accepted, chunk });
    return this.#plan.validate ? this.#validated(verdicts, texts, faults) : verdicts;
  }

  /** Two codes are about a claim that they do not name. */
  #noteFaults(chunk: Chunk, codes: Uint8Array, faults: Map<number, string>): void {
    for (let index = 0; index < chunk.count; index++) {
      const code = codes[chunk.from + index];
      if (code !== CLAIM_INVALID && code !== CLAIM_MISSING) continue;
      const claim = this.#engine.field(index, RECORD_CLAIM);
      const name = claim < CLAIM_OTHER ? REGISTERED_CLAIMS[claim] : this.#plan.requiredClaims[claim - CLAIM_OTHER];
      faults.set(chunk.from + index, name as string);
    }
  }

  /** The caller's own check comes last, when the engine's memory is no longer in use. */
  #validated(verdicts: Verdicts<Claims>, texts: unknown[], faults: Map<number, string>): BatchVerdicts<Claims> {
    const { codes } = verdicts;
    const validate = this.#plan.validate as (claims: Claims) => boolean;
    let { accepted } = verdicts;
    for (let index = 0; index < codes.length; index++) {
      if (codes[index] !== ACCEPTED || passes(validate, verdicts.claims(index) as Claims)) continue;
      codes[index] = VALIDATION_FAILED;
      accepted--;
    }
    return new Verdicts<Claims>({ engine: this.#engine, codes, texts, faults, accepted, chunk: undefined });
  }
}

/** Only `true` passes: a promise, say, does not. */
function passes<Claims>(validate: (claims: Claims) => boolean, claims: Claims): boolean {
  try {
    return validate(claims) === true;
  } catch {
    return false;
  }
}
