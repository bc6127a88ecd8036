/**
 * Verifiers: tokens in, verdicts out. The engine judges; this file hands it chunks and keeps what it says. Tokens of a public key take a
 * second way through it, once the platform has verified their signatures.
 */
import {
  ACCEPTED,
  BAD_SIGNATURE,
  CLAIM_INVALID,
  CLAIM_MISSING,
  CLAIM_OTHER,
  KEY_NOT_FOUND,
  OUTSIDE,
  RECORD_CLAIM,
  VALIDATION_FAILED,
} from "./abi.js";
import { REGISTERED_CLAIMS, rejection } from "./codes.js";
import { type Chunk, type Engine, type OutsideToken, tokenText } from "./engine.js";
import { JwtError } from "./errors.js";
import { openEngine } from "./openEngine.js";
import { type JwtClaims, type Plan, parseOptions, type VerifierOptions } from "./options.js";
import { authenticTokens, isAuthentic, isAuthenticAsync } from "./outside.js";
import { type Block, Placement } from "./placement.js";
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
 * Makes a verifier. Its keys are loaded at once, secrets into the engine, and no copy of a secret is kept; those of a key ring are
 * loaded with the first call, and again whenever the ring has others.
 * @throws TypeError for a wrong option, naming it.
 */
export function createVerifier<Claims extends object = JwtClaims>(options: VerifierOptions<Claims>): Verifier<Claims> {
  const plan = parseOptions(options);
  const engine = openEngine(plan.keys.map((key) => key.algorithm));
  const placement = new Placement(engine, plan);
  const verifier = new EngineVerifier<Claims>(engine, placement, plan);
  const { place } = placement;
  released.register(verifier, () => place.clear());
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
  readonly outside: OutsideToken[];
  faults: Map<number, string> | undefined;
  accepted: number;
  chunk: Chunk | undefined;
}

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
    const block = this.#placement.at(now);
    requireSynchronous(block);
    const code = this.#engine.verifyOne(block.address, text, maxTokenLength, now);
    if (code === OUTSIDE) {
      const outside = this.#engine.outsideToken(0, text, 0);
      return this.#verdictOnOutside(block, outside, isAuthentic(outside, block.publicKeys), now);
    }
    if (code === KEY_NOT_FOUND) source?.missed?.();
    return this.#verdictOn(code, text);
  }

  async verifyAsync(token: string | Uint8Array): Promise<Verdict<Claims>> {
    const text = tokenText(token, this.#plan.maxTokenLength);
    const now = this.#plan.now();
    const block = this.#placement.at(now);
    const verdict = await block.hold(() => this.#verifyBy(block, text, now));
    if (verdict.ok || verdict.code !== "KEY_NOT_FOUND" || !(await this.#refresh())) return verdict;
    const other = this.#placement.at(now);
    return other === block ? verdict : other.hold(() => this.#verifyBy(other, text, now));
  }

  async #verifyBy(block: Block, text: string, now: number): Promise<Verdict<Claims>> {
    const code = this.#engine.verifyOne(block.address, text, this.#plan.maxTokenLength, now);
    if (code !== OUTSIDE) return this.#verdictOn(code, text);
    const outside = this.#engine.outsideToken(0, text, 0);
    return this.#verdictOnOutside(block, outside, await isAuthenticAsync(outside, block.publicKeys), now);
  }

  #verdictOnOutside(block: Block, token: OutsideToken, authentic: boolean, now: number): Verdict<Claims> {
    if (!authentic) return rejection(BAD_SIGNATURE);
    this.#engine.judgeAuthentic(block.address, [token], 0, now);
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
    const batch = begin(lengthOf(tokens), this.#plan.now());
    const block = this.#placement.at(batch.now);
    requireSynchronous(block);
    this.#judge(block, batch, tokens);
    if (batch.outside.length) {
      const authentic = batch.outside.filter((token) => isAuthentic(token, block.publicKeys));
      this.#judgeAuthentic(block, batch, authentic);
    }
    const { source } = this.#plan;
    if (source?.missed && hasMissed(batch)) source.missed();
    return this.#conclude(batch);
  }

  async verifyBatchAsync(tokens: readonly (string | Uint8Array)[]): Promise<BatchVerdicts<Claims>> {
    const batch = begin(lengthOf(tokens), this.#plan.now());
    const block = this.#placement.at(batch.now);
    await block.hold(() => this.#judgeBy(block, batch, tokens));
    if (hasMissed(batch)) await this.#judgeMissed(block, batch);
    return this.#conclude(batch);
  }

  async #judgeBy(block: Block, batch: Judging, tokens: readonly unknown[]): Promise<void> {
    this.#judge(block, batch, tokens);
    if (batch.outside.length) this.#judgeAuthentic(block, batch, await authenticTokens(batch.outside, block.publicKeys));
  }

  /** Judges the tokens again that selected no key of `block`, once, if their keys may have come meanwhile. */
  async #judgeMissed(block: Block, batch: Judging): Promise<void> {
    if (!(await this.#refresh())) return;
    const other = this.#placement.at(batch.now);
    if (other === block) return;
    const numbers = [...batch.codes.keys()].filter((number) => batch.codes[number] === KEY_NOT_FOUND);
    const again = begin(numbers.length, batch.now);
    const texts = numbers.map((number) => batch.texts[number]);
    await other.hold(() => this.#judgeBy(other, again, texts));
    numbers.forEach((number, index) => {
      batch.codes[number] = again.codes[index] as number;
      const fault = again.faults?.get(index);
      if (fault !== undefined) noteFault(batch, number, fault);
    });
    batch.accepted += again.accepted;
  }

  /** Has the source get keys that it may not have yet; false where there is nothing to wait for. */
  async #refresh(): Promise<boolean> {
    const { source } = this.#plan;
    if (!source?.refresh) {
      source?.missed?.();
      return false;
    }
    await source.refresh();
    return true;
  }

  /** Judges all there is to judge without the platform. */
  #judge(block: Block, batch: Judging, tokens: readonly unknown[]): void {
    const { codes, texts, now } = batch;
    let chunk: Chunk;
    for (let from = 0; from < codes.length; from += chunk.count) {
      chunk = this.#engine.verifyChunk(block.address, tokens, from, this.#plan.maxTokenLength, now, codes, texts);
      batch.accepted += chunk.accepted;
      batch.chunk = chunk;
      if (this.#engine.hasOutside) this.#setOutside(chunk, batch);
      if (chunk.hasFaults) this.#noteFaults(batch, chunk, (index) => from + index);
    }
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
  #judgeAuthentic(block: Block, batch: Judging, authentic: readonly OutsideToken[]): void {
    let chunk: Chunk;
    for (let from = 0; from < authentic.length; from += chunk.count) {
      const numberOf = (index: number) => (authentic[from + index] as OutsideToken).index;
      chunk = this.#engine.judgeAuthentic(block.address, authentic, from, batch.now);
      for (let index = 0; index < chunk.count; index++) batch.codes[numberOf(index)] = this.#engine.code(index);
      if (chunk.hasFaults) this.#noteFaults(batch, chunk, numberOf);
      batch.accepted += chunk.accepted;
    }
  }

  #conclude({ codes, texts, faults, accepted, chunk }: Judging): BatchVerdicts<Claims> {
    const judged = { engine: this.#engine, codes, texts, faults, accepted, chunk };
    const verdicts = new Verdicts<Claims>(judged);
    return this.#validate ? this.#validated(verdicts, judged, this.#validate) : verdicts;
  }

  /** `chunk` is the one judged last; `numberOf` gives the number in the batch of a token of it. */
  #noteFaults(batch: Judging, chunk: Chunk, numberOf: (index: number) => number): void {
    for (let index = 0; index < chunk.count; index++) {
      const claim = this.#faultOf(batch.codes[numberOf(index)] as number, index);
      if (claim !== undefined) noteFault(batch, numberOf(index), claim);
    }
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

/** @throws TypeError when it is no array. What a caller's own array does when it is asked comes before the keys: it may swap them. */
function lengthOf(tokens: unknown): number {
  if (!Array.isArray(tokens)) throw new TypeError("Expected `tokens` to be an array of strings or Uint8Arrays");
  return tokens.length;
}

function begin(length: number, now: number): Judging {
  return {
    codes: new Uint8Array(length),
    texts: new Array(length),
    now,
    outside: [],
    faults: undefined,
    accepted: 0,
    chunk: undefined,
  };
}

function hasMissed({ codes, accepted }: Judging): boolean {
  return accepted < codes.length && codes.includes(KEY_NOT_FOUND);
}

function noteFault(batch: Judging, number: number, claim: string): void {
  batch.faults ??= new Map();
  batch.faults.set(number, claim);
}

function requireSynchronous(block: Block): void {
  if (block.isSynchronous) return;
  throw new TypeError("Expected a runtime with `node:crypto` for public keys: use `verifyAsync` and `verifyBatchAsync` here");
}

/** Only `true` passes: a promise, say, does not. */
function passes<Claims>(validate: Validate<Claims>, token: Acceptance<Claims>): boolean {
  try {
    return validate(token.claims) === true;
  } catch {
    return false;
  }
}
