/** The command `wasm-jwt`: finds the subcommand, runs it, turns what happens into an exit code. */
import { readFileSync } from "node:fs";
import { completion } from "./commands/completion.js";
import { generate } from "./commands/generate.js";
import { inspect } from "./commands/inspect.js";
import { jwks } from "./commands/jwks.js";
import { keygen } from "./commands/keygen.js";
import { sign } from "./commands/sign.js";
import { verify } from "./commands/verify.js";
import { endWithReader } from "./output/output.js";
import { overview, unknownCommand } from "./overview.js";
import type { Command } from "./subcommand/definition.js";
import { terminalWidth } from "./subcommand/layout.js";
import { reportFailure, SUCCESS } from "./words/failure.js";

/** A new command is its file in commands/ and its place here. */
const OTHERS: readonly Command[] = [verify, sign, inspect, generate, keygen, jwks];
const COMMANDS: readonly Command[] = [...OTHERS, completion(OTHERS)];

endWithReader();
process.exitCode = await main(process.argv.slice(2));

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const command = commandOf(name);
  try {
    return command ? await command.run(rest) : answer(name, rest);
  } catch (error) {
    return reportFailure(error, command ? `wasm-jwt ${command.name}` : "wasm-jwt");
  }
}

function commandOf(name: string | undefined): Command | undefined {
  return name === undefined ? undefined : COMMANDS.find((command) => command.name === name || command.alias === name);
}

/** What is asked without a subcommand. */
function answer(name: string | undefined, [topic]: readonly string[]): number {
  if (name === "--version" || name === "-V" || name === "version") {
    process.stdout.write(`${version()}\n`);
    return SUCCESS;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    const command = commandOf(topic);
    if (topic !== undefined && !command) throw unknownCommand(topic, COMMANDS);
    process.stdout.write(command?.help() ?? overview(COMMANDS, terminalWidth()));
    return SUCCESS;
  }
  throw unknownCommand(name, COMMANDS);
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}
