/** Revocations in a file: all that was acknowledged is there again, whatever happened to the process. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, promises, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { RevocationEntry } from "../../../../src/revocation/entry.js";
import { createRevocationList, type RevocationList } from "../../../../src/revocation/list.js";
import { file, type RevocationFileOptions } from "../../../../src/revocation/node/file.js";
import { times } from "../../../support/runs.js";

const A = "https://a.example";

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "wasm-jwt-revocations-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "revoked.ndjson");
}

function open(path: string, options: RevocationFileOptions = {}): { list: RevocationList; errors: string[] } {
  const errors: string[] = [];
  const list = createRevocationList({ store: file(path, options), onError: ({ message }) => errors.push(message) });
  onTestFinished(() => list.close());
  return { list, errors };
}

function entriesOf(list: RevocationList): string[] {
  return [...list.snapshot()].map((entry) => JSON.stringify(entry, Object.keys(entry).sort())).sort();
}

/** Without the stamps. */
function entryLines(path: string): string[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith('{"time":'));
}

const entryOf = (number: number): RevocationEntry => ({ jti: `jti-${number}`, iss: A });

describe("a file of revocations", () => {
  it("is made for its owner alone, and has again what it was given, of every kind", async () => {
    const path = newPath();
    const { list } = open(path);
    await list.revoke([
      { jti: 'a "quoted" é\n\u2028 one', iss: A, exp: 4e9 },
      { sub: "device-1", iss: A, before: 1.7e9 + 0.5 },
      { kid: "2026-11" },
      { kid: "k", before: 5 },
      { before: 1.6e9, iss: A, exp: 4e9 },
    ]);
    const before = entriesOf(list);
    await list.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { list: again, errors } = open(path);
    expect([entriesOf(again), errors]).toEqual([before, []]);
    expect(again.size).toBe(5);
    await again.revoke(entryOf(6));
    await again.close();
    expect(open(path).list.size).toBe(6);
  });

  it("does not get what comes from elsewhere", async () => {
    const path = newPath();
    const { list } = open(path);
    list.apply([entryOf(1)]);
    await list.revoke(entryOf(2));
    await list.close();
    expect(entryLines(path)).toEqual([JSON.stringify(entryOf(2))]);
  });

  it("cut at any byte has every whole line, says what it drops, and can be written on", async () => {
    const path = newPath();
    const lines = Array.from({ length: 3 }, (_, number) => `${JSON.stringify(entryOf(number))}\n`);
    const whole = Buffer.from(lines.join(""));
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const { list, errors } = open(path);
      // One that lacks its newline alone says all it has to say.
      const expected =
        whole
          .subarray(0, length + 1)
          .toString()
          .split("\n").length - 1;
      const isTorn = length > 0 && whole[length - 1] !== 0x0a && whole[length] !== 0x0a;
      expect(list.size).toBe(expected);
      expect(errors.length).toBe(isTorn ? 1 : 0);
      if (isTorn)
        expect(errors[0]).toMatch(/^Expected file ".*" to end with a whole line, got \d+ bytes after line \d, which were dropped$/);
      await list.revoke(entryOf(100 + length));
      await list.close();
      const { list: again, errors: none } = open(path);
      expect([again.size, none]).toEqual([expected + 1, []]);
      await again.close();
    }
  });

  const GOOD = `${JSON.stringify(entryOf(1))}\n`;
  const TO_SECTOR = "\0".repeat(512 - GOOD.length);

  it.each<[string, string]>([
    ["zeros instead of all that was appended", "\0".repeat(300)],
    ["zeros up to a sector, and the rest of a line", `${TO_SECTOR}ti-2"}\n`],
    ["zeros up to a sector, and the rest of a torn line", `${TO_SECTOR}ti-2`],
    ["zeros up to a sector, the rest of a line, and a torn one", `${TO_SECTOR}ti-2"}\n{"jti":"j`],
    ["half a line, and zeros up to a sector", `{"jti":"x${TO_SECTOR.slice(9)}"}\n`],
    ["half a line, and zeros", '{"sub":"x\0\0\0'],
    ["a line without its newline, and zeros", '{"sub":"x","before":1}\0\0'],
    ["the first byte of a line", "{"],
    ["half a line", '{"kid":"x","exp"'],
  ])("with %s at its end, as a power failure leaves them, drops these, and says so until it is written anew", async (_, left) => {
    const path = newPath();
    writeFileSync(path, GOOD + left);
    const { list, errors } = open(path, { compactBehind: 5 });
    expect(list.size).toBe(1);
    expect(errors).toEqual([
      expect.stringContaining(`to end with a whole line, got ${left.length} bytes after line 1, which were dropped`),
    ]);
    expect(readFileSync(path, "utf8")).toBe(GOOD);
    await list.revoke(entryOf(2));
    expect(list.health().lastError).toBe(errors[0]);
    for (let time = 0; time < 20; time++) await list.revoke(entryOf(2));
    await list.close();
    expect(list.health().lastError).toBe(undefined);
    expect(entriesOf(open(path).list)).toEqual(entriesOf(list));
  });

  it("tells in `health()` what was dropped where nobody listens", () => {
    const path = newPath();
    writeFileSync(path, `${GOOD}{"jti"`);
    const list = createRevocationList({ store: file(path) });
    onTestFinished(() => list.close());
    expect(list.health()).toMatchObject({ entries: 1, isStale: false, lastError: expect.stringContaining("got 6 bytes after line 1") });
  });

  it("has the whole lines of an append of many that was torn", () => {
    const path = newPath();
    const many = Array.from({ length: 3000 }, (_, number) => `${JSON.stringify(entryOf(number))}\n`).join("");
    writeFileSync(path, many.slice(0, -5));
    const { list, errors } = open(path);
    expect(list.size).toBe(2999);
    expect(errors).toEqual([expect.stringContaining("after line 2999")]);
  });

  it("is written by whoever comes in the turn in which the one before is acknowledged", { timeout: 5000 }, async () => {
    const path = newPath();
    const store = file(path);
    store.open({ apply: () => undefined, snapshot: () => [], size: () => 0, synced: () => undefined, failed: () => undefined });
    await store.append([entryOf(1)]);
    await store.append([entryOf(2)]);
    await store.close();
    expect(open(path).list.size).toBe(2);
  });

  it("goes on when its folder could not be synchronized behind a renaming", async () => {
    const path = newPath();
    const { list, errors } = open(path, { compactBehind: 1 });
    const { open: openFile } = promises;
    const spy = vi.spyOn(promises, "open").mockImplementation((name, ...rest) => {
      return name === dirname(path) ? Promise.reject(new Error("EACCES")) : openFile(name, ...rest);
    });
    onTestFinished(() => spy.mockRestore());
    for (let round = 0; round < 8; round++) await list.revoke(entryOf(1));
    await list.revoke(entryOf(2));
    await list.close();
    expect([errors, open(path).list.size]).toEqual([[], 2]);
  });

  it.each<[string, string, string]>([
    ["nothing of what it should hold", "a: 1\nb: 2\n", "Expected line 1 of file"],
    ["one line of something else, without a newline", "a secret", "Expected line 1 of file"],
    ["half a key without a newline", '{"kty":"oct","k":"c2Vjc', "Expected line 1 of file"],
    ["a key without a newline", '{"kid":"1","kty":"oct"}', "up to line 1: Unknown option `kty`"],
    ["bytes of something else", "SQLite format 3\0", "Expected line 1 of file"],
    ["what is no JSON among good lines", `{"jti":"a"}\nnonsense\n{"jti":"b"}\n`, "Expected line 2 of file"],
    ["what is no JSON as its last line", `{"jti":"a"}\n{"jti":"b}\n`, "Expected line 2 of file"],
    ["what is no JSON as its last lines", `{"jti":"a"}\n{"jti":"b}\n{"jti:"c"}\n`, "Expected line 2 of file"],
    ["a bad last line before a torn one", `{"jti":"a"}\n{"jti":"b}\n{"jti"`, "Expected line 2 of file"],
    ["another byte in place of its last newline", `{"jti":"a"}\n{"jti":"b"}*`, "Expected line 2 of file"],
    ["a torn line of something else", `{"jti":"a"}\n["b"`, "Expected line 2 of file"],
    ["a zero in its last line", `{"jti":"a"}\n{"jti":"\0"}\n`, "Expected line 2 of file"],
    ["zeros among good lines", `{"jti":"a"}\n${"\0".repeat(500)}{"jti":"b"}\n{"jti":"c"}\n`, "Expected line 2 of file"],
    ["a line that is no revocation", `{"jti":"a"}\n{"jti":5}\n`, "`entries[1].jti` to be a non-empty string, got 5"],
  ])("with %s is refused as a whole, and left as it is", (_, content, message) => {
    const path = newPath();
    writeFileSync(path, content);
    expect(() => open(path)).toThrow(message);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("with any bit of its last line turned over is refused, unless it still is a line, and drops nothing", () => {
    const path = newPath();
    const line = Buffer.from(`${JSON.stringify(entryOf(2))}\n`);
    const verdicts = { refused: 0, read: 0, dropped: 0 };
    for (let bit = 0; bit < 8 * line.length; bit++) {
      const turned = Buffer.from(line);
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7));
      const content = Buffer.concat([Buffer.from(GOOD), turned]);
      writeFileSync(path, content);
      try {
        verdicts[createRevocationList({ store: file(path) }).size < 2 ? "dropped" : "read"]++;
      } catch {
        verdicts.refused++;
      }
      expect(readFileSync(path)).toEqual(content);
    }
    expect(verdicts.dropped).toBe(0);
    expect(verdicts.refused).toBeGreaterThan(100);
  });

  it("that cannot be made is refused at once", () => {
    expect(() => open(join(newPath(), "no", "such"))).toThrow(
      /^Expected file ".*" to be one that can be written, .* \((ENOTDIR|ENOENT)\)$/,
    );
    expect(() => open(tmpdir())).toThrow(/^Expected file ".*" to be one that can be written, .* \(EISDIR\)$/);
  });

  it("is written anew when most of it has vanished, and loses nothing that comes meanwhile", async () => {
    const path = newPath();
    const { list, errors } = open(path, { compactBehind: 100 });
    for (let round = 0; round < 40; round++) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => list.revoke(entryOf((round % 4) * 50 + index))));
    }
    const lines = readFileSync(path, "utf8").trimEnd().split("\n").length;
    expect(lines).toBeLessThan(600);
    expect([list.size, errors, existsSync(`${path}.new`)]).toEqual([200, [], false]);
    const before = entriesOf(list);
    await list.close();
    expect(entriesOf(open(path).list)).toEqual(before);
  });

  it("leaves entries out that have ended, when it is written anew", async () => {
    const path = newPath();
    const { list } = open(path, { compactBehind: 10 });
    await list.revoke(Array.from({ length: 5 }, (_, number) => ({ jti: `old-${number}`, exp: 1000 })));
    for (let round = 0; round < 40; round++) await list.revoke(entryOf(1));
    expect(readFileSync(path, "utf8")).not.toContain("old-");
    await list.close();
  });

  it("acknowledges what was given before it was closed, and nothing behind", async () => {
    const path = newPath();
    const { list } = open(path);
    const given = Array.from({ length: 20 }, (_, number) => list.revoke(entryOf(number)));
    await list.close();
    await Promise.all(given);
    await expect(list.revoke(entryOf(99))).rejects.toThrow("to be open, got it closed");
    expect(open(path).list.size).toBe(20);
  });

  it("may be let go of unclosed: its handle is not left to the garbage collector, which would end the process", async () => {
    const warnings: string[] = [];
    const warned = ({ message }: Error): number => warnings.push(message);
    process.on("warning", warned);
    onTestFinished(() => void process.off("warning", warned));
    const path = newPath();
    await createRevocationList({ store: file(path) }).revoke(entryOf(1));
    setFlagsFromString("--expose-gc");
    for (let time = 0; time < 3; time++) {
      runInNewContext("gc")();
      await sleep(10);
    }
    expect(warnings.filter((text) => text.includes("garbage"))).toEqual([]);
    expect(open(path).list.size).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ["compactBehind", 0, "Expected `compactBehind` to be a whole number of lines"],
    ["sync", true, "Unknown option `sync`"],
  ])("refuses a wrong option: %s", (name, value, message) => {
    expect(() => file("x", { [name]: value } as never)).toThrow(message);
  });

  it("never grows stale, for nobody else revokes in it, and is told so to whoever would wait for that", async () => {
    let now = 1000;
    const list = createRevocationList({ store: file(newPath()), currentDate: () => now });
    onTestFinished(() => list.close());
    now += 1e6;
    expect(list.health()).toMatchObject({ staleness: 0, isStale: false });
    expect(() => createRevocationList({ store: file(newPath()), maxStaleness: 5 })).toThrow("that others revoke in as well");
  });

  it("of no path is refused", () => {
    expect(() => file("")).toThrow("Expected `path` to be the path of a file, got an empty string");
  });
});

describe("a process that is killed while it writes", () => {
  const KILLS = times(100);

  it(`has all that it acknowledged when it starts again, ${KILLS} times`, { timeout: 180_000 }, async () => {
    const path = newPath();
    const acknowledged = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      for (const jti of await acknowledgedBeforeKill(path, kill * 100_000, delayOf(kill))) acknowledged.add(jti);
      // Whether a kill tears a line is the system's affair: a file cut at any byte is another test's.
      const { list, errors } = open(path);
      expect(errors.filter((message) => !message.includes("to end with a whole line"))).toEqual([]);
      const there = new Set([...list.snapshot()].map((entry) => ("jti" in entry ? entry.jti : "")));
      expect([...acknowledged].filter((jti) => !there.has(jti))).toEqual([]);
      // Each writer had eight under way at most that it could not acknowledge any more.
      expect(there.size - acknowledged.size).toBeLessThanOrEqual(8 * (kill + 1));
      await list.close();
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS / 2);
  });
});

const WRITER = fileURLToPath(new URL("writer.mjs", import.meta.url));

interface Delay {
  /** Is it counted from the first acknowledgement, rather than from the start, before which a busy machine gets nowhere? */
  readonly isAfterFirst: boolean;
  readonly milliseconds: number;
}

function delayOf(kill: number): Delay {
  return { isAfterFirst: kill % 4 < 3, milliseconds: 2 + ((kill * 37) % 60) };
}

/** What a writer has acknowledged that is killed a moment after it began. */
async function acknowledgedBeforeKill(path: string, first: number, { isAfterFirst, milliseconds }: Delay): Promise<string[]> {
  const writer = spawn(process.execPath, [WRITER, path, String(first)], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => writer.once("exit", (_, signal) => resolve(signal)));
  const said: string[] = [];
  const lines = createInterface({ input: writer.stdout });
  const read = new Promise((resolve) => lines.once("close", resolve));
  const begun = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      if (line !== "ready") said.push(line);
      if (!isAfterFirst || line !== "ready") resolve();
    });
  });
  await Promise.race([begun, exited]);
  await sleep(milliseconds);
  writer.kill("SIGKILL");
  await read;
  // It was writing until then: it does nothing else, and does not end by itself.
  expect(await exited).toBe("SIGKILL");
  return said;
}
