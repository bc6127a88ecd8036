/** Lays out the help text of a subcommand from its definition. */
import type { Definition, Option, OptionTable } from "./command.js";

const INDENT = "  ";
const WIDTH = 96;

export function helpText<Options extends OptionTable>(
  definition: Pick<Definition<Options>, "name" | "usage" | "about" | "options" | "notes" | "examples">,
): string {
  const parts = [
    `Usage: wasm-jwt ${definition.name} ${definition.usage}`,
    ...paragraphs(definition.about),
    ...sections(definition.options),
  ];
  parts.push(...paragraphs(definition.notes));
  parts.push(["Examples:", ...definition.examples.map((example) => INDENT + example)].join("\n"));
  return `${parts.join("\n\n")}\n`;
}

function paragraphs(text: string): string[] {
  return text.split("\n\n").map((paragraph) => wrap(paragraph.replaceAll("\n", " ").trim(), WIDTH).join("\n"));
}

function sections(options: OptionTable): string[] {
  const entries: [string, Option][] = [...Object.entries(options), ["help", { type: "flag", value: "", help: "show this text" }]];
  const titles = [...new Set(entries.map(([, option]) => option.section ?? "Other options"))];
  const column = Math.max(...entries.map(([name, option]) => nameOf(name, option).length)) + 4;
  return titles.map((title) => {
    const rows = entries.filter(([, option]) => (option.section ?? "Other options") === title);
    return [`${title}:`, ...rows.flatMap(([name, option]) => row(nameOf(name, option), option, column))].join("\n");
  });
}

function nameOf(name: string, option: Option): string {
  return name === "help" ? "-h, --help" : `--${name}${option.value ? ` ${option.value}` : ""}`;
}

function row(name: string, option: Option, column: number): string[] {
  const help = option.type === "list" ? `${option.help} (repeatable)` : option.help;
  const [first, ...rest] = wrap(help, WIDTH - column);
  return [`${(INDENT + name).padEnd(column)}${first}`, ...rest.map((line) => " ".repeat(column) + line)];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line += (line ? " " : "") + word;
    }
  }
  return [...lines, line];
}
