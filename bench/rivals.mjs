/** Rivals have a package.json and a lock of their own in `compare/`; the first run installs them. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const home = new URL("compare/", import.meta.url);
const manifestOf = (name) => new URL(`node_modules/${name}/package.json`, home);
let installed = false;

/** A rival's module; `entry` is what is imported where that is not the package itself. */
export async function loadRival(name, entry = name) {
  installRivals([name]);
  if (!existsSync(manifestOf(name))) throw new Error(`${name} cannot be installed on this machine`);
  return import(pathToFileURL(createRequire(home).resolve(entry)).href);
}

/** Installs all of them when one of these is not there. */
export function installRivals(names) {
  if (names.some((name) => !existsSync(manifestOf(name)))) install();
}

/** The version that is installed, or undefined. */
export function versionOf(name) {
  return existsSync(manifestOf(name)) ? JSON.parse(readFileSync(manifestOf(name), "utf8")).version : undefined;
}

/** Once a process: what one attempt could not install, another will not. */
function install() {
  if (installed) return;
  installed = true;
  console.error("Installing what is compared with (bench/compare) …");
  try {
    // Not `npm ci`: it refuses a lock without the binaries for other machines, which not every registry has.
    execFileSync("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: fileURLToPath(home),
      shell: process.platform === "win32",
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
  } catch (error) {
    console.error(`Not installed; npm says:\n${error.stderr || error.message}`);
  }
}
