/** Runs the built command in a terminal of its own, by `script` (util-linux). */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Is there a `script` that takes a command, as util-linux's does? */
export const TERMINAL = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

interface Settings {
  readonly env?: Readonly<Record<string, string>>;
  /** Typed before the command ends. */
  readonly stdin?: string;
}

/** Starts the command; its process is the leader of the terminal's foreground. `sh` is what the shell does with it. */
export function startInTerminal(
  args: readonly string[],
  { env }: Settings = {},
  sh = (command: string) => `exec ${command}`,
): ChildProcess {
  const command = [process.execPath, COMMAND, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return spawn("script", ["--quiet", "--return", "--command", sh(command), "/dev/null"], {
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** Runs the command to its end: its exit code, and all that came to the screen. */
export async function inTerminal(args: readonly string[], settings?: Settings, sh?: (command: string) => string) {
  const child = startInTerminal(args, settings, sh);
  const screen = screenOf(child);
  const [code] = await once(child, "close");
  return { code: code as number | null, screen: screen.text };
}

/** What has come to the screen so far. */
export function screenOf(child: ChildProcess): { text: string } {
  const screen = { text: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    screen.text += text;
  });
  return screen;
}
