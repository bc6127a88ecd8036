/** Writes tables of options. */
import type { Option, OptionTable } from "./definition.js";

/** Every subcommand has it. */
export const HELP: OptionTable = { help: { type: "flag", value: "", short: "h", help: "show this text" } };

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
