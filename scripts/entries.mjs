/** The entries of the library, which package.json names under `exports` and `imports`: nothing else lists them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./command.mjs";

const { exports: exported, imports: imported } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const built = Object.values(exported).filter(({ types }) => types);

/** What a program can import: each with its file and that of its types, as package.json has them. */
export const ENTRIES = built.map(({ types, default: file }) => ({ file, types }));

/** What the library imports by a name of its own (`#engine`), so that a runtime's conditions can choose it: files of `dist/`. */
export const DOORS = Object.values(imported).flatMap((conditions) => Object.values(conditions));

/** The source that a file of `dist/` is built from. */
export function sourceOf(file) {
  return file.replace("./dist/", "src/").replace(/\.js$/, ".ts");
}
