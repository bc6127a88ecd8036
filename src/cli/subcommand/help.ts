/** The help text of a subcommand, from its definition. */
import type { Command, Option, OptionTable } from "./definition.js";
import { columnOf, commandLine, INDENT, paragraphs, rows, terminalWidth, wrap } from "./layout.js";

export function helpText(
  definition: Pick<Command, "name" | "alias" | "usage" | "about" | "notes" | "examples" | "options">,
  width = terminalWidth(),
): string {
  const { name, alias, usage, about, options, notes, examples } = definition;
  const parts = [
    wrap(`Usage: wasm-jwt ${name} ${usage}`, width, INDENT).join("\n"),
    ...(alias ? [wrap(`Also called: wasm-jwt ${alias}`, width).join("\n")] : []),
    ...paragraphs(about, width),
    ...sections(options, width),
    ...paragraphs(notes, width),
    ["Examples:", ...examples.flatMap((example) => commandLine(example, width))].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sections(options: OptionTable, width: number): string[] {
  const named = Object.entries(options).map(([name, option]) => [option.section ?? "Other options", rowOf(name, option)] as const);
  const column = columnOf(named.map(([, row]) => row));
  return [...new Set(named.map(([title]) => title))].map((title) => {
    const own = named.filter(([other]) => other === title).map(([, row]) => row);
    return [...wrap(`${title}:`, width), ...rows(own, width, column)].join("\n");
  });
}

function rowOf(name: string, { short, value, type, help }: Option): readonly [string, string] {
  const shown = `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`;
  return [shown, type === "list" ? `${help} (repeatable)` : help];
}
