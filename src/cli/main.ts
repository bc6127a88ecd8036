/** The command `wasm-jwt`: finds the subcommand, runs it, turns what happens into an exit code. */
import { readFileSync } from "node:fs";
import type { Command } from "./command.js";
import { reportFailure, SUCCESS, UsageError } from "./failure.js";
import { generate } from "./generate.js";
import { inspect } from "./inspect.js";
import { keygen } from "./keygen.js";
import { endWithReader } from "./output.js";
import { sign } from "./sign.js";
import { closest } from "./suggest.js";
import { verify } from "./verify.js";

const COMMANDS: readonly Command[] = [verify, sign, inspect, generate, keygen];

endWithReader();
process.exitCode = await main(process.argv.slice(2));

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    return command ? await command.run(rest) : answer(name, rest);
  } catch (error) {
    return reportFailure(error, command ? `wasm-jwt ${command.name}` : "wasm-jwt");
  }
}

/** What is asked without a subcommand. */
function answer(name: string | undefined, [topic]: readonly string[]): number {
  if (name === "--version" || name === "-V" || name === "version") {
    process.stdout.write(`${version()}\n`);
    return SUCCESS;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(COMMANDS.find((candidate) => candidate.name === topic)?.help ?? overview());
    return SUCCESS;
  }
  throw unknownCommand(name);
}

/** The name is not repeated where it may be a token that stands in the wrong place. */
function unknownCommand(name: string | undefined): UsageError {
  const names = COMMANDS.map((candidate) => candidate.name);
  if (name === undefined) return new UsageError(`Expected one of the commands ${names.join(", ")}; \`wasm-jwt --help\` explains them`);
  const shown = /^[a-z-]{1,20}$/i.test(name) ? ` \`${name}\`` : "";
  const meant = closest(name.slice(0, 32), names);
  return new UsageError(`Unknown command${shown}${meant ? `: did you mean \`${meant}\`?` : `; known are ${names.join(", ")}`}`);
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length)) + 3;
  return `Usage: wasm-jwt COMMAND [options]

Verifies, signs and explains JSON Web Tokens (RFC 7519), those with HS256, HS384 and HS512 at the
speed of the hash.

Commands:
${COMMANDS.map((command) => `  ${command.name.padEnd(width)}${command.summary}`).join("\n")}

  -h, --help   show this text; behind a command, that command's
  --version    show the version

Results go to stdout, progress and messages to stderr. Secrets come from files or the environment,
never from the command line. Exit codes: 0 all is well, 1 a token was rejected, 2 wrong usage or a
file that cannot be used.

Examples:
  wasm-jwt keygen --out secret.txt
  wasm-jwt sign '{"sub":"device-1"}' --secret-file secret.txt --expires-in 15m
  wasm-jwt verify --secret-file secret.txt --file tokens.txt
`;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}
