import { statSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Folder, jsonOf, linesOf, NOW, run } from "../command.js";

const folder = new Folder();
afterAll(() => folder.remove());

const fleet = ["generate", "--now", String(NOW), ...folder.key];

describe.concurrent("generate", () => {
  it("gives the same tokens for the same seed, others for another", async () => {
    const runs = await Promise.all(["7", "7", "8"].map((seed) => run([...fleet, "--count", "100", "--size", "mid", "--seed", seed])));
    const [first, again, other] = runs.map(({ stdout }) => stdout);
    expect(linesOf(first as string)).toHaveLength(100);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each([
    ["small", 148, 4],
    ["mid", 322, 4],
    ["big", 1088, 30],
  ])("makes %s tokens of about %d bytes", async (size, bytes, tolerance) => {
    const { stdout } = await run([...fleet, "--size", size, "--count", "5", "--expired", "0%"]);
    for (const token of linesOf(stdout)) expect(Math.abs(token.length - bytes)).toBeLessThanOrEqual(tolerance);
  });

  it.each(["small", "mid", "big"])("foretells the verdict on each %s token", async (size) => {
    const tokens = jsonOf((await run([...fleet, "--size", size, "--count", "2000", "--ndjson"])).stdout);
    const audience = size === "small" ? [] : ["--audience", "mqtt-gateway"];
    const judged = await run(["verify", "--now", String(NOW), ...folder.key, ...audience, "--json"], {
      stdin: tokens.map(({ token }) => token).join("\n"),
    });
    expect(
      jsonOf(judged.stdout)
        .slice(0, -1)
        .map(({ code }) => code),
    ).toEqual(tokens.map(({ expect: code }) => code));
  });

  it.each([
    ["mid", [], { ACCEPTED: 950, EXPIRED: 20, NOT_YET_VALID: 5, BAD_SIGNATURE: 10, AUDIENCE_MISMATCH: 5, MALFORMED: 10 }],
    ["small", [], { ACCEPTED: 955, EXPIRED: 20, NOT_YET_VALID: 5, BAD_SIGNATURE: 10, MALFORMED: 10 }],
    ["small", ["--expired", "2%"], { ACCEPTED: 980, EXPIRED: 20 }],
    ["small", ["--tampered", "100%"], { BAD_SIGNATURE: 1000 }],
    ["mid", ["--wrong-audience", "29%", "--malformed", "0.1%"], { ACCEPTED: 709, AUDIENCE_MISMATCH: 290, MALFORMED: 1 }],
  ])("keeps the shares of %s tokens exactly: %j", async (size, args, expected) => {
    const { stdout } = await run([...fleet, "--size", size, ...args, "--ndjson"]);
    const counts: Record<string, number> = {};
    for (const { expect: code } of jsonOf(stdout)) counts[String(code)] = (counts[String(code)] ?? 0) + 1;
    expect(counts).toEqual(expected);
  });

  it("writes a file and tells what is in it", async () => {
    const { code, stdout, stderr } = await run([...fleet, "--count", "200", "--out", folder.file("fleet.txt")]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toBe("wasm-jwt: wrote 191 ACCEPTED, 4 EXPIRED, 1 NOT_YET_VALID, 2 BAD_SIGNATURE, 2 MALFORMED\n");
    expect(linesOf(folder.read("fleet.txt"))).toHaveLength(200);
  });

  it("overwrites nothing unless forced, and then closes the file to others", async () => {
    const file = folder.write("precious.txt", "precious");
    const args = [...fleet, "--count", "5", "--out", file];
    expect(await run(args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("got one that exists already") });
    expect(folder.read("precious.txt")).toBe("precious");
    expect(await run([...args, "--force"])).toMatchObject({ code: 0 });
    expect(linesOf(folder.read("precious.txt"))).toHaveLength(5);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.skipIf(process.platform === "win32")("takes a device for what it is", async () => {
    expect(await run([...fleet, "--count", "5", "--out", "/dev/null"])).toMatchObject({ code: 0, stdout: "" });
  });

  it.each([
    [["--count", "0"], "`--count`"],
    [["--seed", "x"], "`--seed`"],
    [["--size", "huge"], "`--size`"],
    [["--expired", "2"], "`--expired`"],
    [["--expired", "101%"], "`--expired`"],
    [["--expired", "60%", "--tampered", "60%"], "100%"],
    [["--wrong-audience", "1%"], "`--wrong-audience`"],
    [["--expires-in", "1"], "`--expires-in`"],
    [["--out", "absent/folder/fleet.txt"], "`--out absent/folder/fleet.txt`"],
  ])("refuses %j", async (args, message) => {
    expect(await run([...fleet, ...args])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
  });
});
