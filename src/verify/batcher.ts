/**
 * Makes batches of single calls: tokens that come in one turn of the event loop, each in a request of its own, are judged together. Those
 * that have to wait, for the platform or for a key, do so each for itself and hold up no other.
 */
import { LARGEST_TOKEN } from "../abi.js";
import { bindMethods, refuseOptions } from "../base/bound.js";
import { oneOf, whole } from "../base/check.js";
import { atCaller } from "../base/errors.js";
import { ownOptions } from "../base/own.js";
import { OverloadError } from "../base/rejections.js";
import { tokenText } from "../engine/tokens.js";
import { microtask, soon } from "../runtime/soon.js";
import { requireVerifier, VerifierPort, verdictOf } from "./port.js";
import type { Verdict } from "./verdict.js";
import type { Verifier } from "./verifier.js";

export interface BatcherOptions {
  /** How many tokens are judged at once, without waiting for more; 1024 unless given. */
  readonly maxBatch?: number;
  /** How many tokens may be queued, and how many may wait for a signature or a key; 65,536 unless given. */
  readonly maxQueue?: number;
  /**
   * When the tokens queued are judged: after the I/O of the turn, `"immediate"`, unless given; or `"microtask"`, as soon as the code that
   * runs has come to its end, for calls that are made side by side. Requests of a server come one to a microtask.
   */
  readonly flush?: "immediate" | "microtask";
}

/** What a batcher has done since it was made, and `pending`, of the moment. */
export interface BatcherStats {
  /** How many tokens it has judged, in how many batches: `tokens / batches` is their mean size. */
  readonly tokens: number;
  readonly batches: number;
  /** How many calls were rejected with an OverloadError. */
  readonly overloads: number;
  readonly pending: number;
}

/** Takes the place of its verifier wherever only `verifyAsync` is wanted. */
export interface Batcher<Claims> extends Pick<Verifier<Claims>, "verifyAsync"> {
  /**
   * As the verifier's own, judged together with the tokens of other calls; by the time at which the batch is. Rejects with an OverloadError
   * where too many wait already; for no token otherwise.
   */
  verifyAsync(token: string | Uint8Array): Promise<Verdict<Claims>>;
  /** How many tokens have no verdict yet. */
  readonly pending: number;
  stats(): BatcherStats;
}

/**
 * Makes a batcher for a verifier, which may still be used directly. A caller's own verifier, such as a wrapper around one of `createVerifier`,
 * may do anything in its `verifyAsync`: that is called for each token, at once and by itself. It must answer within 30 seconds.
 * @throws TypeError for a wrong option, naming it, or what is no verifier of JWTs.
 */
export const createBatcher = /* @__PURE__ */ atCaller(function createBatcher<Claims>(
  verifier: Pick<Verifier<Claims>, "verifyAsync">,
  given: BatcherOptions = {},
): Batcher<Claims> {
  requireVerifier(verifier, "verifier");
  const options = ownOptions(given, "options", ["maxBatch", "maxQueue", "flush"]);
  const isImmediate = oneOf(options.flush, "flush", ["immediate", "microtask"]) !== "microtask";
  return new QueueBatcher<Claims>(verifier, {
    maxBatch: whole(options.maxBatch, "maxBatch", 1, 2 ** 20, "tokens") ?? 1024,
    maxQueue: whole(options.maxQueue, "maxQueue", 1, 2 ** 24, "tokens") ?? 65_536,
    schedule: isImmediate ? soon : microtask,
  });
});

interface Plan {
  readonly maxBatch: number;
  readonly maxQueue: number;
  readonly schedule: (work: () => void) => void;
}

type Settle<Claims> = (verdict: Verdict<Claims> | Promise<Verdict<Claims>>) => void;

class QueueBatcher<Claims> implements Batcher<Claims> {
  readonly #verifier: Pick<Verifier<Claims>, "verifyAsync">;
  readonly #port: VerifierPort<Claims> | undefined;
  readonly #plan: Plan;
  /** The tokens queued and what settles their promises, by number. */
  #tokens: (string | undefined)[] = [];
  #settles: Settle<Claims>[] = [];
  #isDue = false;
  /** Tokens that were judged and wait for a signature or a key. */
  #waiting = 0;
  #judged = 0;
  #batches = 0;
  #overloads = 0;
  /** One for all promises, not one for each. */
  readonly #enlist = (settle: Settle<Claims>): void => {
    this.#settles.push(settle);
  };
  readonly #flushDue = (): void => {
    this.#isDue = false;
    if (this.#tokens.length) this.#flush();
  };

  constructor(verifier: Pick<Verifier<Claims>, "verifyAsync">, plan: Plan) {
    this.#verifier = verifier;
    this.#port = VerifierPort.of(verifier);
    this.#plan = plan;
    bindMethods(this as Batcher<Claims>, "verifyAsync", "stats");
  }

  get pending(): number {
    return this.#tokens.length + this.#waiting;
  }

  stats(): BatcherStats {
    return { tokens: this.#judged, batches: this.#batches, overloads: this.#overloads, pending: this.pending };
  }

  verifyAsync(token: string | Uint8Array, more?: unknown): Promise<Verdict<Claims>> {
    try {
      refuseOptions(more, "verifyAsync", "createVerifier");
    } catch (error) {
      return Promise.reject(error);
    }
    const port = this.#port;
    if (!port?.isOwn) return this.#pass(token);
    if (this.#tokens.length >= this.#plan.maxQueue) return this.#refused();
    // Bytes are read now: the caller may write over them before the batch is judged.
    const queued = this.#tokens.push(port.textOf(token));
    const verdict = new Promise(this.#enlist);
    if (queued >= this.#plan.maxBatch) this.#flush();
    else if (!this.#isDue) {
      this.#isDue = true;
      this.#plan.schedule(this.#flushDue);
    }
    return verdict;
  }

  /** Judges what is queued. What is called meanwhile, by `validate` say, finds an empty queue. */
  #flush(): void {
    const tokens = this.#tokens;
    const settles = this.#settles;
    this.#tokens = [];
    this.#settles = [];
    this.#batches++;
    this.#judged += tokens.length;
    const port = this.#port as VerifierPort<Claims>;
    try {
      const { verdicts, waiting } = port.verifyReady(tokens);
      let next = 0;
      for (let index = 0; index < settles.length; index++) {
        const mustWait = index === waiting[next];
        if (mustWait) next++;
        (settles[index] as Settle<Claims>)(mustWait ? this.#wait(() => port.verifyAsync(tokens[index] as string)) : verdicts.at(index));
      }
    } catch (error) {
      for (const settle of settles) settle(Promise.reject(error));
    }
  }

  /** Hands a token to a caller's own verifier, which has no port: a batch of one. */
  #pass(token: string | Uint8Array): Promise<Verdict<Claims>> {
    return this.#wait(() => {
      this.#batches++;
      this.#judged++;
      // A copy of bytes, as a batch has it; what is no token is for the verifier to refuse.
      return verdictOf(this.#verifier, tokenText(token, LARGEST_TOKEN) ?? token);
    });
  }

  /** Refuses only tokens that have to wait, when many do: a source of keys that does not answer stops no token whose key is there. */
  #wait(ask: () => Promise<Verdict<Claims>>): Promise<Verdict<Claims>> {
    if (this.#waiting >= this.#plan.maxQueue) return this.#refused();
    this.#waiting++;
    const verdict = ask();
    const end = () => {
      this.#waiting--;
    };
    verdict.then(end, end);
    return verdict;
  }

  #refused(): Promise<never> {
    this.#overloads++;
    return Promise.reject(new OverloadError());
  }
}
