/**
 * The benchmark's own packages: what we are measured against and what draws the report. They have a package.json and a lock beside this
 * file, so that they are no part of `npm ci`; whatever needs one first installs them all, or `npm run bench:install`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const home = new URL("./", import.meta.url);
const manifestOf = (name) => new URL(`node_modules/${name}/package.json`, home);
const { dependencies } = JSON.parse(readFileSync(new URL("package.json", home), "utf8"));
let installed = false;

/** A package's module; `entry` is what is imported where that is not the package itself. */
export async function loadPackage(name, entry = name) {
  installPackages([name]);
  if (!isInstalled(name)) throw new Error(`${name} cannot be installed on this machine`);
  return import(pathToFileURL(createRequire(home).resolve(entry)).href);
}

/** Installs all of them when one of these is not there. */
export function installPackages(names = Object.keys(dependencies)) {
  if (!names.every(isInstalled)) install();
}

export const isInstalled = (name) => existsSync(manifestOf(name));

/** The version that is installed, or undefined. */
export function versionOf(name) {
  return isInstalled(name) ? JSON.parse(readFileSync(manifestOf(name), "utf8")).version : undefined;
}

/** Once a process: what one attempt could not install, another will not. */
function install() {
  if (installed) return;
  installed = true;
  console.error("Installing the benchmark's own packages (bench/node_modules) …");
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

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  installPackages();
  process.exitCode = Object.keys(dependencies).every(isInstalled) ? 0 : 1;
}
