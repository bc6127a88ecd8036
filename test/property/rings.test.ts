/** Rings in any order of events, held against a plain list of what was added, loaded, retired and removed. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, it } from "vitest";
import { createVerifier } from "../../src/index.js";
import { callback } from "../../src/keyring/callback.js";
import { createKeyRing } from "../../src/keyring/ring.js";
import { testSecret } from "../support/ring.js";
import { runs } from "../support/runs.js";
import { base64url, signClaims } from "../support/tokens.js";

const KIDS = ["a", "b", "c", "d"];
const SECRETS = ["one", "two"];

interface Entry {
  readonly kid: string;
  readonly secret: string;
  readonly nbf: number;
  readonly exp: number;
}

const kid = fc.constantFrom(...KIDS);
const time = fc.integer({ min: 0, max: 20 });
const entry: fc.Arbitrary<Entry> = fc
  .record({ kid, secret: fc.constantFrom(...SECRETS), nbf: time, length: fc.integer({ min: 1, max: 20 }) })
  .map(({ length, ...key }) => ({ ...key, exp: key.nbf + length }));

type Event =
  | { readonly type: "add"; readonly entry: Entry }
  | { readonly type: "remove"; readonly kid: string }
  | { readonly type: "retire"; readonly kid: string; readonly at: number }
  | { readonly type: "load"; readonly entries: readonly Entry[] };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ type: fc.constant("add" as const), entry }),
  fc.record({ type: fc.constant("remove" as const), kid }),
  fc.record({ type: fc.constant("retire" as const), kid, at: time }),
  fc.record({ type: fc.constant("load" as const), entries: fc.array(entry, { maxLength: 5 }) }),
);

/** What a ring should be, as plainly as can be. */
class Model {
  added: Entry[] = [];
  loaded: Entry[] = [];
  /** The last load has given keys, none of which the ring takes. */
  isRefused = false;
  readonly ends = new Map<string, number>();

  get all(): Entry[] {
    return [...this.added, ...this.loaded].map((each) => ({ ...each, exp: this.#end(each) }));
  }

  apply(event: Event): void {
    if (event.type === "add" && !this.all.some((each) => each.kid === event.entry.kid)) {
      this.ends.delete(event.entry.kid);
      this.added.push(event.entry);
    }
    if (event.type === "remove") this.ends.set(event.kid, Number.NEGATIVE_INFINITY);
    if (event.type === "retire") this.ends.set(event.kid, Math.min(event.at, this.ends.get(event.kid) ?? Number.POSITIVE_INFINITY));
    if (event.type === "load") {
      const same = (left: Entry, right: Entry) => JSON.stringify(left) === JSON.stringify(right);
      const isClear = (each: Entry) =>
        !this.added.some((other) => other.kid === each.kid) && event.entries.every((other) => other.kid !== each.kid || same(other, each));
      const clear = event.entries.filter((each, index, list) => isClear(each) && list.findIndex((other) => same(other, each)) === index);
      this.loaded = clear;
      this.isRefused = clear.length === 0 && event.entries.length > 0;
    }
    this.added = this.added.filter((each) => each.nbf < this.#end(each));
    this.loaded = this.loaded.filter((each) => each.nbf < this.#end(each));
  }

  #end({ kid, exp }: Entry): number {
    return Math.min(exp, this.ends.get(kid) ?? Number.POSITIVE_INFINITY);
  }

  codeOf(kid: string, secret: string, now: number): string {
    const key = this.all.find((each) => each.kid === kid && each.nbf <= now && now < each.exp);
    if (!key) return this.isRefused ? "KEY_UNAVAILABLE" : "KEY_NOT_FOUND";
    return key.secret === secret ? "ACCEPTED" : "BAD_SIGNATURE";
  }
}

const TOKENS = KIDS.flatMap((kid) =>
  SECRETS.map((secret) => ({ kid, secret, token: signClaims({ kid, secret }, { alg: "HS256", kid }, testSecret(secret)) })),
);

function jwkOf({ kid, secret, nbf, exp }: Entry) {
  return { kty: "oct", k: base64url(testSecret(secret)), kid, nbf, exp } as const;
}

describe("a ring", () => {
  it("is what has been done to it, at any time and for every verifier", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(event, fc.array(time, { minLength: 1, maxLength: 3 })), { maxLength: 20 }), async (events) => {
        let given: readonly Entry[] = [];
        let now = 0;
        const model = new Model();
        const ring = createKeyRing({ source: callback(() => ({ keys: given.map(jwkOf) })) });
        const verifiers = [createVerifier({ keys: ring, currentDate: () => now }), createVerifier({ keys: ring, currentDate: () => 10 })];
        await ring.ready().catch(() => undefined);
        for (const [each, times] of events) {
          model.apply(each);
          if (each.type === "add") attempt(() => ring.add(jwkOf(each.entry)));
          if (each.type === "remove") ring.remove(each.kid);
          if (each.type === "retire") ring.retire(each.kid, each.at);
          if (each.type === "load") {
            given = each.entries;
            await ring.reload();
          }
          for (now of times) {
            verifiers.forEach((verifier, index) => {
              const codes = TOKENS.map(({ token }) => verifier.verify(token)).map((verdict) => (verdict.ok ? "ACCEPTED" : verdict.code));
              deepStrictEqual(
                codes,
                TOKENS.map(({ kid, secret }) => model.codeOf(kid, secret, index === 0 ? now : 10)),
              );
            });
          }
        }
        ring.close();
      }),
      runs(150),
    );
  });
});

function attempt(work: () => void): void {
  try {
    work();
  } catch {}
}
