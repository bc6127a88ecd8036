/** The rooms of the command: which may know which, types included, and what a new command is. */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesIn, importsOf, root } from "../architecture/sources.js";
import { run } from "./command.js";

/** Each imports those before it, and itself. */
const ROOMS = ["words", "subcommand", "values", "keys", "input", "output", "fleet", "completion", "commands", "."];

const FILES = filesIn("src/cli");
const roomOf = (file: string) => dirname(file).replace(/^src\/cli(?:\/|$)/, "") || ".";

describe("a file of the command", () => {
  it("is in a room that the list has", () => {
    expect([...new Set(FILES.map(roomOf))].sort()).toEqual([...ROOMS].sort());
  });

  it.each(FILES)("%s imports rooms before its own", (file) => {
    const own = importsOf(file).flatMap((each) => (each.file?.startsWith("src/cli/") ? [each.file] : []));
    expect(own.filter((each) => ROOMS.indexOf(roomOf(each)) > ROOMS.indexOf(roomOf(file)))).toEqual([]);
  });
});

describe("each file in commands/", () => {
  const names = FILES.filter((file) => roomOf(file) === "commands").map((file) => basename(file, ".ts"));
  const page = readFileSync(join(root, "docs/command.md"), "utf8");

  it("is a command that --help lists, and there is no other", async () => {
    const { stdout } = await run(["--help"], { env: { COLUMNS: "96" } });
    const [, listed = ""] = /^Commands:\n(.*?)\n\n/ms.exec(stdout) ?? [];
    expect(Array.from(listed.matchAll(/^ {2}(\w+)/gm), ([, name]) => name).sort()).toEqual(names);
  });

  it.each(names)("%s has its test and its row in docs/command.md", (name) => {
    expect(filesIn("test/cli/commands")).toContain(`test/cli/commands/${name}.test.ts`);
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, "m"));
  });
});
