/**
 * The port for judging: what batchers and adapters, and whatever else collects tokens, ask of a verifier. A caller's own verifier has no
 * port, and neither has a wrapper around one that has, of whichever kind: its own `verifyAsync` is called, token by token, and nothing that it
 * adds is passed over.
 */
import { bindMethods } from "../base/bound.js";
import { requirePart } from "../base/check.js";
import { partMember } from "../base/own.js";
import { LONGEST, lateness, within } from "../runtime/deadline.js";
import { type BatchVerdicts, isAccepted, type Verdict } from "./verdict.js";

/** A verifier, or what has the one method of it that is needed: a batcher, a wrapper. */
export interface AsyncVerifier<Claims> {
  verifyAsync(token: string | Uint8Array): Promise<Verdict<Claims>>;
}

/** What could be judged without waiting. `waiting` are the numbers of the other tokens, ascending: these have no verdict. */
export interface ReadyVerdicts<Claims> {
  readonly verdicts: BatchVerdicts<Claims>;
  readonly waiting: readonly number[];
}

/**
 * What has a port extends this class. The private member is the mark: no copy, heir or Proxy has it, so that a port cannot be reached through
 * a wrapper.
 */
export abstract class VerifierPort<Claims> implements AsyncVerifier<Claims> {
  readonly #own: unknown;

  constructor() {
    bindMethods(this as AsyncVerifier<Claims>, "verifyAsync");
    this.#own = this.verifyAsync;
  }

  /** The port of a verifier, if it has one. */
  static of<Claims>(verifier: AsyncVerifier<Claims>): VerifierPort<Claims> | undefined {
    return #own in verifier ? (verifier as unknown as VerifierPort<Claims>) : undefined;
  }

  /** Has the port its own `verifyAsync`? A caller, or a test's spy, may put another one in the place of it, which is called then. */
  get isOwn(): boolean {
    return this.verifyAsync === this.#own;
  }

  abstract verifyAsync(token: string | Uint8Array): Promise<Verdict<Claims>>;

  /** The text of what was given as a token, to be judged later: bytes as they are now. Undefined for what is no token by its type. */
  abstract textOf(token: string | Uint8Array): string | undefined;

  /**
   * Judges those of a batch's tokens that need not wait. Those whose signature the platform verifies, or whose key may yet come or has to be
   * renewed, are neither judged nor counted.
   */
  abstract verifyReady(texts: readonly (string | undefined)[]): ReadyVerdicts<Claims>;
}

/** @throws TypeError for what is no verifier, and for one of bytes, which checks no claims. `expected` is what errors ask for. */
export function requireVerifier(value: unknown, name: string, expected = "a verifier"): void {
  requirePart(value, name, expected, "verifyAsync");
  if (partMember(value as { readonly payloads?: unknown }, "payloads") === "bytes")
    throw new TypeError(`Expected \`${name}\` to be a verifier of JWTs, got one of bytes: it checks no claims`);
}

/** What a caller's own verifier says of a token. Rejects where it fails, gives what is no verdict, or does not answer in time. */
export function verdictOf<Claims>(verifier: AsyncVerifier<Claims>, token: string | Uint8Array): Promise<Verdict<Claims>> {
  const asked = async (): Promise<Verdict<Claims>> => {
    const verdict = await verifier.verifyAsync(token);
    isAccepted(verdict);
    return verdict;
  };
  return within(LONGEST, asked(), () => lateness("the token to be judged"));
}
