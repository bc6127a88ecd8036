/** What a subcommand is: its options, from which the parser, the help text and shell completions are made, and what it does. */

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

/** What was given for each option. */
export type Values<Options extends OptionTable> = {
  readonly [Name in keyof Options]: Options[Name] extends { type: "flag" }
    ? boolean
    : Options[Name] extends { type: "list" }
      ? readonly string[]
      : string | undefined;
};

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
  run(values: Values<Options>, operands: readonly string[]): Promise<number>;
}

export interface Command extends Omit<Definition<OptionTable>, "run"> {
  /** As wide as the terminal. */
  help(): string;
  run(args: readonly string[]): Promise<number>;
}
