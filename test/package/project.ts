/** An empty project that installs the packed package, as its users do but without a network. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "wasm-jwt-package-"));
  /** The size of the tarball, in bytes. */
  readonly tarballBytes: number;

  constructor() {
    const packed = npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", this.folder);
    const [{ filename, size }] = JSON.parse(packed) as [{ filename: string; size: number }];
    this.tarballBytes = size;
    this.write("package.json", '{ "name": "user", "private": true }');
    npm(this.folder, "install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", `file:./${filename}`);
  }

  /** Where the package was installed. */
  get installed(): string {
    return join(this.folder, "node_modules/wasm-jwt");
  }

  /** The files that were installed, as paths from the package's folder. */
  get files(): string[] {
    return readdirSync(this.installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.installed.length + 1));
  }

  read(file: string): string {
    return readFileSync(join(this.installed, file), "utf8");
  }

  manifest(): Record<string, unknown> {
    return JSON.parse(this.read("package.json"));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs a program of the project in a Node of its own; returns what it prints. */
  run(file: string, text: string): string {
    this.write(file, text);
    return node(this.folder, file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs this very Node, whatever else is on the PATH; returns what it prints. */
export function node(folder: string, ...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

function npm(folder: string, ...args: string[]): string {
  return execFileSync("npm", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
}
