import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Folder, jsonOf, linesOf, NOW, run, start } from "./command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const LINES = 300_000;
const MODEST = ["--max-old-space-size=48"];
const now = ["--now", String(NOW)];
const expected = { tokens: LINES, accepted: 285_000, rejected: 15_000 };

beforeAll(async () => {
  const fleet = ["generate", "--size", "mid", ...now, ...folder.key];
  const ended = [
    await run([...fleet, "--count", String(LINES), "--out", folder.file("many.txt")], { node: MODEST }),
    await run([...fleet, "--count", String(LINES / 10), "--out", folder.file("some.txt")], { node: MODEST }),
  ];
  expect(ended).toMatchObject([{ code: 0 }, { code: 0 }]);
});

describe("300,000 lines", () => {
  const audience = ["--audience", "mqtt-gateway"];

  it("take hardly more memory than 30,000", async () => {
    const peak = folder.write(
      "peak.cjs",
      'process.on("exit", () => require("fs").writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)));',
    );
    const peaks: number[] = [];
    for (const name of ["some", "many"]) {
      const PEAK = folder.file(`${name}.peak`);
      const args = ["verify", ...now, ...folder.key, ...audience, "--file", folder.file(`${name}.txt`)];
      expect(await run(args, { node: [...MODEST, "--require", peak], env: { PEAK } })).toMatchObject({ code: 1, stderr: "" });
      peaks.push(Number(readFileSync(PEAK, "utf8")) / 1024);
    }
    const [some, many] = peaks as [number, number];
    // The file has 92 MiB.
    expect(many - some).toBeLessThan(48);
  });

  it("are judged from stdin to JSON, each with its number", async () => {
    const { stdout } = await run(["verify", ...now, ...folder.key, ...audience, "--json"], {
      node: MODEST,
      stdin: readFileSync(folder.file("many.txt")),
    });
    const objects = jsonOf(stdout);
    expect(objects.at(-1)?.summary).toMatchObject(expected);
    expect(objects.slice(0, -1).every(({ line }, index) => line === index + 1)).toBe(true);
  });

  it("are signed from stdin", async () => {
    const claims = Array.from({ length: LINES / 10 }, (_, index) => `{"sub":"device-${index}"}`).join("\n");
    const tokens = await run(["sign", ...folder.key], { stdin: claims, node: MODEST });
    expect(linesOf(tokens.stdout)).toHaveLength(LINES / 10);
    const { code, stdout } = await run(["verify", ...folder.key], { stdin: tokens.stdout });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^accepted +30,000\nrejected +0\n/);
  });
});

describe("a reader that goes away", () => {
  it.each([
    ["generate", ["generate", "--count", "1000000", ...folder.key]],
    ["verify", ["verify", "--json", "--file", folder.file("many.txt"), ...folder.key]],
  ])("ends %s without a word", async (_, args) => {
    const child = start(args);
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.stdout?.destroy();
    const [code] = await once(child, "close");
    expect({ code, stderr }).toEqual({ code: 141, stderr: "" });
  });

  it("holds verify back while it is slow, and gets everything in the end", async () => {
    const child = start(["verify", "--json", "--claims", ...now, "--file", folder.file("some.txt"), ...folder.key]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    let lines = 0;
    for await (const chunk of child.stdout as NodeJS.ReadableStream) lines += chunk.toString("latin1").split("\n").length - 1;
    expect(lines).toBe(LINES / 10 + 1);
  });
});

describe("an interrupt", () => {
  it("ends the command without a word", async () => {
    const child = start(["generate", "--count", "100000000", "--out", folder.file("endless.txt"), ...folder.key]);
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    setTimeout(() => child.kill("SIGINT"), 700);
    const [, signal] = await once(child, "close");
    expect({ signal, stderr }).toEqual({ signal: "SIGINT", stderr: "" });
  });
});
