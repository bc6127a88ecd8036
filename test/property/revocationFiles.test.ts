/** Files of revocations under whatever processes do to them: each revocation that was acknowledged is known when the file is opened later. */
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRevocationList, type RevocationList } from "../../src/revocation/list.js";
import { FileStore } from "../../src/revocation/node/file.js";
import { Lock } from "../../src/revocation/node/lock.js";
import type { Processes } from "../../src/revocation/node/processes.js";
import { runs } from "../support/runs.js";

const ACTORS = 3;
const steps = fc.array(
  fc.record({
    what: fc.constantFrom(
      "open",
      "open",
      "revoke",
      "revoke",
      "revoke",
      "revoke",
      "close",
      "crash",
      "rename",
      "copytruncate",
      "delete",
      "foreign",
    ),
    who: fc.nat(ACTORS - 1),
    count: fc.integer({ min: 1, max: 6 }),
    /** The next step comes before this one is done. */
    isHasty: fc.boolean(),
  }),
  { minLength: 5, maxLength: 40 },
);

interface Actor {
  readonly list: RevocationList;
  readonly pid: number;
  readonly pace: { following: number; writing: number; relying: number; waiting: number };
}

class World {
  readonly acknowledged = new Set<string>();
  readonly #path: string;
  readonly #actors: (Actor | undefined)[] = Array(ACTORS).fill(undefined);
  readonly #alive = new Set<number>();
  readonly #underWay: Promise<unknown>[] = [];
  readonly #crashed: RevocationList[] = [];
  #pids = 0;
  #names = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async do({ what, who, count, isHasty }: { what: string; who: number; count: number; isHasty: boolean }): Promise<void> {
    const actor = this.#actors[who];
    if (what === "open") this.#actors[who] ??= this.open();
    else if (what === "revoke" && actor) this.#underWay.push(...Array.from({ length: count }, () => this.#revoke(actor)));
    else if (what === "close" && actor) await this.#close(who, actor);
    else if (what === "crash" && actor) this.#crash(who, actor);
    else if (["rename", "copytruncate", "delete", "foreign"].includes(what)) await this.#meddle(what);
    if (!isHasty) await Promise.all(this.#underWay.splice(0));
  }

  open(): Actor {
    const pid = ++this.#pids;
    this.#alive.add(pid);
    const processes: Processes = {
      self: { pid, host: "test", start: "1", boot: "1", space: "1" },
      isAlive: (other) => this.#alive.has(other.pid),
    };
    const pace = { following: 0.003, writing: 0.003, relying: 10, waiting: 0.03 };
    const store = new FileStore(this.#path, { compactBehind: 3, mayFollow: true, pace, lock: new Lock(`${this.#path}.lock`, processes) });
    return { list: createRevocationList({ store }), pid, pace };
  }

  /** All have ended, in one way or the other. */
  async end(): Promise<void> {
    await Promise.all(this.#underWay.splice(0));
    for (const [who, actor] of this.#actors.entries()) if (actor) await (who % 2 ? this.#close(who, actor) : this.#crash(who, actor));
  }

  /** What has crashed writes nothing after this. */
  async bury(): Promise<void> {
    await Promise.all(this.#crashed.map((list) => list.close()));
  }

  async #revoke({ list, pid }: Actor): Promise<void> {
    const jti = `jti-${this.#names++}`;
    try {
      await list.revoke({ jti });
      // A process that is gone tells nothing.
      if (this.#alive.has(pid)) this.acknowledged.add(jti);
    } catch {}
  }

  async #close(who: number, { list, pid }: Actor): Promise<void> {
    this.#actors[who] = undefined;
    await list.close();
    this.#alive.delete(pid);
  }

  /** Others see it gone, and it does nothing any more of itself; what it has begun may yet reach the file. */
  #crash(who: number, { list, pid, pace }: Actor): void {
    this.#actors[who] = undefined;
    this.#crashed.push(list);
    this.#alive.delete(pid);
    Object.assign(pace, { following: 1e5, writing: 1e5, waiting: 0 });
  }

  /** What has not been read cannot be put back: all processes that are there must have read it, and the one that writes puts it back. */
  async #meddle(what: string): Promise<void> {
    const there = this.#actors.filter((actor) => actor !== undefined);
    if (there.length === 0) return;
    const isKnown = ({ list }: Actor) => [...this.acknowledged].every((jti) => list.isRevoked({ jti }));
    await until(() => existsSync(this.#path) && there.every(isKnown));
    const known = [...this.acknowledged];
    if (what === "rename") renameSync(this.#path, `${this.#path}.1`);
    else if (what === "delete") rmSync(this.#path);
    else if (what === "foreign") {
      const jti = `jti-foreign-${this.#names++}`;
      appendFileSync(this.#path, `${JSON.stringify({ jti })}\n`);
      known.push(jti);
      this.acknowledged.add(jti);
    } else {
      copyFileSync(this.#path, `${this.#path}.2`);
      truncateSync(this.#path);
    }
    await until(() => {
      const content = textOf(this.#path);
      return known.every((jti) => content.includes(`"${jti}"`));
    });
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !isSo(); await sleep(2)) if (Date.now() > end) throw new Error("Expected it to become so");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

describe("a file of revocations that several processes have open", () => {
  it("has all that was acknowledged, whatever they do in whatever order", { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-world-"));
        try {
          const world = new World(join(folder, "revoked.ndjson"));
          for (const step of given) await world.do(step);
          await world.end();
          const { list } = world.open();
          expect([...world.acknowledged].filter((jti) => !list.isRevoked({ jti }))).toEqual([]);
          await list.close();
          await world.bury();
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { ...runs(200), endOnFailure: true, interruptAfterTimeLimit: 100_000 },
    );
  });
});
