/**
 * Takes a batch through the engine, chunk by chunk, and keeps what it says. Tokens of a public key go through it twice: the second time once
 * the platform has verified their signatures.
 */
import { BAD_SIGNATURE, CLAIM_INVALID, CLAIM_MISSING, CLAIM_OTHER, KEY_NOT_FOUND, NEEDS_PLATFORM } from "../abi.js";
import { REGISTERED_CLAIMS } from "../base/codes.js";
import type { Chunk, Chunks, PlatformToken, RevocationState } from "../engine/chunk.js";
import type { ContextLoader } from "./contextLoader.js";
import type { IssuersLoader } from "./issuers.js";
import { begin, type Judging, merge, noteFault } from "./judging.js";
import type { LoadedRules } from "./loadedContext.js";
import type { Plan } from "./options.js";
import { authenticTokens, isAuthentic } from "./platformSignatures.js";

export class BatchJudge {
  readonly #chunks: Chunks;
  readonly #loader: ContextLoader | IssuersLoader;
  readonly #plan: Plan;
  readonly #hasIssuers: boolean;

  constructor(chunks: Chunks, loader: ContextLoader | IssuersLoader, plan: Plan) {
    this.#chunks = chunks;
    this.#loader = loader;
    this.#plan = plan;
    this.#hasIssuers = plan.issuers.length > 0;
  }

  /**
   * What is revoked, as a call finds it that judges by `now`, in seconds. It may run a caller's code, which may rotate keys: to be asked
   * before the contexts are looked up, or while they are held.
   */
  revoked(now: number): RevocationState | undefined {
    const { revocation } = this.#plan;
    if (!revocation) return undefined;
    const { list, isStale } = revocation.place(now);
    // A list of the caller's own that says neither is not to be relied on.
    return { list, isStale: isStale !== false };
  }

  /** Judges all there is to judge without the platform. */
  judge(rules: LoadedRules, batch: Judging, tokens: readonly unknown[], revoked: RevocationState | undefined): void {
    const { codes, texts, now } = batch;
    batch.rules = rules;
    let chunk: Chunk;
    for (let from = 0; from < codes.length; from += chunk.count) {
      chunk = this.#chunks.verifyChunk(rules.address, tokens, from, this.#plan.maxTokenLength, now, codes, texts, revoked);
      batch.accepted += chunk.accepted;
      batch.chunk = chunk;
      if (this.#chunks.hasPlatformTokens) this.#setAside(chunk, batch);
      if (chunk.hasFaults) this.#noteFaults(batch, chunk, (index) => from + index);
      batch.issuers?.set(this.#chunks.issuers(chunk.count), from);
      if (rules.needsKeys) this.#noteKeys(chunk, batch);
    }
  }

  /** Judges the claims of those tokens whose signatures the platform verifies at once. */
  finish(batch: Judging, revoked: RevocationState | undefined): void {
    if (batch.onPlatform.length) this.#resume(batch, batch.onPlatform.filter(isAuthentic), revoked);
  }

  /** Judges a batch to the end, its signatures being verified by promises. Until then, and also if it fails, its contexts stay. */
  async complete(batch: Judging, tokens: readonly unknown[]): Promise<void> {
    const revoked = this.revoked(batch.now);
    const rules = this.#loader.at(batch.now, batch.codes.length);
    this.judge(rules, batch, tokens, revoked);
    const { onPlatform } = batch;
    if (!onPlatform.length) return;
    await holding(rules, onPlatform, async () => {
      const authentic = await authenticTokens(onPlatform);
      this.#resume(batch, authentic, this.revoked(batch.now));
    });
  }

  /** Has another try at tokens of a batch whose keys may have come. */
  async retry(batch: Judging, numbers: readonly number[]): Promise<void> {
    const again = begin(numbers.length, batch.now, this.#hasIssuers);
    const texts = numbers.map((number) => batch.texts[number]);
    await this.complete(again, texts);
    merge(batch, again, numbers);
  }

  /** The same at once. Says whether some are left for callers that can wait: their public keys need a promise. */
  retryNow(batch: Judging, numbers: readonly number[]): boolean {
    const again = begin(numbers.length, batch.now, this.#hasIssuers);
    const revoked = this.revoked(batch.now);
    const rules = this.#loader.at(batch.now);
    const texts = numbers.map((number) => batch.texts[number]);
    this.judge(rules, again, texts, revoked);
    if (rules.isSynchronous) this.finish(again, revoked);
    const left = rules.isSynchronous ? [] : again.onPlatform;
    for (const { index } of left) again.codes[index] = KEY_NOT_FOUND;
    merge(batch, again, numbers);
    return left.length > 0;
  }

  /** Two codes are about a claim that they do not name: it is in the token's record. `index` is its number in the chunk judged last. */
  faultOf(code: number, index: number): string | undefined {
    if (code !== CLAIM_INVALID && code !== CLAIM_MISSING) return undefined;
    const claim = this.#chunks.claim(index);
    return claim < CLAIM_OTHER ? REGISTERED_CLAIMS[claim] : this.#rulesOf(index).requiredClaims[claim - CLAIM_OTHER];
  }

  /** Judges on the tokens whose signatures the platform has verified. */
  #resume(batch: Judging, authentic: readonly PlatformToken[], revoked: RevocationState | undefined): void {
    let chunk: Chunk;
    for (let from = 0; from < authentic.length; from += chunk.count) {
      const numberOf = (index: number) => (authentic[from + index] as PlatformToken).index;
      chunk = this.#chunks.judgeAuthentic(authentic, from, batch.now, revoked);
      // Their issuers are known: the engine may not tell that again of a token whose key has gone.
      for (let index = 0; index < chunk.count; index++) batch.codes[numberOf(index)] = this.#chunks.code(index);
      if (chunk.hasFaults) this.#noteFaults(batch, chunk, numberOf);
      batch.accepted += chunk.accepted;
    }
  }

  #noteKeys(chunk: Chunk, batch: Judging): void {
    batch.keys ??= new Uint32Array(batch.codes.length);
    for (let index = 0; index < chunk.count; index++) batch.keys[chunk.from + index] = this.#chunks.key(index);
  }

  /** Sets the tokens of a chunk aside that the platform verifies; until it has, their signatures are bad. */
  #setAside(chunk: Chunk, { codes, texts, onPlatform }: Judging): void {
    for (let index = 0; index < chunk.count; index++) {
      const number = chunk.from + index;
      if (codes[number] !== NEEDS_PLATFORM) continue;
      codes[number] = BAD_SIGNATURE;
      onPlatform.push(this.#chunks.platformToken(index, texts[number] as string, number));
    }
  }

  /** `chunk` is the one judged last; `numberOf` gives the number in the batch of a token of it. */
  #noteFaults(batch: Judging, chunk: Chunk, numberOf: (index: number) => number): void {
    for (let index = 0; index < chunk.count; index++) {
      const claim = this.faultOf(batch.codes[numberOf(index)] as number, index);
      if (claim !== undefined) noteFault(batch, numberOf(index), claim);
    }
  }

  #rulesOf(index: number): Plan {
    return this.#hasIssuers ? (this.#plan.issuers[this.#chunks.issuer(index)] as Plan) : this.#plan;
  }
}

/** Does what takes more than a turn; until it is done, and also if it fails, the contexts that the tokens were judged by stay. */
async function holding<Result>(rules: LoadedRules, tokens: readonly PlatformToken[], work: () => Promise<Result>): Promise<Result> {
  const contexts = [...new Set(tokens.map(({ context }) => rules.contextAt(context)))];
  for (const context of contexts) context.hold();
  try {
    return await work();
  } finally {
    for (const context of contexts) context.letGo();
  }
}
