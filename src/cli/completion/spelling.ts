/** Commands and options as they are typed, for the scripts of all shells. */
import type { Command, Option } from "../subcommand/definition.js";
import { HELP } from "../subcommand/options.js";

export const GLOBAL = ["--help", "--version"];

export function namesOf({ name, alias }: Command): string[] {
  return alias ? [name, alias] : [name];
}

export function optionsOf({ options }: Command): [string, Option][] {
  return Object.entries({ ...options, ...HELP });
}

/** As it is typed: `-f`, `--file`. */
export function spellings([name, { short }]: [string, Option]): string[] {
  return short ? [`-${short}`, `--${name}`] : [`--${name}`];
}

/** The help of an option up to its first break. */
export function brief(help: string): string {
  return (/^[^;:(.]*/.exec(help)?.[0] ?? "").replaceAll("`", "").replaceAll("  ", " ").trim();
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
