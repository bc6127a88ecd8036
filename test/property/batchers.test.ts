/** Batchers over random tokens, options and times of call: what each caller gets is what a batch of them all gives, counted once. */
import { deepStrictEqual } from "node:assert";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, it } from "vitest";
import { createBatcher, createVerifier, resolveKeys, verdictName } from "../../src/index.js";
import { plain } from "../support/compare.js";
import { deviceSecret, deviceToken } from "../support/devices.js";
import { runs } from "../support/runs.js";
import { NOW } from "../support/tokens.js";
import { anyToken, options } from "./arbitraries.js";

const plans = fc.record({ maxBatch: fc.integer({ min: 1, max: 12 }), flush: fc.constantFrom("immediate", "microtask") });
/** How many calls are made in each turn. */
const turns = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 });

/** The codes of a verifier's stats that are not 0. */
function counted(codes: object): [string, number][] {
  return Object.entries(codes).filter(([, count]) => count > 0);
}

describe("a batcher", () => {
  it("gives every call the verdict that it has in a batch of all, and counts each once", async () => {
    const tokens = fc.array(anyToken, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(options, tokens, plans, turns, async (chosen, all, plan, sizes) => {
        const verifier = createVerifier(chosen);
        const batcher = createBatcher(verifier, plan);
        const promises = [];
        for (const [number, token] of all.entries()) {
          promises.push(batcher.verifyAsync(token as string));
          if (number % (sizes[number % sizes.length] as number) === 0) await turn();
        }
        const verdicts = (await Promise.all(promises)).map(plain);
        const { tokens, codes } = verifier.stats();
        const batch = verifier.verifyBatch(all as string[]);
        deepStrictEqual(verdicts, [...batch].map(plain));
        const names = [...batch.codes].map(verdictName);
        deepStrictEqual(
          [tokens, new Map(counted(codes))],
          [all.length, new Map(names.map((name) => [name, names.filter((other) => other === name).length]))],
        );
      }),
      runs(300),
    );
  });

  it("does so whatever keys have to be waited for", async () => {
    const kind = fc.constantFrom("there", "at once", "slow", "never", "forged");
    await fc.assert(
      fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 30 }), plans, async (kinds, plan) => {
        const keys = resolveKeys((name) => {
          if (name === "never") return undefined;
          const key = { secret: deviceSecret(name) };
          return name === "slow" ? turn(key) : key;
        });
        const verifier = createVerifier({ keys, currentDate: NOW });
        const batcher = createBatcher(verifier, plan);
        verifier.verify(deviceToken("there"));
        const verdicts = await Promise.all(kinds.map((name) => batcher.verifyAsync(deviceToken(name, name === "forged" ? 1 : 0))));
        const expected = kinds.map((name) => (name === "never" ? "KEY_NOT_FOUND" : name === "forged" ? "BAD_SIGNATURE" : "ACCEPTED"));
        deepStrictEqual(
          verdicts.map((verdict) => (verdict.ok ? "ACCEPTED" : verdict.code)),
          expected,
        );
        const all = ["ACCEPTED", ...expected];
        deepStrictEqual(
          new Map(counted(verifier.stats().codes)),
          new Map(all.map((name) => [name, all.filter((other) => other === name).length])),
        );
        deepStrictEqual([batcher.pending, verifier.stats().tokens], [0, all.length]);
      }),
      runs(100),
    );
  });
});
