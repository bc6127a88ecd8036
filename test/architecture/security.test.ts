/** Each row of SECURITY.md's first table names the tests that hold it, or says why there can be none. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./sources.js";

const HEADER = "| the attacker wants | what stops them | held by |";

/** Files and beginnings, ends or middles of titles in them: `test/a.test.ts` “a title”, “another one”; `test/b.test.ts` “a third”. */
const HELD = /^`test\/[^`]+\.ts` “[^”]+”(?:, “[^”]+”)*(?:; `test\/[^`]+\.ts` “[^”]+”(?:, “[^”]+”)*)*$/;
const NOT_HELD = /^no test: \S.{20,}$/;

/** Texts that name a test or a group of tests, also those of a table that is run row by row. */
const TITLE = /(?:\b(?:it|describe)(?:\.\w+)*\(|\]\)\(|\)\(|\btitle:)\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`)/g;

const rows = rowsOf(readFileSync(join(root, "SECURITY.md"), "utf8"));

describe("the first table of SECURITY.md", () => {
  it("has rows of three cells", () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((cells) => cells.length !== 3)).toEqual([]);
  });

  it.each(rows)("names what holds it, where the attacker wants %s", (_wanted, _answer, held = "") => {
    expect(held).toMatch(held.startsWith("no test") ? NOT_HELD : HELD);
    for (const [file, title] of namesIn(held))
      expect(
        titlesOf(file).filter((text) => text.includes(title)),
        `${file} “${title}”`,
      ).not.toEqual([]);
  });

  it("names files whose titles are found, and no others", () => {
    expect(titlesOf("test/architecture/security.test.ts")).toContain("has rows of three cells");
    expect(titlesOf("test/architecture/security.test.ts").join()).not.toContain("rowsOf");
    expect(titlesOf("test/none.test.ts")).toEqual([]);
  });
});

/** The cells of each row below the header, up to the end of the table. */
function rowsOf(text: string): string[][] {
  const lines = text.split("\n");
  const first = lines.indexOf(HEADER) + 2;
  const length = lines.slice(first).findIndex((line) => !line.startsWith("|"));
  return lines.slice(first, first + length).map((line) => line.replace(/^\| | \|$/g, "").split(/ (?<!\\)\| /));
}

/** Pairs of a file and a part of a title. */
function namesIn(held: string): [file: string, title: string][] {
  return held.split("; `").flatMap((part) => {
    const file = /test\/[^`]+/.exec(part)?.[0] ?? "";
    return Array.from(part.matchAll(/“([^”]+)”/g), ([, title]): [string, string] => [file, title as string]);
  });
}

/** As they stand in the source, escapes and placeholders included. */
function titlesOf(file: string): string[] {
  const path = join(root, file);
  if (!existsSync(path)) return [];
  return Array.from(readFileSync(path, "utf8").matchAll(TITLE), ([, double, single, template]) => double ?? single ?? template ?? "");
}
