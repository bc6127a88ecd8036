/** The command `wasm-jwt`: finds the subcommand, runs it, turns what happens into an exit code. */
import { readFileSync } from "node:fs";
import type { Command } from "./command.js";
import { completion } from "./completion.js";
import { reportFailure, SUCCESS, UsageError } from "./failure.js";
import { generate } from "./generate.js";
import { commandLine, paragraphs, rows, terminalWidth } from "./help.js";
import { inspect } from "./inspect.js";
import { jwks } from "./jwks.js";
import { keygen } from "./keygen.js";
import { endWithReader } from "./output.js";
import { sign } from "./sign.js";
import { closest } from "./suggest.js";
import { verify } from "./verify.js";

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
    if (topic !== undefined && !command) throw unknownCommand(topic);
    process.stdout.write(command?.help() ?? overview(terminalWidth()));
    return SUCCESS;
  }
  throw unknownCommand(name);
}

/** The name is not repeated where it may be a token that stands in the wrong place. */
function unknownCommand(name: string | undefined): UsageError {
  const names = COMMANDS.map((command) => command.name);
  const known = names.join(", ");
  if (name === undefined) return new UsageError(`Expected one of the commands ${known}; \`wasm-jwt --help\` explains them`);
  if (name.startsWith("-")) return new UsageError(`Expected one of the commands ${known} before any option`);
  const shown = /^[a-z-]{1,20}$/i.test(name) ? ` \`${name}\`` : "";
  const aliases = COMMANDS.flatMap(({ alias }) => alias ?? []);
  const meant = closest(name.slice(0, 32), [...names, ...aliases]);
  return new UsageError(`Unknown command${shown}${meant ? `: did you mean \`${meant}\`?` : `; known are ${known}`}`);
}

function overview(width: number): string {
  const commands = COMMANDS.map(({ name, alias, summary }) => [name, alias ? `${summary}; also called ${alias}` : summary] as const);
  const answers = [
    ["-h, --help", "show this text; after a command, that command's"],
    ["-V, --version", "show the version"],
  ] as const;
  const examples = [
    "wasm-jwt keygen --out secret.txt",
    `wasm-jwt sign '{"sub":"device-1"}' --secret-file secret.txt --expires-in 15m`,
    "wasm-jwt verify --secret-file secret.txt --file tokens.txt",
  ];
  const column = 17;
  return [
    "Usage: wasm-jwt COMMAND [options]",
    ...paragraphs(
      "Verifies, signs and explains JSON Web Tokens (RFC 7519), those with HS256, HS384 and HS512 at the speed of the hash.",
      width,
    ),
    ["Commands:", ...rows(commands, width, column)].join("\n"),
    rows(answers, width, column).join("\n"),
    ...paragraphs(
      `Results go to stdout, progress and messages to stderr. Secrets come from files or the environment, never from the
command line. Exit codes: 0 all is well, 1 a token was rejected, 2 wrong usage or a file that cannot be used.`,
      width,
    ),
    ["Examples:", ...examples.flatMap((example) => commandLine(example, width))].join("\n"),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}
