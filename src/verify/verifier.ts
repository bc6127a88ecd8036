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
  RECORD_KEY,
} from "../abi.js";
import { attempt } from "../base/attempt.js";
import { bindMethods, refuseOptions } from "../base/bound.js";
import type { JwtClaims } from "../base/claims.js";
import { REGISTERED_CLAIMS } from "../base/codes.js";
import { atCaller } from "../base/errors.js";
import { JwtError } from "../base/jwtError.js";
import { type Chunk, type Engine, type OutsideToken, type RevocationState, tokenText } from "../engine/engine.js";
import { openEngine } from "../engine/openEngine.js";
import { Lifetime } from "../runtime/released.js";
import type { KeySource } from "../sources/keySource.js";
import { IssuersPlacement } from "./issuers.js";
import { begin, hasMissed, type Judging, merge, noteFault } from "./judging.js";
import { KeyCount } from "./keyCount.js";
import { KeySupply } from "./keySupply.js";
import { isPending, LastJudge } from "./lastJudge.js";
import { MissingKeys, missedOf } from "./missingKeys.js";
import { type Plan, parseOptions, type VerifierOptions, wipePlans, withoutKeys } from "./options.js";
import { type Placed, Placement } from "./placement.js";
import { authenticTokens, isAuthentic } from "./platformSignatures.js";
import { rejectionOf } from "./refused.js";
import { type Acceptance, AcceptedToken, type BatchVerdicts, type Verdict, Verdicts } from "./result.js";
import { Counters, type VerifierStats } from "./stats.js";

/**
 * Judges tokens by one set of keys and rules. A bad token is a verdict, never an exception. Where a key is public and the runtime has no
 * `node:crypto`, only the promises can be kept: the others throw a TypeError then, whatever the token.
 *
 * Each method may be taken out of it, and handed to `map`. It takes no options: those of another library, given after the token, are a
 * TypeError.
 */
export interface Verifier<Claims = JwtClaims> {
  /**
   * What is wrong with keys of a JWK set that were left out, by their places and members, never by what is in them. A ring tells that itself
   * (`status()`).
   */
  readonly problems: readonly string[];
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
  /** What it has done since it was made, as a new object of plain numbers. Loads nothing and does not throw. */
  stats(): VerifierStats;
}

/**
 * Makes a verifier. Its keys are loaded at once, secrets into the engine, and no copy of a secret is kept; those of a key ring are
 * loaded with the first call, and again whenever the ring has others.
 * @throws TypeError for a wrong option, naming it.
 */
export const createVerifier = /* @__PURE__ */ atCaller(function createVerifier<Claims extends object = JwtClaims>(
  options: VerifierOptions<Claims>,
): Verifier<Claims> {
  return openVerifier(parseOptions(options));
});

/** A verifier by a plan, whose secrets are in the engine then, or forgotten. */
export function openVerifier<Claims>(plan: Plan): EngineVerifier<Claims> {
  try {
    outliveTokens(plan);
    const engine = openEngine();
    const kept = withoutKeys(plan);
    const placement = plan.issuers.length ? new IssuersPlacement(engine, plan.issuers) : new Placement(engine, kept, plan.keys);
    return new EngineVerifier<Claims>(engine, placement, kept, new KeyCount(plan));
  } catch (error) {
    wipePlans([plan]);
    throw error;
  }
}

/** Where options belong. */
const HOME = "createVerifier";

/** Lists and guards must remember tokens for as long as they are accepted. */
function outliveTokens(plan: Plan): void {
  const rules = [plan, ...plan.issuers];
  const tolerance = rules.some(({ ignoreExpiration }) => ignoreExpiration)
    ? Number.POSITIVE_INFINITY
    : Math.max(...rules.map(({ clockTolerance }) => clockTolerance));
  plan.revocation?.outlive(tolerance);
  plan.replay?.outlive(tolerance);
}

export class EngineVerifier<Claims> implements Verifier<Claims> {
  readonly problems: readonly string[];
  readonly #engine: Engine;
  readonly #placement: Placement | IssuersPlacement;
  readonly #plan: Plan;
  readonly #missing: MissingKeys;
  readonly #supply: KeySupply;
  readonly #last: LastJudge<Claims>;
  readonly #keyCount: KeyCount;
  readonly #counters = new Counters();
  readonly lifetime: Lifetime;

  constructor(engine: Engine, placement: Placement | IssuersPlacement, plan: Plan, keyCount: KeyCount) {
    this.problems = plan.problems;
    this.#engine = engine;
    this.#placement = placement;
    this.#plan = plan;
    this.#keyCount = keyCount;
    this.lifetime = new Lifetime(placement.release);
    this.#missing = new MissingKeys(engine, plan);
    this.#supply = new KeySupply(this.#missing, {
      again: (batch, numbers) => this.#judgeAgain(batch, numbers),
      now: (batch, numbers) => this.#judgeSupplied(batch, numbers),
    });
    this.#last = new LastJudge(plan);
    bindMethods(this as Verifier<Claims>, "verify", "verifyBatch", "verifyOrThrow", "verifyAsync", "verifyBatchAsync", "stats");
  }

  verify(token: string | Uint8Array, more?: unknown): Verdict<Claims> {
    refuseOptions(more, "verify", HOME);
    const { maxTokenLength } = this.#plan;
    const text = tokenText(token, maxTokenLength);
    const now = this.#plan.now();
    const revoked = this.#revoked(now);
    const placed = this.#placement.at(now);
    requireSynchronous(placed);
    const code = this.#engine.verifyOne(placed.address, text ?? "", maxTokenLength, now, revoked);
    if (code === OUTSIDE) {
      const outside = this.#engine.outsideToken(0, text as string, 0);
      if (!isAuthentic(outside)) return this.#rejected(BAD_SIGNATURE, text);
      this.#engine.judgeAuthentic([outside], 0, now, revoked);
      return this.#verdictOn(this.#engine.code(0), text, placed);
    }
    if (code !== KEY_NOT_FOUND || !this.#missing.hasSources) return this.#verdictOn(code, text, placed);
    const batch = this.#missedAlone(text as string, now);
    this.#supply.now(batch);
    return this.#conclude(batch).at(0);
  }

  async verifyAsync(token: string | Uint8Array, more?: unknown): Promise<Verdict<Claims>> {
    refuseOptions(more, "verifyAsync", HOME);
    const { maxTokenLength } = this.#plan;
    const text = tokenText(token, maxTokenLength);
    const now = this.#plan.now();
    const renewal = this.#renewal(() => [text], now);
    if (renewal) await renewal;
    const revoked = this.#revoked(now);
    const placed = this.#placement.at(now);
    const code = this.#engine.verifyOne(placed.address, text ?? "", maxTokenLength, now, revoked);
    if (code === OUTSIDE) {
      // What takes more than a turn is a batch of one.
      const batch = begin(1, now, this.#hasIssuers);
      await this.#judgeAsync(batch, [text]);
      return (await this.#end(batch)).at(0);
    }
    if (code !== KEY_NOT_FOUND || !this.#missing.hasSources) return this.#verdictOn(code, text, placed);
    return (await this.#end(this.#missedAlone(text as string, now))).at(0);
  }

  stats(): VerifierStats {
    let keys: number | undefined;
    let revocations: VerifierStats["revocations"];
    // The clock may be the caller's own, and so may a source and the list.
    attempt(() => {
      keys = this.#keyCount.at(this.#plan.now());
    });
    attempt(() => {
      revocations = this.#plan.revocation?.health();
    });
    return { ...this.#counters.read(), keys, revocations };
  }

  get #hasIssuers(): boolean {
    return this.#plan.issuers.length > 0;
  }

  /** A batch of the one token that the engine has just found no key for. */
  #missedAlone(text: string, now: number): Judging {
    const batch = begin(1, now, this.#hasIssuers);
    batch.codes[0] = KEY_NOT_FOUND;
    batch.texts[0] = text;
    batch.issuers?.set(this.#engine.issuers(1));
    return batch;
  }

  /** The verdict on the one token that the engine has just judged. */
  #verdictOn(code: number, text: string | undefined, placed: Placed): Verdict<Claims> {
    if (!isPending(code)) return this.#rejected(code, text);
    const issuer = this.#issuerOf(0);
    const key = placed.needsKeys ? this.#engine.field(0, RECORD_KEY) : undefined;
    const keys = placed.blockOfIssuer(issuer);
    const token = new AcceptedToken<Claims>(this.#engine, this.#engine.generation, 0, text as string, keys, issuer, key);
    const last = this.#last.judge(code, token);
    if (last !== ACCEPTED) return this.#rejected(last, text);
    this.#counters.countOne(ACCEPTED);
    return token;
  }

  #rejected(code: number, text: string | undefined): Verdict<Claims> {
    this.#counters.countOne(code);
    return rejectionOf(code, this.#faultOf(code, 0), text);
  }

  verifyOrThrow(token: string | Uint8Array, more?: unknown): Acceptance<Claims> {
    refuseOptions(more, "verifyOrThrow", HOME);
    const verdict = this.verify(token);
    if (!verdict.ok) throw new JwtError(verdict);
    return verdict;
  }

  verifyBatch(tokens: readonly (string | Uint8Array)[], more?: unknown): BatchVerdicts<Claims> {
    refuseOptions(more, "verifyBatch", HOME);
    const batch = begin(lengthOf(tokens), this.#plan.now(), this.#hasIssuers);
    const revoked = this.#revoked(batch.now);
    const placed = this.#placement.at(batch.now, batch.codes.length);
    requireSynchronous(placed);
    this.#judge(placed, batch, tokens, revoked);
    if (batch.outside.length) this.#judgeAuthentic(batch, batch.outside.filter(isAuthentic), revoked);
    if (this.#missing.hasSources && hasMissed(batch)) this.#supply.now(batch);
    return this.#conclude(batch);
  }

  async verifyBatchAsync(tokens: readonly (string | Uint8Array)[], more?: unknown): Promise<BatchVerdicts<Claims>> {
    refuseOptions(more, "verifyBatchAsync", HOME);
    const batch = begin(lengthOf(tokens), this.#plan.now(), this.#hasIssuers);
    // All tokens are read before anything is waited for.
    let texts: readonly (string | undefined)[] | undefined;
    const read = () => {
      texts ??= Array.from({ length: batch.codes.length }, (_, index) => this.textOf(tokens[index] as string));
      return texts;
    };
    const renewal = this.#renewal(read, batch.now);
    if (renewal) {
      read();
      await renewal;
    }
    await this.#judgeAsync(batch, texts ?? tokens);
    return this.#end(batch);
  }

  /** The verdicts of a batch that has been judged once, by callers that can wait for keys. */
  async #end(batch: Judging): Promise<BatchVerdicts<Claims>> {
    if (this.#missing.hasSources && hasMissed(batch)) await this.#supply.patiently(batch);
    return this.#conclude(batch);
  }

  /** What callers that can wait have to wait for before they judge such tokens. */
  #renewal(texts: () => readonly (string | undefined)[], now: number): Promise<unknown> | undefined {
    return this.#missing.renewal(this.#hasIssuers ? () => this.#sourcesOf(texts(), now) : undefined);
  }

  /** The sources of keys of the issuers that tokens name: judged once, to see that and nothing else. */
  #sourcesOf(texts: readonly (string | undefined)[], now: number): ReadonlySet<KeySource> {
    const batch = begin(texts.length, now, true);
    this.#judge(this.#placement.at(now), batch, texts, undefined);
    const sources = texts.map((_, number) => this.#missing.sourceOf(batch, number));
    return new Set(sources.filter((source) => source !== undefined));
  }

  /** The text of what was given as a token, to be judged later: bytes as they are now. Undefined for what is no token by its type. */
  textOf(token: string | Uint8Array): string | undefined {
    return tokenText(token, this.#plan.maxTokenLength);
  }

  /**
   * Judges those of a batch's tokens that need not wait. Those whose signature the platform verifies, or whose key may yet come or has to be
   * renewed, are neither judged nor counted: `waiting` has their numbers, ascending, and they have no verdict.
   */
  verifyReady(texts: readonly (string | undefined)[]): { verdicts: BatchVerdicts<Claims>; waiting: readonly number[] } {
    const batch = begin(texts.length, this.#plan.now(), this.#hasIssuers);
    const waiting = this.#judgeReady(batch, texts);
    for (const number of waiting) {
      if (batch.codes[number] === ACCEPTED) batch.accepted--;
      batch.codes[number] = OUTSIDE;
    }
    return { verdicts: this.#conclude(batch, waiting.length), waiting };
  }

  /** Returns the numbers of the tokens that have to wait, ascending. */
  #judgeReady(batch: Judging, texts: readonly (string | undefined)[]): readonly number[] {
    const late = this.#missing.late();
    const revoked = this.#revoked(batch.now);
    this.#judge(this.#placement.at(batch.now, texts.length), batch, texts, revoked);
    const missed = this.#missing.hasSources && hasMissed(batch) ? missedOf(batch) : [];
    const waiting = [...batch.outside.map(({ index }) => index), ...missed];
    if (late.size === 0) return waiting.sort((left, right) => left - right);
    const ofLate = [...texts.keys()].filter((number) => late.has(this.#missing.sourceOf(batch, number) as KeySource));
    return [...new Set([...waiting, ...ofLate])].sort((left, right) => left - right);
  }

  async #judgeAsync(batch: Judging, tokens: readonly unknown[]): Promise<void> {
    const revoked = this.#revoked(batch.now);
    const placed = this.#placement.at(batch.now, batch.codes.length);
    this.#judge(placed, batch, tokens, revoked);
    const { outside } = batch;
    if (!outside.length) return;
    await holding(placed, outside, async () => {
      const authentic = await authenticTokens(outside);
      this.#judgeAuthentic(batch, authentic, this.#revoked(batch.now));
    });
  }

  /**
   * What is revoked, as a call finds it that judges by `now`, in seconds. It may run code that is not ours, which may rotate keys: to be asked before the blocks of the keys
   * are taken, or while they are held.
   */
  #revoked(now: number): RevocationState | undefined {
    const { revocation } = this.#plan;
    if (!revocation) return undefined;
    const { list, isStale } = revocation.place(now);
    // A list of the caller's own that says neither is not to be relied on.
    return { list, isStale: isStale !== false };
  }

  async #judgeAgain(batch: Judging, numbers: readonly number[]): Promise<void> {
    const again = begin(numbers.length, batch.now, this.#hasIssuers);
    const texts = numbers.map((number) => batch.texts[number]);
    await this.#judgeAsync(again, texts);
    merge(batch, again, numbers);
  }

  /** Judges tokens again whose keys have come. Says whether some are left for callers that can wait: their public keys need a promise. */
  #judgeSupplied(batch: Judging, numbers: readonly number[]): boolean {
    const again = begin(numbers.length, batch.now, this.#hasIssuers);
    const revoked = this.#revoked(batch.now);
    const placed = this.#placement.at(batch.now);
    const texts = numbers.map((number) => batch.texts[number]);
    this.#judge(placed, again, texts, revoked);
    if (placed.isSynchronous && again.outside.length) this.#judgeAuthentic(again, again.outside.filter(isAuthentic), revoked);
    const left = placed.isSynchronous ? [] : again.outside;
    for (const { index } of left) again.codes[index] = KEY_NOT_FOUND;
    merge(batch, again, numbers);
    return left.length > 0;
  }

  /** Judges all there is to judge without the platform. */
  #judge(placed: Placed, batch: Judging, tokens: readonly unknown[], revoked: RevocationState | undefined): void {
    const { codes, texts, now } = batch;
    batch.placed = placed;
    let chunk: Chunk;
    for (let from = 0; from < codes.length; from += chunk.count) {
      chunk = this.#engine.verifyChunk(placed.address, tokens, from, this.#plan.maxTokenLength, now, codes, texts, revoked);
      batch.accepted += chunk.accepted;
      batch.chunk = chunk;
      if (this.#engine.hasOutside) this.#setOutside(chunk, batch);
      if (chunk.hasFaults) this.#noteFaults(batch, chunk, (index) => from + index);
      batch.issuers?.set(this.#engine.issuers(chunk.count), from);
      if (placed.needsKeys) this.#noteKeys(chunk, batch);
    }
  }

  #noteKeys(chunk: Chunk, batch: Judging): void {
    batch.keys ??= new Uint32Array(batch.codes.length);
    for (let index = 0; index < chunk.count; index++) batch.keys[chunk.from + index] = this.#engine.field(index, RECORD_KEY);
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
  #judgeAuthentic(batch: Judging, authentic: readonly OutsideToken[], revoked: RevocationState | undefined): void {
    let chunk: Chunk;
    for (let from = 0; from < authentic.length; from += chunk.count) {
      const numberOf = (index: number) => (authentic[from + index] as OutsideToken).index;
      chunk = this.#engine.judgeAuthentic(authentic, from, batch.now, revoked);
      // Whose they are is known: it may not be told again of a token whose key has gone.
      for (let index = 0; index < chunk.count; index++) batch.codes[numberOf(index)] = this.#engine.code(index);
      if (chunk.hasFaults) this.#noteFaults(batch, chunk, numberOf);
      batch.accepted += chunk.accepted;
    }
  }

  /** The verdicts, counted; `left` is how many are none yet. */
  #conclude(batch: Judging, left = 0): BatchVerdicts<Claims> {
    if (this.#missing.hasSources && hasMissed(batch)) this.#missing.markUnavailable(batch);
    const { codes, texts, issuers, keys, faults, accepted, chunk, placed, placedAgain } = batch;
    const judged = { engine: this.#engine, codes, texts, issuers, keys, faults, accepted, chunk, placed, placedAgain };
    const byEngine = new Verdicts<Claims>(judged);
    const verdicts = this.#last.isNeeded ? new Verdicts<Claims>({ ...judged, accepted: this.#last.judgeAll(codes, byEngine) }) : byEngine;
    this.#counters.countBatch(codes, verdicts.accepted, left);
    return verdicts;
  }

  /** `chunk` is the one judged last; `numberOf` gives the number in the batch of a token of it. */
  #noteFaults(batch: Judging, chunk: Chunk, numberOf: (index: number) => number): void {
    for (let index = 0; index < chunk.count; index++) {
      const claim = this.#faultOf(batch.codes[numberOf(index)] as number, index);
      if (claim !== undefined) noteFault(batch, numberOf(index), claim);
    }
  }

  #rulesOf(index: number): Plan {
    return this.#hasIssuers ? (this.#plan.issuers[this.#engine.issuer(index)] as Plan) : this.#plan;
  }

  /** The issuer of a token of the chunk judged last, where there are several. */
  #issuerOf(index: number): number | undefined {
    return this.#hasIssuers ? this.#engine.issuer(index) : undefined;
  }

  /** Two codes are about a claim that they do not name: it is in the token's record. */
  #faultOf(code: number, index: number): string | undefined {
    if (code !== CLAIM_INVALID && code !== CLAIM_MISSING) return undefined;
    const claim = this.#engine.field(index, RECORD_CLAIM);
    return claim < CLAIM_OTHER ? REGISTERED_CLAIMS[claim] : this.#rulesOf(index).requiredClaims[claim - CLAIM_OTHER];
  }
}

/** @throws TypeError when it is no array. What a caller's own array does when it is asked comes before the keys: it may swap them. */
function lengthOf(tokens: unknown): number {
  if (!Array.isArray(tokens)) throw new TypeError("Expected `tokens` to be an array of strings or Uint8Arrays");
  return tokens.length;
}

/** Does what takes more than a turn; until it is done, and also if it fails, the blocks that the tokens were judged by stay. */
async function holding<Result>(placed: Placed, tokens: readonly OutsideToken[], work: () => Promise<Result>): Promise<Result> {
  const blocks = [...new Set(tokens.map(({ context }) => placed.blockOf(context)))];
  for (const block of blocks) block.hold();
  try {
    return await work();
  } finally {
    for (const block of blocks) block.letGo();
  }
}

function requireSynchronous(placed: Placed): void {
  if (placed.isSynchronous) return;
  throw new TypeError("Expected a runtime with `node:crypto` for public keys: use `verifyAsync` and `verifyBatchAsync` here");
}
