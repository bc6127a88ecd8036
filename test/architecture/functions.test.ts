/** Functions are short enough to be read at once, and options are checked in the words that there are for them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "@typescript/typescript6";
import { describe, expect, it } from "vitest";
import { codeOf, filesIn, root } from "./sources.js";

/** Lines, from the first one of its head to that of its last brace. */
const LONGEST = 40;
const SOURCES = filesIn("src");

interface Found {
  readonly name: string;
  readonly lines: number;
}

/** The functions of a text: methods, accessors, constructors and arrows among them. */
function functionsIn(text: string): readonly Found[] {
  const source = ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body) {
      const start = lineAt(node.getStart(source));
      found.push({ name: `${node.name?.getText(source) ?? "a function"} in line ${start + 1}`, lines: lineAt(node.end) - start + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe("functions", () => {
  it.each<[string, string, number]>([
    ["a function", "function a() {\n\n}", 3],
    ["a method", "class A {\n  a() {\n  }\n}", 2],
    ["an accessor", "class A {\n  get a() {\n    return 1;\n  }\n}", 3],
    ["a constructor", "class A {\n  constructor() {\n  }\n}", 2],
    ["an arrow", "const a = () =>\n  1;", 2],
    ["a function that is given to another", "f(function a() {\n});", 2],
    ["one within another, which is longer", "function a() {\n  const b = () => {\n  };\n}", 4],
  ])("are measured: %s", (_, text, lines) => {
    expect(Math.max(...functionsIn(text).map((each) => each.lines))).toBe(lines);
  });

  it("are found in the sources", () => {
    expect(SOURCES.flatMap((file) => functionsIn(readFileSync(join(root, file), "utf8"))).length).toBeGreaterThan(1000);
  });

  it.each(SOURCES)("of %s have at most 40 lines", (file) => {
    const found = functionsIn(readFileSync(join(root, file), "utf8"));
    expect(found.filter(({ lines }) => lines > LONGEST)).toEqual([]);
  });
});

describe("options", () => {
  const VALUE = String.raw`(?<value>[\w.?]+)`;
  const SAME = String.raw`\k<value>`;
  /** What `base/check.ts` has words for, as it would be written by hand. */
  const CONDITIONS: readonly (readonly [what: string, condition: string, example: string])[] = [
    ["a function", `typeof ${VALUE} !== "function"`, 'typeof a !== "function"'],
    ["a string", `typeof ${VALUE} !== "string"(?: \\|\\| ${SAME} === "")?`, 'typeof a !== "string" || a === ""'],
    ["a boolean", `typeof ${VALUE} !== "boolean"`, 'typeof a !== "boolean"'],
    ["one of several words", `${VALUE} !== "[\\w-]+"(?: && ${SAME} !== "[\\w-]+")+`, 'a !== "b" && a !== "c"'],
    ["a part with methods", String.raw`!isPart\(${VALUE}, [^)]*\)`, '!isPart(a, "b")'],
    ["an array", String.raw`!Array\.isArray\(${VALUE}\)`, "!Array.isArray(a)"],
    [
      "an object",
      String.raw`typeof ${VALUE} !== "object" \|\| ${SAME} === null \|\| Array\.isArray\(${SAME}\)`,
      'typeof a !== "object" || a === null || Array.isArray(a)',
    ],
    [
      "a number of seconds",
      String.raw`typeof ${VALUE} !== "number" \|\| !Number\.isFinite\(${SAME}\)`,
      'typeof a !== "number" || !Number.isFinite(a)',
    ],
  ];
  const library = SOURCES.filter((file) => !/^src\/(?:cli|explain|base)\//.test(file));

  it.each(CONDITIONS)("that must be %s are checked by a word of base/check.ts", (_, condition, example) => {
    // A name that is made for the error alone is worth a guard of its own.
    const thrown = String.raw`\s*\{?\s*throw optionError\((?:"[^"]*"|\x60[^\x60]*\x60|\w+), [^;]*, ${SAME}\);`;
    const guard = new RegExp(String.raw`if \((?:[\w.?]+ !== undefined && )?${condition}\)${thrown}`);
    expect(`if (a !== undefined && ${example}) throw optionError("a", "b", a);`).toMatch(guard);
    expect(`if (${example}) {\n  throw optionError(name, "b", a);`).toMatch(guard);
    expect(library.filter((file) => guard.test(codeOf(file)))).toEqual([]);
  });
});
