/** Runs the built command as a shell would, and makes what it works on: a folder of its own, secrets, tokens. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { IS_FULL } from "../support/runs.js";

const COMMAND = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** A moment that all tests judge by, in seconds. */
export const NOW = 1_800_000_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  /** A promise: stdin stays open until then. */
  readonly stdin?: string | Buffer | Promise<string>;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly node?: readonly string[];
}

/** Starts the command; stdin is closed unless something is given. */
export function start(args: readonly string[], { stdin, env, node = [] }: Settings = {}): ChildProcess {
  const child = spawn(process.execPath, [...node, COMMAND, ...args], { env: environment(env) });
  // A command that ends before it has read everything closes the pipe.
  child.stdin.on("error", () => {});
  void Promise.resolve(stdin).then((text) => child.stdin.end(text));
  return child;
}

function environment(env: Settings["env"]): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "", ...env };
}

/**
 * Runs the command to its end. In `npm run test:full`, and where it is to run under options of Node or while stdin stays open, that is a process
 * of its own; otherwise one process runs it for the whole file.
 */
export async function run(args: readonly string[], settings: Settings = {}): Promise<Ended> {
  const { stdin = "", env, node } = settings;
  if (IS_FULL || node || stdin instanceof Promise) return await runAlone(args, settings);
  const id = lastId++;
  const message = { id, command: COMMAND, args, env: environment(env), umask: process.umask(), folder: process.cwd() };
  return await new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    host ??= startHost();
    host.send({ ...message, stdin: Buffer.from(stdin) });
  });
}

/** Runs the command to its end, in a process of its own. */
export async function runAlone(args: readonly string[], settings?: Settings): Promise<Ended> {
  const child = start(args, settings);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...output };
}

interface Waiting {
  resolve(ended: Ended): void;
  reject(error: Error): void;
}

const waiting = new Map<number, Waiting>();
let lastId = 0;
let host: ChildProcess | undefined;

function startHost(): ChildProcess {
  const child = fork(fileURLToPath(new URL("host.mjs", import.meta.url)), { serialization: "advanced", execArgv: [] });
  child.on("message", ({ id, ...ended }: Ended & { id: number }) => {
    waiting.get(id)?.resolve(ended);
    waiting.delete(id);
  });
  child.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`Expected the host of the command to stay, got exit code ${code}`));
    waiting.clear();
  });
  return child;
}

afterAll(() => void host?.disconnect());

/** A temporary folder with a secret in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "wasm-jwt-cli-"));
  readonly secret = randomBytes(24).toString("base64url");
  readonly secretFile = this.write("secret.txt", `${this.secret}\n`);
  /** What every command that needs a key is given. */
  readonly key = ["--secret-file", this.secretFile] as const;

  write(name: string, content: string | Uint8Array): string {
    const file = this.file(name);
    writeFileSync(file, content);
    return file;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string {
    return readFileSync(this.file(name), "utf8");
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  /** A token of this folder's secret, by node:crypto. */
  token(claims: object | string, header: object | string = { alg: "HS256", typ: "JWT" }): string {
    return signed(this.secret, claims, header);
  }
}

/** A token by node:crypto; texts are taken as they are, for what `JSON.stringify` cannot write. */
export function signed(
  secret: string | Buffer,
  claims: object | string,
  header: object | string = { alg: "HS256" },
  hash = "sha256",
): string {
  const [first, second] = [header, claims].map((part) =>
    Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url"),
  );
  return `${first}.${second}.${createHmac(hash, secret).update(`${first}.${second}`).digest("base64url")}`;
}

/** The claims in a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return partOf(token, 1);
}

export function headerOf(token: string): Record<string, unknown> {
  return partOf(token, 0);
}

function partOf(token: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[index] as string, "base64url").toString("utf8"));
}

/** The lines of an output, without the empty one behind the last newline. */
export function linesOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

/** The JSON of each line. */
export function jsonOf(text: string): Record<string, unknown>[] {
  return linesOf(text).map((line) => JSON.parse(line));
}
