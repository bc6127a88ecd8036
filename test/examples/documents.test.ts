/** The programs in the documents run as they stand there, and print what they say. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A program imports the package by its name; what does not is a part of one. */
function programsOf(document: string): string[] {
  const blocks = readFileSync(`${root}docs/${document}`, "utf8").matchAll(/^```js\n(.*?)^```$/gms);
  return [...blocks].map(([, code = ""]) => code).filter((code) => code.includes('from "wasm-jwt'));
}

describe.each(["frameworks.md", "testing.md"])("docs/%s", (document) => {
  it.each(programsOf(document).map((program, index) => [index + 1, program] as const))(
    "has a program %i that prints what it says",
    async (_, program) => {
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { cwd: root });
      const told = [...program.matchAll(/\/\/ prints (.*)$/gm)].map(([, line]) => line);
      expect(told.length).toBeGreaterThan(0);
      expect(stdout.trim().split("\n")).toEqual(told);
    },
  );
});
