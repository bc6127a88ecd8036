/** Good tokens beside as much junk: all of them accepted, about as fast as without it, for a bounded number of look-ups and bytes. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { floodCases, measureFlood } from "../../bench/floodCases.mjs";
import * as library from "../../src/index.js";
import { callback, createKeyRing } from "../../src/keyring/index.js";
import { createReplayGuard } from "../../src/revocation/index.js";

const PLAN = { rounds: 9, calls: 2000 };
const cases = floodCases({ ...library, callback, createKeyRing, createReplayGuard }, 4 * 2 * PLAN.rounds * PLAN.calls);

describe("good tokens in a flood", () => {
  it.each(cases.map((flood) => ({ title: flood.title, flood })))("of $title", { retry: 3 }, async ({ title, flood }) => {
    const { successRate, ratio, quiet, flooded, seconds, lookUps = 0, growth } = await measureFlood(flood, PLAN);
    console.log(`${title}: p99 ${quiet.toFixed(1)} → ${flooded.toFixed(1)} µs, ${lookUps} look-ups`);
    expect(successRate).toBe(1);
    expect(ratio).toBeLessThanOrEqual(1.5);
    // 10,000 names in vain at once, and as many in each 30 seconds; and keys of devices that are looked up again.
    expect(lookUps).toBeLessThanOrEqual(10_000 + (10_000 / 30) * seconds + 1000);
    expect(growth).toBeLessThan(1_000_000);
  });

  it("have nothing kept of it: 300,000 names leave less than 4 MB", async () => {
    const keys = library.resolveKeys((name) => (name.startsWith("device") ? { secret: "s".repeat(40) } : undefined));
    const derived = library.deriveKeys({ master: "m".repeat(40) });
    const verifiers = [library.createVerifier({ keys }), library.createVerifier({ keys: derived })];
    const signature = "A".repeat(43);
    const payload = Buffer.from("{}").toString("base64url");
    const flood = (from: number) => {
      const names = Array.from(
        { length: 1000 },
        (_, index) => `made up, and as long as a name in a certificate may well be, ${from + index}`,
      );
      const tokens = names.map(
        (kid) => `${Buffer.from(JSON.stringify({ alg: "HS256", kid })).toString("base64url")}.${payload}.${signature}`,
      );
      for (const verifier of verifiers) verifier.verifyBatch(tokens);
    };
    for (let from = 0; from < 20_000; from += 1000) flood(from);
    const before = bytes();
    for (let from = 20_000; from < 320_000; from += 1000) flood(from);
    expect(bytes() - before).toBeLessThan(4_000_000);
    expect([keys.size, derived.size]).toEqual([0, 0]);
  });
});

/** Bytes in use, garbage collected. */
function bytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}
