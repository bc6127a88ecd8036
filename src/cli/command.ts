/** What a subcommand is: its options, from which both the parser and the help text are made, and what it does. */
import { type Arguments, parseArguments } from "./arguments.js";
import { helpText } from "./help.js";

/** One option. A flag is there or not; a text is given at most once; a list any number of times. */
export interface Option {
  readonly type: "flag" | "text" | "list";
  /** What stands for the value in the help text. */
  readonly value: string;
  readonly help: string;
  /** The heading it stands under in the help text. */
  readonly section?: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

export interface Definition<Options extends OptionTable> {
  readonly name: string;
  /** What follows the name in the usage line. */
  readonly usage: string;
  /** One line for the list of subcommands. */
  readonly summary: string;
  /** Paragraphs between the usage line and the options. */
  readonly about: string;
  readonly options: Options;
  /** Paragraphs behind the options. */
  readonly notes: string;
  readonly examples: readonly string[];
  /** Does the work; gives the exit code. */
  run(values: Arguments<Options>["values"], operands: readonly string[]): Promise<number>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[]): Promise<number>;
}

/** A subcommand that reads its own arguments and answers `--help`. */
export function defineCommand<Options extends OptionTable>(definition: Definition<Options>): Command {
  const help = helpText(definition);
  return {
    name: definition.name,
    summary: definition.summary,
    help,
    async run(args) {
      const parsed = parseArguments(args, definition.options);
      if (parsed === "help") {
        process.stdout.write(help);
        return 0;
      }
      return definition.run(parsed.values, parsed.operands);
    },
  };
}

export function flag(help: string) {
  return { type: "flag", value: "", help } as const;
}

export function text(value: string, help: string) {
  return { type: "text", value, help } as const;
}

export function list(value: string, help: string) {
  return { type: "list", value, help } as const;
}

/** Puts options under a heading. */
export function section<Options extends OptionTable>(title: string, options: Options): Options {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, section: title }])) as unknown as Options;
}
