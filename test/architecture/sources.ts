/** The sources as text: what each file imports, and its code without comments. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Import {
  /** What the file says: `./heap.js`, `node:fs`. */
  readonly specifier: string;
  /** The file it names, from the root; undefined for a package. */
  readonly file: string | undefined;
  /** It is gone at run time. */
  readonly typeOnly: boolean;
}

/** Every TypeScript file below a folder, as paths from the root. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => join(folder, file).replaceAll("\\", "/"))
    .sort();
}

/** The text of a file without its comments. */
export function codeOf(file: string): string {
  return readFileSync(join(root, file), "utf8")
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/^\s*\/\/.*$/gm, "");
}

const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^;"]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

export function importsOf(file: string): Import[] {
  return Array.from(codeOf(file).matchAll(STATEMENT), ([, type, named, dynamic]) => {
    const specifier = (named ?? dynamic) as string;
    return { specifier, file: resolve(file, specifier), typeOnly: type !== undefined };
  });
}

function resolve(from: string, specifier: string): string | undefined {
  if (specifier === "#engine") return "src/runtime/engineModule.ts";
  if (!specifier.startsWith(".")) return undefined;
  const path = relative(root, join(root, dirname(from), specifier)).replaceAll("\\", "/");
  if (path.endsWith(".js")) return path.replace(/\.js$/, ".ts");
  return /\.\w+$/.test(path) ? path : `${path}.ts`;
}
