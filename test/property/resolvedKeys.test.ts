/**
 * Keys that are looked up, while the clock jumps, keys are replaced and withdrawn, and the source fails or hangs: no token is accepted with a
 * key that the source would not have given within `maxAge`, or `maxStale` beyond it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVerifier, type KeyInput, resolveKeys, type Verifier } from "../../src/index.js";
import type { KeySource } from "../../src/sources/keySource.js";
import { testSecret } from "../support/ring.js";
import { runs } from "../support/runs.js";
import { NOW, signWith } from "../support/tokens.js";

const NAMES = ["a", "b", "c"];
const VERSIONS = 3;
const MAX_AGE = 100;

const secretOf = (name: string, version: number) => testSecret(`${name}, version ${version}`);
const ISSUER = "https://a.example";
const tokenOf = (name: string, version: number, alg: "HS256" | "HS384" = "HS256") =>
  signWith(alg, JSON.stringify({ iss: ISSUER }), secretOf(name, version), name);

/** A verifier of these keys alone, or one of several issuers, of which these are one's. */
const verifierOf = (keys: KeySource, hasOthers: boolean) =>
  hasOthers
    ? createVerifier({
        currentDate: NOW,
        issuers: [
          { issuer: "https://b.example", keys: testSecret("of another issuer") },
          { issuer: ISSUER, keys },
        ],
      })
    : createVerifier({ keys, currentDate: NOW });

type Step =
  | { readonly kind: "pass" | "jump back"; readonly seconds: number }
  | { readonly kind: "give"; readonly name: string; readonly version: number }
  | { readonly kind: "withdraw" | "forget"; readonly name: string }
  | { readonly kind: "source"; readonly state: "works" | "fails" | "hangs" }
  | { readonly kind: "verify" | "verify by promise"; readonly names: readonly string[] }
  | { readonly kind: "turn" };

const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("verify" as const), names: fc.constant(NAMES) }),
  fc.record({ kind: fc.constant("pass" as const), seconds: fc.constantFrom(1, 26, 50, 76, 101, 7200) }),
  fc.record({ kind: fc.constant("jump back" as const), seconds: fc.constantFrom(1, 99, 7200) }),
  fc.record({ kind: fc.constant("give" as const), name, version: fc.nat(VERSIONS - 1) }),
  fc.record({ kind: fc.constantFrom("withdraw" as const, "forget" as const), name }),
  fc.record({
    kind: fc.constant("source" as const),
    state: fc.constantFrom("works" as const, "works" as const, "works" as const, "fails" as const, "hangs" as const),
  }),
  fc.record({
    kind: fc.constantFrom("verify" as const, "verify by promise" as const),
    names: fc.array(name, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("turn" as const) }),
);
const options = fc.record({
  maxKeys: fc.constantFrom(1, 3, 100),
  maxStale: fc.constantFrom(0, 150),
  maxPending: fc.constantFrom(1, 256),
  maxUnknown: fc.constantFrom(2, 100),
  unknownAge: fc.constantFrom(0.001, 5),
});
/** Of keys that are for several, each comes and goes with the others. */
const algorithms = fc.constantFrom(undefined, ["HS256", "HS384"] as const);

describe("a key that was looked up", () => {
  it.each([
    ["at once", "one issuer", false, false],
    ["by promise", "one issuer", true, false],
    ["at once", "several issuers", false, true],
    ["by promise", "several issuers", true, true],
  ])("%s by a verifier of %s is used for no longer than it may be", async (_come, _issuers, later, hasOthers) => {
    await fc.assert(
      fc.asyncProperty(options, algorithms, fc.array(step, { minLength: 20, maxLength: 60, size: "max" }), async (given, alg, steps) => {
        let now = NOW;
        // As much as has passed, jumps included that made the clock go forward.
        let age = 0;
        let state: "works" | "fails" | "hangs" = "works";
        const current = new Map<string, number>(NAMES.map((each) => [each, 0]));
        /** The ages up to which the source gave a key, by name and version. */
        const givenUntil = new Map<string, number>();
        const note = () => {
          for (const [each, version] of current) givenUntil.set(`${each} ${version}`, age);
        };
        const answer = (wanted: string): KeyInput | undefined | Promise<KeyInput | undefined> => {
          if (state === "hangs" && later) return new Promise(() => undefined);
          if (state !== "works") throw new Error("the source fails");
          const version = current.get(wanted);
          return version === undefined ? undefined : { secret: secretOf(wanted, version), ...(alg && { alg }) };
        };
        const resolver = later ? async (wanted: string) => answer(wanted) : answer;
        const keys = resolveKeys(resolver, { ...given, maxAge: MAX_AGE, timeout: 0.002, currentDate: () => now });
        const verifier = verifierOf(keys, hasOthers);
        const longest = MAX_AGE + given.maxStale + 1;
        const verify = async (judge: Verifier["verifyBatchAsync"], names: readonly string[]) => {
          note();
          const pairs = names.flatMap((each) =>
            Array.from({ length: VERSIONS }, (_, version) => ({ each, version, with: alg?.[version % 2] })),
          );
          const { codes } = await judge(pairs.map(({ each, version, with: algorithm }) => tokenOf(each, version, algorithm)));
          for (const [index, { each, version }] of pairs.entries()) {
            expect([0, 6, 7, 26]).toContain(codes[index]);
            if (codes[index] !== 0) continue;
            expect(age - (givenUntil.get(`${each} ${version}`) ?? Number.NEGATIVE_INFINITY)).toBeLessThanOrEqual(longest);
          }
        };
        for (const each of steps) {
          if (each.kind === "pass") {
            note();
            now += each.seconds;
            age += each.seconds;
          } else if (each.kind === "jump back") {
            // The verifier has seen the clock ahead, or it never was.
            keys.at(now);
            now -= each.seconds;
            keys.at(now);
          } else if (each.kind === "give" || each.kind === "withdraw") {
            note();
            if (each.kind === "give") current.set(each.name, each.version);
            else current.delete(each.name);
          } else if (each.kind === "forget") keys.forget(each.name);
          else if (each.kind === "source") state = each.state;
          else if (each.kind === "turn") await new Promise((resolve) => setTimeout(resolve, 1));
          else if (each.kind === "verify") await verify(async (tokens) => verifier.verifyBatch(tokens), each.names);
          else if (each.kind === "verify by promise") await verify((tokens) => verifier.verifyBatchAsync(tokens), each.names);
          const most = later ? given.maxKeys + NAMES.length : given.maxKeys;
          expect(keys.size).toBeLessThanOrEqual(most * (alg?.length ?? 1));
        }
      }),
      runs(100),
    );
  });
});
