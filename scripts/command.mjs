/** Runs the commands of development packages with this very Node, whatever else is on the PATH. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The file and arguments that start `command` of a package: `["…/node", "…/bin/asc.js", …]`.
 * @returns {[file: string, args: string[]]}
 */
export function commandLine(packageName, command, ...args) {
  const home = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  return [process.execPath, [join(home, typeof bin === "string" ? bin : bin[command]), ...args]];
}
