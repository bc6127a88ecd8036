/**
 * Callbacks that re-enter the library: whatever they do, the call under way gives the verdicts of its own keys and rules, or ends with a
 * clear exception, and so does every call after it.
 */
import { deepStrictEqual } from "node:assert";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import { IS_FULL, sameRuns } from "../support/runs.js";
import { CALLS, type Call } from "./reentrance/calls.js";
import { House, KINDS, type Kind } from "./reentrance/house.js";
import { READERS, READING } from "./reentrance/readers.js";

/** The calls that callbacks are called by. */
const OUTER: Readonly<Record<string, (house: House) => Promise<void> | void>> = {
  verify: (house) => {
    for (const sample of house.samples) house.try(() => house.check(sample, house.outer.verify(sample.token)));
  },
  verifyBatch: (house) => house.checkAll(house.samples, house.outer.verifyBatch(house.tokens())),
  verifyAsync: async (house) => {
    for (const sample of house.samples) {
      const verdict = house.outer.verifyAsync(sample.token);
      house.try(async () => house.check(sample, await verdict));
      await verdict.catch(() => undefined);
    }
  },
  verifyBatchAsync: async (house) => house.checkAll(house.samples, await house.outer.verifyBatchAsync(house.tokens())),
  batcher: async (house) => {
    const verdicts = house.samples.map(async (sample) => house.check(sample, (await house.batcher.verifyAsync(sample.token)) as never));
    for (const verdict of verdicts) house.try(() => verdict);
    await Promise.allSettled(verdicts);
  },
  stats: (house) => {
    house.outer.stats();
  },
};

const EVERYWHERE = [
  "currentDate of a verifier",
  "currentDate of a list",
  "place(), before",
  "place(), after",
  "validate",
  "judge() of a guard",
  "health()",
  "getter of tokens",
  "Proxy of tokens",
  "tokens that shrink",
  "tokens that grow",
];
const OF_RINGS = ["currentDate of a ring", "callback of a ring", "onReload of a ring", "onError of a ring"];
const OF_RESOLVERS = [
  "resolver, when it is asked",
  "resolver, when it has the key",
  "resolver, when it has no key",
  "currentDate of a resolver",
  "onError of a resolver",
];
const OF_SOURCES = [
  "at() of a source, before",
  "at() of a source, after",
  "load() of a snapshot, before",
  "load() of a snapshot, after",
  "getter of a loaded key",
  "size of a snapshot",
  "missed() of a source",
  "refresh() of a source",
  "supply() of a source",
  "isUnavailable() of a source",
  "proved() of a source",
];

function callbacksOf(kind: Kind): string[] {
  if (kind === "issuers") return [...EVERYWHERE, ...OF_RINGS, ...OF_RESOLVERS, ...OF_SOURCES];
  const own = kind.startsWith("ring") ? OF_RINGS : kind.startsWith("resolver") ? OF_RESOLVERS : kind.startsWith("source") ? OF_SOURCES : [];
  return [...EVERYWHERE, ...own];
}

function rank(fault: string): number {
  return fault.endsWith("got ACCEPTED") ? 0 : 1;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
afterAll(collect);

/** The one that steals memory, and in full runs some others; all of them at a larger scale. */
const { numRuns } = sameRuns(1);
const others = CALLS.filter(({ isChief }) => !isChief);
const length = IS_FULL ? Math.min(numRuns, others.length) : 0;
const some = { minLength: length, maxLength: length };
const calls = fc.shuffledSubarray(others, some).map((chosen) => {
  const all = [...CALLS.filter(({ isChief }) => isChief), ...chosen];
  // Named by their names where a property has failed.
  return Object.assign(all, { [fc.toStringMethod]: () => all.map(({ name }) => name).join("; ") });
});

describe.each(KINDS)("a verifier whose keys are of a %s", (kind) => {
  it.each(callbacksOf(kind))("is right while its %s re-enters", async (callback) => {
    await fc.assert(
      fc.asyncProperty(calls, async (chosen) => {
        // Four sources cost as much as four verifiers: half of the calls will do.
        await tryCalls(kind, callback, kind === "issuers" ? chosen.slice(0, Math.ceil(chosen.length / 2)) : chosen);
      }),
      { ...sameRuns(1), numRuns: 1, endOnFailure: true },
    );
  });
});

describe.each(Object.keys(READERS))("%s", (reader) => {
  it("is right while what it reads re-enters", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom<Kind>("ring", "table of ES256", "source"), calls, async (kind, chosen) => {
        const outer = { [reader]: READERS[reader] as (house: House) => Promise<void> | void };
        await tryCalls(kind, READING, chosen, outer);
      }),
      { ...sameRuns(1), endOnFailure: true },
    );
  });
});

async function tryCalls(kind: Kind, callback: string, chosen: readonly Call[], outers = OUTER): Promise<void> {
  const fired = new Set<string>();
  const faults: string[] = [];
  for (const call of chosen) {
    const house = await House.build(kind);
    for (const [name, outer] of Object.entries(outers)) {
      await house.during(
        callback,
        () => call.make(house),
        () => outer(house),
      );
      if (house.faults.length === 0) await house.checkAfter();
      // A wrong accept first: it is what matters.
      const [first, ...others] = house.faults.splice(0).sort((left, right) => rank(left) - rank(right));
      if (first) faults.push(`${name}, within which ${call.name}: ${first}${others.length ? `, and ${others.length} more` : ""}`);
    }
    for (const each of house.fired) fired.add(each);
    await house.close();
  }
  collect();
  await turn();
  deepStrictEqual(faults.slice(0, 30), []);
  deepStrictEqual([...fired], [callback]);
}
