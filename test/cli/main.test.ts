import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { filesIn } from "../architecture/sources.js";
import { linesOf, runAlone as run } from "./command.js";
import { inTerminal, TERMINAL } from "./terminal.js";

const COMMANDS = filesIn("src/cli/commands").map((file) => basename(file, ".ts"));

describe.concurrent("wasm-jwt", () => {
  it.each(["--help", "-h", "help"])("explains itself for %s", async (word) => {
    const { code, stdout, stderr } = await run([word]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} +\\w`, "m"));
  });

  it("tells its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each(COMMANDS)("explains %s, with an example, in lines that fit a terminal", async (command) => {
    const { code, stdout, stderr } = await run([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: wasm-jwt ${command} `));
    expect(stdout).toContain(`Examples:\n  wasm-jwt ${command}`);
    expect(linesOf(stdout).filter((line) => line.length > 100)).toEqual([]);
  });

  it.each([undefined, ...COMMANDS])("explains itself in 40 columns, %s", async (command) => {
    const { stdout } = await run([...(command ? [command] : []), "--help"], { env: { COLUMNS: "40" } });
    expect(linesOf(stdout).filter((line) => line.length > 40)).toEqual([]);
    expect(stdout).toContain("\n\nExamples:\n  wasm-jwt ");
  });

  it.skipIf(!TERMINAL)("is as wide as the terminal", async () => {
    const { screen } = await inTerminal(["verify", "--help"], {}, (command) => `stty cols 60; ${command}`);
    const widths = linesOf(screen.replaceAll("\r", "")).map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(60);
    expect(Math.max(...widths)).toBeGreaterThan(50);
  });

  it.each([
    ["encode", "sign"],
    ["decode", "inspect"],
  ])("knows %s as %s", async (alias, command) => {
    for (const args of [
      [alias, "--help"],
      ["help", alias],
    ]) {
      const { code, stdout } = await run(args);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: wasm-jwt ${command} .*\n\nAlso called: wasm-jwt ${alias}\n`));
    }
  });

  it("answers --help before anything else is looked at", async () => {
    expect(await run(["verify", "--secret-file", "absent", "--wrong", "-h"])).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    [[], /^wasm-jwt: Expected one of the commands verify, sign, inspect, generate, keygen/],
    [["vrify"], /^wasm-jwt: Unknown command `vrify`: did you mean `verify`\?$/],
    [["dance"], /^wasm-jwt: Unknown command `dance`; known are verify/],
    [["decod"], /^wasm-jwt: Unknown command `decod`: did you mean `decode`\?$/],
    [["help", "dance"], /^wasm-jwt: Unknown command `dance`; known are verify/],
    [["-k", "x"], /^wasm-jwt: Expected one of the commands verify, .* before any option$/],
  ])("refuses %j in one line", async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout, lines: linesOf(stderr).length }).toEqual({ code: 2, stdout: "", lines: 1 });
    expect(stderr.trimEnd()).toMatch(message);
  });

  it("does not repeat a token that stands where a command should", async () => {
    const { code, stderr } = await run(["eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^wasm-jwt: Unknown command; known are verify/);
  });
});
