/** Rivals have a package.json and a lock of their own in `compare/`; the first run installs them. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const home = new URL("compare/", import.meta.url);

export async function loadRival(name) {
  if (!existsSync(new URL(`node_modules/${name}/package.json`, home))) {
    console.error("Installing what is compared with (bench/compare) …");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: fileURLToPath(home), stdio: ["ignore", "ignore", "inherit"] });
  }
  return import(createRequire(home).resolve(name));
}
