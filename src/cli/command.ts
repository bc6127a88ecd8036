/** What a subcommand is: its options, from which the parser, the help text and shell completions are made, and what it does. */
import { type Arguments, HELP, parseArguments } from "./arguments.js";
import { SUCCESS } from "./failure.js";
import { helpText } from "./help.js";

/** One option. A flag is there or not; a text is given at most once; a list any number of times. */
export interface Option {
  readonly type: "flag" | "text" | "list";
  /** What stands for the value in the help text. FILE is completed with the names of files. */
  readonly value: string;
  readonly help: string;
  /** The letter that serves as well, after one dash. */
  readonly short?: string;
  /** The values that there are. */
  readonly choices?: readonly string[];
  /** The heading it stands under in the help text. */
  readonly section?: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

export interface Definition<Options extends OptionTable> {
  readonly name: string;
  /** Another name that serves as well. */
  readonly alias?: string;
  /** What follows the name in the usage line. */
  readonly usage: string;
  /** One line for the list of subcommands. */
  readonly summary: string;
  /** Paragraphs between the usage line and the options. */
  readonly about: string;
  readonly options: Options;
  /** What arguments other than options may be, where that is known. FILE is any file. */
  readonly operands?: "FILE" | readonly string[];
  /** Paragraphs after the options. */
  readonly notes: string;
  readonly examples: readonly string[];
  /** Does the work; gives the exit code. */
  run(values: Arguments<Options>["values"], operands: readonly string[]): Promise<number>;
}

export interface Command extends Omit<Definition<OptionTable>, "run"> {
  /** As wide as the terminal. */
  help(): string;
  run(args: readonly string[]): Promise<number>;
}

/** A subcommand that reads its own arguments and answers `--help`. */
export function defineCommand<Options extends OptionTable>(definition: Definition<Options>): Command {
  const help = () => helpText({ ...definition, options: { ...definition.options, ...HELP } });
  return {
    ...definition,
    help,
    async run(args) {
      const parsed = parseArguments(args, definition.options);
      if (parsed !== "help") return definition.run(parsed.values, parsed.operands);
      process.stdout.write(help());
      return SUCCESS;
    },
  };
}

type More = Pick<Option, "short" | "choices">;

export function flag(help: string, more?: More) {
  return { type: "flag", value: "", help, ...more } as const;
}

export function text(value: string, help: string, more?: More) {
  return { type: "text", value, help, ...more } as const;
}

export function list(value: string, help: string, more?: More) {
  return { type: "list", value, help, ...more } as const;
}

/** Puts options under a heading. */
export function section<Options extends OptionTable>(title: string, options: Options): Options {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, section: title }])) as unknown as Options;
}
