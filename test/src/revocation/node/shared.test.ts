/** A file that several processes have open: one writes, others read on and take over, and nothing that was acknowledged is lost. */
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  promises,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createVerifier } from "../../../../src/index.js";
import { createRevocationList, type RevocationList } from "../../../../src/revocation/list.js";
import { FileStore, file, type RevocationFileOptions } from "../../../../src/revocation/node/file.js";
import { Lock } from "../../../../src/revocation/node/lock.js";
import type { Processes } from "../../../../src/revocation/node/processes.js";
import { testSecret, tokenOf } from "../../../support/ring.js";
import { times } from "../../../support/runs.js";

const EXP = Math.floor(Date.now() / 1000) + 3600;
const entryOf = (name: string | number) => ({ jti: `jti-${name}`, exp: EXP });
const lineOf = (name: string | number) => `${JSON.stringify(entryOf(name))}\n`;

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-shared-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "revoked.ndjson");
}

interface Opened {
  readonly list: RevocationList;
  readonly errors: string[];
}

function opened(store: ReturnType<typeof file>): Opened {
  const errors: string[] = [];
  const list = createRevocationList({ store, onError: ({ message }) => errors.push(message) });
  onTestFinished(() => list.close());
  return { list, errors };
}

const open = (path: string, options: RevocationFileOptions = {}) => opened(file(path, options));

const knows = (list: RevocationList, ...names: (string | number)[]) => names.every((name) => list.isRevoked({ jti: `jti-${name}` }));

/** Names of the entries in a file. */
function namesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return [...readFileSync(path, "utf8").matchAll(/^\{"jti":"jti-(.*?)"/gm)].map((match) => match[1] as string);
}

async function until(isSo: () => boolean, seconds = 3): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; !isSo(); ) {
    if (Date.now() > end) throw new Error("Expected it to become so");
    await sleep(5);
  }
}

describe("a rolling restart", () => {
  it("forgets nothing that the old process acknowledges while the new one is there", async () => {
    const path = newPath();
    const old = open(path, { compactBehind: 1 });
    await old.list.revoke(entryOf("before"));
    const fresh = open(path, { compactBehind: 1 });
    expect([knows(fresh.list, "before"), fresh.list.health().following]).toEqual([true, expect.stringMatching(/^process \d+ on /)]);
    expect(fresh.errors).toEqual([expect.stringMatching(/to be written by this process, got it held by process \d+ .*; it is followed$/)]);
    await old.list.revoke(entryOf("meanwhile"));
    await until(() => knows(fresh.list, "meanwhile"));
    await old.list.revoke(entryOf("last"));
    await old.list.close();
    for (let time = 0; time < 9; time++) await fresh.list.revoke(entryOf("after"));
    expect(knows(fresh.list, "before", "meanwhile", "last", "after")).toBe(true);
    expect(fresh.list.health()).toMatchObject({ following: undefined, isStale: false, staleness: 0, lastError: undefined });
    await fresh.list.close();
    expect(knows(open(path).list, "before", "meanwhile", "last", "after")).toBe(true);
  });

  it("has what the new process revokes wait until the old one has closed the file", async () => {
    const path = newPath();
    const old = open(path);
    await old.list.revoke(entryOf(1));
    const fresh = open(path);
    let isAcknowledged = false;
    const revoking = fresh.list.revoke(entryOf(2)).then(() => {
      isAcknowledged = true;
    });
    await sleep(300);
    expect([isAcknowledged, knows(fresh.list, 2), namesIn(path)]).toEqual([false, true, ["1"]]);
    await old.list.close();
    await revoking;
    expect(namesIn(path)).toEqual(["1", "2"]);
  });

  it("does not acknowledge what cannot be written in time, and names the process that holds the file", async () => {
    const path = newPath();
    open(path);
    const impatient = opened(
      new FileStore(path, { compactBehind: 10, mayFollow: true, pace: { following: 0.01, writing: 0.01, relying: 10, waiting: 0.05 } }),
    );
    await expect(impatient.list.revoke(entryOf(1))).rejects.toThrow(/to be free within 0\.05 seconds, got it held by process \d+ on /);
    expect([knows(impatient.list, 1), namesIn(path)]).toEqual([true, []]);
  });

  it("fails where it is wanted so, and leaves the lock to the one that has it", async () => {
    const path = newPath();
    const old = open(path);
    expect(() => open(path, { whenLocked: "fail" })).toThrow(/to be written by this process, got it held by process \d+ on \S+$/);
    await old.list.revoke(entryOf(1));
    await old.list.close();
    expect(knows(open(path, { whenLocked: "fail" }).list, 1)).toBe(true);
  });

  it.each(["wait", true, 1])("takes no %o for what to do", (whenLocked) => {
    expect(() => file("x", { whenLocked } as never)).toThrow('Expected `whenLocked` to be "follow" or "fail"');
  });
});

it("a list that was let go of unclosed leaves the file to others", async () => {
  const path = newPath();
  await createRevocationList({ store: file(path) }).revoke(entryOf(1));
  const other = open(path);
  setFlagsFromString("--expose-gc");
  for (let time = 0; time < 100 && other.list.health().following !== undefined; time++) {
    runInNewContext("gc")();
    await sleep(20);
  }
  await other.list.revoke(entryOf(2));
  expect(namesIn(path)).toEqual(["1", "2"]);
});

describe("a process that follows and is not heard for long", () => {
  it("does not rely on what it knew, until it has read what there is", async () => {
    const path = newPath();
    const old = open(path);
    const pace = { following: 1000, writing: 1000, relying: 0.03, waiting: 1 };
    const frozen = opened(new FileStore(path, { compactBehind: 10, mayFollow: true, pace }));
    const verifier = createVerifier({ keys: { kid: "1", secret: testSecret("1") }, revocation: frozen.list });
    const codeOf = (jti: string) => {
      const verdict = verifier.verify(tokenOf("1", { jti, exp: EXP }));
      return verdict.ok ? "ACCEPTED" : verdict.code;
    };
    expect(codeOf("jti-1")).toBe("ACCEPTED");
    await sleep(50);
    expect(codeOf("jti-1")).toBe("ACCEPTED");
    await old.list.revoke(entryOf(1));
    await sleep(50);
    expect([codeOf("jti-1"), codeOf("jti-2"), frozen.list.health().isStale]).toEqual(["REVOCATION_STALE", "REVOCATION_STALE", true]);
    await until(() => !frozen.list.health().isStale);
    expect([codeOf("jti-1"), codeOf("jti-2")]).toEqual(["REVOKED", "ACCEPTED"]);
  });

  it("finds out before it judges that another one writes now", async () => {
    const path = newPath();
    const [first, second] = [fakeProcess(), fakeProcess()];
    const frozen = opened(storeOf(path, first, { following: 1000, writing: 1000, relying: 0.01, waiting: 1 }));
    await frozen.list.revoke(entryOf(1));
    // Others take it for gone, wrongly.
    first.end();
    const other = opened(storeOf(path, second));
    await other.list.revoke(entryOf(2));
    await sleep(20);
    expect(frozen.list.health().isStale).toBe(true);
    await until(() => knows(frozen.list, 2));
    expect(frozen.list.health()).toMatchObject({ isStale: false, following: expect.stringContaining("process") });
    await expect(frozen.list.revoke(entryOf(3))).rejects.toThrow("to be free within 1 seconds");
  });
});

/** Does something each time that what was written to a file is synchronized, before the writer goes on. */
async function afterEachSync(path: string, work: () => void): Promise<void> {
  const probe = await promises.open(path, "r");
  const prototype = Object.getPrototypeOf(probe) as { datasync(): Promise<void> };
  await probe.close();
  const { datasync } = prototype;
  const spy = vi.spyOn(prototype, "datasync").mockImplementation(async function (this: { datasync(): Promise<void> }) {
    await datasync.call(this);
    work();
  });
  onTestFinished(() => spy.mockRestore());
}

it("a process that loses the lock while it writes does not acknowledge what it has written", async () => {
  const path = newPath();
  const [first, second] = [fakeProcess(), fakeProcess()];
  const losing = opened(storeOf(path, first, { following: 0.005, writing: 1000, relying: 10, waiting: 0.1 }));
  await losing.list.revoke(entryOf(1));
  let taking: Opened | undefined;
  await afterEachSync(path, () => {
    first.end();
    taking ??= opened(storeOf(path, second));
  });
  await expect(losing.list.revoke(entryOf(2))).rejects.toThrow("to be free within 0.1 seconds");
  expect(taking?.list.health().following).toBeUndefined();
});

it("a process that gets the lock back leaves no empty line after one that had no end", async () => {
  const path = newPath();
  writeFileSync(path, lineOf(0).trimEnd());
  const [first, second] = [fakeProcess(), fakeProcess()];
  const losing = opened(storeOf(path, first, { following: 0.005, writing: 1000, relying: 10, waiting: 2 }));
  let taking: Opened | undefined;
  await afterEachSync(path, () => {
    if (taking) return;
    first.end();
    taking = opened(storeOf(path, second));
    void taking.list.close();
  });
  await losing.list.revoke(entryOf(1));
  await losing.list.close();
  expect(readFileSync(path, "utf8")).not.toContain("\n\n");
  expect(knows(open(path).list, 0, 1)).toBe(true);
});

describe("a file that others meddle with", () => {
  const MEDDLE: [string, (path: string) => void][] = [
    ["appended to by a process that knows no lock", (path) => appendFileSync(path, lineOf("foreign"))],
    ["moved away", (path) => renameSync(path, `${path}.1`)],
    ["deleted", (path) => rmSync(path)],
    ["copied and cut off", (path) => truncateSync(path)],
    [
      "replaced by another one",
      (path) => {
        writeFileSync(`${path}.2`, lineOf("foreign"));
        renameSync(`${path}.2`, path);
      },
    ],
    [
      "cut off and written by another one",
      (path) => {
        truncateSync(path);
        appendFileSync(path, lineOf("foreign").repeat(20));
      },
    ],
  ];

  it.each(MEDDLE)("has all that is known with the next that is acknowledged: %s before the first write", async (_, meddle) => {
    const path = newPath();
    writeFileSync(path, lineOf(1) + lineOf(2));
    const { list, errors } = open(path);
    meddle(path);
    const foreign = namesIn(path).includes("foreign") ? ["foreign"] : [];
    await list.revoke(entryOf(3));
    expect(new Set(namesIn(path))).toEqual(new Set(["1", "2", "3", ...foreign]));
    expect([knows(list, 1, 2, 3, ...foreign), errors]).toEqual([true, []]);
    await list.close();
    expect(knows(open(path).list, 1, 2, 3, ...foreign)).toBe(true);
  });

  it.each(MEDDLE)("has all that is known when it is closed: %s after the last write", async (_, meddle) => {
    const path = newPath();
    const { list } = open(path);
    await list.revoke([entryOf(1), entryOf(2)]);
    meddle(path);
    const foreign = namesIn(path).includes("foreign") ? ["foreign"] : [];
    await list.close();
    expect(knows(open(path).list, 1, 2, ...foreign)).toBe(true);
  });

  it.each(MEDDLE)("is put right without a write: %s", async (_, meddle) => {
    const path = newPath();
    const { list } = open(path);
    await list.revoke([entryOf(1), entryOf(2)]);
    meddle(path);
    const foreign = namesIn(path).includes("foreign") ? ["foreign"] : [];
    await until(() => ["1", "2", ...foreign].every((name) => namesIn(path).includes(name)) && knows(list, ...foreign));
  });

  it.each(MEDDLE)("has what is being written, or does not acknowledge it: %s meanwhile", async (_, meddle) => {
    const path = newPath();
    const { list } = open(path);
    await list.revoke(entryOf(1));
    const { open: openFile } = promises;
    const probe = await openFile(path, "r");
    const prototype = Object.getPrototypeOf(probe) as { datasync(): Promise<void> };
    await probe.close();
    const { datasync } = prototype;
    let tried = 0;
    const spy = vi.spyOn(prototype, "datasync").mockImplementation(async function (this: { datasync(): Promise<void> }) {
      await datasync.call(this);
      if (tried++ === 0) meddle(path);
    });
    onTestFinished(() => spy.mockRestore());
    await list.revoke(entryOf(2));
    expect(namesIn(path)).toEqual(expect.arrayContaining(["1", "2"]));
  });

  it("loses nothing that comes to it while it is written anew", async () => {
    const path = newPath();
    const { list, errors } = open(path, { compactBehind: 1 });
    const { rename } = promises;
    let tried = 0;
    const spy = vi.spyOn(promises, "rename").mockImplementation(async (from, to) => {
      if (tried++ === 0) appendFileSync(path, lineOf("late"));
      await rename(from, to);
    });
    onTestFinished(() => spy.mockRestore());
    for (let time = 0; time < 9; time++) await list.revoke(entryOf(1));
    expect(tried).toBeGreaterThan(0);
    expect([knows(list, "late"), new Set(namesIn(path)), errors]).toEqual([true, new Set(["1", "late"]), []]);
  });

  it("is not written on once it has something else in it, nor written anew", async () => {
    const path = newPath();
    const { list } = open(path, { compactBehind: 1 });
    await list.revoke(entryOf(1));
    appendFileSync(path, 'nonsense\n{"jti":"jti-2"}\n');
    const content = readFileSync(path, "utf8");
    await expect(list.revoke(entryOf(3))).rejects.toThrow(/Expected line \d of file .* to be a revocation, got something else/);
    await list.close();
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("has two lists write in turn, each knowing all of the other's", async () => {
    const path = newPath();
    for (let time = 0; time < 6; time++) {
      const { list, errors } = open(path, { compactBehind: 1 });
      expect(knows(list, ...Array(time).keys())).toBe(true);
      await list.revoke(entryOf(time));
      await list.close();
      expect(errors).toEqual([]);
    }
  });
});

describe("a clock that is ahead", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());
  const jump = (hours: number) => vi.setSystemTime(Date.now() + 3_600_000 * hours);

  it("has all 21 lines of 21 kept when the file is written anew, and a restart is no way around that", async () => {
    const path = newPath();
    const numbers = [...Array(20).keys()];
    const { list } = open(path);
    await list.revoke(numbers.map(entryOf));
    jump(2);
    const compacting = async (each: RevocationList) => {
      for (let time = 0; time < 50; time++) await each.revoke({ jti: "jti-new", exp: EXP + 7200 });
    };
    await list.close();
    // Once in the process that saw the jump, and once in one that began after it.
    for (let restart = 0; restart < 2; restart++) {
      const { list: again } = open(path, { compactBehind: 1 });
      await compacting(again);
      expect(new Set(namesIn(path)).size).toBe(21);
      await again.close();
    }
    jump(-2);
    expect(knows(open(path).list, ...numbers)).toBe(true);
  });

  it("has none of them kept when their time has come by the machine's own count", async () => {
    const path = newPath();
    const [time, { uptime, boot }] = [EXP - 7200, stampIn(await pathWithStamp())];
    writeFileSync(path, `${lineOf(1)}${JSON.stringify({ time, uptime: uptime - 7201, boot })}\n`);
    jump(2);
    expect([...open(path).list.snapshot()]).toEqual([]);
    writeFileSync(path, `${lineOf(1)}${JSON.stringify({ time, uptime: uptime - 7000, boot })}\n`);
  });

  it("has the list stale where the file was written anew by such a clock, and no earlier stamp told better", async () => {
    const path = newPath();
    jump(2);
    const { list } = open(path, { compactBehind: 1 });
    await list.revoke({ jti: "jti-1", exp: EXP });
    for (let time = 0; time < 9; time++) await list.revoke({ jti: "jti-2", exp: EXP + 7200 });
    expect(namesIn(path)).not.toContain("1");
    await list.close();
    jump(-2);
    const { list: again, errors } = open(path);
    expect(again.health().isStale).toBe(true);
    await Promise.resolve();
    expect(errors).toEqual([expect.stringContaining("got one that was set back")]);
    jump(1.1);
    expect(again.health().isStale).toBe(false);
  });

  it("is told apart by a stamp each minute, and no more often", async () => {
    const path = newPath();
    let now = 1.8e9;
    const list = createRevocationList({ store: file(path), currentDate: () => now });
    onTestFinished(() => list.close());
    await list.revoke(entryOf(1));
    now += 59;
    await list.revoke(entryOf(2));
    now -= 120;
    await list.revoke(entryOf(3));
    await list.revoke(entryOf(4));
    const kinds = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(kinds.map((line) => line.slice(2, 6))).toEqual(['jti"', "time", 'jti"', 'jti"', "time", 'jti"']);
  });

  async function pathWithStamp(): Promise<string> {
    const path = newPath();
    const { list } = open(path);
    await list.revoke(entryOf(0));
    await list.close();
    return path;
  }

  function stampIn(path: string): { uptime: number; boot: string } {
    return JSON.parse(
      readFileSync(path, "utf8")
        .split("\n")
        .find((line) => line.startsWith('{"time"')) as string,
    );
  }
});

describe("a stamp", () => {
  it.each<[string, string]>([
    ["that has more in it", '{"time":1,"jti":"a"}'],
    ["whose time is none", '{"time":"1"}'],
    ["in milliseconds", '{"time":1795000000000}'],
  ])("%s is refused, as a line that may be something else", (_, line) => {
    const path = newPath();
    writeFileSync(path, `${line}\n`);
    expect(() => open(path)).toThrow("to hold revocations up to line 1: Unknown option `time`");
    expect(readFileSync(path, "utf8")).toBe(`${line}\n`);
  });

  it("that is torn is dropped", () => {
    const path = newPath();
    writeFileSync(path, `${lineOf(1)}{"time":17950`);
    const { list, errors } = open(path);
    expect([list.size, errors]).toEqual([1, [expect.stringContaining("got 13 bytes after line 1")]]);
  });
});

interface FakeProcess extends Processes {
  /** It is gone, as others see it. */
  end(): void;
}

const ended = new Set<number>();
let pids = 0;

/** A process that is none: it ends when it is told to. */
function fakeProcess(look: Partial<Processes> = {}): FakeProcess {
  const pid = ++pids;
  const end = () => void ended.add(pid);
  const self = { pid, host: "test", start: "1", boot: "1", space: "1" };
  return { self, isAlive: ({ pid: other }) => !ended.has(other), ...look, end };
}

const QUICK = { following: 0.005, writing: 0.005, relying: 10, waiting: 1 };

function storeOf(path: string, process: Processes, pace = { ...QUICK }, compactBehind = 3, quiet?: number): FileStore {
  return new FileStore(path, { compactBehind, mayFollow: true, pace, lock: new Lock(`${path}.lock`, process, quiet) });
}

describe("a lock", () => {
  const lockOf = (path: string, process: Processes = fakeProcess(), quiet?: number) => new Lock(path, process, quiet);

  it("is held by one of the processes that want it, until it is released", () => {
    const path = newPath();
    const [one, two] = [lockOf(path), lockOf(path)];
    expect([one.take(), one.isOurs()]).toEqual([undefined, true]);
    expect([two.take()?.isCertain, two.isOurs()]).toEqual([true, false]);
    one.release();
    expect([one.isOurs(), two.take(), two.isOurs(), one.take()?.isCertain]).toEqual([false, undefined, true, true]);
  });

  it("of a process that is gone goes to one of those that see it at once, and not to one that was late", () => {
    const path = newPath();
    const process = fakeProcess();
    const dead = lockOf(path, process);
    dead.take();
    process.end();
    // The second looks when the first is about to create its file, and creates its own before.
    const two = lockOf(path);
    const one = lockOf(path, {
      ...fakeProcess(),
      isAlive: (other) => {
        if (other.pid !== process.self.pid) return true;
        two.take();
        return false;
      },
    });
    expect([one.take()?.isCertain, one.isOurs(), two.isOurs(), dead.isOurs()]).toEqual([true, false, true, false]);
  });

  it("is not taken by one that was late for a number which has come and gone", () => {
    const path = newPath();
    const process = fakeProcess();
    lockOf(path, process).take();
    process.end();
    const last = lockOf(path);
    const late = lockOf(path, {
      ...fakeProcess(),
      isAlive: (other) => {
        if (other.pid !== process.self.pid) return true;
        const between = lockOf(path);
        between.take();
        between.release();
        last.take();
        return false;
      },
    });
    late.take();
    expect([late.isOurs(), last.isOurs()]).toEqual([false, true]);
  });

  it("of a process that cannot be looked at is free when it was not touched for long, as its watcher saw", async () => {
    const path = newPath();
    const blind = fakeProcess({ isAlive: () => undefined });
    const [held, watching] = [lockOf(path), lockOf(path, blind, 0.1)];
    held.take();
    for (let time = 0; time < 30; time++) {
      held.touch();
      expect(watching.take()).toBeDefined();
      await sleep(10);
    }
    expect(watching.take()).toMatchObject({ isCertain: false });
    await until(() => watching.take() === undefined);
    expect([held.isOurs(), watching.isOurs()]).toEqual([false, true]);
  });

  it("is not free because its watcher did not look for long", async () => {
    const path = newPath();
    const [held, watching] = [lockOf(path), lockOf(path, fakeProcess({ isAlive: () => undefined }), 1.5)];
    held.take();
    watching.take();
    await sleep(1700);
    expect(watching.take()).toBeDefined();
  });

  it("whose file is empty, since its holder was cut off as it took it, is free after a while", async () => {
    const path = newPath();
    mkdirSync(path);
    writeFileSync(join(path, "1"), "");
    const lock = lockOf(path, fakeProcess(), 0.02);
    expect(lock.take()).toEqual({ name: "another process", isCertain: false });
    await until(() => lock.take() === undefined);
  });

  it("of a pid that is another process's now is free", async () => {
    const path = newPath();
    const { processes } = await import("../../../../src/revocation/node/processes.js");
    const before = { ...processes.self, start: "1" };
    lockOf(path, { self: before, isAlive: () => true }).take();
    expect(lockOf(path, processes).take()).toBeUndefined();
  });

  it("that cannot be judged at once has a list that must not follow wait for that", async () => {
    const path = newPath();
    const holding = fakeProcess();
    const held = opened(storeOf(path, holding));
    const blind = fakeProcess({ isAlive: () => undefined });
    const pace = { ...QUICK };
    const strict = (quiet: number) =>
      createRevocationList({
        store: new FileStore(path, { compactBehind: 9, mayFollow: false, pace, lock: new Lock(`${path}.lock`, blind, quiet) }),
      });
    await expect(strict(1).ready()).rejects.toThrow("got it held by process");
    await held.list.close();
    const dead = lockOf(`${path}.lock`);
    dead.take();
    const list = strict(0.05);
    expect(list.health().isStale).toBe(true);
    await list.ready();
    await list.revoke(entryOf(1));
    await list.close();
    expect(namesIn(path)).toEqual(["1"]);
  });
});

describe("processes that share a file and are killed", () => {
  it("have all that they acknowledged known to the next", { timeout: 120_000 }, async () => {
    const path = newPath();
    const acknowledged: string[] = [];
    let kills = 0;
    const end = Date.now() + times(8000);
    const writers = () => new Set(acknowledged.map((name) => name.split("-")[0])).size;
    const run = async (number: number) => {
      for (let time = 0; Date.now() < end || writers() <= 3; time++) {
        const sharer = spawn(process.execPath, [SHARER, path, `${number}.${time}`], { stdio: ["ignore", "pipe", "inherit"] });
        const exited = new Promise((resolve) => sharer.once("exit", (_, signal) => resolve(signal)));
        const lines = createInterface({ input: sharer.stdout });
        const read = new Promise((resolve) => lines.once("close", resolve));
        lines.on("line", (line) => acknowledged.push(line));
        // Ever longer: a busy machine takes a while to start a process.
        await sleep((300 + ((number * 331 + time * 577) % 900)) * (1 + time / 10));
        sharer.kill("SIGKILL");
        expect(await exited).toBe("SIGKILL");
        await read;
        kills++;
      }
    };
    await Promise.all([0, 1, 2].map(run));
    const { list, errors } = open(path);
    expect(errors.filter((message) => !message.includes("to end with a whole line"))).toEqual([]);
    expect(acknowledged.filter((name) => !knows(list, name))).toEqual([]);
    expect(writers()).toBeGreaterThan(3);
    console.log(`${kills} kills, ${acknowledged.length} revocations acknowledged`);
    await list.revoke(entryOf("last"));
  });
});

const SHARER = fileURLToPath(new URL("sharer.mjs", import.meta.url));
