/** The verifier of `createVerifier`: each of its methods from the tokens to the verdicts. */
import { ACCEPTED, BAD_SIGNATURE, KEY_NOT_FOUND, NEEDS_PLATFORM } from "../abi.js";
import { attempt } from "../base/attempt.js";
import { bindMethods, refuseOptions } from "../base/bound.js";
import { JwtError } from "../base/jwtError.js";
import type { Chunks } from "../engine/chunk.js";
import type { Engine } from "../engine/engine.js";
import type { Payloads } from "../engine/payload.js";
import { tokenText } from "../engine/tokens.js";
import { Lifetime } from "../runtime/released.js";
import type { KeySource } from "../sources/keySource.js";
import { AcceptedToken } from "./acceptedToken.js";
import { BatchJudge } from "./batchJudge.js";
import type { ContextLoader } from "./contextLoader.js";
import type { IssuersLoader } from "./issuers.js";
import { begin, end, hasMissed, type Judging } from "./judging.js";
import type { KeyCount } from "./keyCount.js";
import { KeySupply } from "./keySupply.js";
import { isPending, LastChecks } from "./lastChecks.js";
import type { LoadedRules } from "./loadedContext.js";
import { MissingKeys, missedOf } from "./missingKeys.js";
import type { Plan } from "./options.js";
import { isAuthentic } from "./platformSignatures.js";
import { type ReadyVerdicts, VerifierPort } from "./port.js";
import { rejectionOf } from "./refused.js";
import { Counters, type VerifierStats } from "./stats.js";
import type { Acceptance, BatchVerdicts, Verdict } from "./verdict.js";
import { acceptedToken, Verdicts } from "./verdicts.js";
import type { Verifier } from "./verifier.js";

/** Where options belong. */
const HOME = "createVerifier";

export class EngineVerifier<Claims> extends VerifierPort<Claims> implements Verifier<Claims> {
  readonly problems: readonly string[];
  readonly #chunks: Chunks;
  readonly #live: Payloads;
  readonly #loader: ContextLoader | IssuersLoader;
  readonly #plan: Plan;
  readonly #hasIssuers: boolean;
  readonly #judge: BatchJudge;
  readonly #missing: MissingKeys;
  readonly #supply: KeySupply;
  readonly #last: LastChecks<Claims>;
  readonly #keyCount: KeyCount;
  readonly #counters = new Counters();
  readonly lifetime: Lifetime;

  constructor(engine: Engine, loader: ContextLoader | IssuersLoader, plan: Plan, keyCount: KeyCount) {
    super();
    this.problems = plan.problems;
    this.#chunks = engine.chunks;
    this.#live = engine.payloads;
    this.#loader = loader;
    this.#plan = plan;
    this.#hasIssuers = plan.issuers.length > 0;
    this.#keyCount = keyCount;
    this.lifetime = new Lifetime(loader.release);
    this.#judge = new BatchJudge(engine.chunks, loader, plan);
    this.#missing = new MissingKeys(engine, plan);
    this.#supply = new KeySupply(this.#missing, this.#judge);
    this.#last = new LastChecks(plan);
    bindMethods(this as Verifier<Claims>, "verify", "verifyBatch", "verifyOrThrow", "verifyBatchAsync", "stats");
  }

  verify(token: string | Uint8Array, more?: unknown): Verdict<Claims> {
    refuseOptions(more, "verify", HOME);
    const { maxTokenLength } = this.#plan;
    const text = tokenText(token, maxTokenLength);
    const now = this.#plan.now();
    const revoked = this.#judge.revoked(now);
    const rules = this.#loader.at(now);
    requireSynchronous(rules);
    const code = this.#chunks.verifyOne(rules.address, text ?? "", maxTokenLength, now, revoked);
    if (code === NEEDS_PLATFORM) {
      const token = this.#chunks.platformToken(0, text as string, 0);
      if (!isAuthentic(token)) return this.#rejected(BAD_SIGNATURE, text);
      this.#chunks.judgeAuthentic([token], 0, now, revoked);
      return this.#verdictOn(this.#chunks.code(0), text, rules);
    }
    if (code !== KEY_NOT_FOUND || !this.#missing.hasSources) return this.#verdictOn(code, text, rules);
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
    const revoked = this.#judge.revoked(now);
    const rules = this.#loader.at(now);
    const code = this.#chunks.verifyOne(rules.address, text ?? "", maxTokenLength, now, revoked);
    if (code === NEEDS_PLATFORM) {
      // What takes more than a turn is a batch of one.
      const batch = begin(1, now, this.#hasIssuers);
      await this.#judge.complete(batch, [text]);
      return (await this.#end(batch)).at(0);
    }
    if (code !== KEY_NOT_FOUND || !this.#missing.hasSources) return this.#verdictOn(code, text, rules);
    return (await this.#end(this.#missedAlone(text as string, now))).at(0);
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
    const revoked = this.#judge.revoked(batch.now);
    const rules = this.#loader.at(batch.now, batch.codes.length);
    requireSynchronous(rules);
    this.#judge.judge(rules, batch, tokens, revoked);
    this.#judge.finish(batch, revoked);
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
    await this.#judge.complete(batch, texts ?? tokens);
    return this.#end(batch);
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

  override textOf(token: string | Uint8Array): string | undefined {
    return tokenText(token, this.#plan.maxTokenLength);
  }

  override verifyReady(texts: readonly (string | undefined)[]): ReadyVerdicts<Claims> {
    const batch = begin(texts.length, this.#plan.now(), this.#hasIssuers);
    const waiting = this.#sift(batch, texts);
    for (const number of waiting) {
      if (batch.codes[number] === ACCEPTED) batch.accepted--;
      batch.codes[number] = NEEDS_PLATFORM;
    }
    return { verdicts: this.#conclude(batch, waiting.length), waiting };
  }

  /** Judges without waiting. Returns the numbers of the tokens that have to wait, ascending. */
  #sift(batch: Judging, texts: readonly (string | undefined)[]): readonly number[] {
    const late = this.#missing.late();
    const revoked = this.#judge.revoked(batch.now);
    this.#judge.judge(this.#loader.at(batch.now, texts.length), batch, texts, revoked);
    const missed = this.#missing.hasSources && hasMissed(batch) ? missedOf(batch) : [];
    const waiting = [...batch.onPlatform.map(({ index }) => index), ...missed];
    if (late.size === 0) return waiting.sort((left, right) => left - right);
    const ofLate = [...texts.keys()].filter((number) => late.has(this.#missing.sourceOf(batch, number) as KeySource));
    return [...new Set([...waiting, ...ofLate])].sort((left, right) => left - right);
  }

  /** What callers that can wait have to wait for before they judge such tokens. */
  #renewal(texts: () => readonly (string | undefined)[], now: number): Promise<unknown> | undefined {
    return this.#missing.renewal(this.#hasIssuers ? () => this.#sourcesOf(texts(), now) : undefined);
  }

  /** The sources of keys of the issuers that tokens name: judged once, to see that and nothing else. */
  #sourcesOf(texts: readonly (string | undefined)[], now: number): ReadonlySet<KeySource> {
    const batch = begin(texts.length, now, true);
    this.#judge.judge(this.#loader.at(now), batch, texts, undefined);
    const sources = texts.map((_, number) => this.#missing.sourceOf(batch, number));
    return new Set(sources.filter((source) => source !== undefined));
  }

  /** A batch of the one token that the engine has just found no key for. */
  #missedAlone(text: string, now: number): Judging {
    const batch = begin(1, now, this.#hasIssuers);
    batch.codes[0] = KEY_NOT_FOUND;
    batch.texts[0] = text;
    batch.issuers?.set(this.#chunks.issuers(1));
    return batch;
  }

  /** The verdict on the one token that the engine has just judged. */
  #verdictOn(code: number, text: string | undefined, rules: LoadedRules): Verdict<Claims> {
    if (!isPending(code)) return this.#rejected(code, text);
    const issuer = this.#hasIssuers ? this.#chunks.issuer(0) : undefined;
    const key = rules.needsKeys ? this.#chunks.key(0) : undefined;
    const keys = rules.contextOfIssuer(issuer);
    const token = new AcceptedToken<Claims>(text as string, keys, issuer, key, this.#live, this.#live.generation, 0);
    const last = this.#last.pass(code, token);
    if (last !== ACCEPTED) return this.#rejected(last, text);
    this.#counters.countOne(ACCEPTED);
    return token;
  }

  #rejected(code: number, text: string | undefined): Verdict<Claims> {
    this.#counters.countOne(code);
    return rejectionOf(code, this.#judge.faultOf(code, 0), text);
  }

  /** The verdicts of a batch that has been judged once, by callers that can wait for keys. */
  async #end(batch: Judging): Promise<BatchVerdicts<Claims>> {
    if (this.#missing.hasSources && hasMissed(batch)) await this.#supply.patiently(batch);
    return this.#conclude(batch);
  }

  /** The verdicts, counted; `left` is how many are none yet. */
  #conclude(batch: Judging, left = 0): BatchVerdicts<Claims> {
    if (this.#missing.hasSources && hasMissed(batch)) this.#missing.markUnavailable(batch);
    if (this.#last.areNeeded) this.#last.passAll(batch, (number) => acceptedToken<Claims>(batch, number, this.#live));
    this.#counters.countBatch(batch.codes, batch.accepted, left);
    return new Verdicts<Claims>(end(batch), this.#live);
  }
}

/** @throws TypeError when it is no array. What a caller's own array does when it is asked comes before the keys: it may swap them. */
function lengthOf(tokens: unknown): number {
  if (!Array.isArray(tokens)) throw new TypeError("Expected `tokens` to be an array of strings or Uint8Arrays");
  return tokens.length;
}

function requireSynchronous(rules: LoadedRules): void {
  if (rules.isSynchronous) return;
  throw new TypeError("Expected a runtime with `node:crypto` for public keys: use `verifyAsync` and `verifyBatchAsync` here");
}
