/** 100,000 sessions: their memory, and how long they take. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createRevocationList } from "../../../src/revocation/index.js";
import { createSessionRegistry } from "../../../src/sessions/index.js";

const COUNT = 100_000;

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe("100,000 sessions", () => {
  it("take at most 32 MB, what they close included", () => {
    const taken = bytes();
    console.log(`${COUNT} sessions: ${(taken / 1e6).toFixed(1)} MB, what they close included`);
    expect(taken).toBeLessThan(32_000_000);
  });

  it("that expire together are closed while all else goes on", { retry: 2 }, async () => {
    let now = 1000;
    let closed = 0;
    const registry = createSessionRegistry({ currentDate: () => now });
    for (let index = 0; index < COUNT; index++) {
      registry.add({ sub: `device-${index}`, jti: randomUUID(), exp: 1002 }, () => {
        closed += 1;
        const end = performance.now() + 0.005;
        while (performance.now() < end);
      });
    }
    let longest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    now = 1002;
    await until(() => registry.size === 0);
    clearInterval(ticks);
    expect(closed).toBe(COUNT);
    expect(longest).toBeLessThan(250);
  });

  it("are not all looked at to find one that is revoked", { retry: 2 }, async () => {
    const revocations = createRevocationList();
    const registry = createSessionRegistry({ revocations });
    const ids = Array.from({ length: COUNT }, () => randomUUID());
    let closed = 0;
    for (const jti of ids) registry.add({ jti, sub: "the same of all", kid: "k" }, () => closed++);
    const start = performance.now();
    revocations.apply(ids.slice(0, 1000).map((jti) => ({ jti })));
    expect(performance.now() - start).toBeLessThan(100);
    await until(() => closed >= 1000);
    revocations.apply([{ kid: "k" }]);
    await until(() => registry.size === 0);
    expect(closed).toBe(COUNT);
  });
});

/** In a process of its own: what others leave behind is not counted. */
function bytes(): number {
  const program = `
    import { randomUUID } from "node:crypto";
    import { createSessionRegistry } from "./dist/sessions/index.js";
    const registry = createSessionRegistry();
    const handles = new Array(${COUNT});
    const used = () => { gc(); gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
    const open = (index) => {
      const [sub, jti] = JSON.parse(JSON.stringify(["device-" + (10000 + index), randomUUID()]));
      const connection = index;
      return registry.add({ iss: JSON.parse('"https://auth.example.com"'), sub, jti, kid: JSON.parse('"2026-11"'), iat: 1.8e9, exp: 1.9e9 + index }, () => connection);
    };
    for (let index = 0; index < 2000; index++) open(index).remove();
    const before = used();
    for (let index = 0; index < ${COUNT}; index++) handles[index] = open(index);
    console.log(used() - before);
    process.exit(registry.size === ${COUNT} && handles.length ? 0 : 1);`;
  return Number(execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", program], { encoding: "utf8" }));
}
