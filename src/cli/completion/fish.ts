/** A completion script for fish. */
import type { Command, Option } from "../subcommand/definition.js";
import { brief, namesOf, optionsOf } from "./spelling.js";

export function fish(commands: readonly Command[]): string {
  const lines = [
    "# Completion of wasm-jwt for fish: wasm-jwt completion fish | source",
    "complete -c wasm-jwt -f",
    "complete -c wasm-jwt -n __fish_use_subcommand -s h -l help -d 'show all commands'",
    "complete -c wasm-jwt -n __fish_use_subcommand -s V -l version -d 'show the version'",
    "complete -c wasm-jwt -n __fish_use_subcommand -a help -d 'explain a command'",
    `complete -c wasm-jwt -n '__fish_seen_subcommand_from help' -a ${fishQuoted(commands.flatMap(namesOf).join(" "))}`,
    ...commands.flatMap(fishLines),
  ];
  return `${lines.join("\n")}\n`;
}

function fishLines(command: Command): string[] {
  const { operands, summary } = command;
  const names = namesOf(command);
  const within = `complete -c wasm-jwt -n ${fishQuoted(`__fish_seen_subcommand_from ${names.join(" ")}`)}`;
  const first = names.map((name) => `complete -c wasm-jwt -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`);
  const rest = operands === undefined ? [] : [operands === "FILE" ? `${within} -F` : `${within} -a ${fishQuoted(operands.join(" "))}`];
  return [...first, ...rest, ...optionsOf(command).map((option) => `${within} ${fishOption(option)}`)];
}

function fishOption([name, { type, value, short, choices, help }]: [string, Option]): string {
  const values = type === "flag" ? "" : choices ? ` -x -a ${fishQuoted(choices.join(" "))}` : value === "FILE" ? " -r -F" : " -x";
  return `${short ? `-s ${short} ` : ""}-l ${name}${values} -d ${fishQuoted(brief(help))}`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
