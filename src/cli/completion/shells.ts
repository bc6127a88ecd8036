/** The shells that have a completion script, made from the tables of commands and options. */
import type { Command } from "../subcommand/definition.js";
import { bash } from "./bash.js";
import { fish } from "./fish.js";
import { zsh } from "./zsh.js";

export const SHELLS = { bash, zsh, fish } as const satisfies Record<string, (commands: readonly Command[]) => string>;
