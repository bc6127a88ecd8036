/** What is said of all subcommands together. */
import type { Command } from "./subcommand/definition.js";
import { commandLine, paragraphs, rows } from "./subcommand/layout.js";
import { closest } from "./subcommand/suggest.js";
import { UsageError } from "./words/failure.js";

const ANSWERS = [
  ["-h, --help", "show this text; after a command, that command's"],
  ["-V, --version", "show the version"],
] as const;

const EXAMPLES = [
  "wasm-jwt keygen --out secret.txt",
  `wasm-jwt sign '{"sub":"device-1"}' --secret-file secret.txt --expires-in 15m`,
  "wasm-jwt verify --secret-file secret.txt --file tokens.txt",
];

export function overview(known: readonly Command[], width: number): string {
  const commands = known.map(({ name, alias, summary }) => [name, alias ? `${summary}; also called ${alias}` : summary] as const);
  const column = 17;
  return [
    "Usage: wasm-jwt COMMAND [options]",
    ...paragraphs(
      "Verifies, signs and explains JSON Web Tokens (RFC 7519), those with HS256, HS384 and HS512 at the speed of the hash.",
      width,
    ),
    ["Commands:", ...rows(commands, width, column)].join("\n"),
    rows(ANSWERS, width, column).join("\n"),
    ...paragraphs(
      `Results go to stdout, progress and messages to stderr. Secrets come from files or the environment, never from the
command line. Exit codes: 0 all is well, 1 a token was rejected, 2 wrong usage or a file that cannot be used.`,
      width,
    ),
    ["Examples:", ...EXAMPLES.flatMap((example) => commandLine(example, width))].join("\n"),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/** The name is not repeated where it may be a token that stands in the wrong place. */
export function unknownCommand(name: string | undefined, commands: readonly Command[]): UsageError {
  const names = commands.map((command) => command.name);
  const known = names.join(", ");
  if (name === undefined) return new UsageError(`Expected one of the commands ${known}; \`wasm-jwt --help\` explains them`);
  if (name.startsWith("-")) return new UsageError(`Expected one of the commands ${known} before any option`);
  const shown = /^[a-z-]{1,20}$/i.test(name) ? ` \`${name}\`` : "";
  const aliases = commands.flatMap(({ alias }) => alias ?? []);
  const meant = closest(name.slice(0, 32), [...names, ...aliases]);
  return new UsageError(`Unknown command${shown}${meant ? `: did you mean \`${meant}\`?` : `; known are ${known}`}`);
}
