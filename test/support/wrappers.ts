/** A caller's own code around a verifier: it hears of each token, and turns some away that the verifier would accept. */
import type { Verdict, Verifier } from "../../src/index.js";

type Async = Pick<Verifier, "verifyAsync">;
type Token = string | Uint8Array;

/** As wrappers are written. What the caller adds is in `verifyAsync` alone. */
export const WRAPPERS: readonly [kind: string, wrap: (verifier: Verifier, own: Async["verifyAsync"]) => Async][] = [
  ["an object", (_, own) => ({ verifyAsync: own })],
  ["a copy", (verifier, own) => ({ ...verifier, verifyAsync: own })],
  [
    "a class",
    (verifier, own) => {
      class Delegate {
        readonly #verifier = verifier;
        readonly #own = own;
        get problems() {
          return this.#verifier.problems;
        }
        verify(token: Token) {
          return this.#verifier.verify(token);
        }
        verifyBatch(tokens: readonly Token[]) {
          return this.#verifier.verifyBatch(tokens);
        }
        verifyAsync(token: Token) {
          return this.#own(token);
        }
        stats() {
          return this.#verifier.stats();
        }
      }
      return new Delegate();
    },
  ],
  ["an heir", (verifier, own) => Object.create(verifier, { verifyAsync: { value: own } })],
  [
    "a Proxy",
    (verifier, own) =>
      new Proxy(verifier, { get: (target, name, receiver) => (name === "verifyAsync" ? own : Reflect.get(target, name, receiver)) }),
  ],
  ["a replaced method", (verifier, own) => Object.assign(verifier, { verifyAsync: own })],
];

/** A wrapper that turns away a subject, and the tokens that it has heard of. */
export function wrapped(wrap: (typeof WRAPPERS)[number][1], verifier: Verifier, unwanted: string): { verifier: Async; heard: Token[] } {
  const heard: Token[] = [];
  const { verifyAsync } = verifier;
  const own = async (token: Token): Promise<Verdict> => {
    heard.push(token);
    const verdict = await verifyAsync(token);
    return verdict.ok && verdict.claims.sub === unwanted ? { ok: false, code: "VALIDATION_FAILED" } : verdict;
  };
  return { verifier: wrap(verifier, own), heard };
}

/** What is no verdict on a JWT, as a wrapper might give it for a token that its verifier accepts. */
export const NO_VERDICTS: readonly [what: string, of: (verdict: Verdict) => unknown][] = [
  ["nothing", () => undefined],
  ["true", () => true],
  ["a text", () => "ok"],
  ["the claims", (verdict) => verdict.ok && verdict.claims],
  ["`ok` that is no boolean", () => ({ ok: 1, claims: {} })],
  ["`ok` alone", () => ({ ok: true })],
  ["a copy, without its claims", (verdict) => ({ ...verdict })],
  ["the acceptance of a JWS", () => ({ ok: true, payload: new Uint8Array(), header: { alg: "HS256" }, keyName: undefined })],
];
