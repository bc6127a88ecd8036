/** Other Nodes: each is installed from its npm package into a folder of its own, and the run is done there by a child process. */
import { execFileSync, fork } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HOME = fileURLToPath(new URL(".runtimes/", import.meta.url));
const RUN = fileURLToPath(new URL("run.mjs", import.meta.url));

const SYSTEMS = { linux: "linux", darwin: "darwin", win32: "win" };

/** The program of a Node version ("24", "24.1", "24.1.0"): this one when it fits, else one that is installed. */
export function nodeOf(version) {
  if (fits(process.versions.node, version)) return process.execPath;
  const name = `node-${SYSTEMS[process.platform]}-${process.arch}`;
  const home = join(HOME, version);
  const program = join(home, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(program)) return program;
  console.error(`Installing Node ${version} (bench/.runtimes) …`);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true }\n');
  try {
    execFileSync(
      "npm",
      ["install", "--prefix", home, "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent", `${name}@${version}`],
      {
        shell: process.platform === "win32",
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
  } catch {
    throw new Error(`Expected the package ${name}@${version} to be installed, npm failed`);
  }
  return program;
}

const fits = (actual, wanted) => `${actual}.`.startsWith(`${wanted}.`);

/** The version that a Node says it has, for sorting. */
export const versionNumbers = (version) => version.replace(/^v/, "").split(".").map(Number);

/** Runs the benchmark on another Node; its `Run`. An abort is handed on, and the child still answers with what it has. */
export function runOn(program, args, signal) {
  // A group of its own: Ctrl-C reaches it once, through here.
  const child = fork(RUN, args, { execPath: program, execArgv: [], detached: true, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const interrupt = () => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt, { once: true });
  return new Promise((resolve, reject) => {
    let run;
    child.on("message", (message) => {
      run = message;
    });
    child.on("error", reject);
    child.on("exit", (status, by) => {
      signal.removeEventListener("abort", interrupt);
      if (run) resolve(run);
      else reject(new Error(`Expected a run from ${program}, got status ${status ?? by}`));
    });
  });
}
